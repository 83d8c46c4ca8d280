#include "journal/topic_relation.h"

#include <optional>
#include <utility>

#include "core/fit_columns.h"

namespace weir::journal {
namespace {

class TopicScan final : public Scan {
 public:
  TopicScan(std::unique_ptr<Reader> reader, std::size_t batch, Position end,
            std::shared_ptr<const Schema> schema)
      : reader_(std::move(reader)), batch_(batch), end_(end), schema_(std::move(schema)) {}

  Result<std::shared_ptr<const Batch>> next() override {
    while (true) {
      TRY(const std::optional<Placed> placed, reader_->next());
      if (!placed || placed->begin >= end_) return std::shared_ptr<const Batch>();
      const auto& batches = placed->entry->batches;
      if (batch_ >= batches.size() || batches[batch_] == nullptr) continue;
      if (batches[batch_]->rows() == 0) continue;
      return fit_columns(batches[batch_], schema_);
    }
  }

 private:
  std::unique_ptr<Reader> reader_;
  std::size_t batch_;
  Position end_;
  std::shared_ptr<const Schema> schema_;
};

}  // namespace

TopicRelation::TopicRelation(const Journal& journal, TopicRows rows,
                             std::shared_ptr<const Schema> schema)
    : journal_(journal), rows_(std::move(rows)), schema_(std::move(schema)) {}

Result<std::unique_ptr<Scan>> TopicRelation::scan() const {
  const Filter filter{{rows_.topic}, {rows_.kind}};
  return std::unique_ptr<Scan>(
      std::make_unique<TopicScan>(journal_.read(filter, 0), rows_.batch, journal_.end(), schema_));
}

}  // namespace weir::journal
