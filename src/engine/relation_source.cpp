#include "engine/relation_source.h"

#include <algorithm>

#include "engine/vector_copy.h"

namespace weir::engine {
namespace {

bool holds_strings(const Type& type) {
  return is_string(type) || std::ranges::any_of(type.children, [](const Field& field) {
           return holds_strings(field.type);
         });
}

class RelationReader final : public ChunkReader {
 public:
  RelationReader(std::unique_ptr<Scan> scan, std::vector<std::size_t> columns,
                 bool strings_are_read)
      : scan_(std::move(scan)), columns_(std::move(columns)), strings_are_read_(strings_are_read) {}

  Result<std::size_t> read(duckdb_data_chunk chunk) override {
    TRY(const bool more, advance());
    if (!more) return std::size_t{0};
    const std::size_t rows = std::min<std::size_t>(batch_->rows() - at_, duckdb_vector_size());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i] >= batch_->column_count()) continue;
      copy_to_vector(batch_->column(columns_[i]), at_, rows,
                     duckdb_data_chunk_get_vector(chunk, i));
    }
    at_ += rows;
    return rows;
  }

 private:
  // Makes `batch_` one with rows left; false at the end.
  Result<bool> advance() {
    while (batch_ == nullptr || at_ == batch_->rows()) {
      if (batch_ != nullptr && strings_are_read_) read_.push_back(std::move(batch_));
      TRY(batch_, scan_->next());
      if (batch_ == nullptr) return false;
      at_ = 0;
    }
    return true;
  }

  std::unique_ptr<Scan> scan_;
  std::vector<std::size_t> columns_;
  bool strings_are_read_;
  // The engine may hold on to a long string until the query ends, in the batch it was read from.
  std::vector<std::shared_ptr<const Batch>> read_;
  std::shared_ptr<const Batch> batch_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::unique_ptr<ChunkReader>> RelationSource::open(std::vector<std::size_t> columns) const {
  TRY(std::unique_ptr<Scan> scan, relation_->scan());
  const auto& fields = schema().columns;
  const bool strings_are_read = std::ranges::any_of(columns, [&](std::size_t column) {
    return column < fields.size() && holds_strings(fields[column].type);
  });
  return std::unique_ptr<ChunkReader>(
      std::make_unique<RelationReader>(std::move(scan), std::move(columns), strings_are_read));
}

}  // namespace weir::engine
