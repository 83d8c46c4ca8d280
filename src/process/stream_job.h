// Runs one stream: reads its input in journal order, and commits what it makes of it exactly once.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/position.h"
#include "core/result.h"
#include "engine/database.h"
#include "journal/heads.h"
#include "journal/journal.h"
#include "sql/plan.h"

namespace weir::process {

// What a stream reads. Of a source: rows of Kind::events, with its watermark. Of a stream: the
// output rows of its commits, with theirs.
struct StreamInput {
  std::string topic;
  bool is_source = true;
  std::shared_ptr<const Schema> schema;
  std::optional<std::size_t> event_time;  // column
};

struct StreamSpec {
  std::string name;
  sql::Plan plan;
  StreamInput input;
  std::chrono::microseconds emit_interval{1'000'000};
  std::optional<std::chrono::microseconds> state_ttl;
  int parallelism = 1;
  Position start = 0;  // of a new stream: where its input begins
  std::size_t batch_rows_max = 50'000;
  std::map<std::string, std::uint64_t> tables;  // hash_of_rows() of the static tables it joins
};

struct StreamParts {
  journal::Journal& journal;
  std::shared_ptr<engine::Database> tables;  // static tables by name
  std::filesystem::path folder;              // of its snapshots, of its own
  const Clock& clock;
  std::chrono::microseconds checkpoint_interval{5'000'000};
};

// Rows since the stream was started: with the program, or by a change of the workspace.
struct StreamCounts {
  std::uint64_t rows_in = 0, rows_out = 0, late = 0, quarantined = 0;
  std::int64_t watermark = journal::no_watermark;  // of the output
  Position reached = 0;          // in the input, also while it is taken up again after a start
  Position through = 0;          // all input before it is processed and its results are durable
  std::optional<Error> failure;  // why it stopped
  std::string trouble;           // what it waits for to end, such as a full disk; empty: nothing
  std::string passed_over;       // snapshots that recovery had to do without; empty: none
};

// A thread of its own. Any thread may ask.
class StreamJob {
 public:
  // Restores the newest good snapshot; a new stream gets its first. Nothing is read or committed
  // yet. Fault::conflict when the stored state is of another plan (another hash), with what to do.
  static Result<std::unique_ptr<StreamJob>> open(StreamSpec spec, StreamParts parts);
  // If it was started: stops after the batch at hand, and writes a snapshot. A new stream that was
  // not leaves nothing behind: another may have its name.
  virtual ~StreamJob() = default;
  // Called once. First the input from the snapshot to the last commit once more without committing,
  // so that what comes after is committed once.
  virtual void start() = 0;

  virtual const StreamSpec& spec() const = 0;
  virtual StreamCounts counts() const = 0;
  // Waits until all input before `input` is processed and durable, giving out what emit_interval
  // holds. The position behind the commits that hold its results. Fault::unavailable at `deadline`,
  // or when stopped.
  virtual Result<Position> settle(Position input, std::chrono::steady_clock::time_point deadline,
                                  std::stop_token stop = {}) = 0;
  // Lets the thread work no further than the batch at hand and a snapshot, and has it wait then:
  // what stops the stream now waits for no function of its SQL.
  virtual void want_hold() = 0;
  // False: it works on at `deadline`, or the wait was stopped.
  virtual bool wait_hold(std::chrono::steady_clock::time_point deadline,
                         const std::stop_token& stop = {}) = 0;
  virtual void end_hold() = 0;
  // The journal before it is not needed to recover, even from the older of two snapshots.
  virtual Position needed() const = 0;
};

}  // namespace weir::process
