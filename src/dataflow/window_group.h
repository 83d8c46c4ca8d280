// GROUP BY over windows of event time: each window's groups are given once, when no row can change
// them any more.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "dataflow/aggregation.h"
#include "dataflow/key_bytes.h"
#include "dataflow/operator.h"
#include "dataflow/window_spans.h"

namespace weir::dataflow {

// What decides is the watermark at each row, never where a chunk ends: rows that come late for some
// of their hop's windows close those first. Windows are given in the order of their ends. Owned by
// one thread.
class WindowGroup final : public Operator {
 public:
  // `group` has a window; `output` is its node's.
  static Result<std::unique_ptr<WindowGroup>> make(
      const sql::GroupNode& group, std::shared_ptr<const Schema> output,
      const std::shared_ptr<engine::Database>& database);

  // Closes the windows that end at or before the chunk's watermark.
  Result<Chunk> push(const Chunk& chunk, Findings& findings) override;
  void save(StateWriter& writer) const override;
  Result<void> load(StateReader& reader, const KeyFilter& takes) override;

 private:
  struct Closing {
    WindowBounds bounds;
    GroupTable table;
  };
  // Rows come in runs of the same window.
  struct Spot {
    WindowBounds bounds;
    std::int64_t first_end = 0;
    std::int64_t last_end = 0;
    GroupTable* table = nullptr;  // null: not looked up
  };

  WindowGroup(const sql::GroupNode& group, std::shared_ptr<const Schema> output,
              Aggregation aggregation);

  Result<void> add_rows(const Chunk& chunk, Batch& closed, Findings& findings);
  void add_placed(const Chunk& chunk);
  Result<void> advance(std::int64_t watermark, Instant accepted, Batch& closed, Findings& findings);
  void take_panes(std::int64_t watermark, std::deque<Closing>& closing);
  GroupTable merged(const WindowBounds& window);
  Result<void> emit(std::deque<Closing>& closing, Instant accepted, Batch& closed,
                    Findings& findings);
  void append_keys(const WindowBounds& bounds, std::string_view key, Batch& rows) const;

  std::size_t keys_;
  sql::WindowSpec window_;
  WindowSpans spans_;
  std::vector<std::size_t> key_columns_;  // without the window's bounds
  std::shared_ptr<const Schema> output_;
  Aggregation aggregation_;
  std::map<WindowBounds, GroupTable> open_;  // windows; panes in a hop
  std::int64_t closed_;                      // windows that end here or before are closed
  RowKeys row_keys_;
  std::vector<PlacedRow> placed_;
};

}  // namespace weir::dataflow
