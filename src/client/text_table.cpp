#include "client/text_table.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/visible_text.h"

namespace weir::client {
namespace {

// Code points: close enough to columns on a terminal for the texts that tables hold.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

bool is_number(std::string_view text) {
  return text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
}

struct ColumnShape {
  std::size_t width = 0;
  bool is_numeric = true;
};

std::vector<ColumnShape> shapes_of(const std::vector<TextRow>& rows) {
  std::vector<ColumnShape> shapes;
  for (const TextRow& row : rows) {
    shapes.resize(std::max(shapes.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      shapes[i].width = std::max(shapes[i].width, width_of(row[i]));
      if (&row != &rows.front()) shapes[i].is_numeric &= is_number(row[i]);
    }
  }
  return shapes;
}

std::string line_of(const TextRow& row, const std::vector<ColumnShape>& shapes) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string space(shapes[i].width - width_of(row[i]), ' ');
    if (i > 0) line += "  ";
    line += shapes[i].is_numeric ? space + row[i] : row[i] + space;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

std::string text_table(std::vector<TextRow> rows) {
  if (rows.empty()) return "";
  for (TextRow& row : rows) {
    for (std::string& cell : row) cell = without_controls(cell);
  }
  const std::vector<ColumnShape> shapes = shapes_of(rows);
  std::string table = line_of(rows.front(), shapes);
  for (const ColumnShape& shape : shapes) {
    table += std::string(shape.width, '-') + (&shape == &shapes.back() ? "\n" : "  ");
  }
  for (std::size_t i = 1; i < rows.size(); ++i) table += line_of(rows[i], shapes);
  return table;
}

std::vector<TextRow> csv_rows(std::string_view csv) {
  std::vector<TextRow> rows;
  TextRow row;
  std::string cell;
  bool quoted = false;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const char c = csv[i];
    if (quoted && c == '"' && i + 1 < csv.size() && csv[i + 1] == '"') {
      cell += csv[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == ',' || c == '\n')) {
      row.push_back(std::exchange(cell, {}));
      if (c == '\n') rows.push_back(std::exchange(row, {}));
    } else if (quoted || c != '\r') {
      cell += c;
    }
  }
  if (!row.empty() || !cell.empty()) {
    row.push_back(cell);
    rows.push_back(row);
  }
  return rows;
}

}  // namespace weir::client
