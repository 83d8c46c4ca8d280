#include "engine/csv_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "engine/database.h"

namespace weir::engine {
namespace {

constexpr std::string_view delimiters = ",;\t|";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// How often the letter stands outside quotes.
std::size_t count_bare(std::string_view line, char letter) {
  bool quoted = false;
  std::size_t count = 0;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (c == letter && !quoted) ++count;
  }
  return count;
}

// Takes the front value off the line, and the delimiter behind it.
std::string take_value(std::string_view& line, char delimiter) {
  std::string value;
  bool quoted = false;
  std::size_t at = 0;
  for (; at < line.size() && (quoted || line[at] != delimiter); ++at) {
    const bool doubled = quoted && line.substr(at, 2) == "\"\"";
    if (line[at] != '"' || doubled) value += line[at];
    if (doubled) ++at;
    if (line[at] == '"' && !doubled) quoted = !quoted;
  }
  line.remove_prefix(std::min(at + 1, line.size()));
  return value;
}

}  // namespace

CsvHeads read_heads(std::string_view line) {
  if (line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
  if (line.ends_with('\r')) line.remove_suffix(1);
  CsvHeads heads;
  heads.delimiter = *std::ranges::max_element(
      delimiters, {}, [&](char delimiter) { return count_bare(line, delimiter); });
  const std::size_t columns = count_bare(line, heads.delimiter) + 1;
  while (heads.names.size() < columns) heads.names.push_back(take_value(line, heads.delimiter));
  return heads;
}

Result<std::string> csv_query(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Error{Fault::unavailable, std::strerror(errno)};
  std::string line;
  if (!std::getline(stream, line)) {
    return Error{Fault::invalid, "the file is empty: its first line has to name the columns"};
  }
  const CsvHeads heads = read_heads(line);
  std::string columns;
  for (const std::string& name : heads.names) {
    if (name.empty()) return Error{Fault::invalid, "line 1 has to name every column"};
    columns += fmt::format("{}{}: 'VARCHAR'", columns.empty() ? "" : ", ", quote_text(name));
  }
  return fmt::format(
      "SELECT * FROM read_csv({}, auto_detect = false, header = true, delim = {}, quote = '\"', "
      "escape = '\"', allow_quoted_nulls = false, columns = {{{}}})",
      quote_text(file), quote_text(std::string(1, heads.delimiter)), columns);
}

}  // namespace weir::engine
