// Rows as a table for people to read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::client {

using TextRow = std::vector<std::string>;

// The first row is the head; another may be longer. Columns of numbers stand to the right.
std::string text_table(std::vector<TextRow> rows);

// A table that is shown as its rows come: the head again only where it is another.
class GrowingTable {
 public:
  // The lines to show; `rows` as for text_table().
  std::string add(std::vector<TextRow> rows);

 private:
  struct ColumnShape {
    std::size_t width = 0;
    bool is_numeric = true;
  };

  void widen(const std::vector<TextRow>& rows);
  std::string line_of(const TextRow& row) const;

  TextRow head_;
  std::vector<ColumnShape> shapes_;  // of all rows so far
};

// CSV (RFC 4180) as rows of cells.
std::vector<TextRow> csv_rows(std::string_view csv);

}  // namespace weir::client
