// Compares a relation's rows with those that a workspace test expects, by the columns it names.
#pragma once

#include <string>
#include <vector>

#include "core/batch.h"
#include "core/result.h"
#include "engine/database.h"
#include "scalars/time_zone.h"

namespace weir::operate {

// A row as the values of named columns, each as JSON writes it.
struct RowText {
  std::vector<std::string> columns;
  std::vector<std::string> values;
  std::vector<bool> are_floats;  // FLOATs and DOUBLEs, whose last digits are not compared

  const std::string* find(std::string_view column) const;
};

// `json`, an object, with each value read as the type of the column it names; times without an
// offset are of `zone`. Fault::invalid where it names no column, or a value is not of its type, as
// 4.5 is no INTEGER.
Result<RowText> expected_row(engine::Connection& connection, const Schema& schema,
                             const TimeZone& zone, const std::string& json);
RowText actual_row(const Batch& rows, std::size_t row);

// Empty when each expected row matches one actual row of its own and none is left over; else what
// is missing and what is too much, a row a line.
std::string row_difference(const std::vector<RowText>& expected,
                           const std::vector<RowText>& actual);

}  // namespace weir::operate
