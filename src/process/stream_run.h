// A stream on its own thread: input, operators, commits, snapshots.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "journal/heads.h"
#include "process/commit_progress.h"
#include "process/hold_point.h"
#include "process/input_batches.h"
#include "process/input_watch.h"
#include "process/pending_commit.h"
#include "process/pipeline.h"
#include "process/snapshot.h"
#include "process/stream_job.h"

namespace weir::process {

// Everything but what other threads may ask belongs to its thread.
class StreamRun final : public StreamJob {
 public:
  StreamRun(StreamSpec spec, StreamParts parts, Pipeline pipeline,
            std::unique_ptr<SnapshotFolder> snapshots);
  ~StreamRun() override;

  // Called once, first: restores the last snapshot.
  Result<void> open();
  // The thread first brings the state to where the stream's commits end. What those hold can be
  // read meanwhile.
  void start() override;

  const StreamSpec& spec() const override { return spec_; }
  StreamCounts counts() const override;
  Result<Position> settle(Position input, std::chrono::steady_clock::time_point deadline,
                          std::stop_token stop) override;
  void want_hold() override {
    hold_.want();
    watch_.wake();
  }
  bool wait_hold(std::chrono::steady_clock::time_point deadline,
                 const std::stop_token& stop) override {
    return hold_.wait(deadline, stop);
  }
  void end_hold() override { hold_.let_go(); }
  Position needed() const override { return snapshots_->needed(); }

 private:
  // Where the stream's commits have come to.
  struct LastCommit {
    std::uint64_t generation = 0;
    std::uint64_t sequence = 0;
    Position through = 0;
    Position end = 0;
  };

  // What the journal was given last, until it is durable: a full disk may refuse it.
  struct Handed {
    journal::Entry entry;
    Position through = 0;  // 0: it ends no commit
  };

  Result<void> recover();
  Result<void> check_identity(const Snapshot& snapshot) const;
  // Neither new, nor to be gone on with: what it gave would be given once more.
  Error without_snapshot(const Error& error) const;
  Error lost_state(std::string_view how, const LastCommit& commit) const;
  // Fault::conflict where replay() would join other rows than the commits did.
  Result<void> check_tables(const Snapshot& snapshot) const;
  Result<std::optional<LastCommit>> find_last_commit(Position from) const;
  Result<void> restore(const Snapshot& snapshot);
  Result<void> replay(const std::stop_token& stop);

  void run(const std::stop_token& stop);
  Result<void> work(const std::stop_token& stop);
  // Waits while the input cannot be read. Fault::unavailable: stopped meanwhile.
  Result<InputBatch> next_input(Position before, const std::stop_token& stop);
  Result<void> process(InputBatch& batch);
  Result<void> push(Chunk chunk);
  Result<void> give_held();
  bool is_commit_due(bool has_more) const;
  Result<void> commit(const std::stop_token& stop, bool ends = false);
  Result<void> append(journal::CommitHead head, std::vector<CommitBatches> parts,
                      const std::stop_token& stop);
  Result<void> append(Handed entry, const std::stop_token& stop);
  Result<void> hand_on(const std::stop_token& stop);
  Result<void> wait_durable(const std::stop_token& stop);
  Result<void> take_snapshot(const std::stop_token& stop);
  Result<void> write_snapshot();
  void wait_for_input(const std::stop_token& stop);
  // Until what the journal refused is worth another try.
  void rest(const std::stop_token& stop);
  bool has_passed(Instant since, std::chrono::microseconds interval) const;
  // Tells once that something keeps the stream waiting, and once that it is over: empty.
  void note(std::string& trouble, const std::string& now);

  StreamSpec spec_;
  StreamParts parts_;
  Pipeline pipeline_;
  InputBatches input_;
  std::unique_ptr<SnapshotFolder> snapshots_;
  PendingCommit pending_;
  LastCommit last_;
  Handed handed_;
  bool is_new_ = false;                   // when it was opened
  std::optional<Position> replay_until_;  // input whose results the commits hold already
  std::int64_t output_watermark_ = journal::no_watermark;
  Instant committed_at_;
  Instant snapshot_at_;
  std::optional<std::uint64_t> snapshot_sequence_;

  std::shared_ptr<CommitProgress> progress_ = std::make_shared<CommitProgress>();
  mutable std::mutex mutex_;
  StreamCounts counts_;           // under mutex_
  std::string commit_trouble_;    // under mutex_
  std::string snapshot_trouble_;  // under mutex_
  std::string input_trouble_;     // under mutex_
  Position wanted_ = 0;           // by settle(), under mutex_
  InputWatch watch_;
  HoldPoint hold_;
  std::jthread thread_;  // last: it ends before what it uses
};

}  // namespace weir::process
