#include "engine/relation_source.h"

#include <algorithm>

#include "engine/vector_copy.h"

namespace weir::engine {
namespace {

class RelationReader final : public ChunkReader {
 public:
  RelationReader(std::unique_ptr<Scan> scan, std::vector<std::size_t> columns)
      : scan_(std::move(scan)), columns_(std::move(columns)) {}

  Result<std::size_t> read(duckdb_data_chunk chunk) override {
    TRY(const bool more, advance());
    if (!more) return std::size_t{0};
    const std::size_t rows = std::min<std::size_t>(batch_->rows() - at_, duckdb_vector_size());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i] >= batch_->column_count()) continue;
      const Column& column = batch_->column(columns_[i]);
      duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, i);
      copy_to_vector(column, at_, rows, vector);
      // The engine may hold on to a chunk long after its batch, whose memory nobody counts.
      own_strings(column, rows, vector);
    }
    at_ += rows;
    return rows;
  }

 private:
  // Makes `batch_` one with rows left; false at the end.
  Result<bool> advance() {
    while (batch_ == nullptr || at_ == batch_->rows()) {
      TRY(batch_, scan_->next());
      if (batch_ == nullptr) return false;
      at_ = 0;
    }
    return true;
  }

  std::unique_ptr<Scan> scan_;
  std::vector<std::size_t> columns_;
  std::shared_ptr<const Batch> batch_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::unique_ptr<ChunkReader>> RelationSource::open(std::vector<std::size_t> columns) const {
  TRY(std::unique_ptr<Scan> scan, relation_->scan());
  return std::unique_ptr<ChunkReader>(
      std::make_unique<RelationReader>(std::move(scan), std::move(columns)));
}

}  // namespace weir::engine
