// Columns as bytes: their arrays as they lie in memory, so that both ways are copies.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/column.h"
#include "core/schema.h"
#include "journal/bytes.h"

namespace weir {

// rows, validity, values; then strings' heap with offsets in place of pointers; then the children.
class ColumnCodec {
 public:
  static void encode(const Column& column, std::string& out);
  // Fills an empty column of the right type. False: the bytes are no such column.
  static bool decode(journal::ByteReader& from, Column& column);

 private:
  static void encode_heap(const Column& column, std::size_t values_at, std::string& out);
  static bool decode_values(journal::ByteReader& from, Column& column, std::uint64_t rows);
  static bool decode_heap(journal::ByteReader& from, Column& column);
  static bool children_fit(const Column& column);
};

namespace journal {

void encode_schema(const Schema& schema, std::string& out);
// Null: the bytes are no schema.
std::shared_ptr<const Schema> decode_schema(std::string_view bytes);

}  // namespace journal
}  // namespace weir
