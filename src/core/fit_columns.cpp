#include "core/fit_columns.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace weir {

Result<std::shared_ptr<const Batch>> fit_columns(std::shared_ptr<const Batch> rows,
                                                 const std::shared_ptr<const Schema>& schema) {
  if (rows->schema() == *schema) return rows;
  auto fitted = std::make_shared<Batch>(schema);
  for (std::size_t i = 0; i < schema->columns.size(); ++i) {
    const Field& wanted = schema->columns[i];
    const std::optional<std::size_t> from = rows->schema().find(wanted.name);
    if (from && rows->schema().columns[*from].type == wanted.type) {
      fitted->column(i).append_range(rows->column(*from), 0, rows->rows());
      continue;
    }
    if (from) {
      return Error{
          Fault::conflict,
          fmt::format("column {} was stored as {} and is now {}", wanted.name,
                      to_string(rows->schema().columns[*from].type), to_string(wanted.type))};
    }
    for (std::size_t row = 0; row < rows->rows(); ++row) fitted->column(i).append_null();
  }
  return std::shared_ptr<const Batch>(std::move(fitted));
}

}  // namespace weir
