#include "store/applied_places.h"

#include <fmt/format.h>

namespace weir::store {
namespace {

using engine::quote_text;

std::uint64_t number(const Batch& batch, std::size_t column, std::size_t row) {
  return batch.column(column).values<std::uint64_t>()[row];
}

}  // namespace

Result<void> make_applied_places(engine::Connection& connection) {
  return connection.run(
      "CREATE SCHEMA IF NOT EXISTS weir_progress;"
      "CREATE TABLE IF NOT EXISTS weir_progress.applied(stream VARCHAR, table_name VARCHAR, "
      "journal VARCHAR, position UBIGINT, generation UBIGINT, sequence UBIGINT)");
}

Result<AppliedPlaces> read_applied_places(engine::Connection& connection) {
  TRY(const auto rows, connection.query("SELECT stream, table_name, journal, position, "
                                        "generation, sequence FROM weir_progress.applied"));
  AppliedPlaces places;
  while (true) {
    TRY(const auto batch, rows->next());
    if (batch == nullptr) return places;
    for (std::size_t row = 0; row < batch->rows(); ++row) {
      const auto text = [&](std::size_t column) {
        return std::string(batch->column(column).string(row));
      };
      places[{text(0), text(1)}] = {text(2), number(*batch, 3, row), number(*batch, 4, row),
                                    number(*batch, 5, row)};
    }
  }
}

Result<void> check_no_former_writer(const AppliedPlaces& stored, const AppliedPlaces& now,
                                    const Target& target) {
  for (const auto& [other, place] : stored) {
    if (other.table != target.table || now.contains(other)) continue;
    return Error{Fault::conflict,
                 fmt::format("table {0} holds results of stream {1}, which no longer writes it, "
                             "and would get those of stream {2} beside them, from the first on; "
                             "call it {1} again, write another table, or begin this one anew: "
                             "`weir drop {0} --restart`",
                             target.table, other.stream, target.stream)};
  }
  return {};
}

Result<void> write_applied_places(engine::Connection& connection, const AppliedPlaces& places) {
  if (places.empty()) return {};
  std::string targets;
  std::string rows;
  for (const auto& [target, place] : places) {
    const std::string name =
        fmt::format("({}, {}", quote_text(target.stream), quote_text(target.table));
    const std::string comma = rows.empty() ? "" : ", ";
    targets += fmt::format("{}{})", comma, name);
    rows += fmt::format("{}{}, {}, {}, {}, {})", comma, name, quote_text(place.journal),
                        place.position, place.generation, place.sequence);
  }
  OK_OR_RETURN(connection.run("DELETE FROM weir_progress.applied WHERE (stream, table_name) IN (" +
                              targets + ")"));
  return connection.run("INSERT INTO weir_progress.applied VALUES " + rows);
}

}  // namespace weir::store
