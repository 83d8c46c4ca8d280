#include "journal/committer.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <string_view>
#include <utility>

#include "telemetry/log.h"

namespace weir::journal {
namespace {

using telemetry::LogCode;

constexpr std::size_t topic_bytes_max = 200;  // it names a folder
constexpr std::size_t batches_max = std::numeric_limits<std::uint16_t>::max();
constexpr std::size_t group_calls_max = 1000;
constexpr std::size_t group_bytes_max = std::size_t{16} << 20;
constexpr std::size_t group_bytes_small = std::size_t{64} << 10;
constexpr std::size_t zeros_max = std::size_t{256} << 10;
constexpr std::chrono::milliseconds room_asked_every{500};

bool is_topic(std::string_view name) {
  const auto may_follow = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= topic_bytes_max && name[0] >= 'a' && name[0] <= 'z' &&
         std::ranges::all_of(name, may_follow);
}

Result<void> check(const Entry& entry) {
  if (!is_topic(entry.topic)) {
    return Error{Fault::invalid,
                 fmt::format("topic '{}' must be [a-z][a-z0-9_]*, at most {} letters", entry.topic,
                             topic_bytes_max)};
  }
  std::size_t bytes = entry.head.size();
  for (const auto& batch : entry.batches) bytes += batch == nullptr ? 0 : batch->bytes();
  if (bytes > payload_bytes_max || entry.batches.size() > batches_max) {
    return Error{Fault::invalid, fmt::format("an entry of topic {} with {} batches of {} bytes is "
                                             "too large: at most {} of {}",
                                             entry.topic, entry.batches.size(), bytes, batches_max,
                                             payload_bytes_max)};
  }
  return {};
}

constexpr std::string_view goes_into_reserve =
    "; no events are taken, and what streams have to finish goes into the reserve";

// Whatever finds none: events, or a stream's commit.
Error no_room(const std::string& reason, std::string_view remark = {}) {
  return {Fault::unavailable, fmt::format("there is no room in the journal: {}{}", reason, remark)};
}

void log_full(const Error& full, Position end) {
  telemetry::log(LogCode::journal_full, full.message, {{"position", end}});
}

}  // namespace

Committer::Committer(const Writing& writing, Segments& segments, Tail& tail, const Clock& clock)
    : writing_(writing),
      segments_(segments),
      tail_(tail),
      clock_(clock),
      end_(tail.end()),
      accepted_(writing.accepted) {
  const Result<void> reserved = segments_.restore_reserve();
  if (!reserved.ok()) full_ = no_room(reserved.error().message);
  thread_ = std::thread([this] { run(); });
}

Committer::~Committer() {
  {
    std::lock_guard lock(mutex_);
    is_closing_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

Result<void> Committer::append(std::vector<Entry> entries, Durable done) {
  if (entries.empty()) return Error{Fault::invalid, "nothing to append"};
  Waiting call{.done = std::move(done)};
  std::size_t bytes = 0;
  for (const Entry& entry : entries) {
    OK_OR_RETURN(check(entry));
    bytes += sizeof(BlockHeader) + entry.head.size();
    for (const auto& batch : entry.batches) bytes += batch == nullptr ? 0 : batch->bytes();
  }
  call.blocks.reserve(bytes + bytes / 8);
  for (Entry& entry : entries) {
    call.sizes.push_back(encode_block(entry, writing_.seed, call.blocks));
    call.entries.push_back(std::make_shared<Entry>(std::move(entry)));
  }

  std::unique_lock lock(mutex_);
  OK_OR_RETURN(admit(call));
  const Instant now = std::max(accepted_, clock_.now());
  for (const auto& entry : call.entries) {
    if (entry->accepted == Instant{}) entry->accepted = now;
    accepted_ = std::max(accepted_, entry->accepted);
  }
  waiting_bytes_ += call.blocks.size();
  waiting_.push_back(std::move(call));
  lock.unlock();  // the writer needs it
  changed_.notify_all();
  return {};
}

bool Committer::is_of_commits(const Waiting& call) {
  return std::ranges::all_of(call.entries,
                             [](const auto& entry) { return entry->kind == Kind::commit; });
}

Result<void> Committer::admit(const Waiting& call) {
  if (failed_) return *failed_;
  if (full_ && !is_of_commits(call)) return *full_;
  if (call.blocks.size() > writing_.waiting_bytes_max) {
    return Error{Fault::invalid, fmt::format("{} bytes at once, at most {}", call.blocks.size(),
                                             writing_.waiting_bytes_max)};
  }
  if (waiting_bytes_ + call.blocks.size() > writing_.waiting_bytes_max) {
    return Error{Fault::unavailable, fmt::format("{} bytes wait for the disk already, at most {}",
                                                 waiting_bytes_, writing_.waiting_bytes_max)};
  }
  return {};
}

Result<void> Committer::health() const {
  std::lock_guard lock(mutex_);
  if (failed_) return *failed_;
  if (full_) return *full_;
  return {};
}

Instant Committer::accepted() const {
  std::lock_guard lock(mutex_);
  return accepted_;
}

void Committer::run() {
  while (true) {
    Group group = take();
    if (group.calls.empty()) return;
    commit(std::move(group));
  }
}

// Meanwhile asks a full disk for room: by this thread, so that no one else waits for the disk.
void Committer::wait_for_calls(std::unique_lock<std::mutex>& lock) {
  const auto has_work = [this] { return is_closing_ || !waiting_.empty(); };
  while (full_ && !failed_ && !is_closing_) {
    const bool has_call = changed_.wait_for(lock, room_asked_every, has_work);
    lock.unlock();
    const Result<void> reserved = segments_.restore_reserve();
    lock.lock();
    if (!reserved.ok()) {
      full_ = no_room(reserved.error().message, full_remark_);
    } else {
      full_.reset();
      lock.unlock();
      telemetry::log(LogCode::journal_goes_on, "there is room again: events are accepted");
      lock.lock();
    }
    if (has_call) return;
  }
  changed_.wait(lock, has_work);
}

Committer::Group Committer::take() {
  std::unique_lock lock(mutex_);
  wait_for_calls(lock);
  const std::size_t most = group_room();
  Group group;
  while (!waiting_.empty() && group.calls.size() < group_calls_max) {
    const std::size_t bytes = waiting_.front().blocks.size();
    if (!group.calls.empty() && group.bytes + bytes > most) break;
    group.bytes += bytes;
    group.calls.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return group;
}

// What is left of the segment is filled before the next begins.
std::size_t Committer::group_room() const {
  std::uint64_t room = segment_ ? segment_->end - end_ : 0;
  if (waiting_.empty() || waiting_.front().blocks.size() + sizeof(GroupHeader) > room) {
    room = writing_.segment_bytes;
  }
  return std::min<std::size_t>(group_bytes_max, room - sizeof(GroupHeader));
}

void Committer::commit(Group group) {
  Result<std::vector<Placed>> placed = write(group);
  if (!placed.ok()) {
    refuse(std::move(group), placed.error());
    return;
  }
  const Position end = end_;
  std::vector<Position> ends;
  std::size_t last = 0;
  for (const Waiting& call : group.calls) {
    last += call.entries.size();
    ends.push_back(placed.value()[last - 1].end);
  }
  tail_.publish(std::move(placed).value(), end);
  {
    std::lock_guard lock(mutex_);
    waiting_bytes_ -= group.bytes;
  }
  for (std::size_t i = 0; i < group.calls.size(); ++i) {
    if (group.calls[i].done) group.calls[i].done(ends[i]);
  }
}

Result<void> Committer::make_room(std::uint64_t bytes) {
  if (segment_ && segment_->end - end_ >= bytes) return {};
  TRY(segment_, segments_.advance(end_, bytes));
  written_through_ = segment_->written_through;
  // Past the page cache, so that a sync has less to do; what readers want first is in the tail. A
  // file system that cannot do so gets the writes in the usual way.
  past_cache_ = File::open_past_cache(segment_->file->path());
  const Result<void> reserved = segments_.restore_reserve();
  if (reserved.ok()) return {};
  const Error full = no_room(reserved.error().message, goes_into_reserve);
  std::unique_lock lock(mutex_);
  const bool is_news = !full_.has_value();
  full_ = full;
  full_remark_ = goes_into_reserve;
  const std::vector<Waiting> refused = take_back_events();
  lock.unlock();
  if (is_news) log_full(full, end_);
  for (const Waiting& call : refused) {
    if (call.done) call.done(full);
  }
  return {};
}

// The reserve is not theirs. Under mutex_.
std::vector<Committer::Waiting> Committer::take_back_events() {
  std::deque<Waiting> commits;
  std::vector<Waiting> events;
  for (Waiting& call : waiting_) {
    if (is_of_commits(call)) {
      commits.push_back(std::move(call));
    } else {
      waiting_bytes_ -= call.blocks.size();
      events.push_back(std::move(call));
    }
  }
  waiting_.swap(commits);
  return events;
}

Result<std::vector<Placed>> Committer::write(Group& group) {
  GroupHeader header{.epoch = writing_.epoch};
  header.bytes = whole_pages(sizeof header + group.bytes);
  OK_OR_RETURN(make_room(header.bytes));
  header.position = end_;
  header.synced_through = end_;
  std::vector<Placed> placed = place(group, header);
  header.entries = placed.size();
  seal(header, writing_.seed);

  std::vector<std::string_view> parts{{reinterpret_cast<const char*>(&header), sizeof header}};
  for (const Waiting& call : group.calls) parts.push_back(call.blocks);
  const File& file = past_cache_ ? *past_cache_ : *segment_->file;
  const auto began = std::chrono::steady_clock::now();
  Result<void> durable = pages_.write(file, parts, end_ - segment_->start);
  if (durable.ok()) durable = write_zeros_behind(file, end_ + header.bytes, header.bytes);
  if (durable.ok()) durable = file.sync();
  if (writing_.sync_seconds != nullptr) {
    writing_.sync_seconds->count(std::chrono::steady_clock::now() - began);
  }
  if (!durable.ok()) return give_up(durable.error());
  end_ += header.bytes;
  return placed;
}

// What is written first into room that is only allocated costs ext4 and XFS a record of their own
// at the sync, half as much again for a small group: so zeros go ahead of small groups, now and
// then. PostgreSQL's wal_init_zero fills whole segments so. Where there is no room for them, the
// groups do without.
Result<void> Committer::write_zeros_behind(const File& file, Position end,
                                           std::uint64_t group_bytes) {
  if (end < written_through_ || group_bytes > group_bytes_small) return {};
  alignas(page_bytes) static constexpr std::array<char, zeros_max> zeros{};
  const std::size_t most = std::min(zeros.size(), whole_pages(writing_.segment_bytes / 16));
  written_through_ = std::min<Position>(end + most, segment_->end);
  const std::string_view ahead(zeros.data(), written_through_ - end);
  Result<void> written = file.write(ahead, end - segment_->start);
  const bool has_no_room = !written.ok() && written.error().fault == Fault::unavailable;
  return has_no_room ? Result<void>() : written;
}

// A write that found no room has left part of a group behind, too: no reason to go on.
Error Committer::give_up(const Error& error) const {
  // Its senders are told that it failed, so the next opening should not find it.
  Result<void> taken_back = segment_->file->truncate(end_ - segment_->start);
  if (taken_back.ok()) taken_back = segment_->file->sync();
  if (taken_back.ok()) return {Fault::internal, error.message};
  return {Fault::internal,
          fmt::format("{}; what was on its way may be there after all, for it could not be taken "
                      "back: {}",
                      error.message, taken_back.error().message)};
}

std::vector<Placed> Committer::place(Group& group, const GroupHeader& header) const {
  std::vector<Placed> placed;
  Position position = header.position + sizeof header;
  for (Waiting& call : group.calls) {
    char* block = call.blocks.data();
    for (std::size_t i = 0; i < call.entries.size(); ++i) {
      const bool is_last = &call == &group.calls.back() && i + 1 == call.entries.size();
      BlockPlace at{.position = position, .epoch = writing_.epoch, .is_last = is_last};
      at.end = is_last ? header.position + header.bytes : position + call.sizes[i];
      at.accepted = call.entries[i]->accepted;
      place_block(block, at, writing_.seed);
      placed.push_back({at.position, at.end, std::move(call.entries[i])});
      position += call.sizes[i];
      block += call.sizes[i];
    }
  }
  return placed;
}

// What waits is refused with the group where nothing more is taken.
Error Committer::note_failure(const Error& error, Group& group) {
  Error answer = no_room(error.message);
  std::unique_lock lock(mutex_);
  waiting_bytes_ -= group.bytes;
  if (error.fault == Fault::unavailable) {
    const bool is_news = !full_.has_value();
    full_ = answer;
    full_remark_ = {};
    lock.unlock();
    if (is_news) log_full(answer, end_);
    return answer;
  }
  answer.message =
      "the journal failed and takes nothing until it is opened again: " + error.message;
  failed_ = answer;
  while (!waiting_.empty()) {
    waiting_bytes_ -= waiting_.front().blocks.size();
    group.calls.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  lock.unlock();
  telemetry::log(LogCode::journal_failed, error.message, {{"position", end_}});
  return answer;
}

void Committer::refuse(Group group, const Error& error) {
  const Error answer = note_failure(error, group);
  for (Waiting& call : group.calls) {
    if (call.done) call.done(answer);
  }
}

}  // namespace weir::journal
