#include "flow/refused_rows.h"

#include <optional>
#include <utility>

#include "core/event_rules.h"
#include "core/fit_columns.h"
#include "journal/heads.h"

namespace weir::flow {
namespace {

class RefusedScan final : public Scan {
 public:
  RefusedScan(std::unique_ptr<journal::Reader> reader, Position end, ReplayedRows replayed)
      : reader_(std::move(reader)), end_(end), replayed_(std::move(replayed)) {}

  Result<std::shared_ptr<const Batch>> next() override {
    TRY(const std::optional<journal::Placed> placed, reader_->next());
    if (!placed || placed->begin >= end_) return std::shared_ptr<const Batch>();
    const journal::Entry& entry = *placed->entry;
    TRY(const auto stored, fit_columns(entry.batches.at(0), quarantine_schema()));
    auto rows = std::make_shared<Batch>(refused_rows_schema());
    const std::size_t columns = stored->column_count();
    for (std::size_t i = 0; i < columns; ++i) {
      rows->column(i).append_range(stored->column(i), 0, stored->rows());
    }
    for (std::uint32_t row = 0; row < stored->rows(); ++row) {
      const auto replayed = replayed_.rows.find({entry.topic, placed->begin, row});
      if (replayed == replayed_.rows.end()) {
        rows->column(columns).append_null();
      } else {
        rows->column(columns).append<std::int64_t>(replayed->second.time_since_epoch().count());
      }
    }
    return std::shared_ptr<const Batch>(std::move(rows));
  }

 private:
  std::unique_ptr<journal::Reader> reader_;
  const Position end_;
  const ReplayedRows replayed_;
};

}  // namespace

Result<void> ReplayedRows::follow(const journal::Journal& journal, const std::string& source) {
  const auto reader = journal.read({{source}, {journal::Kind::replay}}, through);
  while (true) {
    TRY(const std::optional<journal::Placed> placed, reader->next());
    through = reader->place();
    if (!placed) return {};
    const Batch& marks = *placed->entry->batches.at(0);
    for (std::size_t mark = 0; mark < marks.rows(); ++mark) {
      const RowPlace place{std::string(marks.column(0).string(mark)),
                           marks.column(1).values<std::uint64_t>()[mark],
                           marks.column(2).values<std::uint32_t>()[mark]};
      rows.insert_or_assign(place, placed->entry->accepted);
    }
  }
}

const Schema& RefusedRows::schema() const { return *refused_rows_schema(); }

Result<std::unique_ptr<Scan>> RefusedRows::scan() const {
  const Position end = journal_.end();
  ReplayedRows replayed;
  OK_OR_RETURN(replayed.follow(journal_, source_));
  return std::unique_ptr<Scan>(std::make_unique<RefusedScan>(
      journal_.read({{source_}, {journal::Kind::quarantine}}, 0), end, std::move(replayed)));
}

}  // namespace weir::flow
