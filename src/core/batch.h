// Rows on their way through Weir, column by column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/column.h"
#include "core/schema.h"

namespace weir {

// All columns have the same number of rows. Built by one thread, then shared as
// `std::shared_ptr<const Batch>` and never changed.
class Batch {
 public:
  explicit Batch(std::shared_ptr<const Schema> schema);

  const Schema& schema() const { return *schema_; }
  const std::shared_ptr<const Schema>& shared_schema() const { return schema_; }
  std::size_t rows() const { return columns_.empty() ? 0 : columns_.front().size(); }
  std::size_t column_count() const { return columns_.size(); }
  Column& column(std::size_t index) { return columns_[index]; }
  const Column& column(std::size_t index) const { return columns_[index]; }

  void append_rows(const Batch& from, std::span<const std::uint32_t> rows);
  void append_range(const Batch& from, std::size_t first, std::size_t count);
  void truncate(std::size_t rows);
  std::size_t bytes() const;

 private:
  std::shared_ptr<const Schema> schema_;
  std::vector<Column> columns_;
};

}  // namespace weir
