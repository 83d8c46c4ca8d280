// Reads the rows of a file as NDJSON, in their order, a batch at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "core/result.h"

namespace weir::client {

// How JSON writes the values of a file's column for those of the source that read it. Where these
// differ the later counts: a text has to be written as it stands.
enum class Written : std::uint8_t { quoted, bare, text };
using WrittenColumns = std::map<std::string, Written>;

// One more column of the source reads the file's column `name`, and needs it `written` so.
void note_reader(WrittenColumns& columns, const std::string& name, Written written);

// Owned by one thread.
class RowFile {
 public:
  // Whether open() can be asked for it: it is there, may be read, and has an ending of those.
  static Result<void> check(const std::string& name);
  // By its ending: .ndjson or .jsonl (lines as they stand), .json (an array's elements, or values
  // one after the other), .csv, .tsv, .parquet, whose times without a zone have none in the rows
  // either; "-" is NDJSON from stdin. Fault::invalid for any other. CSV says nothing
  // of types: in those of `columns` that are no text, "" is null, and what JSON could write without
  // quotes is written so where it is bare.
  static Result<std::unique_ptr<RowFile>> open(const std::string& name,
                                               const WrittenColumns& columns);
  virtual ~RowFile() = default;
  // A server takes bodies of a few times that, and rows of a part of it.
  static constexpr std::size_t batch_bytes = std::size_t{8} << 20;
  // Adds rows to `lines`, which is empty, a line each: `rows_max`, or fewer where these come to
  // batch_bytes. How many; 0: the end.
  virtual Result<std::size_t> read(std::size_t rows_max, std::string& lines) = 0;
  // How much of the file was read, from 0 to 1; negative: unknown.
  virtual double share_read() const = 0;

 protected:
  static bool is_full(std::size_t rows, std::size_t rows_max, const std::string& lines) {
    return rows >= rows_max || lines.size() >= batch_bytes;
  }
};

// Whether the file's rows need to be told how they are written.
bool is_typeless(const std::string& name);

}  // namespace weir::client
