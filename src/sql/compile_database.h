// Types a stream's SQL: a private database of empty tables with the columns that the SQL may read.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "core/column.h"
#include "core/result.h"
#include "engine/database.h"
#include "formats/json_value.h"
#include "sql/plan.h"
#include "sql/sql_text.h"

namespace weir::sql {

// The text of macros that leave a marker in the bound plan, see window_call.h.
std::string marker_macros();

// Owned by one thread.
class CompileDatabase {
 public:
  static Result<CompileDatabase> open(const std::vector<Readable>& names,
                                      const std::string& time_zone);

  engine::Connection& connection() { return *connection_; }
  // DuckDB's bound, not optimised plan of the one SELECT; else the mistake is in `refusals`.
  Result<formats::JsonValue> bind(Refusals& refusals);
  // The names and types of the SELECT's columns.
  Result<std::shared_ptr<const Schema>> result_of(const std::string& sql);
  // The value of a constant expression; Fault::invalid where it is none.
  Result<IntervalValue> interval(const std::string& expression);
  // Local time less UTC at 1970-01-01 in the time zone.
  std::chrono::microseconds zone_offset() const { return zone_offset_; }
  // Fault::internal unless the kernel's SQL gives `output` over `input`.
  Result<void> check_kernel(const std::string& sql, const Schema& input, const Schema& output);

 private:
  CompileDatabase(std::shared_ptr<engine::Database> database,
                  std::unique_ptr<engine::Connection> connection)
      : database_(std::move(database)), connection_(std::move(connection)) {}

  Result<void> read_zone_offset(const std::string& time_zone);

  std::shared_ptr<engine::Database> database_;
  std::unique_ptr<engine::Connection> connection_;
  std::chrono::microseconds zone_offset_{0};
};

}  // namespace weir::sql
