// Which rows of a table are wanted, in values that need no engine to be compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir::index {

enum class Comparison : std::uint8_t {
  equal,
  not_equal,
  less,
  less_or_equal,
  greater,
  greater_or_equal,
  in,
  null,
  not_null,
};

struct Condition {
  std::size_t column = 0;
  Comparison comparison = Comparison::equal;
  std::vector<std::string> values;  // see append_order_bytes; one, or of `in` any number
};

struct Sorting {
  std::size_t column = 0;
  bool descending = false;  // null last all the same
};

struct RowQuery {
  std::vector<Condition> conditions;  // all hold
  std::vector<Sorting> sortings;      // then by the key, or as the rows came
  std::size_t limit = 0;
  std::size_t offset = 0;
};

}  // namespace weir::index
