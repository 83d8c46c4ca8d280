#include "dataflow/key_bytes.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>

namespace weir::dataflow {
namespace {

template <class T>
void put(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
T take(std::string_view& bytes) {
  ASSERT(bytes.size() >= sizeof(T));
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return value;
}

template <class T>
T canonical(T value) {
  if (std::isnan(value)) return std::numeric_limits<T>::quiet_NaN();
  return value == 0 ? T{0} : value;
}

template <class T>
void move_value(Column& column, std::string_view& bytes) {
  column.append(take<T>(bytes));
}

void put_list(std::string& bytes, const Column& column, std::size_t row) {
  const ListRef ref = column.values<ListRef>()[row];
  put(bytes, ref.length);
  for (std::uint64_t i = 0; i < ref.length; ++i) {
    append_key_bytes(bytes, column.child(0), ref.offset + i);
  }
}

void put_fixed(std::string& bytes, const Column& column, std::size_t row) {
  switch (value_width(column.type())) {
    case 1: put(bytes, column.values<std::uint8_t>()[row]); break;
    case 2: put(bytes, column.values<std::uint16_t>()[row]); break;
    case 4: put(bytes, column.values<std::uint32_t>()[row]); break;
    case 8: put(bytes, column.values<std::uint64_t>()[row]); break;
    default: put(bytes, column.values<Huge>()[row]); break;
  }
}

void take_fixed(Column& column, std::string_view& bytes) {
  switch (value_width(column.type())) {
    case 1: move_value<std::uint8_t>(column, bytes); break;
    case 2: move_value<std::uint16_t>(column, bytes); break;
    case 4: move_value<std::uint32_t>(column, bytes); break;
    case 8: move_value<std::uint64_t>(column, bytes); break;
    default: move_value<Huge>(column, bytes); break;
  }
}

}  // namespace

void append_key_bytes(std::string& bytes, const Column& column, std::size_t row) {
  bytes.push_back(column.is_null(row) ? '\0' : '\1');
  if (column.is_null(row)) return;
  switch (column.type().id) {
    case TypeId::real: return put(bytes, canonical(column.values<float>()[row]));
    case TypeId::double_precision: return put(bytes, canonical(column.values<double>()[row]));
    case TypeId::list:
    case TypeId::map: return put_list(bytes, column, row);
    case TypeId::structure:
      for (std::size_t i = 0; i < column.child_count(); ++i) {
        append_key_bytes(bytes, column.child(i), row);
      }
      return;
    default: break;
  }
  if (!is_string(column.type())) return put_fixed(bytes, column, row);
  const std::string_view text = column.string(row);
  put(bytes, static_cast<std::uint32_t>(text.size()));
  bytes.append(text);
}

void append_from_key_bytes(Column& column, std::string_view& bytes) {
  if (take<char>(bytes) == '\0') return column.append_null();
  if (is_string(column.type())) {
    const auto length = take<std::uint32_t>(bytes);
    column.append_string(bytes.substr(0, length));
    return bytes.remove_prefix(length);
  }
  if (column.type().id == TypeId::structure) {
    for (std::size_t i = 0; i < column.child_count(); ++i) {
      append_from_key_bytes(column.child(i), bytes);
    }
    return column.append_structure();
  }
  if (column.child_count() == 0) return take_fixed(column, bytes);
  const auto length = take<std::uint64_t>(bytes);
  for (std::uint64_t i = 0; i < length; ++i) append_from_key_bytes(column.child(0), bytes);
  column.append_list();
}

std::size_t hash_of_key(std::string_view key) { return std::hash<std::string_view>{}(key); }

void RowKeys::encode(const Batch& rows, const std::vector<std::size_t>& columns) {
  bytes_.clear();
  ends_.assign(1, 0);
  hashes_.clear();
  const std::size_t count = rows.rows();
  ends_.reserve(count + 1);
  hashes_.reserve(count);
  for (std::size_t row = 0; row < count; ++row) {
    for (const std::size_t column : columns) append_key_bytes(bytes_, rows.column(column), row);
    const std::size_t begin = ends_.back();
    hashes_.push_back(hash_of_key(std::string_view(bytes_).substr(begin)));
    ends_.push_back(bytes_.size());
  }
}

}  // namespace weir::dataflow
