// SQL that reads a CSV file by what its first line says: how its columns are parted, and their
// names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace weir::engine {

struct CsvHeads {
  char delimiter = ',';
  std::vector<std::string> names;
};

// The delimiter is which of , ; tab and | stands most often outside quotes; a comma where none
// does.
CsvHeads read_heads(std::string_view line);

// A query of the file's rows, each value a text as it is written: what type it has is for the
// source's schema to say. A line with too few or too many values fails it, by its number.
Result<std::string> csv_query(const std::string& file);

}  // namespace weir::engine
