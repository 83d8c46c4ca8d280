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

}  // namespace

void GrowingTable::widen(const std::vector<TextRow>& rows) {
  for (const TextRow& row : rows) {
    shapes_.resize(std::max(shapes_.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      shapes_[i].width = std::max(shapes_[i].width, width_of(row[i]));
      if (&row != &rows.front()) shapes_[i].is_numeric &= is_number(row[i]);
    }
  }
}

std::string GrowingTable::line_of(const TextRow& row) const {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string space(shapes_[i].width - width_of(row[i]), ' ');
    if (i > 0) line += "  ";
    line += shapes_[i].is_numeric ? space + row[i] : row[i] + space;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string GrowingTable::add(std::vector<TextRow> rows) {
  if (rows.empty()) return "";
  for (TextRow& row : rows) {
    for (std::string& cell : row) cell = without_controls(cell);
  }
  const bool has_head = rows.front() == head_;
  if (!has_head) shapes_.clear();
  widen(rows);
  std::string lines;
  if (!has_head) {
    head_ = rows.front();
    lines = line_of(head_);
    for (const ColumnShape& shape : shapes_) {
      lines += std::string(shape.width, '-') + (&shape == &shapes_.back() ? "\n" : "  ");
    }
  }
  for (std::size_t i = 1; i < rows.size(); ++i) lines += line_of(rows[i]);
  return lines;
}

std::string text_table(std::vector<TextRow> rows) { return GrowingTable().add(std::move(rows)); }

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
