// Carries what streams decided from the journal into the embedded tables, exactly once.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
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
#include "store/applied_places.h"
#include "store/index_applier.h"
#include "store/pending_rows.h"
#include "store/table_store.h"
#include "telemetry/log_code.h"

namespace weir::store {

// Told what an operator should know, a sentence at a time.
using Say = std::function<void(telemetry::LogCode code, const std::string& words)>;

// One thread applies for all embedded tables: DuckDB has one writer. Waiting commits are applied
// in one transaction, together with the place they reach; after a crash the applier goes on from
// that place. A stream's new table gets all of its commits that are still kept, and where earlier
// ones are gone, that is said. Rows past their table's retention go with the first transaction and
// at most once a minute from then on. Where there is no room, it says so and tries again until
// there is. Any other failure stops it with words, and nothing after it is applied.
class Applier {
 public:
  // A place must not be ahead of the journal, nor from another one: Fault::conflict. No row is
  // applied yet; indexes that are behind their tables are made anew. `say` is called by this thread
  // and then by the applier's.
  static Result<std::unique_ptr<Applier>> open(TableStore& store, const journal::Journal& journal,
                                               const std::vector<Target>& targets, Say say);
  ~Applier();    // stops after the transaction under way
  void start();  // called once

  // Every commit before it is in the tables.
  Position applied() const { return applied_.load(std::memory_order_acquire); }
  // Waits until applied() >= `position`, at most until `deadline`, until stopped, or until the
  // applier has stopped for good. False: not yet.
  bool wait_applied(Position position, std::chrono::steady_clock::time_point deadline,
                    std::stop_token stop = {}) const;
  // Rows inserted, by table, since start.
  std::map<std::string, std::uint64_t> rows_applied() const;
  // Why it stopped, or waits (Fault::unavailable); ok while it applies.
  Result<void> health() const;

 private:
  Applier(TableStore& store, const journal::Journal& journal, const std::vector<Target>& targets,
          Say say);
  Result<void> recover();
  Result<void> load_places();
  Result<void> make_lost_indexes_anew();
  // Before it, there is nothing left to apply.
  Position least_place() const;
  void run(const std::stop_token& stop);
  Result<void> begin();
  // Until it is stopped or something fails.
  Result<void> follow(const std::stop_token& stop);
  // Takes what waits, up to a transaction's worth. False: nothing did.
  Result<bool> gather(journal::Reader& reader);
  Result<void> take(const journal::Placed& placed);
  Result<void> add_rows(const std::string& table, const journal::Placed& placed);
  // All commits before it were taken whole.
  Position place_of(const journal::Reader& reader) const;
  // Says so where commits between the place and this one are gone.
  void tell_gap(const Target& target, const AppliedPlace& place, const journal::Entry& entry,
                const journal::CommitHead& head) const;
  // There are rows for the tables, or their places in the file fall behind.
  bool is_due() const;
  Result<void> apply(Position through);
  struct PendingBytes {
    std::size_t rows = 0;
    std::size_t indexes = 0;
  };
  PendingBytes pending_bytes() const;
  Result<void> apply_table(const TableSpec& table);
  Result<void> drop_expired();
  Result<void> write_places(Position through);
  void publish(Position through);
  void fail(Error error);

  TableStore& store_;
  const journal::Journal& journal_;
  const Say say_;
  IndexApplier indexes_;
  std::unique_ptr<engine::Connection> connection_;
  AppliedPlaces places_;                                         // of the targets
  std::map<std::string, std::shared_ptr<PendingRows>> pending_;  // by table
  std::map<std::string, journal::WholeCommits> commits_;         // by stream
  std::size_t pending_rows_ = 0;
  std::vector<Instant> pending_since_;  // of each commit that waits
  std::chrono::steady_clock::time_point places_written_;
  std::map<std::string, std::chrono::steady_clock::time_point> expire_next_;  // by table

  std::atomic<Position> applied_{0};
  mutable std::mutex mutex_;
  mutable std::condition_variable_any moved_;
  std::map<std::string, std::uint64_t> rows_applied_;  // under mutex_
  Result<void> health_;                                // under mutex_
  std::jthread thread_;
};

}  // namespace weir::store
