#include "bounds/statement_bounds.h"

#include "bounds/counted_allocation.h"
#include "core/result.h"

namespace weir::bounds {
namespace {

constexpr std::size_t small_bytes_max = std::size_t{64} << 10;

}  // namespace

constinit thread_local StatementBounds* StatementBounds::current = nullptr;
constinit thread_local bool StatementBounds::enforced = false;

StatementBounds::StatementBounds(std::size_t bytes_max,
                                 std::chrono::steady_clock::time_point deadline)
    : bytes_max_(static_cast<std::int64_t>(bytes_max)), deadline_(deadline) {
  ASSERT(current == nullptr);
  ASSERT(allocations_are_counted());
  current = this;
}

StatementBounds::~StatementBounds() { current = nullptr; }

void StatementBounds::count(std::int64_t bytes) {
  if (current != nullptr) current->bytes_ += bytes;
}

void StatementBounds::note_out_of_memory() {
  if (current != nullptr) current->ran_out_of_memory_ = true;
}

bool StatementBounds::refuses(std::size_t bytes) {
  if (!enforced || current == nullptr || bytes <= small_bytes_max) return false;
  const bool is_over = std::chrono::steady_clock::now() > current->deadline_;
  const bool is_too_much = current->bytes_ + static_cast<std::int64_t>(bytes) > current->bytes_max_;
  current->exceeded_time_ |= is_over;
  current->exceeded_memory_ |= is_too_much;
  return is_over || is_too_much;
}

}  // namespace weir::bounds
