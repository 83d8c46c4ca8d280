// Which of the rows that were set aside have since been sent again and accepted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/position.h"
#include "core/result.h"
#include "journal/journal.h"

namespace weir::flow {

// Where a row stands in its topic, which names it for ever.
struct RowPlace {
  Position entry = 0;
  std::uint32_t row = 0;  // in the entry, from 0

  auto operator<=>(const RowPlace&) const = default;
};

// The journal keeps a mark for each. However many there are, some tens of MB at most are held, of a
// stretch of the topic: beyond it, all marks are read again. Owned by one thread.
class ReplayedRows {
 public:
  // Rows of `topic`, a source or a stream, that `source` accepted.
  ReplayedRows(const journal::Journal& journal, std::string source, std::string topic,
               std::size_t held_max = 1'000'000);

  // When the row was accepted, the last time; nothing: it was not. As of the last follow().
  // Cheap for rows one after the other.
  Result<std::optional<Instant>> find(RowPlace place);
  // Takes up what the journal says by now.
  Result<void> follow();

  std::size_t held() const { return marks_.size(); }

 private:
  struct Mark {
    RowPlace place;
    Instant accepted;  // never goes back from one replay to the next

    auto operator<=>(const Mark&) const = default;
  };

  bool holds(RowPlace place) const { return from_ <= place && place < to_; }
  Result<void> read_from(RowPlace place);
  // Marks that the journal has from `position` on, of rows of the stretch.
  Result<void> gather(Position position);
  Result<void> read_marks(Position position);
  // Rising by place, the last of each; no more than may be held: the stretch becomes shorter.
  void tidy();

  const journal::Journal& journal_;
  const std::string source_;
  const std::string topic_;
  const std::size_t held_max_;
  Position end_;  // of the journal, at the last follow()
  // The stretch, empty at first; `to_` is not in it.
  RowPlace from_;
  RowPlace to_;
  std::vector<Mark> marks_;
};

}  // namespace weir::flow
