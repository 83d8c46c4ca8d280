#include "sql/compile_database.h"

#include "engine/batch_query.h"
#include "sql/syntax.h"

namespace weir::sql {
namespace {

// A column that is a call of the marker: DuckDB keeps the struct, whose first field no user writes.
std::string marker(const std::string& kind, const std::string& slide) {
  return "struct_pack(weir_window := '" + kind + "', ts := CAST(ts AS TIMESTAMP), slide := CAST(" +
         slide +
         " AS INTERVAL), size := CAST(size AS INTERVAL), shift := CAST(shift AS INTERVAL)).ts";
}

std::string marker_macro(const std::string& name, const std::string& slide,
                         const std::string& parameters) {
  return "CREATE MACRO " + name + "(" + parameters +
         ", shift := INTERVAL '0 seconds') AS TABLE SELECT *, " + marker(name + " start", slide) +
         " AS window_start, " + marker(name + " end", slide) +
         " AS window_end FROM query_table(t);";
}

}  // namespace

std::string marker_macros() {
  return marker_macro("tumble", "size", "t, ts, size") +
         marker_macro("hop", "slide", "t, ts, slide, size");
}

Result<CompileDatabase> CompileDatabase::open(const std::vector<Readable>& names,
                                              const std::string& time_zone) {
  TRY(std::shared_ptr<engine::Database> database, engine::Database::open({}));
  TRY(std::unique_ptr<engine::Connection> connection, database->connect());
  std::string script = marker_macros();
  for (const Readable& readable : names) {
    script += "CREATE TABLE " + engine::quote_name(readable.name) + " (" +
              engine::column_list(*readable.schema) + ");";
  }
  OK_OR_RETURN(connection->run(script));
  CompileDatabase opened(std::move(database), std::move(connection));
  OK_OR_RETURN(opened.read_zone_offset(time_zone));
  return opened;
}

Result<void> CompileDatabase::read_zone_offset(const std::string& time_zone) {
  const std::string zone = engine::quote_text(time_zone);
  TRY(const IntervalValue offset,
      interval("timezone(" + zone +
               ", TIMESTAMPTZ '1970-01-01 00:00:00+00') - TIMESTAMP '1970-01-01'"));
  zone_offset_ = std::chrono::microseconds(offset.micros);
  return {};
}

Result<IntervalValue> CompileDatabase::interval(const std::string& expression) {
  TRY(const std::unique_ptr<engine::Rows> rows,
      connection_->query("SELECT CAST(" + expression + " AS INTERVAL)"));
  TRY(const std::shared_ptr<const Batch> batch, rows->next());
  ASSERT(batch != nullptr && batch->rows() == 1);
  if (batch->column(0).is_null(0)) return Error{Fault::invalid, "the interval is null"};
  return batch->column(0).values<IntervalValue>()[0];
}

Result<formats::JsonValue> CompileDatabase::bind(Refusals& refusals) {
  const std::string text = engine::quote_text(refusals.sql());
  TRY(formats::JsonValue answer,
      serialize(*connection_, "json_serialize_plan(" + text + ", optimize := false)"));
  if (answer["error"].boolean()) return refuse_as_duckdb(answer, refusals);
  const auto& plans = answer["plans"].array();
  if (plans.size() != 1) return refusals.at(0, "write one SELECT, and nothing after it");
  return plans.front();
}

Result<std::shared_ptr<const Schema>> CompileDatabase::result_of(const std::string& sql) {
  TRY(const std::unique_ptr<engine::Statement> statement, connection_->prepare(sql));
  return statement->schema();
}

Result<void> CompileDatabase::check_kernel(const std::string& sql, const Schema& input,
                                           const Schema& output) {
  Schema columns;
  for (std::size_t i = 0; i < input.columns.size(); ++i) {
    columns.columns.push_back({"c" + std::to_string(i), input.columns[i].type});
  }
  columns.columns.push_back({"_row", Type{.id = TypeId::uinteger}});
  columns.columns.push_back({"_now", Type{.id = TypeId::timestamp_tz}});
  OK_OR_RETURN(connection_->run(std::string("CREATE OR REPLACE TEMP TABLE ") + engine::batch_name +
                                " (" + engine::column_list(columns) + ")"));
  TRY(const std::shared_ptr<const Schema> printed, result_of(sql));
  bool same = printed->columns.size() == output.columns.size() + 1;
  for (std::size_t i = 0; same && i < output.columns.size(); ++i) {
    same = printed->columns[i].type == output.columns[i].type;
  }
  if (same) return {};
  return Error{Fault::internal, "the SQL printed for the engine has other types: " + sql};
}

}  // namespace weir::sql
