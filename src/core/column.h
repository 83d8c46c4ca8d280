// One column of a batch, laid out as DuckDB's vectors are, so that neither side converts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/schema.h"

namespace weir {

// DuckDB's string_t: up to 12 bytes live inside, longer ones behind a pointer into the column's
// heap.
struct StringRef {
  static constexpr std::uint32_t inline_max = 12;

  std::uint32_t length = 0;
  char prefix[4] = {};
  union {
    char rest[8] = {};
    const char* pointer;
  };

  std::string_view view() const { return {length <= inline_max ? prefix : pointer, length}; }
};
static_assert(sizeof(StringRef) == 16);

// A list's or map's slice of its child column. DuckDB's list_entry.
struct ListRef {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// DuckDB's 128-bit integers: hugeint, uhugeint, uuid (top bit flipped), decimals over 18 digits.
struct Huge {
  std::uint64_t lower = 0;
  std::int64_t upper = 0;

  friend bool operator==(const Huge&, const Huge&) = default;
};

// DuckDB's interval.
struct IntervalValue {
  std::int32_t months = 0;
  std::int32_t days = 0;
  std::int64_t micros = 0;

  friend bool operator==(const IntervalValue&, const IntervalValue&) = default;
};

// Bytes that never move, so that StringRefs into them stay good.
class StringHeap {
 public:
  // Room for `bytes`, valid as long as the heap.
  char* take(std::size_t bytes) {
    if (bytes > left_) add_chunk(bytes);
    char* taken = next_;
    next_ += bytes;
    left_ -= bytes;
    return taken;
  }
  std::size_t bytes() const { return bytes_; }

 private:
  void add_chunk(std::size_t bytes);

  std::vector<std::unique_ptr<char[]>> chunks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t bytes_ = 0;
};

// Values of one width behind each other. What grows is not cleared first, as a vector's would be:
// every value is written at once.
class ValueBytes {
 public:
  std::byte* data() { return bytes_.get(); }
  const std::byte* data() const { return bytes_.get(); }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }

  // Where `count` more bytes are to be written.
  std::byte* extend(std::size_t count) {
    if (count > capacity_ - size_) reserve(size_ + count);
    size_ += count;
    return bytes_.get() + size_ - count;
  }
  // Drops the bytes from `size` on, which there are.
  void shrink(std::size_t size) { size_ = size; }
  // At least; doubles, so that many small ones do not copy every time.
  void reserve(std::size_t capacity);

 private:
  std::unique_ptr<std::byte[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

// Values of one type, appended at the end. Movable; a copy is made by append_rows.
// The caller keeps to the column's type: append<T> has T of value_width(type) bytes.
class Column {
 public:
  explicit Column(Type type);

  const Type& type() const { return type_; }
  std::size_t size() const { return size_; }
  bool has_nulls() const { return !validity_.empty(); }
  bool is_null(std::size_t row) const {
    return !validity_.empty() && (validity_[row / 64] >> (row % 64) & 1) == 0;
  }

  // A view of the values; those of null rows are zeros. Not for structure.
  template <class T>
  std::span<const T> values() const {
    return {reinterpret_cast<const T*>(values_.data()), size_};
  }
  std::string_view string(std::size_t row) const { return values<StringRef>()[row].view(); }
  // list: [0] the elements; structure: one each field; map: [0] a structure of key and value.
  Column& child(std::size_t index) { return *children_[index]; }
  const Column& child(std::size_t index) const { return *children_[index]; }
  std::size_t child_count() const { return children_.size(); }

  template <class T>
  void append(T value) {
    std::memcpy(grow(sizeof(T)), &value, sizeof(T));
  }
  // Whole values after each other in memory, none of them null. Not for strings or structure.
  void append_values(std::span<const std::byte> values);
  void append_string(std::string_view text);
  // Closes a list or map row over the elements appended to child(0) since the last one.
  void append_list();
  // Closes a structure row; each child got its value first.
  void append_structure();
  // In a structure each child gets a null too.
  void append_null();
  // Rows `rows` of `from`, which has the same type. Strings are copied.
  void append_rows(const Column& from, std::span<const std::uint32_t> rows);
  void append_range(const Column& from, std::size_t first, std::size_t count);
  // Drops the rows from `rows` on: takes back a row that failed half-way.
  void truncate(std::size_t rows);
  void reserve(std::size_t rows);

  // Bit set: not null. Words of 64 rows, empty while no row is null. DuckDB's validity mask.
  std::span<const std::uint64_t> validity() const { return validity_; }
  // Memory held, heaps and children included.
  std::size_t bytes() const;

 private:
  friend class ColumnCodec;  // the journal's block format reads and fills the arrays whole

  // One more row, valid, whose value is to be written there.
  std::byte* grow(std::size_t width) {
    ++size_;
    if (!validity_.empty()) mark_valid();
    return values_.extend(width);
  }
  void mark_valid();
  void own_strings(std::span<StringRef> strings);

  Type type_;
  std::size_t size_ = 0;
  ValueBytes values_;
  std::vector<std::uint64_t> validity_;
  std::vector<std::unique_ptr<Column>> children_;
  StringHeap heap_;
};

}  // namespace weir
