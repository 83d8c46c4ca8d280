// One source in a journal in memory, streams over it, and their results as rows to compare.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "dataflow/key_bytes.h"
#include "process/memory_journal_test.h"
#include "process/stream_job.h"

namespace weir::process {

struct Event {
  std::int64_t seconds = 0;
  std::string key;
  std::optional<std::int64_t> value;
};

// A row as key bytes, so that equal means what it means in SQL.
using Rows = std::map<std::string, std::int64_t>;  // with weights, none 0

// What is in a stream's commits.
struct Committed {
  Rows rows;
  Rows late;
  std::vector<std::string> poison;  // reasons and rows
  std::vector<std::uint64_t> sequences;
  std::uint64_t rows_in = 0;
  std::vector<std::shared_ptr<const Batch>> batches;  // of output rows

  friend bool operator==(const Committed& left, const Committed& right) {
    return left.rows == right.rows && left.late == right.late && left.poison == right.poison &&
           left.rows_in == right.rows_in;
  }
};

class StreamFixture : public testing::Test {
 protected:
  StreamFixture();
  ~StreamFixture() override;

  // Over `events` and the streams made before it.
  StreamSpec compiled(const std::string& name, const std::string& sql, bool emit_changes = false);
  // The static table `places` that the next compiled() may join: k, name.
  void put_places(const std::string& rows);
  std::unique_ptr<StreamJob> start(StreamSpec spec);
  Result<std::unique_ptr<StreamJob>> try_start(StreamSpec spec);
  std::filesystem::path folder_of(const std::string& stream) const { return folder_ / stream; }

  void send(const std::vector<Event>& events);
  void send_end();
  // Until everything in the journal is processed.
  Position settle(StreamJob& job);
  Committed committed(const std::string& stream) const;
  static void add_commit(Committed& all, const std::vector<journal::Placed>& parts);
  std::size_t commits(const std::string& stream) const {
    return committed(stream).sequences.size();
  }
  // All events sent so far, in their order.
  std::shared_ptr<const Batch> all_events() const;
  // What DuckDB makes of all events sent.
  Rows expected(const std::string& sql) const;

  MemoryJournal journal_;
  ManualClock clock_{Instant(std::chrono::hours(1))};
  std::shared_ptr<engine::Database> tables_;
  std::chrono::microseconds checkpoint_interval_ = std::chrono::hours(1);
  std::chrono::microseconds lateness_ = std::chrono::seconds(5);  // of events
  std::shared_ptr<const Schema> events_schema_;

 private:
  std::filesystem::path folder_;
  std::vector<sql::Readable> readables_;
};

void add_rows(Rows& rows, const Batch& batch, std::size_t columns);

}  // namespace weir::process
