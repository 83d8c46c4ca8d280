// The program's own log: one line an event, on stderr.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/log_code.h"

namespace weir::telemetry {

enum class LogFormat : std::uint8_t { text, json };

struct LogSettings {
  LogFormat format = LogFormat::text;
  LogLevel level = LogLevel::info;  // and above
  int descriptor = 2;
};

// What an event is about. Never a secret, a key, a URL with its query, or a value of a row.
class LogField {
 public:
  LogField(std::string_view name, std::string_view text) : name_(name), text_(text) {}
  LogField(std::string_view name, std::integral auto number)
      : name_(name), text_(std::to_string(number)), is_number_(true) {}

  void append_text(std::string& line) const;  // name=text
  void append_json(std::string& line) const;  // "name":"text"

 private:
  std::string_view name_;  // a literal
  std::string text_;
  bool is_number_ = false;
};

// Of the whole program, from the next line on. Any thread.
void set_log(const LogSettings& settings);
// Writes the line in one piece. What stderr does not take of it is left out: a full disk must not
// keep anyone. Any thread; it waits for whoever reads stderr.
void log(LogCode code, std::string_view message, const std::vector<LogField>& fields = {});

}  // namespace weir::telemetry
