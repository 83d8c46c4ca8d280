#include "serve/index_views.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <optional>
#include <utility>

#include "index/order_bytes.h"

namespace weir::serve {
namespace {

using engine::quote_name;
using index::Comparison;

// Of a sign that find_conditions() gives.
Comparison comparison_of(const std::string& sign) {
  if (sign == "=") return Comparison::equal;
  if (sign == "<") return Comparison::less;
  if (sign == "<=") return Comparison::less_or_equal;
  if (sign == ">") return Comparison::greater;
  return sign == ">=" ? Comparison::greater_or_equal : Comparison::in;
}

std::string words_of(const sql::ColumnCondition& condition, const Schema& schema) {
  std::string values;
  for (const std::string& value : condition.values) values += (values.empty() ? "" : ", ") + value;
  if (condition.sign == "IN") values = "(" + values + ")";
  return schema.columns[condition.column].name + " " + condition.sign + " " + values;
}

std::vector<std::string> names_of(const index::Order& order, const Schema& schema) {
  std::vector<std::string> names;
  for (const std::size_t column : order) names.push_back(schema.columns[column].name);
  return names;
}

void describe(TableRead& read, const index::Choice& choice,
              const std::vector<sql::ColumnCondition>& conditions, const Schema& schema) {
  read.index = names_of(choice.columns, schema);
  read.bound = choice.bound_columns();
  for (std::size_t i = 0; i < read.bound; ++i) {
    for (const auto& condition : conditions) {
      if (condition.column != choice.columns[i]) continue;
      read.ranges += (read.ranges.empty() ? "" : ", ") + words_of(condition, schema);
    }
  }
}

// Only an index that holds columns to values is read; the engine reads a whole table faster.
bool is_of_use(const std::optional<index::Choice>& choice) {
  return choice && choice->bound_columns() > 0;
}

std::vector<sql::ColumnCondition> with_order(std::vector<sql::ColumnCondition> conditions,
                                             const Schema& schema) {
  std::erase_if(conditions,
                [&](const auto& one) { return !has_order(schema.columns[one.column].type); });
  return conditions;
}

// SELECT CAST(value AS the column's type), ... of all the values.
std::string values_sql(const std::vector<sql::ColumnCondition>& conditions, const Schema& schema) {
  std::string sql;
  for (const auto& condition : conditions) {
    const std::string type = to_string(schema.columns[condition.column].type);
    for (const std::string& value : condition.values) {
      sql += fmt::format("{}CAST({} AS {}) AS v{}", sql.empty() ? "SELECT " : ", ", value, type,
                         sql.size());
    }
  }
  return sql;
}

}  // namespace

std::vector<std::string> helpful_columns(const std::vector<sql::ColumnCondition>& conditions,
                                         const Schema& schema) {
  std::vector<std::string> names;
  const auto add = [&](const sql::ColumnCondition& condition) {
    const Field& field = schema.columns[condition.column];
    const bool is_new = std::ranges::find(names, field.name) == names.end();
    if (is_new && has_order(field.type)) names.push_back(field.name);
    return is_new;
  };
  for (const auto& condition : conditions) {
    if (condition.sign == "=") add(condition);
  }
  for (const auto& condition : conditions) {
    if (condition.sign != "=" && add(condition)) break;
  }
  return names;
}

namespace {

// One that holds no more columns would have no fewer rows to look at.
void pass_over(TableRead& read, const index::Choice& choice,
               const std::vector<sql::ColumnCondition>& conditions, const Schema& schema) {
  read.passed_over = names_of(choice.columns, schema);
  read.helpful = helpful_columns(conditions, schema);
  if (read.helpful.size() <= choice.bound_columns()) read.helpful.clear();
}

}  // namespace

// The rows of the query under way.
class IndexViews::HeldRows final : public Relation {
 public:
  explicit HeldRows(std::shared_ptr<const Schema> schema) : schema_(std::move(schema)) {}
  const Schema& schema() const override { return *schema_; }
  Result<std::unique_ptr<Scan>> scan() const override {
    return std::unique_ptr<Scan>(std::make_unique<OneBatch>(rows_));
  }
  void hold(std::shared_ptr<const Batch> rows) { rows_ = std::move(rows); }

 private:
  class OneBatch final : public Scan {
   public:
    explicit OneBatch(std::shared_ptr<const Batch> rows) : rows_(std::move(rows)) {}
    Result<std::shared_ptr<const Batch>> next() override { return std::exchange(rows_, nullptr); }

   private:
    std::shared_ptr<const Batch> rows_;
  };

  const std::shared_ptr<const Schema> schema_;
  std::shared_ptr<const Batch> rows_;
};

IndexViews::IndexViews(std::shared_ptr<engine::Database> database, engine::Connection& connection,
                       const index::OrderedIndexes* indexes)
    : database_(std::move(database)), connection_(connection), indexes_(indexes) {}

IndexViews::~IndexViews() = default;

Result<std::vector<TableRead>> IndexViews::put(const std::vector<sql::TableConditions>& tables,
                                               const std::vector<engine::Parameter>& parameters) {
  std::vector<TableRead> reads;
  for (const sql::TableConditions& table : tables) {
    if (indexes_ == nullptr || indexes_->find(table.table) == nullptr) continue;
    TRY(reads.emplace_back(), put_one(table, parameters));
  }
  return reads;
}

Result<TableRead> IndexViews::put_one(const sql::TableConditions& conditions,
                                      const std::vector<engine::Parameter>& parameters) {
  const index::IndexedTable& table = *indexes_->find(conditions.table);
  const Schema& schema = *table.schema;
  TableRead read{.table = table.name};
  const std::vector<sql::ColumnCondition> ordered = with_order(conditions.conditions, schema);
  if (ordered.empty()) return read;
  TRY(const auto rows, connection_.query(values_sql(ordered, schema), parameters));
  TRY(const auto values, rows->next());
  index::RowQuery query{.limit = std::numeric_limits<std::size_t>::max()};
  std::size_t column = 0;
  for (const sql::ColumnCondition& condition : ordered) {
    index::Condition& added = query.conditions.emplace_back();
    added = {condition.column, comparison_of(condition.sign), {}};
    for (std::size_t i = 0; i < condition.values.size(); ++i, ++column) {
      // Nothing is equal to a null, nor less; the engine will find nothing.
      if (values->column(column).is_null(0)) return read;
      index::append_order_bytes(added.values.emplace_back(), values->column(column), 0);
    }
  }
  const auto choice = index::choose(table, query);
  if (!is_of_use(choice)) {
    read.helpful = helpful_columns(ordered, schema);
    return read;
  }
  TRY(std::optional<index::FoundRows> found, indexes_->read(table, query, *choice));
  if (!found) {
    pass_over(read, *choice, ordered, schema);
    return read;
  }
  describe(read, *choice, ordered, schema);
  read.scanned = found->scanned;
  OK_OR_RETURN(show(table, std::move(found->rows)));
  return read;
}

std::vector<TableRead> IndexViews::plan(const std::vector<sql::TableConditions>& tables) const {
  std::vector<TableRead> reads;
  for (const sql::TableConditions& conditions : tables) {
    const auto* table = indexes_ == nullptr ? nullptr : indexes_->find(conditions.table);
    if (table == nullptr) continue;
    const auto ordered = with_order(conditions.conditions, *table->schema);
    index::RowQuery query;
    for (const sql::ColumnCondition& condition : ordered) {
      index::Condition& added = query.conditions.emplace_back();
      added = {condition.column, comparison_of(condition.sign), {}};
      for (std::size_t i = 0; i < condition.values.size(); ++i) {
        added.values.push_back(index::value_mark + std::to_string(i));
      }
    }
    TableRead& read = reads.emplace_back(TableRead{.table = conditions.table});
    const auto choice = index::choose(*table, query);
    if (is_of_use(choice)) {
      describe(read, *choice, ordered, *table->schema);
    } else {
      read.helpful = helpful_columns(ordered, *table->schema);
    }
  }
  return reads;
}

Result<void> IndexViews::show(const index::IndexedTable& table, std::shared_ptr<const Batch> rows) {
  static std::atomic<int> made = 0;
  if (!held_.contains(table.name)) {
    const auto held = std::make_shared<HeldRows>(table.schema);
    const std::string function = fmt::format("weir_index_{}", made++);
    OK_OR_RETURN(database_->add_table_function(function, held));
    functions_[table.name] = function;
    held_[table.name] = held;
  }
  held_[table.name]->hold(std::move(rows));
  OK_OR_RETURN(connection_.run(fmt::format("CREATE OR REPLACE TEMP VIEW {} AS SELECT * FROM {}()",
                                           quote_name(table.name), functions_[table.name])));
  shown_.push_back(table.name);
  return {};
}

Result<void> IndexViews::take_away() {
  for (const auto& [table, rows] : held_) rows->hold(nullptr);
  Result<void> taken;
  std::vector<std::string> stay;
  for (const std::string& table : std::exchange(shown_, {})) {
    const auto dropped = connection_.run("DROP VIEW IF EXISTS temp." + quote_name(table));
    if (dropped.ok()) continue;
    stay.push_back(table);
    if (taken.ok()) taken = dropped;
  }
  shown_ = std::move(stay);
  return taken;
}

}  // namespace weir::serve
