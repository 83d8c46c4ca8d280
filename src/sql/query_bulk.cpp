#include "sql/query_bulk.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::sql {
namespace {

using formats::JsonValue;
constexpr std::size_t conjunctions_max = 5'000;
constexpr std::size_t columns_max = 20'000;
constexpr std::size_t lambdas_max = 8;
constexpr std::size_t selects_max = 1'000;

struct QueryBulk {
  std::size_t columns =
      0;  // of the widest SELECT in it, with every `*` written out; an upper bound
  std::size_t lambdas = 0;  // within one another; each level doubles the work
  std::size_t selects = 0;
};

using Widths = std::map<std::string, std::size_t>;

std::size_t limited(std::size_t columns) { return std::min(columns, columns_max + 1); }

// Those of an item of a SELECT; a subquery's are its own.
std::size_t count_stars(const JsonValue& item) {
  if (item.has("select_list")) return 0;
  std::size_t stars = item["class"].text() == "STAR" ? 1 : 0;
  for (const JsonValue& element : item.array()) stars += count_stars(element);
  for (const auto& [name, member] : item.object()) stars += count_stars(member);
  return stars;
}

class BulkReader {
 public:
  explicit BulkReader(const Widths& tables) {
    for (const auto& [name, width] : tables) widest_table_ = std::max(widest_table_, width);
  }

  // The columns that what stands in a FROM gives, together. `known` are the tables and the WITH
  // names around it.
  std::size_t read(const JsonValue& value, const Widths& known) {
    if (value.is_array()) return read_all(value, known);
    if (!value.is_object()) return 0;
    const auto& with = value["cte_map"]["map"].array();
    if (with.empty()) return read_object(value, known);
    Widths scope = known;
    for (const JsonValue& entry : with) {
      const std::size_t width = read(entry["value"]["query"], scope);
      scope[lower(entry["key"].text())] = width;
    }
    return read_object(value, scope);
  }

  QueryBulk bulk() const { return bulk_; }

 private:
  std::size_t read_all(const JsonValue& list, const Widths& known) {
    std::size_t columns = 0;
    for (const JsonValue& element : list.array()) columns = limited(columns + read(element, known));
    return columns;
  }

  std::size_t read_object(const JsonValue& value, const Widths& known) {
    if (value.has("select_list")) return read_select(value, known);
    const std::string& type = value["type"].text();
    if (type == "RECURSIVE_CTE_NODE") return read_recursion(value, known);
    if (type == "BASE_TABLE") {
      const auto found = known.find(lower(value["table_name"].text()));
      return found == known.end() ? 1 : found->second;
    }
    const bool is_lambda = type == "LAMBDA";
    lambdas_ += is_lambda ? 1 : 0;
    bulk_.lambdas = std::max(bulk_.lambdas, lambdas_);
    const std::size_t columns = read_members(value, known);
    lambdas_ -= is_lambda ? 1 : 0;
    // tumble and hop add two to a table's.
    return type == "TABLE_FUNCTION" ? limited(columns + widest_table_ + 2) : columns;
  }

  std::size_t read_members(const JsonValue& value, const Widths& known) {
    std::size_t columns = 0;
    for (const auto& [name, member] : value.object()) {
      if (name != "cte_map") columns = limited(columns + read(member, known));
    }
    return columns;
  }

  // Its name has, in what is repeated, the columns of what it begins with.
  std::size_t read_recursion(const JsonValue& value, Widths known) {
    const std::size_t columns = read(value["left"], known);
    known[lower(value["cte_name"].text())] = columns;
    read(value["right"], known);
    return columns;
  }

  std::size_t read_select(const JsonValue& select, const Widths& known) {
    const std::size_t from = read(select["from_table"], known);
    for (const auto& [name, member] : select.object()) {
      if (name != "cte_map" && name != "from_table") read(member, known);
    }
    ++bulk_.selects;
    std::size_t columns = 0;
    for (const JsonValue& item : select["select_list"].array()) {
      columns = limited(columns + 1 + limited(count_stars(item)) * from);
    }
    bulk_.columns = std::max(bulk_.columns, columns);
    return columns;
  }

  std::size_t widest_table_ = 0;
  std::size_t lambdas_ = 0;  // that what is read stands in
  QueryBulk bulk_;
};

}  // namespace

Result<void> refuse_long_conditions(Refusals& refusals) {
  const std::string_view sql = refusals.sql();
  std::size_t conjunctions = 0;
  for (std::size_t at = 0; at < sql.size();) {
    const std::size_t end = token_end(sql, at);
    const std::string_view token = sql.substr(at, end - at);
    if (token.size() <= 3) {
      const std::string word = lower(std::string(token));
      conjunctions += word == "and" || word == "or" ? 1 : 0;
    }
    at = end;
  }
  if (conjunctions <= conjunctions_max) return {};
  return refusals.at(0, fmt::format("these are {} ANDs and ORs, at most {} may be: write IN for a "
                                    "list of values",
                                    conjunctions, conjunctions_max));
}

void refuse_bulk(const JsonValue& statement, const Widths& widths, Refusals& refusals) {
  BulkReader reader(widths);
  reader.read(statement, widths);
  const QueryBulk bulk = reader.bulk();
  if (bulk.columns > columns_max) {
    refusals.note(0, fmt::format("with every * written out, a SELECT here has more than {} columns:"
                                 " name those you want",
                                 columns_max));
  }
  if (bulk.selects > selects_max) {
    refusals.note(
        0, fmt::format("this is {} SELECTs in one, at most {} may be", bulk.selects, selects_max));
  }
  if (bulk.lambdas > lambdas_max) {
    refusals.note_at_word(
        "lambda", fmt::format("{} lambdas stand within one another, at most {} may", bulk.lambdas,
                              lambdas_max));
  }
}

}  // namespace weir::sql
