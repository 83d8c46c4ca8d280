// Waits until what a read uses has caught up with a position of the journal.
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "process/stream_job.h"
#include "serve/readable.h"
#include "store/applier.h"

namespace weir::operate {

// Which streams make the rows of a relation. One not listed is fresh at once: a source's history
// and a static table.
struct Freshening {
  std::map<std::string, std::vector<std::string>> writers;  // by relation
  std::map<std::string, process::StreamJob*> streams;       // by name
};

// Any thread may wait.
class RelationFreshness final : public serve::Freshness {
 public:
  RelationFreshness(Freshening freshening, const store::Applier& applier,
                    const journal::Journal& journal)
      : freshening_(std::move(freshening)), applier_(applier), journal_(journal) {}

  Result<void> wait(const std::vector<std::string>& relations, Position position,
                    std::chrono::steady_clock::time_point deadline) override;
  void stop() override { stopping_.request_stop(); }
  // Waits for every stream and all tables, stopping or not, as long as any of them gets on.
  Result<void> wait_all(Position position, std::chrono::steady_clock::time_point deadline);

 private:
  struct Wait {
    Position position = 0;
    std::chrono::steady_clock::time_point deadline;
    std::stop_token stop;
    std::map<std::string, Position> settled;  // by stream
  };

  Result<void> wait_once(Wait wait);
  // Grows with what streams take in and commit, and with what tables are given.
  std::uint64_t progress() const;
  // The position behind the stream's results of everything before the wait's position.
  Result<Position> settle(const std::string& stream, Wait& wait);
  Result<void> wait_applied(Position position, const Wait& wait);

  const Freshening freshening_;
  const store::Applier& applier_;
  const journal::Journal& journal_;
  std::stop_source stopping_;
};

}  // namespace weir::operate
