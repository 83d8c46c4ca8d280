#include "journal/journal.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <memory>
#include <mutex>
#include <utility>

#include "journal/block.h"
#include "journal/committer.h"
#include "journal/history.h"
#include "journal/identity.h"
#include "journal/journal_reader.h"
#include "journal/recovery.h"
#include "journal/segments.h"
#include "journal/tail.h"

namespace weir::journal {
namespace {

// What an opening has found or made.
struct Opening {
  File lock;
  std::filesystem::path folder;
  Identity identity;
  Recovered recovered;
  std::unique_ptr<History> history;
};

class FileJournal final : public Journal {
 public:
  FileJournal(Opening opening, const JournalSettings& settings)
      : lock_(std::move(opening.lock)),
        folder_(std::move(opening.folder)),
        identity_(std::move(opening.identity)),
        history_(std::move(opening.history)),
        segments_(folder_, settings.segment_bytes, std::move(opening.recovered.segments)),
        tail_(opening.recovered.end, settings.tail_cache_bytes) {}

  ~FileJournal() override {
    if (!committer_) return;
    const bool is_healthy = committer_->health().ok();
    identity_.accepted = committer_->accepted();
    committer_.reset();
    identity_.durable = tail_.end();
    // Only tells damage from a torn tail at the next opening, which does without it too.
    if (is_healthy) {
      [[maybe_unused]] const Result<void> noted = write_identity(folder_, identity_);
    }
  }

  Result<void> start(const JournalSettings& settings, const Clock& clock) {
    // What a crash left of it.
    for (const auto& [topic, position] : identity_.dropped) {
      OK_OR_RETURN(history_->drop_before(topic, position));
    }
    const Writing writing{.seed = identity_.seed(),
                          .epoch = identity_.epoch,
                          .segment_bytes = settings.segment_bytes,
                          .waiting_bytes_max = settings.waiting_bytes_max,
                          .sync_seconds = settings.sync_seconds,
                          .accepted = identity_.accepted};
    committer_.emplace(writing, segments_, tail_, clock);
    return {};
  }

  Result<void> append(std::vector<Entry> entries, Durable done) override {
    return committer_->append(std::move(entries), std::move(done));
  }
  Result<Position> append_and_wait(std::vector<Entry> entries) override {
    // Shared: the commit thread may still be in set_value when the waiting one is gone.
    auto answer = std::make_shared<std::promise<Result<Position>>>();
    std::future<Result<Position>> answered = answer->get_future();
    OK_OR_RETURN(append(std::move(entries),
                        [answer](Result<Position> end) { answer->set_value(std::move(end)); }));
    return answered.get();
  }

  Position end() const override { return tail_.end(); }
  Position wait_beyond(Position position, std::stop_token stop) const override {
    return tail_.wait_beyond(position, stop);
  }
  std::unique_ptr<Reader> read(Filter filter, Position from) const override {
    return std::make_unique<JournalReader>(kept(), dropped(), std::move(filter), from);
  }
  Result<void> health() const override { return committer_->health(); }
  Instant accepted() const override { return committer_->accepted(); }
  std::uint64_t epoch() const override { return identity_.epoch; }
  const std::string& id() const override { return identity_.id; }

  Result<void> release(Position position) override {
    std::lock_guard lock(releasing_);
    for (Segment& segment : segments_.before(std::min(position, tail_.end()))) {
      if (segment.end > identity_.released) OK_OR_RETURN(copy(segment));
      segment.file.reset();  // whoever else has it open is a reader
      OK_OR_RETURN(segments_.free(segment.start));
    }
    return {};
  }
  Result<void> retain(const std::string& topic, Instant before, std::size_t bytes_max) override {
    std::lock_guard lock(releasing_);
    const Position from = history_->retained_from(topic, before, bytes_max);
    if (from == 0) return {};
    // Noted first: what a crash leaves of it is there, and not counted on.
    OK_OR_RETURN(raise_mark(&Identity::retained, topic, from));
    return history_->drop_before(topic, from);
  }
  Position retained_from(const std::string& topic) const override {
    return mark_of(identity_.retained, topic);
  }
  Result<void> drop(const std::string& topic, Position before) override {
    std::lock_guard lock(releasing_);
    OK_OR_RETURN(raise_mark(&Identity::dropped, topic, std::min(before, tail_.end())));
    return history_->drop_before(topic, dropped_before(topic));
  }
  Position dropped_before(const std::string& topic) const override {
    return mark_of(identity_.dropped, topic);
  }

 private:
  // Noted before the segment goes, and after its copies are there: what is noted can be missed.
  // Under releasing_.
  Result<void> copy(const Segment& segment) {
    TRY(const std::vector<std::string> topics, history_->copy(segment, identity_));
    Identity next = identity_;
    next.released = segment.end;
    for (const std::string& topic : topics) next.copied[topic] = segment.end;
    OK_OR_RETURN(write_identity(folder_, next));
    identity_.released = next.released;
    identity_.copied = std::move(next.copied);
    return {};
  }
  // Durable when it returns. Under releasing_.
  Result<void> raise_mark(TopicMarks Identity::* marks, const std::string& topic, Position to) {
    Identity next = identity_;
    Position& mark = (next.*marks)[topic];
    mark = std::max(mark, to);
    OK_OR_RETURN(write_identity(folder_, next));
    std::lock_guard lock(marking_);
    identity_.*marks = std::move(next.*marks);
    return {};
  }
  Position mark_of(const TopicMarks& marks, const std::string& topic) const {
    std::lock_guard lock(marking_);
    return journal::mark_of(marks, topic);
  }
  TopicMarks dropped() const {
    std::lock_guard lock(marking_);
    return identity_.dropped;
  }
  Kept kept() const { return {identity_.seed(), *history_, segments_, tail_}; }

  const File lock_;
  const std::filesystem::path folder_;
  Identity identity_;
  const std::unique_ptr<History> history_;
  mutable Segments segments_;
  mutable Tail tail_;
  std::mutex releasing_;
  mutable std::mutex marking_;  // identity_'s marks that others ask for are under it
  std::optional<Committer> committer_;
};

// Cuts what was never finished, so that nothing old stands behind what will be written.
Result<void> cut(std::vector<Segment>& segments) {
  if (segments.empty()) return {};
  const Segment& last = segments.back();
  TRY(const std::uint64_t size, last.file->size());
  if (last.start + size == last.end && last.start < last.end) return {};
  if (last.start == last.end) {
    OK_OR_RETURN(remove_file(last.file->path()));
    OK_OR_RETURN(sync_folder(last.file->path().parent_path()));
    segments.pop_back();
    return {};
  }
  OK_OR_RETURN(last.file->truncate(last.end - last.start));
  return last.file->sync();
}

// What a crash kept from being freed.
Result<void> free_released(const std::filesystem::path& folder, const Identity& identity) {
  TRY(const std::vector<Segment> segments, list_segments(folder, Access::read));
  for (const Segment& segment : segments) {
    if (!is_released(segment, identity)) continue;
    OK_OR_RETURN(remove_file(segment.file->path()));
    OK_OR_RETURN(sync_folder(folder));
  }
  return {};
}

Result<Identity> identity_of(const std::filesystem::path& folder) {
  TRY(const std::optional<Identity> known, read_identity(folder));
  if (known) return *known;
  TRY(const std::vector<Segment> segments, list_segments(folder, Access::read));
  if (segments.empty()) return new_identity();
  return Error{Fault::corrupt, fmt::format("{}: the journal's identity is missing beside its "
                                           "segments",
                                           (folder / "identity").string())};
}

Result<void> check(const JournalSettings& settings) {
  if (settings.segment_bytes >= page_bytes && settings.segment_bytes % page_bytes == 0) return {};
  return Error{Fault::invalid, fmt::format("segments of {} bytes: must be a multiple of {}",
                                           settings.segment_bytes, page_bytes)};
}

}  // namespace

bool Filter::wants_topic(std::string_view topic) const {
  return topics.empty() || std::ranges::find(topics, topic) != topics.end();
}

bool Filter::wants(std::string_view topic, Kind kind) const {
  return (kinds.empty() || std::ranges::find(kinds, kind) != kinds.end()) && wants_topic(topic);
}

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& folder,
                                               const JournalSettings& settings,
                                               const Clock& clock) {
  OK_OR_RETURN(check(settings));
  const std::filesystem::path segments_folder = folder / "journal";
  const std::filesystem::path history_folder = folder / "history";
  OK_OR_RETURN(make_folder(segments_folder));
  OK_OR_RETURN(make_folder(history_folder));
  TRY(File lock, File::open(segments_folder / "lock", O_RDWR | O_CREAT));
  TRY(const bool is_ours, lock.lock());
  if (!is_ours) {
    return Error{Fault::conflict,
                 fmt::format("{}: another process uses this journal", segments_folder.string())};
  }
  if (settings.locked) OK_OR_RETURN(settings.locked());
  TRY(Identity identity, identity_of(segments_folder));
  // Before anything is written: where the disk is full, there is room for that again.
  OK_OR_RETURN(tidy_segments(segments_folder));
  TRY(Recovered recovered, recover(segments_folder, identity));
  TRY(auto history, History::open(history_folder, identity));
  // A process that was killed may have left its last groups in the kernel's memory alone.
  if (!recovered.segments.empty()) OK_OR_RETURN(recovered.segments.back().file->sync());
  ++identity.epoch;
  identity.durable = recovered.end;
  identity.accepted = recovered.accepted;
  // Before the cut: a segment that goes whole takes its place in the order with it.
  OK_OR_RETURN(write_identity(segments_folder, identity));
  OK_OR_RETURN(cut(recovered.segments));
  OK_OR_RETURN(free_released(segments_folder, identity));
  auto journal =
      std::make_unique<FileJournal>(Opening{std::move(lock), segments_folder, std::move(identity),
                                            std::move(recovered), std::move(history)},
                                    settings);
  OK_OR_RETURN(journal->start(settings, clock));
  return std::unique_ptr<Journal>(std::move(journal));
}

}  // namespace weir::journal
