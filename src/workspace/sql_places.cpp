#include "workspace/sql_places.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

namespace weir::workspace {
namespace {

constexpr std::size_t sql_bytes_max = 1'000'000;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Walks through a file's text and knows line and column.
class Walker {
 public:
  Walker(std::string_view text, SettingPlace start) : text_(text) {
    while (!at_end() && line_ < start.line) step();
    while (!at_end() && column_ < start.column) step();
  }

  bool at_end() const { return at_ >= text_.size(); }
  char byte(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void step() {
    const bool breaks = text_[at_++] == '\n';
    line_ += breaks ? 1 : 0;
    column_ = breaks ? 1 : column_ + 1;
  }
  void skip_space() {
    while (!at_end() && is_space(byte())) step();
  }
  // White space that is written as \n and the like among it.
  void skip_escaped_space() {
    skip_space();
    while (byte() == '\\' && std::string_view("ntr \n").find(byte(1)) != std::string_view::npos) {
      step();
      step();
      skip_space();
    }
  }
  void skip_line() {
    while (!at_end() && byte() != '\n') step();
  }
  // To where the scalar's own bytes may begin; its quote, if it has one.
  char enter_scalar() {
    while (byte() == '&' || byte() == '!') {  // an anchor or a tag stands before it
      while (!at_end() && !is_space(byte())) step();
      skip_space();
    }
    const char style = byte();
    if (style == '|' || style == '>') skip_line();
    if (style == '\'' || style == '"') step();
    return style;
  }
  int line() const { return line_; }
  int column() const { return column_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int column_ = 1;
};

std::vector<SqlRun> lines_of(std::string_view file) {
  std::vector<SqlRun> lines{{0, 1, 1}};
  for (std::size_t i = 0; i < file.size(); ++i) {
    if (file[i] == '\n') lines.push_back({i + 1, lines.back().line + 1, 1});
  }
  return lines;
}

}  // namespace

std::vector<SqlRun> runs_of(std::string_view value, std::string_view file, SettingPlace start) {
  Walker walker(file, start);
  const char style = walker.enter_scalar();
  std::vector<SqlRun> runs;
  for (std::size_t i = 0; i < value.size() && !walker.at_end(); ++i) {
    // YAML folds and cuts white space, and nothing else: it is found again at the next word.
    if (is_space(value[i])) {
      if (walker.byte() == value[i] && value[i] != '\n') walker.step();
      continue;
    }
    if (style == '"') walker.skip_escaped_space();
    walker.skip_space();
    const bool escaped = style == '"' && walker.byte() == '\\';
    const bool doubled = style == '\'' && walker.byte() == '\'';
    const bool follows =
        !runs.empty() && runs.back().line == walker.line() &&
        static_cast<std::size_t>(walker.column() - runs.back().column) == i - runs.back().offset;
    if (!follows) runs.push_back({i, walker.line(), walker.column()});
    if (escaped || doubled) walker.step();
    if (!walker.at_end()) walker.step();
  }
  return runs;
}

Place place_of(const SqlText& sql, std::size_t offset) {
  const auto behind = std::ranges::upper_bound(sql.runs, offset, {}, &SqlRun::offset);
  if (behind == sql.runs.begin()) return sql.place;
  const SqlRun& run = *std::prev(behind);
  return {sql.place.file, run.line, run.column + static_cast<int>(offset - run.offset)};
}

Result<std::string> read_text(const std::filesystem::path& file, std::size_t bytes_max) {
  std::error_code failed;
  if (std::filesystem::is_other(file, failed)) {
    return Error{Fault::invalid, "this is not a file: a pipe would be waited for without end"};
  }
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Error{Fault::invalid, "it cannot be read"};
  std::string text;
  std::array<char, 65'536> part;
  do {
    stream.read(part.data(), part.size());
    text.append(part.data(), static_cast<std::size_t>(stream.gcount()));
  } while (stream && text.size() <= bytes_max);
  if (stream.bad()) return Error{Fault::invalid, "it cannot be read"};
  if (text.size() <= bytes_max) return text;
  return Error{Fault::invalid, "it is larger than " + byte_size_text(bytes_max)};
}

std::optional<std::filesystem::path> find_file(const Placed<std::string>& name,
                                               const std::filesystem::path& folder,
                                               Report& report) {
  namespace fs = std::filesystem;
  std::error_code failure;
  const fs::path root = fs::weakly_canonical(folder, failure);
  fs::path file =
      fs::weakly_canonical((root / report.file().path).parent_path() / name.value, failure);
  const fs::path inside = file.lexically_relative(root);
  if (fs::path(name.value).is_absolute() || inside.empty() || *inside.begin() == "..") {
    report.note(name.place, "\"" + name.value + "\" is outside the workspace");
    return std::nullopt;
  }
  if (fs::is_regular_file(file, failure)) return file;
  report.note(name.place, "there is no file \"" + inside.generic_string() + "\" in the workspace");
  return std::nullopt;
}

SqlText declare_sql(const std::optional<Placed<std::string>>& sql,
                    const std::optional<Placed<std::string>>& sql_file,
                    const std::filesystem::path& folder, Report& report) {
  if (sql.has_value() == sql_file.has_value()) {
    report.note(sql ? "write sql or sql_file, not both" : "\"sql\" is missing: write a SELECT");
    return {};
  }
  if (sql) {
    SqlText text{sql->value, report.at(sql->place), {}};
    text.runs = runs_of(text.text, report.file().text, sql->place);
    if (!text.runs.empty()) text.place = place_of(text, text.runs.front().offset);
    return text;
  }
  const auto file = find_file(*sql_file, folder, report);
  if (!file) return {};
  auto read = read_text(*file, sql_bytes_max);
  if (!read.ok()) {
    report.note(sql_file->place, "\"" + sql_file->value + "\": " + read.error().message);
    return {};
  }
  std::error_code failed;
  const std::string path =
      file->lexically_relative(std::filesystem::weakly_canonical(folder, failed)).generic_string();
  SqlText text{std::move(read).value(), {path, 1, 1}, {}};
  text.runs = lines_of(text.text);
  return text;
}

}  // namespace weir::workspace
