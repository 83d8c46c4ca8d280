#include "journal/inspect.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "journal/block_source.h"
#include "journal/history.h"
#include "journal/history_scan.h"
#include "journal/identity.h"
#include "journal/recovery.h"
#include "journal/segment_scan.h"
#include "journal/segments.h"

namespace weir::journal {
namespace {

// The files as they were at one moment. A running journal may change them meanwhile.
struct Files {
  Identity identity;  // read before the files were listed
  std::vector<Segment> segments;
  std::vector<Gap> gaps;                    // files that should be there
  std::map<Position, HistoryRange> ranges;  // before the first segment
  std::size_t history_files = 0;
  std::uint64_t history_bytes = 0;
};

Result<Identity> identity_in(const std::filesystem::path& folder) {
  TRY(const auto identity, read_identity(folder / "journal"));
  if (identity) return *identity;
  return Error{Fault::not_found, folder.string() + ": there is no journal in this folder"};
}

// Of the segments: what was released by `now` may be there or not.
void find_segment_gaps(const std::filesystem::path& folder, const Identity& now, Files& files) {
  const auto add = [&](Position from, Position to) {
    files.gaps.push_back({from, std::max(from, to), missing_segment(folder, from, to)});
  };
  Position whole = now.released;
  if (files.segments.empty()) {
    const bool stood_still = now.released == files.identity.released;
    if (stood_still && now.durable != whole) add(whole, now.durable);
    return;
  }
  for (const Segment& segment : files.segments) {
    if (segment.start > whole) add(whole, segment.start);
    whole = std::max(whole, segment.end);
  }
}

Result<Files> look_at(const std::filesystem::path& folder, const Filter& of_topics = {}) {
  Files files;
  TRY(files.identity, identity_in(folder));
  // Segments first: what is released meanwhile is seen twice rather than not at all.
  TRY(files.segments, list_segments(folder / "journal", Access::read));
  TRY(auto topics, list_history(folder / "history", files.identity.seed()));
  TRY(const Identity now, identity_in(folder));
  find_segment_gaps(folder / "journal", now, files);
  for (const auto& [topic, end] : files.identity.copied) {
    if (!of_topics.wants_topic(topic)) continue;
    auto gaps = find_gaps(folder / "history" / topic, topics[topic], files.identity, now);
    std::ranges::move(gaps, std::back_inserter(files.gaps));
  }
  for (const auto& [topic, history] : topics) {
    if (!of_topics.wants_topic(topic)) continue;
    for (const HistoryFile& file : history) {
      ++files.history_files;
      files.history_bytes += file.header.bytes;
      if (!files.segments.empty() && file.header.from >= files.segments.front().start) continue;
      HistoryRange& range = files.ranges[file.header.from];
      range.from = file.header.from;
      range.to = file.header.to;
      range.files.push_back(file.path);
    }
  }
  return files;
}

// What is done with each block, and with damage; both tell whether to go on.
struct Visit {
  std::function<Result<bool>(const Block&, BlockSource&)> block;
  std::function<Result<bool>(const Error&)> damage;
};

// False: the visit wants no more.
Result<bool> visit_range(const HistoryRange& range, const Files& files, const Visit& visit) {
  TRY(const auto scan, HistoryScan::open(range, files.identity.seed(), 0));
  while (true) {
    const Result<std::optional<Block>> block = scan->next();
    if (!block.ok()) return visit.damage(block.error());
    if (!block.value()) return true;
    TRY(const bool goes_on, visit.block(*block.value(), *scan));
    if (!goes_on) return false;
  }
}

// How far a segment was read, and whether the visit wants more.
struct Walked {
  bool goes_on = true;
  Position end = 0;
};

Result<Walked> visit_segment(const Segment& segment, const Files& files, const Visit& visit) {
  const std::uint64_t seed = files.identity.seed();
  const bool is_last = segment.start == files.segments.back().start;
  auto scan = std::make_unique<SegmentScan>(segment, seed, segment.start, segment.end);
  std::optional<Position> retried;
  while (true) {
    const Result<std::optional<Block>> block = scan->next();
    if (block.ok() && !block.value()) return Walked{true, segment.end};
    if (block.ok()) {
      TRY(const bool goes_on, visit.block(*block.value(), *scan));
      if (!goes_on) return Walked{false, block.value()->header.end};
      continue;
    }
    const Position broken = scan->group_begin();
    // The running journal freed it meanwhile and has begun to write over it.
    if (!segment.file->is_still_there()) return Walked{true, broken};
    TRY(const auto later, find_group(segment, seed, broken));
    if (is_last && !later && broken >= files.identity.durable) return Walked{true, broken};
    if (later && retried != broken) {
      // It may have been written since: behind a later group it must be whole.
      retried = broken;
      scan = std::make_unique<SegmentScan>(segment, seed, broken, segment.end);
      continue;
    }
    TRY(const bool goes_on, visit.damage(block.error()));
    if (!goes_on || !later) return Walked{goes_on, broken};
    scan = std::make_unique<SegmentScan>(segment, seed, later->position, segment.end);
  }
}

// From oldest to newest. Where the journal ends.
Result<Position> visit_all(const Files& files, Position from, const Visit& visit) {
  Position end = files.segments.empty() ? files.identity.durable : 0;
  for (const Gap& gap : files.gaps) {
    if (gap.to <= from) continue;
    TRY(const bool goes_on, visit.damage(gap.error));
    if (!goes_on) return end;
  }
  for (const auto& [start, range] : files.ranges) {
    if (range.to <= from) continue;
    TRY(const bool goes_on, visit_range(range, files, visit));
    if (!goes_on) return end;
  }
  for (const Segment& segment : files.segments) {
    if (segment.end <= from) continue;
    TRY(const Walked walked, visit_segment(segment, files, visit));
    end = std::max(end, walked.end);
    if (!walked.goes_on) return end;
  }
  return end;
}

Result<bool> refuse_damage(const Error& error) { return error; }

}  // namespace

Result<JournalStat> stat_journal(const std::filesystem::path& folder,
                                 const std::vector<std::string>& wanted) {
  const Filter of_topics{.topics = wanted};
  TRY(const Files files, look_at(folder, of_topics));
  JournalStat stat{.id = files.identity.id, .epoch = files.identity.epoch};
  stat.segments = files.segments.size();
  for (const Segment& segment : files.segments) stat.segment_bytes += segment.end - segment.start;
  stat.history_files = files.history_files;
  stat.history_bytes = files.history_bytes;

  std::map<std::pair<std::string, Kind>, TopicStat> topics;
  const auto count = [&](const Block& block, BlockSource&) -> Result<bool> {
    if (!of_topics.wants_topic(block.topic)) return true;
    if (is_dropped(files.identity.dropped, block.topic, block.header.position)) return true;
    TopicStat& topic = topics[{block.topic, block.header.kind}];
    ++topic.entries;
    topic.rows += block.header.rows;
    topic.bytes += block.header.block_bytes();
    return true;
  };
  TRY(stat.end, visit_all(files, 0, {count, refuse_damage}));
  stat.oldest = !files.ranges.empty()     ? files.ranges.begin()->first
                : !files.segments.empty() ? files.segments.front().start
                                          : stat.end;
  for (auto& [key, topic] : topics) {
    topic.topic = key.first;
    topic.kind = key.second;
    stat.topics.push_back(std::move(topic));
  }
  return stat;
}

Result<JournalCheck> check_journal(const std::filesystem::path& folder) {
  TRY(Files files, look_at(folder));
  // Each file on its own: damage in one must not hide the others.
  std::vector<HistoryRange> single;
  for (const auto& [start, range] : files.ranges) {
    for (const auto& path : range.files) single.push_back({range.from, range.to, {path}});
  }
  files.ranges.clear();

  JournalCheck check;
  const auto damage = [&](const Error& error) -> Result<bool> {
    if (error.fault != Fault::corrupt) return error;
    check.damage.push_back(error.message);
    return true;
  };
  BlockDecoder decoder;
  const auto compare = [&](const Block& block, BlockSource& source) -> Result<bool> {
    const Result<Placed> placed = take_entry(block, source, decoder);
    if (!placed.ok()) return damage(placed.error());
    ++check.entries;
    check.bytes += block.header.block_bytes();
    return true;
  };
  for (const HistoryRange& range : single) {
    TRY([[maybe_unused]] const bool goes_on, visit_range(range, files, {compare, damage}));
  }
  TRY(const Position end, visit_all(files, 0, {compare, damage}));
  if (end < files.identity.durable) {
    check.damage.push_back((folder / "journal").string() + ": the newest segment is missing");
  }
  return check;
}

Result<std::vector<Placed>> dump_journal(const std::filesystem::path& folder, const Filter& filter,
                                         Position from, std::size_t entries_max) {
  TRY(const Files files, look_at(folder, filter));
  std::vector<Placed> found;
  BlockDecoder decoder;
  const auto add = [&](const Block& block, BlockSource& source) -> Result<bool> {
    if (found.size() >= entries_max) return false;
    if (block.header.position < from || !filter.wants(block.topic, block.header.kind)) return true;
    if (is_dropped(files.identity.dropped, block.topic, block.header.position)) return true;
    TRY(Placed placed, take_entry(block, source, decoder));
    found.push_back(std::move(placed));
    return true;
  };
  TRY([[maybe_unused]] const Position end, visit_all(files, from, {add, refuse_damage}));
  return found;
}

Result<std::vector<WholeSegment>> whole_segments(const std::filesystem::path& folder) {
  TRY(const auto identity, read_identity(folder / "journal"));
  if (!identity) {
    return Error{Fault::not_found, folder.string() + ": there is no journal in this folder"};
  }
  // A group that is being written looks torn, and damaged once the next stands behind it.
  constexpr int looks_max = 5;
  Result<Recovered> recovered = recover(folder / "journal", *identity);
  for (int looks = 1; looks < looks_max && !recovered.ok(); ++looks) {
    if (recovered.error().fault != Fault::corrupt) break;
    recovered = recover(folder / "journal", *identity);
  }
  TRY(const Recovered journal, std::move(recovered));
  std::vector<WholeSegment> found;
  for (const Segment& segment : journal.segments) {
    if (segment.end > segment.start) {
      found.push_back({segment.file->path(), segment.end, segment.end - segment.start});
    }
  }
  return found;
}

const char* to_string(Kind kind) {
  switch (kind) {
    case Kind::events: return "events";
    case Kind::watermark: return "watermark";
    case Kind::quarantine: return "quarantine";
    case Kind::idempotency: return "idempotency";
    case Kind::commit: return "commit";
    case Kind::replay: return "replay";
  }
  return "unknown";
}

}  // namespace weir::journal
