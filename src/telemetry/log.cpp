#include "telemetry/log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <mutex>

#include "core/json_text.h"
#include "core/visible_text.h"

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

// Lines of a message stay lines, behind the first, and none of what came from outside looks like
// another line.
void append_message(std::string& line, std::string_view message) {
  for (std::size_t end = 0; (end = message.find('\n')) != std::string_view::npos;) {
    (line += without_controls(message.substr(0, end))) += "\n    ";
    message.remove_prefix(end + 1);
  }
  line += without_controls(message);
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
  line +=
      is_plain && without_controls(text_) == text_ ? text_ : without_controls(json_string(text_));
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
