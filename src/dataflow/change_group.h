// GROUP BY whose results are told as they change: which groups' rows are no longer true and which
// are true now.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataflow/aggregation.h"
#include "dataflow/key_bytes.h"
#include "dataflow/open_windows.h"
#include "dataflow/operator.h"

namespace weir::dataflow {

// Changes are held until a chunk says flush; then each group that changed gives its row as it was
// given last with -1, and its row now with +1 unless all its rows were taken back. A group whose
// row is the same is left out. One that is forgotten gives its change first: what comes out adds up
// to the same whenever chunks say flush. Owned by one thread.
class ChangeGroup final : public Operator {
 public:
  struct Config {
    std::shared_ptr<const Schema> output;  // the node's
    // A group is forgotten once the watermark is that far past the one at its last row.
    std::optional<std::chrono::microseconds> ttl;
  };
  static Result<std::unique_ptr<ChangeGroup>> make(
      const sql::GroupNode& group, Config config,
      const std::shared_ptr<engine::Database>& database);

  Result<Chunk> push(const Chunk& chunk, Findings& findings) override;
  void save(StateWriter& writer) const override;
  Result<void> load(StateReader& reader, const KeyFilter& takes) override;

 private:
  // Beside what the table holds of a group.
  struct Note {
    std::string given;      // bytes of the aggregates as given last; empty: no row
    std::int64_t last = 0;  // the watermark at its last row, or where its window ends
    bool is_changed = false;
  };

  ChangeGroup(const sql::GroupNode& group, Config config, Aggregation aggregation);

  // A group as it was when it was forgotten, with a change that was not given.
  struct Forgotten {
    GroupTable table;
    std::string given;
  };
  // A group, and what was given of it.
  struct Changed {
    GroupPlace place;
    std::string* given = nullptr;
  };

  Result<void> add_rows(const Chunk& chunk, Findings& findings);
  void add_placed(const Chunk& chunk);
  void forget(std::size_t group);
  bool is_over(const Note& note, std::int64_t watermark) const;
  Result<Chunk> flush(Instant accepted, Findings& findings);
  Result<void> hold(const std::vector<Changed>& changed, Instant accepted, Findings& findings);
  std::string aggregate_bytes(const Batch& rows, std::size_t row) const;
  void append_keys(Batch& rows, const GroupPlace& place) const;
  void append_given(Batch& rows, const Changed& group) const;
  void hold_change(const Changed& group, std::string now);
  void forget_old(std::int64_t watermark);

  std::size_t keys_;
  std::vector<std::size_t> key_columns_;  // a window's bounds last
  std::size_t bound_bytes_ = 0;           // of a key, that are its window's bounds
  std::optional<sql::WindowSpec> window_;
  Config config_;
  Aggregation aggregation_;
  std::optional<OpenWindows> windows_;
  GroupTable groups_;
  std::vector<Note> notes_;  // by group
  std::vector<std::size_t> changed_;
  std::vector<Forgotten> forgotten_;  // by the chunk at hand
  std::shared_ptr<Batch> held_;       // changes until the next flush
  std::vector<std::int64_t> held_weights_;
  std::size_t forget_at_;  // groups at which old ones are looked for
  RowKeys row_keys_;
  std::vector<PlacedRow> placed_;
};

}  // namespace weir::dataflow
