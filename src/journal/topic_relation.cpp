#include "journal/topic_relation.h"

#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "core/fit_columns.h"
#include "journal/heads.h"

namespace weir::journal {
namespace {

class TopicScan final : public Scan {
 public:
  TopicScan(std::unique_ptr<Reader> reader, std::size_t batch, Position end,
            std::shared_ptr<const Schema> schema)
      : reader_(std::move(reader)), batch_(batch), end_(end), schema_(std::move(schema)) {}

  Result<std::shared_ptr<const Batch>> next() override {
    while (true) {
      while (!waiting_.empty()) {
        const std::shared_ptr<const Entry> entry = std::move(waiting_.front());
        waiting_.pop_front();
        const auto& batches = entry->batches;
        if (batch_ >= batches.size() || batches[batch_] == nullptr) continue;
        if (batches[batch_]->rows() == 0) continue;
        return fit_columns(batches[batch_], schema_);
      }
      TRY(std::optional<Placed> placed, reader_->next());
      if (!placed || placed->begin >= end_) return std::shared_ptr<const Batch>();
      OK_OR_RETURN(take(std::move(*placed)));
    }
  }

 private:
  Result<void> take(Placed placed) {
    if (placed.entry->kind != Kind::commit) {
      waiting_.push_back(std::move(placed.entry));
      return {};
    }
    TRY(std::vector<Placed> commit, commits_.take(std::move(placed)));
    for (Placed& part : commit) waiting_.push_back(std::move(part.entry));
    return {};
  }

  std::unique_ptr<Reader> reader_;
  WholeCommits commits_;
  std::deque<std::shared_ptr<const Entry>> waiting_;
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
