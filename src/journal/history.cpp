#include "journal/history.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <iterator>
#include <system_error>
#include <utility>

#include "journal/bytes.h"
#include "journal/segment_scan.h"

namespace weir::journal {
namespace {

constexpr std::size_t write_bytes_min = std::size_t{1} << 20;
constexpr std::string_view suffix = ".entries";

std::uint64_t header_sum(const HistoryHeader& header, std::uint64_t seed) {
  constexpr std::size_t summed_from = 16;
  const auto* bytes = reinterpret_cast<const char*>(&header);
  return checksum({bytes + summed_from, sizeof header - summed_from}, seed);
}

Result<HistoryFile> open_history(const std::filesystem::path& path, std::uint64_t seed) {
  TRY(const File file, File::open(path, O_RDONLY));
  HistoryFile found{.path = path};
  TRY(const std::size_t read,
      file.read(reinterpret_cast<char*>(&found.header), sizeof found.header, 0));
  TRY(const std::uint64_t size, file.size());
  const HistoryHeader& header = found.header;
  if (read < sizeof header || header.magic != HistoryHeader::magic_word ||
      header.sum != header_sum(header, seed)) {
    return Error{Fault::corrupt,
                 fmt::format("{}: byte 0: no history of this journal begins here", path.string())};
  }
  if (header.bytes != size) {
    return Error{Fault::corrupt, fmt::format("{}: byte {}: the file should have {} bytes",
                                             path.string(), size, header.bytes)};
  }
  return found;
}

Error missing(const std::filesystem::path& folder_of_topic, Position from, Position to) {
  return {Fault::corrupt,
          fmt::format("{}: the file *-{:016x}{} is missing, and with it entries of {} between "
                      "positions {} and {}: bring back a backup of the whole data folder",
                      folder_of_topic.string(), to, suffix, folder_of_topic.filename().string(),
                      from, to)};
}

// One topic's part of a segment on its way to a file that has its name only when it is whole.
class Copy {
 public:
  static Result<Copy> begin(const std::filesystem::path& folder, const Segment& segment,
                            Position before) {
    OK_OR_RETURN(make_folder(folder));
    Copy copy;
    copy.path_ = folder / fmt::format("{:016x}-{:016x}{}", segment.start, segment.end, suffix);
    std::filesystem::path half = copy.path_;
    half += ".half";
    TRY(File file, File::open(half, O_RDWR | O_CREAT | O_TRUNC));
    copy.file_.emplace(std::move(file));
    copy.header_.from = segment.start;
    copy.header_.to = segment.end;
    copy.header_.before = before;
    copy.header_.bytes = sizeof copy.header_;
    return copy;
  }

  Result<void> add(const BlockHeader& block, std::string_view bytes) {
    waiting_ += bytes;
    header_.newest = block.accepted;
    ++header_.entries;
    if (waiting_.size() < write_bytes_min) return {};
    return write();
  }

  Result<HistoryFile> finish(std::uint64_t seed) {
    OK_OR_RETURN(write());
    header_.sum = header_sum(header_, seed);
    OK_OR_RETURN(file_->write({reinterpret_cast<const char*>(&header_), sizeof header_}, 0));
    OK_OR_RETURN(file_->sync());
    OK_OR_RETURN(file_->rename(path_));
    OK_OR_RETURN(sync_folder(path_.parent_path()));
    return HistoryFile{path_, header_};
  }

 private:
  Result<void> write() {
    OK_OR_RETURN(file_->write(waiting_, header_.bytes));
    header_.bytes += waiting_.size();
    waiting_.clear();
    return {};
  }

  std::filesystem::path path_;
  std::optional<File> file_;
  HistoryHeader header_;
  std::string waiting_;
};

}  // namespace

Result<std::map<std::string, std::vector<HistoryFile>>> list_history(
    const std::filesystem::path& folder, std::uint64_t seed) {
  std::map<std::string, std::vector<HistoryFile>> found;
  TRY(const auto topics, list_folder(folder));
  for (const auto& topic : topics) {
    TRY(const auto paths, list_folder(topic));
    for (const auto& path : paths) {
      if (path.extension() != suffix) continue;  // half a copy
      Result<HistoryFile> file = open_history(path, seed);
      // Retention of the running journal took it meanwhile.
      if (!file.ok() && file.error().fault == Fault::not_found) continue;
      if (!file.ok()) return file.error();
      found[topic.filename().string()].push_back(std::move(file).value());
    }
  }
  return found;
}

std::vector<Gap> find_gaps(const std::filesystem::path& folder_of_topic,
                           const std::vector<HistoryFile>& files, const Identity& then,
                           const Identity& now) {
  std::vector<Gap> gaps;
  const std::string topic = folder_of_topic.filename().string();
  const Position newest = mark_of(then.copied, topic);
  Position whole = now.given_up(topic);
  const auto expect_whole_to = [&](Position end) {
    if (end <= whole) return;
    gaps.push_back({whole, end, missing(folder_of_topic, whole, end)});
  };
  for (const auto& [path, header] : files) {
    if (header.to <= whole || header.to > newest) continue;
    expect_whole_to(header.before);
    whole = header.to;
  }
  expect_whole_to(newest);
  return gaps;
}

Result<std::unique_ptr<History>> History::open(std::filesystem::path folder,
                                               const Identity& identity) {
  std::unique_ptr<History> history(new History(std::move(folder), identity.seed()));
  TRY(auto topics, list_history(history->folder_, identity.seed()));
  for (const auto& [topic, end] : identity.copied) {
    const auto gaps = find_gaps(history->folder_ / topic, topics[topic], identity, identity);
    if (!gaps.empty()) return gaps.front().error;
  }
  for (auto& [topic, files] : topics) {
    for (HistoryFile& file : files) {
      if (file.header.from >= identity.released) {
        OK_OR_RETURN(remove_file(file.path));
        continue;
      }
      Range& range = history->ranges_[file.header.from];
      range.to = file.header.to;
      range.files[topic] = std::move(file);
    }
  }
  return history;
}

Result<std::vector<std::string>> History::copy(const Segment& segment, const Identity& identity) {
  SegmentScan scan(segment, seed_, segment.start, segment.end);
  std::map<std::string, Copy, std::less<>> copies;
  while (true) {
    TRY(const std::optional<Block> block, scan.next());
    if (!block) break;
    if (is_dropped(identity.dropped, block->topic, block->header.position)) continue;
    auto at = copies.find(block->topic);
    if (at == copies.end()) {
      const Position before = mark_of(identity.copied, block->topic);
      TRY(Copy begun, Copy::begin(folder_ / block->topic, segment, before));
      at = copies.emplace(block->topic, std::move(begun)).first;
    }
    TRY(const std::string_view bytes, scan.bytes());
    OK_OR_RETURN(at->second.add(block->header, bytes));
  }
  std::vector<std::string> topics;
  Range range{.to = segment.end};
  for (auto& [topic, copy] : copies) {
    TRY(range.files[topic], copy.finish(seed_));
    topics.push_back(topic);
  }
  std::lock_guard lock(mutex_);
  if (!range.files.empty()) ranges_[segment.start] = std::move(range);
  return topics;
}

Result<void> History::drop(Position from, const std::string& topic) {
  const auto range = ranges_.find(from);
  const auto file = range->second.files.find(topic);
  OK_OR_RETURN(remove_file(file->second.path));
  range->second.files.erase(file);
  if (range->second.files.empty()) ranges_.erase(range);
  return {};
}

Position History::retained_from(const std::string& topic, Instant before,
                                std::size_t bytes_max) const {
  std::lock_guard lock(mutex_);
  Position retained = 0;
  std::uint64_t bytes = 0;
  for (const auto& [from, range] : ranges_) {
    const auto file = range.files.find(topic);
    if (file != range.files.end()) bytes += file->second.header.bytes;
  }
  for (const auto& [from, range] : ranges_) {
    const auto file = range.files.find(topic);
    if (file == range.files.end()) continue;
    const HistoryHeader& header = file->second.header;
    const bool is_old = header.newest < before.time_since_epoch().count();
    if (!is_old && bytes <= bytes_max) break;
    retained = range.to;
    bytes -= header.bytes;
  }
  return retained;
}

Result<void> History::drop_before(const std::string& topic, Position position) {
  std::lock_guard lock(mutex_);
  std::vector<Position> before;
  for (const auto& [from, range] : ranges_) {
    if (range.to <= position && range.files.contains(topic)) before.push_back(from);
  }
  for (const Position from : before) OK_OR_RETURN(drop(from, topic));
  std::error_code is_used;
  std::filesystem::remove(folder_ / topic, is_used);
  return {};
}

std::optional<HistoryRange> History::find(Position from, Position boundary,
                                          const Filter& filter) const {
  std::lock_guard lock(mutex_);
  auto at = ranges_.upper_bound(from);
  if (at != ranges_.begin() && std::prev(at)->second.to > from) --at;
  for (; at != ranges_.end() && at->first < boundary; ++at) {
    HistoryRange found{at->first, at->second.to, {}};
    for (const auto& [topic, file] : at->second.files) {
      if (filter.wants_topic(topic)) found.files.push_back(file.path);
    }
    if (!found.files.empty()) return found;
  }
  return std::nullopt;
}

}  // namespace weir::journal
