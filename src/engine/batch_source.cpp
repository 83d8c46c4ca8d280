#include "engine/batch_source.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>

#include "engine/vector_copy.h"

namespace weir::engine {
namespace {

class BatchReader final : public ChunkReader {
 public:
  BatchReader(std::shared_ptr<const Batch> batch, Instant now, std::vector<std::size_t> columns)
      : batch_(std::move(batch)), now_(now), columns_(std::move(columns)) {}

  Result<std::size_t> read(duckdb_data_chunk chunk) override {
    const std::size_t rows = std::min<std::size_t>(batch_->rows() - at_, duckdb_vector_size());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      write(columns_[i], rows, duckdb_data_chunk_get_vector(chunk, i));
    }
    at_ += rows;
    return rows;
  }

 private:
  void write(std::size_t column, std::size_t rows, duckdb_vector to) {
    const std::size_t row_column = batch_->column_count();
    if (column < row_column) {
      copy_to_vector(batch_->column(column), at_, rows, to);
    } else if (column == row_column) {
      auto* values = static_cast<std::uint32_t*>(duckdb_vector_get_data(to));
      std::iota(values, values + rows, static_cast<std::uint32_t>(at_));
    } else if (column == row_column + 1) {
      auto* values = static_cast<std::int64_t*>(duckdb_vector_get_data(to));
      std::fill_n(values, rows, now_.time_since_epoch().count());
    }
  }

  std::shared_ptr<const Batch> batch_;
  Instant now_;
  std::vector<std::size_t> columns_;
  std::size_t at_ = 0;
};

}  // namespace

BatchSource::BatchSource(const Schema& input) {
  for (std::size_t i = 0; i < input.columns.size(); ++i) {
    schema_.columns.push_back({"c" + std::to_string(i), input.columns[i].type});
  }
  schema_.columns.push_back({"_row", Type{.id = TypeId::uinteger}});
  schema_.columns.push_back({"_now", Type{.id = TypeId::timestamp_tz}});
}

void BatchSource::put(std::shared_ptr<const Batch> batch, Instant now) {
  const std::lock_guard lock(mutex_);
  batch_ = std::move(batch);
  now_ = now;
}

Result<std::unique_ptr<ChunkReader>> BatchSource::open(std::vector<std::size_t> columns) const {
  const std::lock_guard lock(mutex_);
  if (batch_ == nullptr) return Error{Fault::invalid, "there is no batch to read now"};
  return std::unique_ptr<ChunkReader>(
      std::make_unique<BatchReader>(batch_, now_, std::move(columns)));
}

}  // namespace weir::engine
