#include "engine/vector_copy.h"

#include <cstring>
#include <string>
#include <vector>

#include "engine/handle.h"

namespace weir::engine {
namespace {

static_assert(sizeof(StringRef) == sizeof(duckdb_string_t));
static_assert(sizeof(ListRef) == sizeof(duckdb_list_entry));
static_assert(sizeof(Huge) == sizeof(duckdb_hugeint));
static_assert(sizeof(IntervalValue) == sizeof(duckdb_interval));

bool is_list(const Column& column) {
  return column.type().id == TypeId::list || column.type().id == TypeId::map;
}

// Moves the bits of rows `first` on to the mask's beginning, a word at a time.
void copy_validity(const Column& from, std::size_t first, std::size_t count, duckdb_vector to) {
  if (!from.has_nulls() || count == 0) return;
  duckdb_vector_ensure_validity_writable(to);
  std::uint64_t* mask = duckdb_vector_get_validity(to);
  const auto words = from.validity();
  const std::size_t shift = first % 64;
  for (std::size_t i = 0; i < (count + 63) / 64; ++i) {
    const std::size_t word = first / 64 + i;
    mask[i] = words[word] >> shift;
    if (shift == 0) continue;
    const std::uint64_t next = word + 1 < words.size() ? words[word + 1] : ~std::uint64_t{0};
    mask[i] |= next << (64 - shift);
  }
}

void copy_lists(const Column& from, std::size_t first, std::size_t count, duckdb_vector to) {
  if (count == 0) return;
  const auto lists = from.values<ListRef>().subspan(first, count);
  const std::uint64_t begin = lists.front().offset;
  const std::uint64_t end = lists.back().offset + lists.back().length;
  auto* entries = static_cast<duckdb_list_entry*>(duckdb_vector_get_data(to));
  for (std::size_t i = 0; i < count; ++i) {
    entries[i] = {lists[i].offset - begin, lists[i].length};
  }
  duckdb_list_vector_reserve(to, end - begin);
  duckdb_list_vector_set_size(to, end - begin);
  copy_to_vector(from.child(0), begin, end - begin, duckdb_list_vector_get_child(to));
}

// Some rows of a vector, with what is asked of every row looked up once.
struct Slice {
  duckdb_vector vector;
  std::size_t first;
  std::size_t count;
  const std::byte* data;
  const std::uint64_t* validity;

  Slice(duckdb_vector of, std::size_t first_row, std::size_t rows)
      : vector(of),
        first(first_row),
        count(rows),
        data(static_cast<const std::byte*>(duckdb_vector_get_data(of))),
        validity(duckdb_vector_get_validity(of)) {}

  bool is_null(std::size_t row) const {
    return validity != nullptr && (validity[row / 64] >> (row % 64) & 1) == 0;
  }
  template <class T>
  T value(std::size_t row) const {
    T value;
    std::memcpy(&value, data + row * sizeof(T), sizeof(T));
    return value;
  }
};

// Appends each row that is not null by `append_row(row)`.
template <class AppendRow>
void append_rows(Column& to, const Slice& from, AppendRow append_row) {
  for (std::size_t row = from.first; row < from.first + from.count; ++row) {
    if (from.is_null(row)) {
      to.append_null();
    } else {
      append_row(row);
    }
  }
}

void append_slice(Column& to, const Slice& from);

void append_structures(Column& to, const Slice& from) {
  append_rows(to, from, [&](std::size_t row) {
    for (std::size_t i = 0; i < to.child_count(); ++i) {
      append_slice(to.child(i), {duckdb_struct_vector_get_child(from.vector, i), row, 1});
    }
    to.append_structure();
  });
}

void append_lists(Column& to, const Slice& from) {
  duckdb_vector elements = duckdb_list_vector_get_child(from.vector);
  append_rows(to, from, [&](std::size_t row) {
    const auto list = from.value<ListRef>(row);
    append_slice(to.child(0), {elements, list.offset, list.length});
    to.append_list();
  });
}

std::size_t enum_index(const Slice& from, duckdb_type width, std::size_t row) {
  if (width == DUCKDB_TYPE_UTINYINT) return from.value<std::uint8_t>(row);
  if (width == DUCKDB_TYPE_USMALLINT) return from.value<std::uint16_t>(row);
  return from.value<std::uint32_t>(row);
}

void append_enums(Column& to, const Slice& from, duckdb_logical_type type) {
  const duckdb_type width = duckdb_enum_internal_type(type);
  append_rows(to, from, [&](std::size_t row) {
    const Text name(duckdb_enum_dictionary_value(type, enum_index(from, width, row)));
    to.append_string(name.get());
  });
}

void append_strings(Column& to, const Slice& from) {
  if (to.type().id == TypeId::varchar) {
    const LogicalType type(duckdb_vector_get_column_type(from.vector));
    if (duckdb_get_type_id(type.get()) == DUCKDB_TYPE_ENUM) {
      return append_enums(to, from, type.get());
    }
  }
  append_rows(to, from, [&](std::size_t row) {
    to.append_string(reinterpret_cast<const StringRef*>(from.data)[row].view());
  });
}

template <class T>
void append_plain(Column& to, const Slice& from) {
  if (from.validity == nullptr) {
    return to.append_values({from.data + from.first * sizeof(T), from.count * sizeof(T)});
  }
  append_rows(to, from, [&](std::size_t row) { to.append(from.value<T>(row)); });
}

void append_slice(Column& to, const Slice& from) {
  to.reserve(to.size() + from.count);
  if (to.type().id == TypeId::structure) return append_structures(to, from);
  if (is_list(to)) return append_lists(to, from);
  if (is_string(to.type())) return append_strings(to, from);
  switch (value_width(to.type())) {
    case 1: return append_plain<std::uint8_t>(to, from);
    case 2: return append_plain<std::uint16_t>(to, from);
    case 4: return append_plain<std::uint32_t>(to, from);
    case 8: return append_plain<std::uint64_t>(to, from);
    default: return append_plain<Huge>(to, from);
  }
}

}  // namespace

void copy_to_vector(const Column& from, std::size_t first, std::size_t count, duckdb_vector to) {
  copy_validity(from, first, count, to);
  if (from.type().id == TypeId::structure) {
    for (std::size_t i = 0; i < from.child_count(); ++i) {
      copy_to_vector(from.child(i), first, count, duckdb_struct_vector_get_child(to, i));
    }
  } else if (is_list(from)) {
    copy_lists(from, first, count, to);
  } else if (count > 0) {
    const std::size_t width = value_width(from.type());
    std::memcpy(duckdb_vector_get_data(to), from.values<std::byte>().data() + first * width,
                count * width);
  }
}

void own_strings(const Column& from, std::size_t count, duckdb_vector vector) {
  if (from.type().id == TypeId::structure) {
    for (std::size_t i = 0; i < from.child_count(); ++i) {
      own_strings(from.child(i), count, duckdb_struct_vector_get_child(vector, i));
    }
  } else if (is_list(from)) {
    own_strings(from.child(0), duckdb_list_vector_get_size(vector),
                duckdb_list_vector_get_child(vector));
  } else if (is_string(from.type())) {
    const Slice rows(vector, 0, count);
    for (std::size_t row = 0; row < count; ++row) {
      if (rows.is_null(row)) continue;
      const auto text = rows.value<StringRef>(row);
      if (text.length <= StringRef::inline_max) continue;
      duckdb_unsafe_vector_assign_string_element_len(vector, row, text.pointer, text.length);
    }
  }
}

void append_vector(Column& to, duckdb_vector from, std::size_t count) {
  append_slice(to, {from, 0, count});
}

}  // namespace weir::engine
