#include "journal/column_codec.h"

#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

namespace weir {

using journal::ByteReader;
using journal::put;

void ColumnCodec::encode(const Column& column, std::string& out) {
  put(out, std::uint64_t{column.size_});
  const std::size_t words = column.has_nulls() ? (column.size_ + 63) / 64 : 0;
  put(out, std::uint8_t{column.has_nulls()});
  out.append(reinterpret_cast<const char*>(column.validity_.data()), words * 8);
  const std::size_t values_at = out.size();
  out.append(reinterpret_cast<const char*>(column.values_.data()), column.values_.size());
  if (is_string(column.type_)) encode_heap(column, values_at, out);
  for (const auto& child : column.children_) encode(*child, out);
}

void ColumnCodec::encode_heap(const Column& column, std::size_t values_at, std::string& out) {
  const std::size_t length_at = out.size();
  put(out, std::uint64_t{0});
  const std::size_t heap_at = out.size();
  std::size_t ref_at = values_at + offsetof(StringRef, rest);
  for (const StringRef& ref : column.values<StringRef>()) {
    if (ref.length > StringRef::inline_max) {
      const std::uint64_t offset = out.size() - heap_at;
      std::memcpy(out.data() + ref_at, &offset, sizeof offset);
      out.append(ref.pointer, ref.length);
    }
    ref_at += sizeof(StringRef);
  }
  const std::uint64_t length = out.size() - heap_at;
  std::memcpy(out.data() + length_at, &length, sizeof length);
}

bool ColumnCodec::decode(ByteReader& from, Column& column) {
  const auto rows = from.number<std::uint64_t>();
  const bool has_nulls = from.number<std::uint8_t>() != 0;
  if (has_nulls) {
    if (rows / 8 > from.left()) return false;
    const std::string_view words = from.bytes((rows + 63) / 64 * 8);
    column.validity_.resize(words.size() / 8);
    if (!words.empty()) std::memcpy(column.validity_.data(), words.data(), words.size());
  }
  if (!decode_values(from, column, rows)) return false;
  if (is_string(column.type_) && !decode_heap(from, column)) return false;
  for (const auto& child : column.children_) {
    if (!decode(from, *child)) return false;
  }
  return from.ok() && children_fit(column);
}

bool ColumnCodec::decode_values(ByteReader& from, Column& column, std::uint64_t rows) {
  const std::size_t width = value_width(column.type_);
  if (width > 0) {
    if (rows > from.left() / width) return false;
    const std::string_view values = from.bytes(rows * width);
    column.values_.shrink(0);
    if (rows > 0) std::memcpy(column.values_.extend(values.size()), values.data(), values.size());
  }
  column.size_ = rows;
  return from.ok();
}

bool ColumnCodec::decode_heap(ByteReader& from, Column& column) {
  const auto length = from.number<std::uint64_t>();
  const std::string_view stored = from.bytes(length);
  if (!from.ok()) return false;
  char* heap = nullptr;
  if (length > 0) {
    heap = column.heap_.take(length);
    std::memcpy(heap, stored.data(), length);
  }
  auto* refs = reinterpret_cast<StringRef*>(column.values_.data());
  for (StringRef& ref : std::span(refs, column.size_)) {
    if (ref.length <= StringRef::inline_max) continue;
    std::uint64_t offset = 0;
    std::memcpy(&offset, ref.rest, sizeof offset);
    if (offset > length || ref.length > length - offset) return false;
    ref.pointer = heap + offset;
  }
  return true;
}

bool ColumnCodec::children_fit(const Column& column) {
  if (column.type_.id == TypeId::structure) {
    for (const auto& child : column.children_) {
      if (child->size() != column.size_) return false;
    }
    return true;
  }
  if (column.children_.empty()) return true;
  const std::size_t elements = column.children_[0]->size();
  for (const ListRef& ref : column.values<ListRef>()) {
    if (ref.offset > elements || ref.length > elements - ref.offset) return false;
  }
  return true;
}

namespace journal {
namespace {

constexpr int nesting_max = 1000;  // the stack is finite

void encode_field(const Field& field, std::string& out) {
  put(out, static_cast<std::uint32_t>(field.name.size()));
  out += field.name;
  put(out, field.type.id);
  put(out, field.type.width);
  put(out, field.type.scale);
  put(out, static_cast<std::uint32_t>(field.type.children.size()));
  for (const Field& child : field.type.children) encode_field(child, out);
}

bool has_right_children(const Type& type) {
  const std::size_t count = type.children.size();
  if (type.id == TypeId::list) return count == 1;
  if (type.id == TypeId::map) return count == 2;
  return type.id == TypeId::structure ? count > 0 : count == 0;
}

bool decode_field(ByteReader& from, Field& field, int nesting) {
  if (nesting > nesting_max) return false;
  field.name = from.bytes(from.number<std::uint32_t>());
  const auto id = from.number<std::uint8_t>();
  if (id > static_cast<std::uint8_t>(TypeId::map)) return false;
  field.type.id = static_cast<TypeId>(id);
  field.type.width = from.number<std::uint8_t>();
  field.type.scale = from.number<std::uint8_t>();
  const auto children = from.number<std::uint32_t>();
  for (std::size_t i = 0; i < children; ++i) {
    Field child;
    if (!decode_field(from, child, nesting + 1)) return false;
    field.type.children.push_back(std::move(child));
  }
  return from.ok() && has_right_children(field.type);
}

}  // namespace

void encode_schema(const Schema& schema, std::string& out) {
  for (const Field& column : schema.columns) encode_field(column, out);
}

std::shared_ptr<const Schema> decode_schema(std::string_view bytes) {
  auto schema = std::make_shared<Schema>();
  ByteReader from(bytes);
  while (from.left() > 0) {
    Field column;
    if (!decode_field(from, column, 0)) return nullptr;
    schema->columns.push_back(std::move(column));
  }
  return from.ok() ? schema : nullptr;
}

}  // namespace journal
}  // namespace weir
