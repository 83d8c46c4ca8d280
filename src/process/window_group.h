// GROUP BY over windows of event time: each window's groups are given once, when no row can change
// them any more.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "process/accumulator.h"
#include "process/chunk.h"
#include "process/group_table.h"

namespace weir::process {

// Where rows' window bounds lie, in microseconds. Ordered as windows close.
struct WindowBounds {
  std::int64_t end = 0;
  std::int64_t start = 0;

  friend auto operator<=>(const WindowBounds&, const WindowBounds&) = default;
};

// What decides is the watermark at each row, never where a chunk ends: rows that come late for some
// of their hop's windows close those first. Owned by one thread.
class WindowGroup {
 public:
  // `group` has a window and no bag. `closed` below has the columns of its node's output.
  static Result<WindowGroup> make(const sql::GroupNode& group);

  // Adds the rows; what closes on the way is appended to `closed`. Rows that were late for a
  // window are listed in `late` as rows of the source, each once.
  void push(const Chunk& chunk, Batch& closed, std::vector<std::uint32_t>& late);
  // Closes the windows that end at or before the watermark, in the order of their ends.
  void advance(std::int64_t watermark, Batch& closed);
  // Closes every open window; a later row for one of them is late.
  void close_all(Batch& closed);

 private:
  WindowGroup(const sql::GroupNode& group, std::vector<Accumulation> accumulations);

  WindowBounds bounds_of(const Batch& rows, std::size_t row) const;
  std::int64_t first_end(const WindowBounds& pane) const;
  std::int64_t last_end(const WindowBounds& pane) const;
  void add(const WindowBounds& bounds, const Chunk& chunk, std::size_t row);
  void close_panes(std::int64_t watermark, Batch& closed);
  GroupTable merged(std::int64_t start, std::int64_t end);
  void emit(const WindowBounds& bounds, GroupTable& table, Batch& closed) const;

  std::size_t keys_;
  sql::WindowSpec window_;
  std::vector<Accumulation> accumulations_;
  std::map<WindowBounds, GroupTable> open_;  // windows; panes in a hop
  std::int64_t closed_;                      // windows that end here or before are closed
  std::string key_;                          // of the row at hand
};

}  // namespace weir::process
