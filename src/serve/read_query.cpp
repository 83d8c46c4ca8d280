#include "serve/read_query.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <string_view>

#include "core/suggestion.h"
#include "serve/indexed_read.h"
#include "serve/url_value.h"

namespace weir::serve {
namespace {

using engine::quote_name;

constexpr std::size_t limit_max = 10'000;

struct Comparison {
  std::string_view name;
  std::string_view sql;
  std::optional<index::Comparison> in_index;
};
using Indexed = index::Comparison;

constexpr auto comparisons = std::to_array<Comparison>({{"eq", "=", Indexed::equal},
                                                        {"ne", "<>", Indexed::not_equal},
                                                        {"lt", "<", Indexed::less},
                                                        {"lte", "<=", Indexed::less_or_equal},
                                                        {"gt", ">", Indexed::greater},
                                                        {"gte", ">=", Indexed::greater_or_equal},
                                                        {"like", "LIKE", std::nullopt},
                                                        {"in", "IN", Indexed::in},
                                                        {"is", "IS", Indexed::null}});

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    parts.emplace_back(text.substr(0, comma));
    if (comma == text.size()) return parts;
    text.remove_prefix(comma + 1);
  }
}

Error unknown_column(const Readable& table, std::string_view name) {
  std::vector<std::string> names;
  for (const Field& column : table.schema->columns) names.push_back(column.name);
  const std::string meant = did_you_mean(name, names);
  return {Fault::invalid,
          fmt::format("{} has no column or option \"{}\"{}", table.name, name,
                      meant.empty() ? fmt::format("; it has the columns {}", fmt::join(names, ", "))
                                    : meant)};
}

Result<std::size_t> whole_number(std::string_view option, std::string_view text, std::size_t min,
                                 std::size_t max) {
  std::size_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || value < min || value > max) {
    return Error{Fault::invalid, fmt::format("{} is a whole number from {} to {}, not \"{}\"",
                                             option, min, max, text)};
  }
  return value;
}

// A filter's column and comparison: `delay`, `delay.gte`; a column's own name comes first.
struct FilterName {
  const Field* column = nullptr;
  const Comparison* comparison = nullptr;
};

std::optional<FilterName> filter_name(const Readable& table, std::string_view name) {
  const auto& columns = table.schema->columns;
  if (const auto whole = table.schema->find(name)) {
    return FilterName{&columns[*whole], &comparisons.front()};
  }
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto column = table.schema->find(name.substr(0, dot));
  const auto comparison = std::ranges::find(comparisons, name.substr(dot + 1), &Comparison::name);
  if (!column || comparison == comparisons.end()) return std::nullopt;
  return FilterName{&columns[*column], &*comparison};
}

bool is_option(std::string_view name) {
  return name == "limit" || name == "offset" || name == "select" || name == "order" ||
         name == "wait" || name == "timeout";
}

// Gathers one SELECT's clauses from the options.
class Builder {
 public:
  Builder(const Readable& table, const TimeZone& zone) : table_(table), zone_(zone) {}

  Result<void> take(const std::string& name, const std::string& value) {
    if (is_option(name) && !options_.insert(name).second) {
      return Error{Fault::invalid, fmt::format("{} is given twice", name)};
    }
    if (name == "limit") {
      TRY(const std::size_t limit, whole_number(name, value, 1, limit_max));
      query_.limit = limit;
    } else if (name == "offset") {
      TRY(const std::size_t offset, whole_number(name, value, 0, SIZE_MAX / 2));
      query_.offset = offset;
    } else if (name == "select") {
      return take_select(value);
    } else if (name == "order") {
      return take_order(value);
    } else if (!is_option(name)) {
      return take_filter(name, value);
    }
    return {};
  }

  ReadQuery finish() {
    if (select_.empty()) select_ = "*";
    query_.sql = fmt::format("SELECT {} FROM {}{} ORDER BY {} LIMIT {} OFFSET {}", select_,
                             quote_name(table_.name), where_, order_ + default_order(),
                             query_.limit + 1, query_.offset);
    if (query_.rows) {
      query_.rows->limit = query_.limit + 1;
      query_.rows->offset = query_.offset;
    }
    return std::move(query_);
  }

 private:
  Result<std::size_t> column(std::string_view name) const {
    const auto found = table_.schema->find(name);
    if (!found) return unknown_column(table_, name);
    return *found;
  }
  const std::string& name_of(std::size_t column) const {
    return table_.schema->columns[column].name;
  }

  Result<void> take_select(const std::string& value) {
    std::set<std::string> selected;
    for (const std::string& name : split(value)) {
      TRY(const std::size_t index, column(name));
      if (!selected.insert(name).second) {
        return Error{Fault::invalid, fmt::format("select names {} twice", name)};
      }
      select_ += (select_.empty() ? "" : ", ") + quote_name(name);
      query_.columns.push_back(index);
    }
    return {};
  }

  Result<void> take_order(const std::string& value) {
    for (const std::string& part : split(value)) {
      const bool descending = part.starts_with('-');
      TRY(const std::size_t index, column(std::string_view(part).substr(descending ? 1 : 0)));
      order_ +=
          quote_name(name_of(index)) + (descending ? " DESC NULLS LAST, " : " ASC NULLS LAST, ");
      if (!has_order(table_.schema->columns[index].type)) query_.rows.reset();
      if (query_.rows) query_.rows->sortings.push_back({index, descending});
    }
    return {};
  }

  // Ties are broken by the key, so that pages never overlap.
  std::string default_order() const {
    if (table_.key.empty()) return "rowid";
    std::vector<std::string> names;
    for (const std::size_t index : table_.key) {
      names.push_back(quote_name(table_.schema->columns[index].name) + " NULLS LAST");
    }
    return fmt::format("{}", fmt::join(names, ", "));
  }

  Result<void> take_filter(const std::string& name, const std::string& value) {
    const std::optional<FilterName> filter = filter_name(table_, name);
    if (!filter) return unknown_column(table_, name);
    TRY(const std::string condition, condition_of(*filter, name, value));
    where_ += (where_.empty() ? " WHERE " : " AND ") + condition;
    if (!query_.rows) return {};
    const std::size_t index = *table_.schema->find(filter->column->name);
    auto compared = row_condition(index, *filter, value);
    if (compared) {
      query_.rows->conditions.push_back(std::move(*compared));
    } else {
      query_.rows.reset();
    }
    return {};
  }

  Result<std::string> condition_of(const FilterName& filter, const std::string& name,
                                   const std::string& value) {
    const auto& [column, comparison] = filter;
    const std::string left = quote_name(column->name) + " " + std::string(comparison->sql) + " ";
    if (comparison->name == "is") {
      if (value == "null") return left + "NULL";
      if (value == "notnull") return left + "NOT NULL";
      return Error{Fault::invalid, fmt::format("{} is null or notnull, not \"{}\"", name, value)};
    }
    if (comparison->name == "like" && column->type.id != TypeId::varchar) {
      return Error{Fault::invalid, fmt::format("{} is not possible: {} is a {}, no text", name,
                                               column->name, to_string(column->type))};
    }
    if (comparison->name != "in") {
      TRY(const std::string mark, bind(name, column->type, value));
      return left + mark;
    }
    std::vector<std::string> marks;
    for (const std::string& item : split(value)) {
      TRY(marks.emplace_back(), bind(name, column->type, item));
    }
    return fmt::format("{}({})", left, fmt::join(marks, ", "));
  }

  // Nothing where only the engine can compare so.
  std::optional<index::Condition> row_condition(std::size_t column, const FilterName& filter,
                                                const std::string& value) const {
    const Type& type = filter.column->type;
    if (!filter.comparison->in_index || !has_order(type)) return std::nullopt;
    index::Condition condition{column, *filter.comparison->in_index, {}};
    if (filter.comparison->name == "is") {
      if (value == "notnull") condition.comparison = index::Comparison::not_null;
      return condition;
    }
    const bool is_list = filter.comparison->name == "in";
    for (const std::string& text : is_list ? split(value) : std::vector{value}) {
      auto bytes = order_value(type, zone_, text);
      if (!bytes) return std::nullopt;
      condition.values.push_back(std::move(*bytes));
    }
    return condition;
  }

  Result<std::string> bind(const std::string& label, const Type& type, const std::string& text) {
    TRY(std::string read, engine_text(label, type, zone_, text));
    const std::string name = fmt::format("p{}", query_.parameters.size());
    query_.parameters.push_back({name, type, std::move(read)});
    query_.labels.push_back(label);
    return "$" + name;
  }

  const Readable& table_;
  const TimeZone& zone_;
  ReadQuery query_{.rows = index::RowQuery{}};
  std::string select_, where_, order_;
  std::set<std::string> options_;
};

}  // namespace

Result<ReadQuery> read_query(const Readable& table, const QueryPairs& pairs, const TimeZone& zone) {
  Builder builder(table, zone);
  for (const auto& [name, value] : pairs) OK_OR_RETURN(builder.take(name, value));
  return builder.finish();
}

}  // namespace weir::serve
