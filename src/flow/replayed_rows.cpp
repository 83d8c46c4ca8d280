#include "flow/replayed_rows.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace weir::flow {
namespace {

constexpr RowPlace beyond_all{std::numeric_limits<Position>::max(), 0};

}  // namespace

ReplayedRows::ReplayedRows(const journal::Journal& journal, std::string source, std::string topic,
                           std::size_t held_max)
    : journal_(journal),
      source_(std::move(source)),
      topic_(std::move(topic)),
      held_max_(held_max),
      end_(journal.end()) {}

Result<std::optional<Instant>> ReplayedRows::find(RowPlace place) {
  if (!holds(place)) OK_OR_RETURN(read_from(place));
  const auto found = std::ranges::lower_bound(marks_, place, {}, &Mark::place);
  const bool is_there = found != marks_.end() && found->place == place;
  return is_there ? std::optional(found->accepted) : std::nullopt;
}

Result<void> ReplayedRows::follow() {
  const Position known = std::exchange(end_, journal_.end());
  return gather(known);
}

Result<void> ReplayedRows::read_from(RowPlace place) {
  marks_.clear();
  from_ = place;
  to_ = beyond_all;
  return gather(0);
}

Result<void> ReplayedRows::gather(Position position) {
  if (from_ == to_) return {};
  Result<void> read = read_marks(position);
  tidy();
  if (!read.ok()) to_ = from_;  // some are missing
  return read;
}

Result<void> ReplayedRows::read_marks(Position position) {
  const auto reader = journal_.read({{source_}, {journal::Kind::replay}}, position);
  while (true) {
    TRY(const std::optional<journal::Placed> placed, reader->next());
    if (!placed || placed->begin >= end_) return {};
    const Batch& marks = *placed->entry->batches.at(0);
    for (std::size_t mark = 0; mark < marks.rows(); ++mark) {
      const RowPlace place{marks.column(1).values<std::uint64_t>()[mark],
                           marks.column(2).values<std::uint32_t>()[mark]};
      if (marks.column(0).string(mark) != topic_ || !holds(place)) continue;
      marks_.push_back({place, placed->entry->accepted});
    }
    if (marks_.size() >= 2 * held_max_) tidy();
  }
}

void ReplayedRows::tidy() {
  std::ranges::sort(marks_);
  // From behind: the last of those that are equal stays.
  const auto doubled =
      std::unique(marks_.rbegin(), marks_.rend(),
                  [](const Mark& one, const Mark& other) { return one.place == other.place; });
  marks_.erase(marks_.begin(), doubled.base());
  if (marks_.size() <= held_max_) return;
  to_ = marks_[held_max_].place;
  marks_.resize(held_max_);
}

}  // namespace weir::flow
