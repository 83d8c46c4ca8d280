#include "process/snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <string_view>
#include <utility>

#include "dataflow/state_codec.h"
#include "journal/bytes.h"
#include "journal/file.h"

namespace weir::process {
namespace {

using dataflow::StateReader;
using dataflow::StateWriter;

namespace fs = std::filesystem;

constexpr std::string_view magic = "weirsnap";
constexpr std::uint32_t version = 2;
constexpr std::string_view prefix = "snapshot-";

std::string encoded(const Snapshot& snapshot) {
  StateWriter body;
  body.number(version);
  body.text(snapshot.plan_hash);
  body.text(snapshot.journal_id);
  body.number(snapshot.generation);
  body.number(snapshot.sequence);
  body.number(snapshot.through);
  body.number(snapshot.commit_end);
  body.number<std::uint64_t>(snapshot.tables.size());
  for (const auto& [name, hash] : snapshot.tables) {
    body.text(name);
    body.number(hash);
  }
  body.number<std::uint64_t>(snapshot.surroundings.size());
  for (const auto& [what, value] : snapshot.surroundings) {
    body.text(what);
    body.text(value);
  }
  body.text(snapshot.state);
  StateWriter file;
  file.text(magic);
  file.text(body.bytes());
  file.number(journal::checksum(body.bytes(), version));
  return file.bytes();
}

std::optional<Snapshot> decoded(std::string_view bytes) {
  StateReader file(bytes);
  if (file.text() != magic) return std::nullopt;
  const std::string_view content = file.text();
  if (file.number<std::uint64_t>() != journal::checksum(content, version)) return std::nullopt;
  if (!file.finished()) return std::nullopt;
  StateReader body(content);
  if (body.number<std::uint32_t>() != version) return std::nullopt;
  Snapshot snapshot;
  snapshot.plan_hash = body.text();
  snapshot.journal_id = body.text();
  snapshot.generation = body.number<std::uint64_t>();
  snapshot.sequence = body.number<std::uint64_t>();
  snapshot.through = body.number<Position>();
  snapshot.commit_end = body.number<Position>();
  for (auto left = body.number<std::uint64_t>(); left > 0; --left) {
    const std::string name(body.text());
    snapshot.tables[name] = body.number<std::uint64_t>();
  }
  for (auto left = body.number<std::uint64_t>(); left > 0; --left) {
    const std::string what(body.text());
    snapshot.surroundings[what] = body.text();
  }
  snapshot.state = body.text();
  return body.finished() ? std::optional(std::move(snapshot)) : std::nullopt;
}

std::optional<std::uint64_t> sequence_of(const std::string& name) {
  if (!name.starts_with(prefix)) return std::nullopt;
  std::uint64_t sequence = 0;
  const char* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + prefix.size(), end, sequence);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return sequence;
}

}  // namespace

Result<bool> SnapshotFolder::has_any(const fs::path& folder) {
  const auto files = journal::list_folder(folder);
  if (!files.ok() && files.error().fault == Fault::not_found) return false;
  if (!files.ok()) return files.error();
  return std::ranges::any_of(
      files.value(), [](const fs::path& file) { return sequence_of(file.filename()).has_value(); });
}

Result<std::unique_ptr<SnapshotFolder>> SnapshotFolder::open(fs::path folder) {
  OK_OR_RETURN(journal::make_folder(folder));
  return std::unique_ptr<SnapshotFolder>(new SnapshotFolder(std::move(folder)));
}

Result<std::optional<Snapshot>> SnapshotFolder::load() {
  TRY(const auto files, journal::list_folder(folder_));
  std::vector<std::uint64_t> sequences;
  for (const fs::path& file : files) {
    if (const auto sequence = sequence_of(file.filename())) sequences.push_back(*sequence);
  }
  std::ranges::sort(sequences, std::greater());
  std::optional<Snapshot> newest;
  std::optional<Error> unreadable;
  for (const std::uint64_t sequence : sequences) {
    Result<std::string> bytes = journal::read_file(file_of(sequence));
    if (!bytes.ok() && bytes.error().fault == Fault::unavailable) return bytes.error();
    std::optional<Snapshot> snapshot = bytes.ok() ? decoded(bytes.value()) : std::nullopt;
    if (!snapshot) {
      pass_over(bytes.ok() ? file_of(sequence).string() + " is damaged" : bytes.error().message);
      if (!bytes.ok()) unreadable = std::move(bytes).error();
      continue;
    }
    kept_.insert(kept_.begin(), {snapshot->sequence, snapshot->through});
    if (!newest) newest = std::move(snapshot);
  }
  if (!newest && unreadable) return *unreadable;
  if (!newest && !passed_over_.empty()) return Error{Fault::corrupt, passed_over_};
  if (!kept_.empty()) needed_ = kept_.front().through;
  return newest;
}

void SnapshotFolder::pass_over(const std::string& why) {
  passed_over_ += (passed_over_.empty() ? "" : ", ") + why;
}

Result<void> SnapshotFolder::write(const Snapshot& snapshot) {
  OK_OR_RETURN(journal::replace_file(file_of(snapshot.sequence), encoded(snapshot)));
  keep({snapshot.sequence, snapshot.through});
  return {};
}

void SnapshotFolder::take_back() {
  std::error_code ignored;
  for (const Kept& kept : kept_) fs::remove(file_of(kept.sequence), ignored);
  fs::remove(folder_, ignored);
}

void SnapshotFolder::keep(Kept kept) {
  std::erase_if(kept_, [&](const Kept& other) { return other.sequence == kept.sequence; });
  kept_.push_back(kept);
  needed_ = kept_[kept_.size() - std::min<std::size_t>(kept_.size(), 2)].through;
  // A file too many is tried again with the next snapshot.
  std::error_code ignored;
  const auto files = journal::list_folder(folder_);
  for (const fs::path& file : files.ok() ? files.value() : std::vector<fs::path>()) {
    const auto sequence = sequence_of(file.filename());
    const auto is_kept = [&](const Kept& other) { return other.sequence == *sequence; };
    const auto newest =
        kept_.end() - static_cast<std::ptrdiff_t>(std::min<std::size_t>(kept_.size(), 2));
    if (sequence && std::none_of(newest, kept_.end(), is_kept)) fs::remove(file, ignored);
  }
  if (kept_.size() > 2) kept_.erase(kept_.begin());
}

std::filesystem::path SnapshotFolder::file_of(std::uint64_t sequence) const {
  return folder_ / fmt::format("{}{}", prefix, sequence);
}

}  // namespace weir::process
