#include "core/column.h"

#include <algorithm>
#include <functional>
#include <new>
#include <utility>

namespace weir {
namespace {

constexpr std::size_t chunk_bytes_min = 4096;
constexpr std::size_t chunk_bytes_max = std::size_t{1} << 20;

// Up to 16 bytes by two words that may overlap: no call, no loop.
void copy_short(char* to, std::string_view text) {
  const auto copy = [&]<class Word>(Word word) {
    const std::size_t last = text.size() - sizeof word;
    std::memcpy(&word, text.data(), sizeof word);
    std::memcpy(to, &word, sizeof word);
    std::memcpy(&word, text.data() + last, sizeof word);
    std::memcpy(to + last, &word, sizeof word);
  };
  if (text.size() >= 8) return copy(std::uint64_t{});
  if (text.size() >= 4) return copy(std::uint32_t{});
  if (text.size() >= 2) return copy(std::uint16_t{});
  if (text.size() == 1) *to = text.front();
}

template <std::size_t width>
void gather(std::byte* to, const std::byte* from, std::span<const std::uint32_t> rows) {
  for (const std::uint32_t row : rows) {
    std::memcpy(to, from + row * width, width);
    to += width;
  }
}

// Whether rows can be taken over as they lie there, as long as strings are owned.
bool copies_bytes(const Column& from, const Column& to) {
  return to.child_count() == 0 && !to.has_nulls() && !from.has_nulls();
}

}  // namespace

void StringHeap::add_chunk(std::size_t bytes) {
  // Chunks grow with the heap: a small batch stays small, a large one allocates rarely.
  const std::size_t chunk = std::max(bytes, std::clamp(bytes_, chunk_bytes_min, chunk_bytes_max));
  chunks_.push_back(std::make_unique_for_overwrite<char[]>(chunk));
  next_ = chunks_.back().get();
  left_ = chunk;
  bytes_ += chunk;
}

void ValueBytes::reserve(std::size_t capacity) {
  if (capacity <= capacity_) return;
  capacity = std::max(capacity, capacity_ * 2);
  auto bytes = std::make_unique_for_overwrite<std::byte[]>(capacity);
  if (size_ > 0) std::memcpy(bytes.get(), bytes_.get(), size_);
  bytes_ = std::move(bytes);
  capacity_ = capacity;
}

Column::Column(Type type) : type_(std::move(type)) {
  if (type_.id == TypeId::map) {
    Type entry{.id = TypeId::structure, .children = type_.children};
    children_.push_back(std::make_unique<Column>(std::move(entry)));
    return;
  }
  for (const Field& field : type_.children) {
    children_.push_back(std::make_unique<Column>(field.type));
  }
}

void Column::mark_valid() {
  const std::size_t row = size_ - 1;
  if (row / 64 >= validity_.size()) validity_.push_back(~std::uint64_t{0});
  validity_[row / 64] |= std::uint64_t{1} << (row % 64);
}

void Column::append_values(std::span<const std::byte> values) {
  ASSERT(children_.empty() && !is_string(type_));
  if (values.empty()) return;
  std::memcpy(values_.extend(values.size()), values.data(), values.size());
  const std::size_t size = values_.size() / value_width(type_);
  if (validity_.empty()) size_ = size;
  while (size_ < size) {
    ++size_;
    mark_valid();
  }
}

void Column::append_string(std::string_view text) {
  // Written where it stays: a StringRef put together elsewhere in pieces would be read back whole,
  // for which the processor waits.
  auto* ref = new (grow(sizeof(StringRef))) StringRef;
  ref->length = static_cast<std::uint32_t>(text.size());
  if (text.size() <= StringRef::inline_max) {
    // Over both members: they stand side by side, as in DuckDB's string_t.
    copy_short(reinterpret_cast<char*>(ref) + sizeof ref->length, text);
  } else {
    char* bytes = heap_.take(text.size());
    std::memcpy(bytes, text.data(), text.size());
    std::memcpy(ref->prefix, bytes, sizeof ref->prefix);
    ref->pointer = bytes;
  }
}

void Column::append_list() {
  ListRef ref;
  if (size_ > 0) {
    const ListRef last = values<ListRef>()[size_ - 1];
    ref.offset = last.offset + last.length;
  }
  ref.length = children_[0]->size() - ref.offset;
  append(ref);
}

void Column::append_structure() {
  grow(0);
  for (const auto& child : children_) ASSERT(child->size() == size_);
}

void Column::append_null() {
  if (type_.id == TypeId::list || type_.id == TypeId::map) {
    append_list();
  } else {
    if (type_.id == TypeId::structure) {
      for (const auto& child : children_) child->append_null();
    }
    const std::size_t width = value_width(type_);
    std::byte* value = grow(width);
    if (width > 0) std::memset(value, 0, width);
  }
  if (validity_.empty()) validity_.assign(size_ / 64 + 1, ~std::uint64_t{0});
  const std::size_t row = size_ - 1;
  validity_[row / 64] &= ~(std::uint64_t{1} << (row % 64));
}

void Column::append_rows(const Column& from, std::span<const std::uint32_t> rows) {
  if (rows.empty()) return;
  const bool rises = std::ranges::adjacent_find(rows, std::greater_equal{}) == rows.end();
  if (rises && rows.back() - rows.front() + std::size_t{1} == rows.size()) {
    return append_range(from, rows.front(), rows.size());
  }
  reserve(size_ + rows.size());
  if (!copies_bytes(from, *this)) {
    for (const std::uint32_t row : rows) append_range(from, row, 1);
    return;
  }
  const std::size_t width = value_width(type_);
  std::byte* values = values_.extend(rows.size() * width);
  switch (width) {
    case 1: gather<1>(values, from.values_.data(), rows); break;
    case 2: gather<2>(values, from.values_.data(), rows); break;
    case 4: gather<4>(values, from.values_.data(), rows); break;
    case 8: gather<8>(values, from.values_.data(), rows); break;
    default: gather<16>(values, from.values_.data(), rows); break;
  }
  size_ += rows.size();
  if (is_string(type_)) own_strings({reinterpret_cast<StringRef*>(values), rows.size()});
}

// Copies what they still have in another column's heap.
void Column::own_strings(std::span<StringRef> strings) {
  for (StringRef& string : strings) {
    if (string.length <= StringRef::inline_max) continue;
    char* bytes = heap_.take(string.length);
    std::memcpy(bytes, string.pointer, string.length);
    string.pointer = bytes;
  }
}

void Column::append_range(const Column& from, std::size_t first, std::size_t count) {
  if (count == 0) return;
  const std::size_t width = value_width(type_);
  if (copies_bytes(from, *this)) {
    const auto* begin = from.values_.data() + first * width;
    std::byte* values = values_.extend(count * width);
    std::memcpy(values, begin, count * width);
    size_ += count;
    if (is_string(type_)) own_strings({reinterpret_cast<StringRef*>(values), count});
    return;
  }
  for (std::size_t row = first; row < first + count; ++row) {
    if (from.is_null(row)) {
      append_null();
    } else if (is_string(type_)) {
      append_string(from.string(row));
    } else if (type_.id == TypeId::structure) {
      for (std::size_t i = 0; i < children_.size(); ++i) {
        children_[i]->append_range(*from.children_[i], row, 1);
      }
      append_structure();
    } else if (!children_.empty()) {
      const ListRef ref = from.values<ListRef>()[row];
      children_[0]->append_range(*from.children_[0], ref.offset, ref.length);
      append_list();
    } else {
      std::memcpy(grow(width), from.values_.data() + row * width, width);
    }
  }
}

void Column::truncate(std::size_t rows) {
  // Children first, even when this column is short enough: a row may have failed before it was
  // closed.
  if (type_.id == TypeId::structure) {
    for (const auto& child : children_) child->truncate(rows);
  }
  if (rows < size_) {
    values_.shrink(rows * value_width(type_));
    size_ = rows;
    if (!validity_.empty()) {
      validity_.resize((rows + 63) / 64);
      if (rows % 64 != 0) validity_.back() |= ~std::uint64_t{0} << (rows % 64);
    }
  }
  if (type_.id == TypeId::list || type_.id == TypeId::map) {
    const ListRef last = size_ == 0 ? ListRef{} : values<ListRef>()[size_ - 1];
    children_[0]->truncate(last.offset + last.length);
  }
}

void Column::reserve(std::size_t rows) { values_.reserve(rows * value_width(type_)); }

std::size_t Column::bytes() const {
  std::size_t bytes = values_.capacity() + validity_.capacity() * 8 + heap_.bytes();
  for (const auto& child : children_) bytes += child->bytes();
  return bytes;
}

}  // namespace weir
