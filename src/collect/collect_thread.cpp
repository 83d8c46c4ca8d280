#include "collect/collect_thread.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "journal/bytes.h"

namespace weir::collect {
namespace {

constexpr std::size_t backlog_bytes_max = std::size_t{128} << 20;
constexpr std::size_t round_bytes_max = std::size_t{8} << 20;  // as sent, and as Round counts
constexpr std::chrono::milliseconds gathering_max{1};

// The same bytes read in another way are another request.
std::uint64_t sum_of(const Submission& submission) {
  if (const auto* head = std::get_if<journal::WatermarkHead>(&submission.work)) {
    return journal::checksum(journal::encode(*head), 1);
  }
  const EventBody& body = *std::get_if<EventBody>(&submission.work);
  const std::uint64_t form = body.form ? 3 + static_cast<std::uint64_t>(*body.form) : 2;
  return journal::checksum(body.bytes, journal::checksum(body.encoding, form));
}

Refusal not_durable(const Error& error) {
  const std::string message = "this body was not made durable: " + error.message;
  if (error.fault == Fault::invalid) return {500, "INTERNAL", message};
  return {503, "JOURNAL_UNAVAILABLE", message};
}

}  // namespace

CollectThread::CollectThread(std::vector<SourceIntake> sources, Parts parts)
    : sources_(std::move(sources)),
      parts_(parts),
      accepted_(parts.journal.accepted()),
      backlog_(backlog_bytes_max) {
  for (const SourceIntake& source : sources_) durable_marks_.push_back(source.watermark);
  thread_ = std::jthread([this] { run(); });
}

CollectThread::~CollectThread() {
  backlog_.close();
  thread_.join();
}

std::optional<Refusal> CollectThread::submit(Submission& submission) {
  if (backlog_.push(submission)) return std::nullopt;
  return Refusal{429, "TOO_MANY_REQUESTS",
                 "more events wait than can be made durable at once; nothing of this body was "
                 "kept: send it again a little later"};
}

void CollectThread::pass_end() {
  std::unique_lock lock(mutex_);
  if (!is_settled_) return;
  const std::uint64_t rounds = rounds_;
  lock.unlock();
  const Position end = parts_.journal.end();
  lock.lock();
  if (rounds == rounds_) parts_.ledger.pass(end);
}

void CollectThread::run() {
  // One round at a time: what comes meanwhile shares the next one's fdatasync. Senders who wait for
  // their answers come again soon after them, so as many as the last round had are waited for, no
  // longer than that took: a lone sender never waits. PostgreSQL's commit_delay and
  // commit_siblings do the same.
  Backlog::Gathering gathering;
  while (true) {
    std::vector<Submission> submissions = backlog_.take(round_bytes_max, gathering);
    if (submissions.empty()) return;
    gathering.requests = submissions.size();
    const auto began = std::chrono::steady_clock::now();
    collect(std::move(submissions));
    wait_for_round();
    const auto took = std::chrono::steady_clock::now() - began;
    gathering.within = std::min<std::chrono::nanoseconds>(took, gathering_max);
  }
}

void CollectThread::collect(std::vector<Submission> submissions) {
  take_back_lost_marks();
  const Instant now = parts_.clock.now();
  accepted_ = std::max(accepted_, now);
  parts_.ledger.forget_keys(accepted_ - key_lifetime);
  Round round(sources_, {.accepted = accepted_, .clock = now});
  auto next = submissions.begin();
  for (; next != submissions.end() && round.bytes() < round_bytes_max; ++next) {
    take_into(round, std::move(*next));
  }
  submissions.erase(submissions.begin(), next);
  backlog_.put_back(std::move(submissions));
  append(round.finish());
}

void CollectThread::take_into(Round& round, Submission submission) {
  std::string key_id;
  std::uint64_t body_sum = 0;
  if (submission.key) {
    const SenderKey& key = *submission.key;
    key_id = weir::collect::key_id(key.token, sources_[submission.source].name, key.key);
    body_sum = sum_of(submission);
    const KnownKeys::Standing standing = parts_.ledger.begin(key_id, body_sum, submission);
    if (std::holds_alternative<KnownKeys::Parked>(standing)) return;
    if (const auto* outcome = std::get_if<Outcome>(&standing)) return submission.answer(*outcome);
  }
  const std::optional<Refusal> refusal = round.add(submission, key_id, body_sum);
  if (!refusal) return;
  submission.answer(*refusal);
  if (!key_id.empty()) backlog_.put_back(parts_.ledger.fail(key_id));
}

void CollectThread::append(Group group) {
  if (group.entries.empty()) {
    // Bodies without a row: nothing that could be lost.
    for (Kept& kept : group.kept) {
      kept.key.receipt.counts.position = parts_.journal.end();
      kept.submission.answer(kept.key.receipt);
    }
    return;
  }
  {
    std::lock_guard lock(mutex_);
    is_under_way_ = true;
    is_settled_ = false;
    ++rounds_;
  }
  std::vector<journal::Entry> entries = std::exchange(group.entries, {});
  const auto watermarks = group.watermarks;
  const auto shared = std::make_shared<Group>(std::move(group));
  const Result<void> taken = parts_.journal.append(
      std::move(entries), [this, shared](const Result<Position>& end) { settle(*shared, end); });
  if (!taken.ok()) return settle(*shared, taken.error());
  for (const auto& [source, watermark] : watermarks) sources_[source].watermark = watermark;
}

void CollectThread::settle(Group& group, const Result<Position>& end) {
  std::vector<Submission> waited;
  if (end.ok()) {
    for (Kept& kept : group.kept) kept.key.receipt.counts.position = end.value();
    waited = parts_.ledger.settle(group, end.value());
    round_is_settled(&group);
    for (const Kept& kept : group.kept) kept.submission.answer(kept.key.receipt);
  } else {
    const Refusal refusal = not_durable(end.error());
    round_is_settled(nullptr);
    for (const Kept& kept : group.kept) kept.submission.answer(refusal);
    for (const Kept& kept : group.kept) {
      if (kept.key.id.empty()) continue;
      std::ranges::move(parts_.ledger.fail(kept.key.id), std::back_inserter(waited));
    }
  }
  group.kept.clear();
  backlog_.put_back(std::move(waited));
  round_is_done();
}

void CollectThread::wait_for_round() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return !is_under_way_; });
}

void CollectThread::round_is_settled(const Group* durable) {
  std::lock_guard lock(mutex_);
  is_settled_ = true;
  if (durable == nullptr) {
    marks_are_lost_ = true;
  } else {
    for (const auto& [source, watermark] : durable->watermarks) durable_marks_[source] = watermark;
  }
}

// Rows that are not in the journal must not make those late that are sent again.
void CollectThread::take_back_lost_marks() {
  std::lock_guard lock(mutex_);
  if (!marks_are_lost_) return;
  for (std::size_t i = 0; i < sources_.size(); ++i) sources_[i].watermark = durable_marks_[i];
  marks_are_lost_ = false;
}

void CollectThread::round_is_done() {
  // Told under the lock: the thread may end, and all this with it, as soon as it is let go.
  std::lock_guard lock(mutex_);
  is_under_way_ = false;
  done_.notify_all();
}

}  // namespace weir::collect
