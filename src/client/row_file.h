// Reads the rows of a file as NDJSON, in their order, a batch at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <string>

#include "core/result.h"

namespace weir::client {

// Owned by one thread.
class RowFile {
 public:
  // By its ending: .ndjson or .jsonl (lines as they stand), .json (an array's elements, or lines),
  // .csv, .tsv, .parquet; "-" is NDJSON from stdin. Fault::invalid for any other. CSV says nothing
  // of types: in the columns of `bare`, what JSON could write without quotes is written so.
  static Result<std::unique_ptr<RowFile>> open(const std::string& name,
                                               const std::set<std::string>& bare);
  virtual ~RowFile() = default;
  // A server takes bodies of a few times that, and rows of a part of it.
  static constexpr std::size_t batch_bytes = std::size_t{8} << 20;
  // Adds rows to `lines`, which is empty, a line each: `rows_max`, or fewer where these come to
  // batch_bytes. How many; 0: the end.
  virtual Result<std::size_t> read(std::size_t rows_max, std::string& lines) = 0;
  // How much of the file was read, from 0 to 1; negative: unknown.
  virtual double share_read() const = 0;
};

// Whether the file's rows need `bare`.
bool is_typeless(const std::string& name);

}  // namespace weir::client
