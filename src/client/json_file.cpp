#include "client/json_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/visible_text.h"
#include "formats/json_rows.h"

namespace weir::client {
namespace {

std::size_t count_lines(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

}  // namespace

Result<std::size_t> JsonFile::read(std::size_t rows_max, std::string& lines) {
  if (form_ == Form::unknown) OK_OR_RETURN(begin());
  std::size_t rows = 0;
  while (!is_full(rows, rows_max, lines)) {
    TRY(const bool is_there, find_value());
    if (!is_there) break;
    OK_OR_RETURN(take_value(lines));
    ++rows;
    ++rows_;
  }
  return rows;
}

Result<void> JsonFile::begin() {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  OK_OR_RETURN(fill());
  if (left().starts_with(byte_order_mark)) take(byte_order_mark.size());
  TRY(const bool is_there, skip_space());
  form_ = is_there && left().front() == '[' ? Form::array : Form::values;
  if (form_ == Form::array) take(1);
  return {};
}

Result<bool> JsonFile::skip_space() {
  while (true) {
    pass(std::min(left().find_first_not_of(" \t\r\n"), left().size()));
    if (!left().empty()) return true;
    TRY(const bool more, fill());
    if (!more) return false;
  }
}

Result<bool> JsonFile::find_value() {
  if (form_ == Form::ended) return false;
  TRY(const bool is_there, skip_space());
  if (form_ == Form::values) return is_there;
  if (!is_there) return broken(0, "the array does not close");
  if (left().front() == ']') {
    OK_OR_RETURN(close());
    return false;
  }
  if (rows_ == 0) return true;
  if (left().front() != ',') return broken(0, "a comma or ] is missing");
  take(1);
  OK_OR_RETURN(skip_space());
  return true;
}

Result<void> JsonFile::close() {
  take(1);
  form_ = Form::ended;
  TRY(const bool is_more, skip_space());
  if (is_more) return broken(0, "something stands behind the array's end");
  return {};
}

Result<void> JsonFile::take_value(std::string& lines) {
  TRY(const std::size_t bytes, value_bytes());
  lines.append(left().substr(0, bytes));
  // A line break in JSON is white space.
  std::replace(lines.end() - static_cast<std::ptrdiff_t>(bytes), lines.end(), '\n', ' ');
  lines += '\n';
  pass(bytes);
  return {};
}

// What is read of a value may look whole, or broken, only because more of it comes.
Result<std::size_t> JsonFile::value_bytes() {
  while (true) {
    reader_.start(left());
    const bool is_value = reader_.check(0);
    const std::size_t end = reader_.cursor().at() - left().data();
    if (is_value && end < left().size()) return end;
    if (left().size() > batch_bytes) {
      if (end < left().size()) return broken(end, reader_.refusal().reason);
      return broken(0, fmt::format("a value does not close within {} MB", batch_bytes >> 20));
    }
    TRY(const bool more, fill());
    if (more) continue;
    if (is_value) return end;
    return broken(end, reader_.refusal().reason);
  }
}

void JsonFile::pass(std::size_t bytes) {
  line_ += count_lines(left().substr(0, bytes));
  take(bytes);
}

Error JsonFile::broken(std::size_t at, const std::string& reason) const {
  return {Fault::invalid,
          fmt::format("line {}, behind row {}: {}", line_ + count_lines(left().substr(0, at)),
                      rows_, without_controls(formats::readable_text(reason)))};
}

}  // namespace weir::client
