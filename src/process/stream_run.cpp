#include "process/stream_run.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "process/plan_identity.h"
#include "telemetry/log.h"

namespace weir::process {
namespace {

using std::chrono::milliseconds;
using telemetry::LogCode;

// Rows since the last commit at which held changes are given out before their time.
constexpr std::size_t held_input_batches_max = 20;
// While something is due by the clock, which may be moved by hand, it is looked at this often.
constexpr milliseconds clock_poll{10};
// What the journal did not take is handed to it again after so long.
constexpr milliseconds refused_pause{50};
// Bytes of others' entries after which an idle stream commits nothing, to free the journal.
constexpr Position behind_max = Position{32} << 20;
constexpr Position no_bound = std::numeric_limits<Position>::max();

}  // namespace

StreamRun::StreamRun(StreamSpec spec, StreamParts parts, Pipeline pipeline,
                     std::unique_ptr<SnapshotFolder> snapshots)
    : spec_(std::move(spec)),
      parts_(std::move(parts)),
      pipeline_(std::move(pipeline)),
      input_(parts_.journal, spec_.input, pipeline_.reads_acceptance()),
      snapshots_(std::move(snapshots)),
      pending_(spec_, pipeline_.is_stateless() && spec_.plan.event_time.has_value()),
      watch_(parts_.journal) {}

StreamRun::~StreamRun() {
  if (is_new_ && !thread_.joinable()) snapshots_->take_back();
}

Result<void> StreamRun::open() {
  OK_OR_RETURN(recover());
  committed_at_ = snapshot_at_ = parts_.clock.now();
  progress_->start_at(last_.through, last_.end);
  return {};
}

void StreamRun::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void StreamRun::run(const std::stop_token& stop) {
  // What the journal refused or the stop cut short is done again after the next start.
  if (Result<void> worked = work(stop); !worked.ok() && !stop.stop_requested()) {
    telemetry::log(LogCode::stream_failed, worked.error().message,
                   {{"stream", spec_.name}, {"position", last_.through}});
    progress_->fail(within("stream " + spec_.name, std::move(worked)).error());
  }
  hold_.end();
}

Result<void> StreamRun::work(const std::stop_token& stop) {
  OK_OR_RETURN(replay(stop));
  while (!stop.stop_requested()) {
    Result<InputBatch> next = next_input(no_bound, stop);
    if (!next.ok() && next.error().fault == Fault::unavailable) break;
    TRY(InputBatch batch, std::move(next));
    const bool has_more = !batch.chunks.empty();
    OK_OR_RETURN(process(batch));
    if (batch.ends) {
      OK_OR_RETURN(commit(stop, true));
    } else if (is_commit_due(has_more)) {
      OK_OR_RETURN(commit(stop));
    }
    if (progress_->refusal()) OK_OR_RETURN(wait_durable(stop));
    if (has_passed(snapshot_at_, parts_.checkpoint_interval)) OK_OR_RETURN(take_snapshot(stop));
    if (hold_.is_wanted()) {
      OK_OR_RETURN(take_snapshot(stop));
      hold_.stand(stop);
    } else if (!has_more) {
      wait_for_input(stop);
    }
  }
  return take_snapshot(stop);
}

Result<InputBatch> StreamRun::next_input(Position before, const std::stop_token& stop) {
  while (true) {
    Result<InputBatch> batch = input_.next(spec_.batch_rows_max, before);
    const bool waits = !batch.ok() && batch.error().fault == Fault::unavailable;
    note(input_trouble_, waits ? batch.error().message : "");
    if (!waits || stop.stop_requested()) return batch;
    progress_->wait_a_little(refused_pause);
    // With changes that are held, a stop would have to give them out first.
    if (!pending_.is_started()) hold_.stand(stop);
  }
}

Result<void> StreamRun::process(InputBatch& batch) {
  pending_.add_input(batch.rows);
  for (Chunk& chunk : batch.chunks) OK_OR_RETURN(push(std::move(chunk)));
  std::lock_guard lock(mutex_);
  counts_.rows_in += batch.rows;
  counts_.reached = input_.place();
  return {};
}

Result<void> StreamRun::push(Chunk chunk) {
  Findings findings;
  const Chunk source = chunk;
  TRY(const Chunk results, pipeline_.push(std::move(chunk), findings));
  pending_.start();
  pending_.add(source, results, findings);
  if (spec_.plan.event_time) output_watermark_ = std::max(output_watermark_, results.watermark);
  return {};
}

Result<void> StreamRun::give_held() {
  if (!pipeline_.holds_changes()) return {};
  Chunk flush{.rows = std::make_shared<Batch>(spec_.input.schema),
              .watermarks = std::make_shared<const std::vector<std::int64_t>>(),
              .accepted = input_.accepted(),
              .watermark = input_.watermark(),
              .flush = true};
  return push(std::move(flush));
}

bool StreamRun::is_commit_due(bool has_more) const {
  if (!pending_.is_started()) return false;
  if (!pipeline_.holds_changes() && pending_.has_rows()) return true;
  if (pending_.rows_in() > held_input_batches_max * spec_.batch_rows_max) return true;
  if (has_passed(committed_at_, spec_.emit_interval)) return true;
  std::lock_guard lock(mutex_);
  // At once when the input before it was read, and the last when it lies beyond all input.
  return wanted_ > last_.through && (input_.place() >= wanted_ || !has_more);
}

Result<void> StreamRun::commit(const std::stop_token& stop, bool ends) {
  OK_OR_RETURN(give_held());
  journal::CommitHead head{.generation = last_.generation,
                           .sequence = last_.sequence + 1,
                           .through = input_.place(),
                           .watermark = output_watermark_,
                           .rows_in = pending_.rows_in()};
  // Streams that read this one close their windows too, and go on from the watermark after that.
  const bool tells_end = ends && spec_.plan.event_time.has_value();
  if (tells_end) head.watermark = journal::end_of_windows;
  {
    std::lock_guard lock(mutex_);
    counts_.rows_out += pending_.rows_out();
    counts_.late += pending_.late();
    counts_.quarantined += pending_.poisoned();
    counts_.watermark = output_watermark_;
  }
  OK_OR_RETURN(append(head, pending_.take(), stop));
  last_.sequence = head.sequence;
  last_.through = head.through;
  committed_at_ = parts_.clock.now();
  return tells_end ? commit(stop) : Result<void>();
}

Result<void> StreamRun::append(journal::CommitHead head, std::vector<CommitBatches> parts,
                               const std::stop_token& stop) {
  for (CommitBatches& batches : parts) {
    head.is_last = &batches == &parts.back();
    journal::Entry entry{.kind = journal::Kind::commit,
                         .topic = spec_.name,
                         .head = encode(head),
                         .batches = std::move(batches)};
    OK_OR_RETURN(append({std::move(entry), head.is_last ? head.through : 0}, stop));
    ++head.part;
  }
  return {};
}

Result<void> StreamRun::append(Handed entry, const std::stop_token& stop) {
  OK_OR_RETURN(wait_durable(stop));
  handed_ = std::move(entry);
  return hand_on(stop);
}

Result<void> StreamRun::hand_on(const std::stop_token& stop) {
  while (true) {
    progress_->appended();
    const auto done = [progress = progress_, through = handed_.through](Result<Position> end) {
      if (end.ok()) {
        progress->finished(end.value(), through);
      } else {
        progress->refused(std::move(end).error());
      }
    };
    Result<void> taken = parts_.journal.append({handed_.entry}, done);
    if (taken.ok()) return {};
    progress_->refused(taken.error());
    if (taken.error().fault != Fault::unavailable || stop.stop_requested()) return taken;
    // A journal on a full disk still takes commits; one that failed says the same to everyone.
    const Result<void> health = parts_.journal.health();
    if (!health.ok() && health.error().message == taken.error().message) return taken;
    rest(stop);
  }
}

Result<void> StreamRun::wait_durable(const std::stop_token& stop) {
  while (true) {
    progress_->wait_in_flight();
    const std::optional<Error> refusal = progress_->refusal();
    note(commit_trouble_, refusal ? refusal->message : "");
    if (!refusal) return {};
    if (refusal->fault != Fault::unavailable || stop.stop_requested()) return *refusal;
    rest(stop);
    OK_OR_RETURN(hand_on(stop));
  }
}

Result<void> StreamRun::take_snapshot(const std::stop_token& stop) {
  snapshot_at_ = parts_.clock.now();
  const bool is_behind = input_.place() > last_.through + behind_max;
  if (pending_.is_started() || is_behind) OK_OR_RETURN(commit(stop));
  if (snapshot_sequence_ == last_.sequence) return {};
  // Never ahead of the journal: a crash would leave a state that no commit led to.
  OK_OR_RETURN(wait_durable(stop));
  last_.end = progress_->commit_end();
  Result<void> written = write_snapshot();
  if (!written.ok() && written.error().fault != Fault::unavailable) return written;
  note(snapshot_trouble_, written.ok() ? "" : "no room for a snapshot: " + written.error().message);
  return {};
}

Result<void> StreamRun::write_snapshot() {
  StateWriter state;
  input_.save(state);
  state.number(output_watermark_);
  pipeline_.save(state);
  OK_OR_RETURN(snapshots_->write({.plan_hash = spec_.plan.hash,
                                  .journal_id = parts_.journal.id(),
                                  .generation = last_.generation,
                                  .sequence = last_.sequence,
                                  .through = last_.through,
                                  .commit_end = last_.end,
                                  .tables = spec_.tables,
                                  .surroundings = surroundings(spec_.plan, spec_.input),
                                  .state = state.bytes()}));
  snapshot_sequence_ = last_.sequence;
  return {};
}

void StreamRun::wait_for_input(const std::stop_token& stop) {
  if (!pending_.is_started()) progress_->nothing_until(input_.place());
  const bool is_due_later = pending_.is_started() || snapshot_sequence_ != last_.sequence;
  watch_.wait_beyond(input_.read_to(), is_due_later ? clock_poll : milliseconds(60'000), stop);
}

void StreamRun::rest(const std::stop_token& stop) {
  progress_->wait_a_little(refused_pause);
  hold_.stand(stop);
}

bool StreamRun::has_passed(Instant since, std::chrono::microseconds interval) const {
  const Instant now = parts_.clock.now();
  return now < since || now - since >= interval;
}

void StreamRun::note(std::string& trouble, const std::string& now) {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(trouble, now).empty() == now.empty()) return;
  }
  // A slow log holds up nobody who asks for counts.
  const bool goes_on = now.empty();
  telemetry::log(goes_on ? LogCode::stream_goes_on : LogCode::stream_waits,
                 goes_on ? "what kept it waiting is over" : now, {{"stream", spec_.name}});
}

StreamCounts StreamRun::counts() const {
  std::lock_guard lock(mutex_);
  StreamCounts counts = counts_;
  counts.through = progress_->through();
  counts.failure = progress_->failure();
  for (const std::string* trouble : {&commit_trouble_, &snapshot_trouble_, &input_trouble_}) {
    if (counts.trouble.empty()) counts.trouble = *trouble;
  }
  return counts;
}

Result<Position> StreamRun::settle(Position input, std::chrono::steady_clock::time_point deadline,
                                   std::stop_token stop) {
  {
    std::lock_guard lock(mutex_);
    // What is not in the journal yet can hurry nothing that is.
    wanted_ = std::max(wanted_, std::min(input, parts_.journal.end()));
  }
  watch_.wake();
  return within("stream " + spec_.name, progress_->wait_through(input, deadline, std::move(stop)));
}

}  // namespace weir::process
