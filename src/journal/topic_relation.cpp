#include "journal/topic_relation.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace weir::journal {
namespace {

// Rows of an older schema in today's columns, by name.
Result<std::shared_ptr<const Batch>> in_columns(std::shared_ptr<const Batch> rows,
                                                const std::shared_ptr<const Schema>& schema) {
  if (rows->schema() == *schema) return rows;
  auto adapted = std::make_shared<Batch>(schema);
  for (std::size_t i = 0; i < schema->columns.size(); ++i) {
    const Field& wanted = schema->columns[i];
    const std::optional<std::size_t> from = rows->schema().find(wanted.name);
    if (from && rows->schema().columns[*from].type == wanted.type) {
      adapted->column(i).append_range(rows->column(*from), 0, rows->rows());
      continue;
    }
    if (from) {
      return Error{
          Fault::conflict,
          fmt::format("column {} was stored as {} and is now {}", wanted.name,
                      to_string(rows->schema().columns[*from].type), to_string(wanted.type))};
    }
    for (std::size_t row = 0; row < rows->rows(); ++row) adapted->column(i).append_null();
  }
  return std::shared_ptr<const Batch>(std::move(adapted));
}

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
      return in_columns(batches[batch_], schema_);
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
