#include "process/static_rows.h"

#include <string>

#include "dataflow/key_bytes.h"
#include "journal/bytes.h"

namespace weir::process {

std::uint64_t hash_of_rows(const std::vector<std::shared_ptr<const Batch>>& batches) {
  std::uint64_t hash = 0;
  std::string bytes;
  for (const auto& batch : batches) {
    for (std::size_t row = 0; row < batch->rows(); ++row) {
      bytes.clear();
      for (std::size_t i = 0; i < batch->column_count(); ++i) {
        dataflow::append_key_bytes(bytes, batch->column(i), row);
      }
      hash = journal::checksum(bytes, hash);
    }
  }
  return hash;
}

}  // namespace weir::process
