#include "core/batch.h"

#include <utility>

namespace weir {

Batch::Batch(std::shared_ptr<const Schema> schema) : schema_(std::move(schema)) {
  columns_.reserve(schema_->columns.size());
  for (const Field& field : schema_->columns) columns_.emplace_back(field.type);
}

void Batch::append_rows(const Batch& from, std::span<const std::uint32_t> rows) {
  ASSERT(from.column_count() == column_count());
  for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i].append_rows(from.columns_[i], rows);
}

void Batch::append_range(const Batch& from, std::size_t first, std::size_t count) {
  ASSERT(from.column_count() == column_count());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].append_range(from.columns_[i], first, count);
  }
}

void Batch::truncate(std::size_t rows) {
  for (Column& column : columns_) column.truncate(rows);
}

std::size_t Batch::bytes() const {
  std::size_t bytes = 0;
  for (const Column& column : columns_) bytes += column.bytes();
  return bytes;
}

}  // namespace weir
