// What the collector must know again after a restart, as bytes: all that entries before `through`
// say.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "collect/key_record.h"
#include "core/position.h"
#include "core/result.h"
#include "journal/heads.h"

namespace weir::collect {

struct SourceMark {
  std::int64_t watermark = journal::no_watermark;
  std::int64_t newest = journal::no_watermark;
};

struct Progress {
  std::string journal;  // its id
  Position through = 0;
  std::map<std::string, SourceMark> marks;  // by source, also of sources not declared any more
  // By source and column: as which types its rows are stored, in DuckDB's words.
  std::map<std::string, std::map<std::string, std::string>> types;
};

struct Snapshot {
  Progress progress;
  KeyRecords keys;
};

std::string encode(const Progress& progress, const KeyRecords& keys);
Result<Snapshot> decode_snapshot(std::string_view bytes);

}  // namespace weir::collect
