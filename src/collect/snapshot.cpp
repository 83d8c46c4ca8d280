#include "collect/snapshot.h"

#include <utility>

namespace weir::collect {

std::string encode(const Progress& progress, const KeyRecords& keys) {
  std::string bytes;
  put_text(bytes, progress.journal);
  journal::put(bytes, progress.through);
  journal::put<std::uint64_t>(bytes, progress.marks.size());
  for (const auto& [source, mark] : progress.marks) {
    put_text(bytes, source);
    journal::put(bytes, mark.watermark);
    journal::put(bytes, mark.newest);
  }
  journal::put<std::uint64_t>(bytes, progress.types.size());
  for (const auto& [source, columns] : progress.types) {
    put_text(bytes, source);
    journal::put<std::uint64_t>(bytes, columns.size());
    for (const auto& [column, type] : columns) {
      put_text(bytes, column);
      put_text(bytes, type);
    }
  }
  journal::put<std::uint64_t>(bytes, keys.size());
  for (const auto& record : keys) put_record(bytes, *record);
  return bytes;
}

Result<Snapshot> decode_snapshot(std::string_view bytes) {
  journal::ByteReader in(bytes);
  Snapshot snapshot;
  snapshot.progress.journal = read_text(in);
  snapshot.progress.through = in.number<Position>();
  for (auto left = in.number<std::uint64_t>(); left > 0 && in.ok(); --left) {
    const std::string source = read_text(in);
    SourceMark& mark = snapshot.progress.marks[source];
    mark.watermark = in.number<std::int64_t>();
    mark.newest = in.number<std::int64_t>();
  }
  for (auto left = in.number<std::uint64_t>(); left > 0 && in.ok(); --left) {
    auto& columns = snapshot.progress.types[read_text(in)];
    for (auto more = in.number<std::uint64_t>(); more > 0 && in.ok(); --more) {
      const std::string column = read_text(in);
      columns[column] = read_text(in);
    }
  }
  for (auto left = in.number<std::uint64_t>(); left > 0 && in.ok(); --left) {
    snapshot.keys.push_back(std::make_shared<const KeyRecord>(read_record(in)));
  }
  if (!in.finished()) return Error{Fault::corrupt, "its fields are not those of a snapshot"};
  return snapshot;
}

}  // namespace weir::collect
