// Rows as a table for people to read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir::client {

using TextRow = std::vector<std::string>;

// The first row is the head; another may be longer. Columns of numbers stand to the right.
std::string text_table(std::vector<TextRow> rows);

// CSV (RFC 4180) as rows of cells.
std::vector<TextRow> csv_rows(std::string_view csv);

}  // namespace weir::client
