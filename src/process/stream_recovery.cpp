// How a stream comes back to where its commits end.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "process/plan_identity.h"
#include "process/stream_run.h"

namespace weir::process {

Result<void> StreamRun::recover() {
  const Result<std::optional<Snapshot>> loaded = snapshots_->load();
  if (!loaded.ok() && loaded.error().fault == Fault::corrupt) {
    return without_snapshot(loaded.error());
  }
  if (!loaded.ok()) return loaded.error();
  const std::optional<Snapshot>& snapshot = loaded.value();
  counts_.passed_over = snapshots_->passed_over();
  if (!snapshot) {
    TRY(const std::optional<LastCommit> other, find_last_commit(0));
    if (other) return lost_state("is gone", *other);
    is_new_ = true;
    const Position retained = parts_.journal.retained_from(spec_.input.topic);
    last_ = {.generation = 1, .through = std::max(spec_.start, retained)};
    input_.restart(last_.through);
    return write_snapshot();
  }
  OK_OR_RETURN(check_identity(*snapshot));
  OK_OR_RETURN(restore(*snapshot));
  TRY(const std::optional<LastCommit> commit, find_last_commit(last_.end));
  if (commit && commit->generation != last_.generation) {
    return lost_state(fmt::format("is of its generation {}, the commits of generation {}",
                                  last_.generation, commit->generation),
                      *commit);
  }
  if (!commit || commit->sequence <= last_.sequence) {
    // What comes from here on joins the rows of today.
    return snapshot->tables == spec_.tables ? Result<void>() : write_snapshot();
  }
  OK_OR_RETURN(check_tables(*snapshot));
  last_ = *commit;
  replay_until_ = commit->through;
  return {};
}

Error StreamRun::without_snapshot(const Error& error) const {
  return {error.fault,
          fmt::format("{}, and no snapshot of it is whole: restore {} from a backup, or start the "
                      "stream anew, without what it has given so far: `weir drop {} --restart`",
                      error.message, parts_.folder.string(), spec_.name)};
}

Error StreamRun::lost_state(std::string_view how, const LastCommit& commit) const {
  return {Fault::conflict,
          fmt::format("its commits cover its input up to position {}, but its state in {} {}: put "
                      "back the folder as it was, or start it anew, without what it has given so "
                      "far: `weir drop {} --restart`",
                      commit.through, parts_.folder.string(), how, spec_.name)};
}

Result<void> StreamRun::check_identity(const Snapshot& snapshot) const {
  OK_OR_RETURN(check_plan(spec_.name, snapshot, spec_.plan, spec_.input));
  const journal::Journal& journal = parts_.journal;
  if (snapshot.journal_id != journal.id() || snapshot.through > journal.end()) {
    return Error{Fault::conflict,
                 fmt::format("its state in {} reaches to position {} of journal {}, and this is "
                             "journal {}, which ends at {}; restore both from the same backup",
                             parts_.folder.string(), snapshot.through, snapshot.journal_id,
                             journal.id(), journal.end())};
  }
  const Position retained = journal.retained_from(spec_.input.topic);
  if (snapshot.through < retained) {
    return Error{Fault::conflict,
                 fmt::format("it has read {} up to position {}, which is kept from position {} on, "
                             "so that it would leave out what was between; start it anew, without "
                             "what it has given so far: `weir drop {} --restart`",
                             spec_.input.topic, snapshot.through, retained, spec_.name)};
  }
  return {};
}

Result<void> StreamRun::check_tables(const Snapshot& snapshot) const {
  if (pipeline_.is_stateless()) return {};
  for (const auto& [name, hash] : spec_.tables) {
    const auto then = snapshot.tables.find(name);
    if (then != snapshot.tables.end() && then->second == hash) continue;
    return Error{Fault::conflict,
                 fmt::format("the file of static table {} was edited after the server had ended "
                             "before it could keep the stream's state, which has yet to be worked "
                             "out from the rows as they were; put the file back as it was, start "
                             "and stop the server once, then edit it",
                             name)};
  }
  return {};
}

Result<std::optional<StreamRun::LastCommit>> StreamRun::find_last_commit(Position from) const {
  const auto reader = parts_.journal.read({{spec_.name}, {journal::Kind::commit}}, from);
  std::optional<LastCommit> last;
  while (true) {
    TRY(const std::optional<journal::Placed> placed, reader->next());
    if (!placed) return last;
    TRY(const journal::CommitHead head, journal::decode_commit_head(placed->entry->head));
    if (head.is_last) last = {head.generation, head.sequence, head.through, placed->end};
  }
}

Result<void> StreamRun::restore(const Snapshot& snapshot) {
  StateReader state(snapshot.state);
  input_.restart(snapshot.through, state);
  output_watermark_ = state.number<std::int64_t>();
  OK_OR_RETURN(within(parts_.folder.string(), pipeline_.load(state)));
  counts_.watermark = output_watermark_;
  last_ = {snapshot.generation, snapshot.sequence, snapshot.through, snapshot.commit_end};
  snapshot_sequence_ = snapshot.sequence;
  return {};
}

// What the commits hold was decided by this input alone, so that going through it once more gives
// the state behind them, and the results are known already.
Result<void> StreamRun::replay(const std::stop_token& stop) {
  if (!replay_until_) return {};
  // After a stop a static table may be edited, and what was not gone through would join other rows.
  const bool may_stop = spec_.tables.empty();
  while (true) {
    TRY(InputBatch batch, next_input(*replay_until_, stop));
    if (may_stop && stop.stop_requested())
      return Error{Fault::unavailable, "stopped within the replay"};
    if (batch.chunks.empty()) break;
    for (Chunk& chunk : batch.chunks) OK_OR_RETURN(push(std::move(chunk)));
    pending_.clear();
    {
      std::lock_guard lock(mutex_);
      counts_.reached = input_.place();
    }
    if (may_stop) hold_.stand(stop);
  }
  OK_OR_RETURN(give_held());
  pending_.clear();
  std::lock_guard lock(mutex_);
  counts_.watermark = output_watermark_;
  return {};
}

}  // namespace weir::process
