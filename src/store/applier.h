// Carries what streams decided from the journal into the embedded tables, exactly once.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/result.h"
#include "journal/heads.h"
#include "journal/journal.h"
#include "store/pending_rows.h"
#include "store/table_store.h"

namespace weir::store {

// One thread applies for all embedded tables: DuckDB has one writer. Waiting commits are applied
// in one transaction, together with the place they reach; after a crash the applier goes on from
// that place. Rows past their table's retention go with the first transaction and at most once a
// minute from then on. A failure stops it with words, and nothing after it is applied.
class Applier {
 public:
  // The store's place must not be ahead of the journal, nor from another one: Fault::conflict.
  static Result<std::unique_ptr<Applier>> start(TableStore& store, const journal::Journal& journal,
                                                std::vector<Target> targets);
  ~Applier();  // stops after the transaction under way

  // Every commit before it is in the tables.
  Position applied() const { return applied_.load(std::memory_order_acquire); }
  // Waits until applied() >= `position`, at most until `deadline`, until stopped, or until the
  // applier has failed. False: not yet.
  bool wait_applied(Position position, std::chrono::steady_clock::time_point deadline,
                    std::stop_token stop = {}) const;
  // Rows inserted, by table, since start.
  std::map<std::string, std::uint64_t> rows_applied() const;
  // Why it stopped; ok while it runs.
  Result<void> health() const;

 private:
  struct Progress {
    std::uint64_t generation = 0;
    std::uint64_t sequence = 0;
  };

  Applier(TableStore& store, const journal::Journal& journal, std::vector<Target> targets);
  Result<void> open();
  Result<void> load_progress();
  void run(std::stop_token stop);
  // Takes what waits, up to a transaction's worth. False: nothing did.
  Result<bool> gather(journal::Reader& reader);
  Result<void> take(const journal::Placed& placed);
  void add_rows(const journal::Entry& entry);
  // All commits before it were taken whole.
  Position place_of(const journal::Reader& reader) const;
  Result<void> apply(Position through);
  Result<void> apply_table(const TableSpec& table);
  Result<void> drop_expired();
  Result<void> write_progress(Position through);
  void publish(Position through);
  void fail(Error error);

  TableStore& store_;
  const journal::Journal& journal_;
  std::map<std::string, std::vector<std::string>> tables_of_;  // by stream
  std::unique_ptr<engine::Connection> connection_;
  std::map<std::string, std::shared_ptr<PendingRows>> pending_;  // by table
  std::map<std::string, Progress> progress_;                     // by stream
  std::map<std::string, journal::WholeCommits> commits_;         // by stream
  std::size_t pending_rows_ = 0;
  std::map<std::string, std::chrono::steady_clock::time_point> expire_next_;  // by table

  std::atomic<Position> applied_{0};
  mutable std::mutex mutex_;
  mutable std::condition_variable_any moved_;
  std::map<std::string, std::uint64_t> rows_applied_;  // under mutex_
  Result<void> health_;                                // under mutex_
  std::jthread thread_;
};

}  // namespace weir::store
