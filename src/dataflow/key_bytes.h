// Values as bytes that are equal exactly when SQL groups the values together.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/batch.h"

namespace weir::dataflow {

// Null equals null, -0.0 equals 0.0, every NaN equals every other, and a day equals 24 hours.
void append_key_bytes(std::string& bytes, const Column& column, std::size_t row);
// Takes the first value off `bytes` and appends it to the column it was made for.
void append_from_key_bytes(Column& column, std::string_view& bytes);

// The key of every row of a batch, with its hash, in memory that is used again.
class RowKeys {
 public:
  void encode(const Batch& rows, const std::vector<std::size_t>& columns);
  std::string_view key(std::size_t row) const {
    return std::string_view(bytes_).substr(ends_[row], ends_[row + 1] - ends_[row]);
  }
  std::size_t hash(std::size_t row) const { return hashes_[row]; }

 private:
  std::string bytes_;
  std::vector<std::size_t> ends_;  // of the key before the row; one more than rows
  std::vector<std::size_t> hashes_;
};

std::size_t hash_of_key(std::string_view key);

}  // namespace weir::dataflow
