#include "flow/refused_rows.h"

#include <optional>
#include <utility>

#include "core/event_rules.h"
#include "core/fit_columns.h"
#include "flow/replayed_rows.h"

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
      TRY(const std::optional<Instant> replayed, replayed_.find({placed->begin, row}));
      if (!replayed) {
        rows->column(columns).append_null();
      } else {
        rows->column(columns).append<std::int64_t>(replayed->time_since_epoch().count());
      }
    }
    return std::shared_ptr<const Batch>(std::move(rows));
  }

 private:
  std::unique_ptr<journal::Reader> reader_;
  const Position end_;
  ReplayedRows replayed_;
};

}  // namespace

const Schema& RefusedRows::schema() const { return *refused_rows_schema(); }

Result<std::unique_ptr<Scan>> RefusedRows::scan() const {
  const Position end = journal_.end();
  return std::unique_ptr<Scan>(
      std::make_unique<RefusedScan>(journal_.read({{source_}, {journal::Kind::quarantine}}, 0), end,
                                    ReplayedRows(journal_, source_, source_)));
}

}  // namespace weir::flow
