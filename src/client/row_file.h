// Reads the rows of a file as NDJSON, in their order, a batch at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "core/result.h"

namespace weir::client {

// Of a column that is no text to the source: how JSON writes its values.
enum class Written : std::uint8_t { bare, quoted };
using TypedColumns = std::map<std::string, Written>;

// Owned by one thread.
class RowFile {
 public:
  // Whether open() can be asked for it: it is there, may be read, and has an ending of those.
  static Result<void> check(const std::string& name);
  // By its ending: .ndjson or .jsonl (lines as they stand), .json (an array's elements, or lines),
  // .csv, .tsv, .parquet; "-" is NDJSON from stdin. Fault::invalid for any other. CSV says nothing
  // of types: in the columns of `typed`, "" is null, and what JSON could write without quotes is
  // written so where it is bare.
  static Result<std::unique_ptr<RowFile>> open(const std::string& name, const TypedColumns& typed);
  virtual ~RowFile() = default;
  // A server takes bodies of a few times that, and rows of a part of it.
  static constexpr std::size_t batch_bytes = std::size_t{8} << 20;
  // Adds rows to `lines`, which is empty, a line each: `rows_max`, or fewer where these come to
  // batch_bytes. How many; 0: the end.
  virtual Result<std::size_t> read(std::size_t rows_max, std::string& lines) = 0;
  // How much of the file was read, from 0 to 1; negative: unknown.
  virtual double share_read() const = 0;
};

// Whether the file's rows need `typed`.
bool is_typeless(const std::string& name);

}  // namespace weir::client
