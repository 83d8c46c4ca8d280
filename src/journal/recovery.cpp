#include "journal/recovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "journal/segment_scan.h"

namespace weir::journal {
namespace {

constexpr std::size_t piece_bytes = std::size_t{1} << 20;
static_assert(piece_bytes % page_bytes == 0);

// How far a segment's groups are whole, and why no further.
struct Whole {
  Position end = 0;
  std::int64_t accepted = 0;
  Result<void> stopped;  // ok: the segment's end
};

Result<std::optional<Block>> next_whole(SegmentScan& scan) {
  TRY(std::optional<Block> block, scan.next());
  if (block) {
    TRY([[maybe_unused]] const std::string_view payload, scan.payload());
  }
  return block;
}

Whole read_whole(const Segment& segment, std::uint64_t seed) {
  SegmentScan scan(segment, seed, segment.start, segment.end);
  Whole whole{.end = segment.start};
  std::int64_t accepted = 0;
  while (true) {
    Result<std::optional<Block>> block = next_whole(scan);
    if (!block.ok()) {
      whole.stopped = block.error();
      return whole;
    }
    if (!block.value()) return whole;
    const BlockHeader& header = block.value()->header;
    accepted = std::max(accepted, header.accepted);
    if (header.is_last == 0) continue;
    whole.end = header.end;
    whole.accepted = accepted;
  }
}

Result<void> check_unbroken(const std::filesystem::path& folder,
                            const std::vector<Segment>& segments, const Identity& identity) {
  const Position released = identity.released;
  // The newest stays while it is written, so all are released only where nothing was written since.
  if (segments.empty() && identity.durable != released) {
    return missing_segment(folder, released, std::max(released, identity.durable));
  }
  if (!segments.empty() && segments.front().start > released) {
    return missing_segment(folder, released, segments.front().start);
  }
  for (std::size_t i = 1; i < segments.size(); ++i) {
    if (segments[i - 1].end == segments[i].start) continue;
    return Error{
        Fault::corrupt,
        fmt::format("{}: byte {}: the next segment begins at position {}, not at {}: bring "
                    "back a backup of the whole data folder",
                    segments[i - 1].file->path().string(),
                    segments[i - 1].end - segments[i - 1].start, segments[i].start,
                    segments[i - 1].end)};
  }
  return {};
}

Error damaged(const Error& where, std::string_view proof) {
  return {Fault::corrupt, fmt::format("{}; {}", where.message, proof)};
}

}  // namespace

bool is_released(const Segment& segment, const Identity& identity) {
  return segment.start < identity.released && segment.end <= identity.released;
}

Error missing_segment(const std::filesystem::path& folder, Position from, Position to) {
  return {Fault::corrupt,
          fmt::format("{} is missing, and with it all entries from position {} {}: bring back a "
                      "backup of the whole data folder",
                      segment_path(folder, from).string(), from,
                      to > from ? fmt::format("to {}", to) : "on")};
}

Result<std::optional<GroupHeader>> find_group(const Segment& segment, std::uint64_t seed,
                                              Position position) {
  std::vector<char> piece(piece_bytes);
  for (Position at = position + page_bytes; at < segment.end; at += piece_bytes) {
    TRY(const std::size_t bytes,
        segment.file->read(piece.data(), piece.size(), at - segment.start));
    for (std::size_t page = 0; page + sizeof(GroupHeader) <= bytes; page += page_bytes) {
      GroupHeader header;
      std::memcpy(&header, piece.data() + page, sizeof header);
      if (is_group(header, at + page, seed)) return std::optional<GroupHeader>(header);
    }
  }
  return std::optional<GroupHeader>();
}

Result<Recovered> recover(const std::filesystem::path& folder, const Identity& identity) {
  Recovered recovered{.end = identity.durable, .accepted = identity.accepted};
  TRY(recovered.segments, list_segments(folder, Access::write));
  std::erase_if(recovered.segments,
                [&](const Segment& segment) { return is_released(segment, identity); });
  OK_OR_RETURN(check_unbroken(folder, recovered.segments, identity));
  const std::uint64_t seed = identity.seed();
  for (Segment& segment : recovered.segments) {
    const bool is_last = &segment == &recovered.segments.back();
    if (segment.end <= identity.durable && !is_last) continue;
    const Whole whole = read_whole(segment, seed);
    recovered.accepted =
        std::max(recovered.accepted, Instant(std::chrono::microseconds(whole.accepted)));
    if (whole.stopped.ok()) continue;
    const Error& stopped = whole.stopped.error();
    if (stopped.fault != Fault::corrupt) return stopped;
    if (!is_last) return damaged(stopped, "a segment follows, so this one was whole");
    if (whole.end < identity.durable) {
      return damaged(stopped, fmt::format("everything before position {} was durable when the "
                                          "journal was last opened or closed",
                                          identity.durable));
    }
    TRY(const std::optional<GroupHeader> later, find_group(segment, seed, whole.end));
    if (later && later->synced_through > whole.end) {
      return damaged(stopped, "a later group shows that this one was durable");
    }
    segment.end = whole.end;
  }
  if (recovered.segments.empty()) return recovered;
  recovered.end = recovered.segments.back().end;
  if (recovered.end < identity.durable) {
    return Error{Fault::corrupt,
                 fmt::format("{}: byte {}: the journal ends here, at position {}, but it was "
                             "durable up to {}",
                             recovered.segments.back().file->path().string(),
                             recovered.end - recovered.segments.back().start, recovered.end,
                             identity.durable)};
  }
  return recovered;
}

}  // namespace weir::journal
