#include "index/table_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "index/order_bytes.h"
#include "index/row_bytes.h"
#include "index/table_writer.h"

namespace weir::index {
namespace {

constexpr std::size_t statements_max = 64;

// The query's; the values of each in order.
std::vector<Condition> sorted_conditions(const RowQuery& query) {
  std::vector<Condition> conditions = query.conditions;
  for (Condition& condition : conditions) std::ranges::sort(condition.values);
  return conditions;
}

// Of sorted_conditions().
bool holds(const Condition& condition, const Column& column, std::size_t row) {
  const bool is_null = column.is_null(row);
  if (condition.comparison == Comparison::null) return is_null;
  if (condition.comparison == Comparison::not_null || is_null) return !is_null;
  std::string value;
  append_order_bytes(value, column, row);
  const auto& values = condition.values;
  switch (condition.comparison) {
    case Comparison::equal: return value == values.front();
    case Comparison::not_equal: return value != values.front();
    case Comparison::less: return value < values.front();
    case Comparison::less_or_equal: return value <= values.front();
    case Comparison::greater: return value > values.front();
    case Comparison::greater_or_equal: return value >= values.front();
    default: return std::ranges::binary_search(values, value);
  }
}

// Bytes by which rows stand as the query wants them.
std::string sort_bytes(const RowQuery& query, const Batch& rows, std::size_t row) {
  std::string bytes;
  for (const Sorting& sorting : query.sortings) {
    const std::size_t begin = bytes.size();
    append_order_bytes(bytes, rows.column(sorting.column), row);
    if (!sorting.descending) continue;
    // Turned round behind the mark, which keeps nulls last.
    for (std::size_t i = begin + 1; i < bytes.size(); ++i) bytes[i] = static_cast<char>(~bytes[i]);
  }
  return bytes;
}

// The rows that were looked at and fit.
class Gathering {
 public:
  Gathering(const IndexedTable& table, const RowQuery& query, bool is_in_order)
      : query_(query),
        conditions_(sorted_conditions(query)),
        is_in_order_(is_in_order),
        rows_(std::make_shared<Batch>(table.schema)) {}

  bool is_done() const { return is_in_order_ && rows_->rows() >= query_.limit; }
  std::size_t scanned() const { return scanned_; }

  // Fault::corrupt: the row is damaged.
  Result<void> look_at(std::string_view key, std::string_view bytes) {
    ++scanned_;
    const std::size_t row = rows_->rows();
    OK_OR_RETURN(append_row(*rows_, bytes));
    const bool fits = std::ranges::all_of(conditions_, [&](const Condition& condition) {
      return holds(condition, rows_->column(condition.column), row);
    });
    if (!fits || (is_in_order_ && passed_over_ < query_.offset)) {
      rows_->truncate(row);
      if (fits) ++passed_over_;
    } else if (!is_in_order_) {
      sort_bytes_.push_back(sort_bytes(query_, *rows_, row).append(key));
    }
    return {};
  }

  std::shared_ptr<const Batch> take() && { return is_in_order_ ? std::move(rows_) : sorted(); }

 private:
  std::shared_ptr<const Batch> sorted() const {
    std::vector<std::uint32_t> places(rows_->rows());
    std::iota(places.begin(), places.end(), 0);
    std::ranges::sort(places, {}, [&](std::uint32_t place) { return sort_bytes_[place]; });
    const std::size_t begin = std::min(query_.offset, places.size());
    const std::size_t count = std::min(query_.limit, places.size() - begin);
    auto wanted = std::make_shared<Batch>(rows_->shared_schema());
    wanted->append_rows(*rows_, std::span(places).subspan(begin, count));
    return wanted;
  }

  const RowQuery& query_;
  const std::vector<Condition> conditions_;
  const bool is_in_order_;
  std::shared_ptr<Batch> rows_;
  std::vector<std::string> sort_bytes_;  // of each row; empty where they come in order
  std::size_t scanned_ = 0;
  std::size_t passed_over_ = 0;
};

// False: it looked at as many rows as it may.
Result<bool> gather(sqlite::Statement& statement, const Range& range, Gathering& gathering) {
  statement.reset();
  statement.bind_blob(1, range.from).bind_blob(2, range.to);
  while (!gathering.is_done()) {
    TRY(const bool is_there, statement.step());
    if (!is_there) return true;
    if (gathering.scanned() == scanned_max) return false;
    OK_OR_RETURN(gathering.look_at(statement.bytes(0), statement.bytes(1)));
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<TableReader>> TableReader::open(const std::filesystem::path& path) {
  TRY(auto file, sqlite::File::open(path));
  OK_OR_RETURN(file->run("PRAGMA query_only = 1; PRAGMA cache_size = -4000"));
  return std::unique_ptr<TableReader>(new TableReader(std::move(file)));
}

Result<sqlite::Statement*> TableReader::statement(const IndexedTable& table, const Choice& choice) {
  const std::string rows = rows_name(table);
  const std::string sql =
      choice.order
          ? fmt::format(
                "SELECT r.key, r.row FROM {} o CROSS JOIN {} r ON r.key = o.key "
                "WHERE o.entry >= ? AND o.entry < ? ORDER BY o.entry",
                order_name(table, table.orders[*choice.order]), rows)
          : fmt::format("SELECT key, row FROM {} WHERE key >= ? AND key < ? ORDER BY key", rows);
  const auto known = statements_.find(sql);
  if (known != statements_.end()) return &known->second;
  if (statements_.size() == statements_max) statements_.clear();
  TRY(auto prepared, file_->prepare(sql));
  return &statements_.emplace(sql, std::move(prepared)).first->second;
}

Result<std::optional<FoundRows>> TableReader::read(const IndexedTable& table, const RowQuery& query,
                                                   const Choice& choice) {
  TRY(sqlite::Statement* const rows, statement(table, choice));
  Gathering gathering(table, query, choice.gives_order);
  // All ranges see the same rows.
  const bool is_many = choice.ranges.size() > 1;
  if (is_many) OK_OR_RETURN(file_->run("BEGIN"));
  Result<bool> gathered = true;
  for (const Range& range : choice.ranges) {
    gathered = gather(*rows, range, gathering);
    if (!gathered.ok() || !gathered.value() || gathering.is_done()) break;
  }
  rows->reset();
  if (is_many) OK_OR_RETURN(file_->run("COMMIT"));
  if (!gathered.ok()) return std::move(gathered).error();
  if (!gathered.value()) return std::optional<FoundRows>();
  const std::size_t scanned = gathering.scanned();
  return std::optional(FoundRows{std::move(gathering).take(), scanned});
}

}  // namespace weir::index
