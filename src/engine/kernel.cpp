#include "engine/kernel.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/batch_query.h"

namespace weir::engine {
namespace {

class QueryKernel final : public Kernel {
 public:
  QueryKernel(std::unique_ptr<BatchQuery> query, Schema output)
      : query_(std::move(query)), output_(std::make_shared<const Schema>(std::move(output))) {}

  const std::shared_ptr<const Schema>& output() const override { return output_; }

  Result<KernelOutput> run(std::shared_ptr<const Batch> input, Instant accepted) override {
    TRY(const std::unique_ptr<Batch> rows, query_->run(std::move(input), accepted));
    const auto origin = rows->column(output_->columns.size()).values<std::uint32_t>();
    KernelOutput output{.origin = {origin.begin(), origin.end()}};
    auto batch = std::make_shared<Batch>(output_);
    for (std::size_t i = 0; i < output_->columns.size(); ++i) {
      batch->column(i) = std::move(rows->column(i));
    }
    output.rows = std::move(batch);
    if (!std::ranges::is_sorted(output.origin)) put_in_order(output);
    return output;
  }

 private:
  // A join may give its rows in another order than it read them.
  static void put_in_order(KernelOutput& output) {
    std::vector<std::uint32_t> order(output.origin.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, {},
                      [&](std::uint32_t row) { return std::pair(output.origin[row], row); });
    auto ordered = std::make_shared<Batch>(output.rows->shared_schema());
    ordered->append_rows(*output.rows, order);
    output.rows = std::move(ordered);
    std::ranges::sort(output.origin);
  }

  std::unique_ptr<BatchQuery> query_;
  std::shared_ptr<const Schema> output_;
};

}  // namespace

Result<std::unique_ptr<Kernel>> Kernel::prepare(const std::shared_ptr<Database>& database,
                                                const std::string& sql,
                                                const std::shared_ptr<const Schema>& input) {
  TRY(std::unique_ptr<BatchQuery> query, BatchQuery::prepare(database, sql, input));
  Schema output = *query->output();
  if (output.columns.back().name != "_row" || output.columns.back().type.id != TypeId::uinteger) {
    return Error{Fault::invalid, "the last column of a kernel's SQL is the input's _row: " + sql};
  }
  output.columns.pop_back();
  return std::unique_ptr<Kernel>(
      std::make_unique<QueryKernel>(std::move(query), std::move(output)));
}

}  // namespace weir::engine
