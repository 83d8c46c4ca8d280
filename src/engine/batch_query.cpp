#include "engine/batch_query.h"

#include <fmt/format.h>

#include <atomic>
#include <cstdint>
#include <utility>

#include "engine/batch_source.h"
#include "engine/duckdb_database.h"
#include "engine/duckdb_rows.h"

namespace weir::engine {
namespace {

class DuckdbBatchQuery final : public BatchQuery {
 public:
  DuckdbBatchQuery(std::shared_ptr<BatchSource> source, std::unique_ptr<Connection> connection,
                   std::unique_ptr<Statement> statement)
      : source_(std::move(source)),
        connection_(std::move(connection)),
        statement_(std::move(statement)) {}

  const std::shared_ptr<const Schema>& output() const override { return statement_->schema(); }

  Result<std::unique_ptr<Batch>> run(std::shared_ptr<const Batch> input, Instant now) override {
    ASSERT(input->column_count() + 2 == source_->schema().columns.size());
    source_->put(std::move(input), now);
    Result<std::unique_ptr<Batch>> rows = collect();
    source_->put(nullptr, {});
    return rows;
  }

 private:
  Result<std::unique_ptr<Batch>> collect() {
    TRY(const std::unique_ptr<Rows> rows, statement_->run());
    return static_cast<DuckdbRows&>(*rows).rest();
  }

  std::shared_ptr<BatchSource> source_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Statement> statement_;
};

// Table functions belong to the whole database, so each query names its own; `_batch` is a view
// over it that only its connection has.
std::string new_function_name() {
  static std::atomic<std::uint64_t> number{0};
  return fmt::format("weir_input_{}", number++);
}

}  // namespace

Result<std::unique_ptr<BatchQuery>> BatchQuery::prepare(
    const std::shared_ptr<Database>& database, const std::string& sql,
    const std::shared_ptr<const Schema>& input) {
  auto source = std::make_shared<BatchSource>(*input);
  const std::string function = new_function_name();
  OK_OR_RETURN(static_cast<DuckdbDatabase&>(*database).add_source(function, source));
  TRY(std::unique_ptr<Connection> connection, database->connect());
  OK_OR_RETURN(
      connection->run(fmt::format("CREATE TEMP VIEW {} AS FROM {}()", batch_name, function)));
  TRY(std::unique_ptr<Statement> statement, connection->prepare(sql));
  return std::unique_ptr<BatchQuery>(std::make_unique<DuckdbBatchQuery>(
      std::move(source), std::move(connection), std::move(statement)));
}

}  // namespace weir::engine
