#include "oracle.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/batch_relation.h"
#include "engine/database.h"
#include "formats/csv_rows.h"
#include "sql/batch_names.h"

namespace weir::golden {
namespace {

using engine::Connection;
using engine::Database;
using engine::quote_name;
using Batches = std::vector<std::shared_ptr<const Batch>>;

constexpr std::string_view weight_column = "_weight";

// A table `name` of the batches' rows.
Result<void> put(Database& database, Connection& connection, const std::string& name,
                 Batches batches) {
  const std::string function = "rows_of_" + name;
  OK_OR_RETURN(database.add_table_function(
      function, std::make_shared<engine::BatchRelation>(std::move(batches))));
  return connection.run(
      fmt::format("CREATE TABLE {} AS FROM {}()", quote_name(name), quote_name(function)));
}

// Doubles are compared by fifteen digits: a sum's last ones depend on the order of its terms.
std::string compared(const Field& column) {
  const std::string name = quote_name(column.name);
  if (column.type.id != TypeId::double_precision && column.type.id != TypeId::real) {
    return name + "::VARCHAR AS " + name;
  }
  return fmt::format("format('{{:.13g}}', {0} + 0) AS {0}", name);
}

std::string all_compared(const Schema& schema) {
  std::string list;
  for (const Field& column : schema.columns) {
    if (column.name == weight_column) continue;
    list += (list.empty() ? "" : ", ") + compared(column);
  }
  return list;
}

// The rows that are true at the end: those given, less those taken back.
std::string net_rows(const std::string& table, const Schema& schema) {
  if (!schema.find(weight_column)) return fmt::format("SELECT * FROM {}", quote_name(table));
  std::string columns;
  for (const Field& column : schema.columns) {
    if (column.name != weight_column) {
      columns += (columns.empty() ? "" : ", ") + quote_name(column.name);
    }
  }
  return fmt::format(
      "SELECT {0} FROM (SELECT {0}, sum(_weight)::BIGINT AS _net FROM {1} GROUP BY ALL), "
      "range(_net)",
      columns, quote_name(table));
}

Result<std::string> csv_of(Connection& connection, const std::string& sql) {
  TRY(auto rows, connection.query(sql));
  std::string csv;
  formats::append_csv_head(csv, *rows->schema());
  while (true) {
    TRY(const auto batch, rows->next());
    if (batch == nullptr) {
      std::erase(csv, '\r');
      return csv;
    }
    for (std::size_t row = 0; row < batch->rows(); ++row) formats::append_csv_row(csv, *batch, row);
  }
}

// Rows of one query that the other has not, with a sign.
Result<std::string> differences(Connection& connection, const std::string& ours,
                                const std::string& wanted) {
  TRY(std::string csv,
      csv_of(connection,
             fmt::format("SELECT 'too much' AS \"?\", * FROM (({0}) EXCEPT ALL ({1})) UNION ALL "
                         "SELECT 'missing', * FROM (({1}) EXCEPT ALL ({0}))",
                         ours, wanted)));
  return std::ranges::count(csv, '\n') > 1 ? csv : std::string();
}

const Schema& schema_of_rows(const Batches& batches) { return batches.front()->schema(); }

Result<std::shared_ptr<Database>> open(const Outcome& outcome) {
  TRY(auto database, Database::open({}));
  TRY(auto connection, database->connect());
  OK_OR_RETURN(connection->run(sql::batch_macros(outcome.workspace.declared.time_zone)));
  return database;
}

const workspace::CompiledStream& compiled(const Outcome& outcome, const std::string& stream) {
  const auto found = std::ranges::find_if(
      outcome.workspace.streams,
      [&](const workspace::CompiledStream& one) { return one.declared.name == stream; });
  ASSERT(found != outcome.workspace.streams.end());
  return *found;
}

// What the stream read, under its own name: a source's or another stream's rows, without those that
// came late; and the static tables.
Result<void> put_inputs(Database& database, Connection& connection, const Outcome& outcome,
                        const std::string& stream) {
  for (const workspace::StaticTable& table : outcome.workspace.static_tables) {
    OK_OR_RETURN(put(database, connection, table.name, table.batches));
  }
  for (const std::string& name : compiled(outcome, stream).plan.reads) {
    const auto source = outcome.sources.find(name);
    const auto upstream = outcome.streams.find(name);
    if (source == outcome.sources.end() && upstream == outcome.streams.end()) continue;
    const Batches& rows = source != outcome.sources.end() ? source->second : upstream->second.rows;
    if (rows.empty()) return Error{Fault::invalid, name + " has no rows"};
    OK_OR_RETURN(put(database, connection, "all_" + name, rows));
    std::string sql = net_rows("all_" + name, schema_of_rows(rows));
    const Batches& late = outcome.streams.at(stream).late;
    if (!late.empty()) {
      OK_OR_RETURN(put(database, connection, "late_rows", late));
      sql = fmt::format("({}) EXCEPT ALL FROM late_rows", sql);
    }
    OK_OR_RETURN(connection.run(fmt::format("CREATE TABLE {} AS {}", quote_name(name), sql)));
  }
  return {};
}

// The relation's rows as a query over the table `ours`; nothing when it has none.
Result<std::string> put_ours(Database& database, Connection& connection, const Batches& batches) {
  OK_OR_RETURN(put(database, connection, "ours", batches));
  return net_rows("ours", schema_of_rows(batches));
}

// Only the windows that no late row belongs to.
std::string without_late_rows(const Outcome& outcome, const std::string& stream) {
  const std::string& input = compiled(outcome, stream).plan.reads.front();
  const auto source =
      std::ranges::find(outcome.workspace.declared.sources, input, &workspace::Source::name);
  ASSERT(source != outcome.workspace.declared.sources.end());
  const Schema schema = schema_of(source->rules);
  const std::string time = quote_name(schema.columns[event_time_column(source->rules)].name);
  return fmt::format(
      " WHERE NOT EXISTS (FROM late_rows WHERE late_rows.{0} >= compared.window_start AND "
      "late_rows.{0} < compared.window_end)",
      time);
}

const Batches& batches_of(const Outcome& outcome, const std::string& relation) {
  if (!relation.starts_with("late(")) return outcome.streams.at(relation).rows;
  return outcome.streams.at(relation.substr(5, relation.size() - 6)).late;
}

}  // namespace

Result<std::string> differences_from_batch(const Outcome& outcome, const std::string& stream,
                                           bool late_for_some_windows) {
  TRY(const auto database, open(outcome));
  TRY(const auto connection, database->connect());
  OK_OR_RETURN(put_inputs(*database, *connection, outcome, stream));
  const Schema& schema = *compiled(outcome, stream).plan.root->output;
  OK_OR_RETURN(
      connection->run("CREATE TABLE wanted AS " + compiled(outcome, stream).declared.sql.text));
  std::string ours = "SELECT * FROM wanted LIMIT 0";
  if (const Batches& rows = outcome.streams.at(stream).rows; !rows.empty()) {
    TRY(ours, put_ours(*database, *connection, rows));
  }
  const std::string columns = all_compared(schema);
  const std::string compared = late_for_some_windows ? without_late_rows(outcome, stream) : "";
  return differences(*connection,
                     fmt::format("SELECT {} FROM ({}) AS compared{}", columns, ours, compared),
                     fmt::format("SELECT {} FROM wanted AS compared{}", columns, compared));
}

Result<std::string> differences_from_csv(const Outcome& outcome, const Expected& expected) {
  TRY(const std::string ours, as_csv(outcome, expected.relation));
  return ours == expected.csv ? std::string() : "came out as\n" + ours;
}

Result<std::string> as_csv(const Outcome& outcome, const std::string& relation) {
  const Batches& rows = batches_of(outcome, relation);
  if (rows.empty()) return std::string();
  TRY(const auto database, open(outcome));
  TRY(const auto connection, database->connect());
  TRY(const std::string ours, put_ours(*database, *connection, rows));
  return csv_of(*connection, fmt::format("SELECT {} FROM ({}) ORDER BY ALL",
                                         all_compared(schema_of_rows(rows)), ours));
}

}  // namespace weir::golden
