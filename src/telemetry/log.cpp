#include "telemetry/log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <mutex>

#include "core/json_text.h"

namespace weir::telemetry {
namespace {

std::mutex mutex;
LogSettings current;  // under the mutex

std::string now_text() {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", now);
}

std::string json_line(const LogCodeInfo& info, std::string_view message,
                      const std::vector<LogField>& fields) {
  std::string line = fmt::format(R"({{"time":"{}","level":"{}","code":"{}","message":)", now_text(),
                                 to_string(info.level), info.text);
  append_json_string(line, message);
  for (const LogField& field : fields) field.append_json(line);
  return line + "}\n";
}

// What came from outside must not look like another line, nor move a terminal's cursor.
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }

// Lines of a message stay lines, behind the first.
void append_message(std::string& line, std::string_view message) {
  for (const char c : message) {
    if (c == '\n') {
      line += "\n    ";
    } else if (is_control(c)) {
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      line += c;
    }
  }
}

std::string text_line(const LogCodeInfo& info, std::string_view message,
                      const std::vector<LogField>& fields) {
  std::string line = fmt::format("{} {:<7} {}", now_text(), to_string(info.level), info.text);
  for (const LogField& field : fields) field.append_text(line);
  line += ": ";
  append_message(line, message);
  return line + "\n";
}

}  // namespace

void LogField::append_text(std::string& line) const {
  line += ' ';
  line += name_;
  line += '=';
  const bool is_plain = text_.find_first_of(" \"\\") == std::string::npos && !text_.empty();
  if (is_plain && std::ranges::none_of(text_, is_control)) {
    line += text_;
  } else {
    append_json_string(line, text_);
  }
}

void LogField::append_json(std::string& line) const {
  line += ',';
  append_json_string(line, name_);
  line += ':';
  if (is_number_) {
    line += text_;
  } else {
    append_json_string(line, text_);
  }
}

void set_log(const LogSettings& settings) {
  const std::lock_guard lock(mutex);
  current = settings;
}

void log(LogCode code, std::string_view message, const std::vector<LogField>& fields) {
  const LogCodeInfo& info = info_of(code);
  const std::lock_guard lock(mutex);
  if (info.level < current.level) return;
  const bool is_json = current.format == LogFormat::json;
  const std::string line =
      is_json ? json_line(info, message, fields) : text_line(info, message, fields);
  // There is nobody to tell that the log cannot be written.
  [[maybe_unused]] const ssize_t written = ::write(current.descriptor, line.data(), line.size());
}

}  // namespace weir::telemetry
