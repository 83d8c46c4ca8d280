#include "dataflow/key_bytes.h"

#define XXH_INLINE_ALL  // keys are short
#include <xxhash.h>

#include "scalars/value_bytes.h"

namespace weir::dataflow {

void append_key_bytes(std::string& bytes, const Column& column, std::size_t row) {
  append_value_bytes(bytes, column, row, ValueForm::canonical);
}

void append_from_key_bytes(Column& column, std::string_view& bytes) {
  append_from_value_bytes(column, bytes);
}

std::size_t hash_of_key(std::string_view key) { return XXH3_64bits(key.data(), key.size()); }

void RowKeys::encode(const Batch& rows, const std::vector<std::size_t>& columns) {
  bytes_.clear();
  ends_.assign(1, 0);
  hashes_.clear();
  const std::size_t count = rows.rows();
  ends_.reserve(count + 1);
  hashes_.reserve(count);
  for (std::size_t row = 0; row < count; ++row) {
    for (const std::size_t column : columns) append_key_bytes(bytes_, rows.column(column), row);
    const std::size_t begin = ends_.back();
    hashes_.push_back(hash_of_key(std::string_view(bytes_).substr(begin)));
    ends_.push_back(bytes_.size());
  }
}

}  // namespace weir::dataflow
