#include "index/row_bytes.h"

#include <xxhash.h>

#include <algorithm>
#include <cstdint>

#include "scalars/value_bytes.h"

namespace weir::index {
namespace {

constexpr std::size_t sum_size = sizeof(std::uint64_t);

std::string sum_bytes(std::string_view values) {
  const std::uint64_t sum = XXH3_64bits(values.data(), values.size());
  return {reinterpret_cast<const char*>(&sum), sum_size};
}

}  // namespace

std::string row_bytes(const Batch& rows, std::size_t row, std::size_t columns) {
  std::string bytes;
  for (std::size_t i = 0; i < columns; ++i) {
    append_value_bytes(bytes, rows.column(i), row, ValueForm::exact);
  }
  return bytes + sum_bytes(bytes);
}

Result<void> append_row(Batch& rows, std::string_view bytes) {
  std::string_view values = bytes.substr(0, bytes.size() - std::min(bytes.size(), sum_size));
  if (bytes.substr(values.size()) != sum_bytes(values)) {
    return Error{Fault::corrupt, "a row of the indexes is damaged"};
  }
  for (std::size_t i = 0; i < rows.column_count(); ++i) {
    append_from_value_bytes(rows.column(i), values);
  }
  return {};
}

}  // namespace weir::index
