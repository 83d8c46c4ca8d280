#include "bounds/counted_allocation.h"

#include <bits/functexcept.h>
#include <dlfcn.h>
#include <malloc.h>

#include <cstdint>
#include <cstdlib>
#include <new>

#include "bounds/statement_bounds.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WEIR_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WEIR_SANITIZED
#endif
#endif

// DuckDB has no setting for this. Its library takes these functions by name, and what a program
// defines comes before what its libraries do.
namespace duckdb {

struct PrivateAllocatorData;

// NOLINTBEGIN(readability-identifier-naming): the names are DuckDB's.

class Allocator {
 public:
  static std::uint8_t* DefaultAllocate(PrivateAllocatorData*, std::uint64_t bytes);
  static void DefaultFree(PrivateAllocatorData*, std::uint8_t* memory, std::uint64_t bytes);
  static std::uint8_t* DefaultReallocate(PrivateAllocatorData*, std::uint8_t* memory,
                                         std::uint64_t bytes_before, std::uint64_t bytes);
};
// NOLINTEND(readability-identifier-naming)

}  // namespace duckdb

namespace weir::bounds {
namespace {

// DuckDB's own functions, behind ours.
template <class Function>
Function* behind(const char* symbol) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, symbol));
}

struct Behind {
  using Data = duckdb::PrivateAllocatorData;
  std::uint8_t* (*allocate)(Data*, std::uint64_t) = behind<std::uint8_t*(Data*, std::uint64_t)>(
      "_ZN6duckdb9Allocator15DefaultAllocateEPNS_20PrivateAllocatorDataEm");
  void (*free)(Data*, std::uint8_t*, std::uint64_t) =
      behind<void(Data*, std::uint8_t*, std::uint64_t)>(
          "_ZN6duckdb9Allocator11DefaultFreeEPNS_20PrivateAllocatorDataEPhm");
  std::uint8_t* (*reallocate)(Data*, std::uint8_t*, std::uint64_t, std::uint64_t) =
      behind<std::uint8_t*(Data*, std::uint8_t*, std::uint64_t, std::uint64_t)>(
          "_ZN6duckdb9Allocator17DefaultReallocateEPNS_20PrivateAllocatorDataEPhmm");
};

const Behind& behind_ours() {
  static const Behind functions;
  return functions;
}

}  // namespace

bool allocations_are_counted() {
  const Behind& functions = behind_ours();
  return functions.allocate != nullptr && functions.free != nullptr &&
         functions.reallocate != nullptr;
}

}  // namespace weir::bounds

namespace duckdb {

using weir::bounds::behind_ours;
using weir::bounds::StatementBounds;

std::uint8_t* Allocator::DefaultAllocate(PrivateAllocatorData* data, std::uint64_t bytes) {
  if (StatementBounds::refuses(bytes)) return nullptr;
  StatementBounds::count(static_cast<std::int64_t>(bytes));
  return behind_ours().allocate(data, bytes);
}

void Allocator::DefaultFree(PrivateAllocatorData* data, std::uint8_t* memory, std::uint64_t bytes) {
  StatementBounds::count(-static_cast<std::int64_t>(bytes));
  behind_ours().free(data, memory, bytes);
}

std::uint8_t* Allocator::DefaultReallocate(PrivateAllocatorData* data, std::uint8_t* memory,
                                           std::uint64_t bytes_before, std::uint64_t bytes) {
  if (bytes > bytes_before && StatementBounds::refuses(bytes - bytes_before)) return nullptr;
  StatementBounds::count(static_cast<std::int64_t>(bytes - bytes_before));
  return behind_ours().reallocate(data, memory, bytes_before, bytes);
}

}  // namespace duckdb

// A sanitizer has these for itself.
#ifndef WEIR_SANITIZED

void* operator new(std::size_t bytes) {
  using weir::bounds::StatementBounds;
  void* const memory =
      StatementBounds::refuses(bytes) ? nullptr : std::malloc(bytes > 0 ? bytes : 1);
  if (memory == nullptr) std::__throw_bad_alloc();
  if (StatementBounds::is_counting()) {
    StatementBounds::count(static_cast<std::int64_t>(malloc_usable_size(memory)));
  }
  return memory;
}

void operator delete(void* memory) noexcept {
  using weir::bounds::StatementBounds;
  if (StatementBounds::is_counting()) {
    StatementBounds::count(-static_cast<std::int64_t>(malloc_usable_size(memory)));
  }
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

#endif
