// The one thread that decodes what was sent and hands it to the journal, round after round.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "collect/backlog.h"
#include "collect/ledger.h"
#include "collect/round.h"
#include "core/clock.h"
#include "journal/journal.h"

namespace weir::collect {

// One round is under way at a time: what comes meanwhile gathers for the next. When a round fails,
// the next goes on from what is durable.
class CollectThread {
 public:
  // The parts outlive it.
  struct Parts {
    journal::Journal& journal;
    const Clock& clock;
    Ledger& ledger;
  };

  CollectThread(std::vector<SourceIntake> sources, Parts parts);
  ~CollectThread();  // answers what waits, then stops
  CollectThread(const CollectThread&) = delete;
  CollectThread& operator=(const CollectThread&) = delete;

  // Any thread. Why it was not taken; then it can still be answered.
  std::optional<Refusal> submit(Submission& submission);
  // Any thread. Where nothing is under way, tells the ledger that the journal's end is passed.
  void pass_end();

 private:
  void run();
  void collect(std::vector<Submission> submissions);
  void take_into(Round& round, Submission submission);
  void append(Group group);
  void settle(Group& group, const Result<Position>& end);
  void wait_for_round();
  void take_back_lost_marks();
  // Null: the round's group failed.
  void round_is_settled(const Group* durable);
  void round_is_done();

  std::vector<SourceIntake> sources_;  // of the thread
  Parts parts_;
  Instant accepted_;  // of the last round; of the thread
  Backlog backlog_;
  std::mutex mutex_;
  std::condition_variable done_;
  bool is_under_way_ = false;  // a round was begun and not yet answered; under mutex_
  bool is_settled_ = true;     // the ledger knows it; under mutex_
  std::uint64_t rounds_ = 0;   // that were begun; under mutex_
  // Of the sources, after all that is durable of them; under mutex_.
  std::vector<journal::SourceWatermark> durable_marks_;
  bool marks_are_lost_ = false;  // the sources' are those of a group that failed; under mutex_
  std::jthread thread_;
};

}  // namespace weir::collect
