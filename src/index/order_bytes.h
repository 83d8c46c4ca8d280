// Values as bytes that stand in the order in which SQL sorts the values: null last, NaN the
// greatest number, texts by their bytes.
#pragma once

#include <string>
#include <string_view>

#include "core/column.h"

namespace weir::index {

// Of a type that has_order(). Ends itself: what follows orders values that are equal. Before 0xff
// stands every value, before `null_mark` every one that is not null.
void append_order_bytes(std::string& bytes, const Column& column, std::size_t row);

constexpr char value_mark = 1;
constexpr char null_mark = 2;

// Takes the first value, of that type, off `bytes`.
std::string_view take_order_bytes(std::string_view& bytes, const Type& type);

void append_order_number(std::string& bytes, std::uint64_t number);

}  // namespace weir::index
