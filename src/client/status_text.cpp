#include "client/status_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdint>

namespace weir::client {

using formats::JsonValue;

std::string number_text(const JsonValue& value) { return std::to_string(value.unsigned_integer()); }

std::string time_text(const JsonValue& seconds) {
  if (seconds.is_null()) return "-";
  const std::chrono::sys_seconds time(std::chrono::seconds(seconds.integer()));
  return fmt::format("{:%Y-%m-%d %H:%M:%S}", time);
}

std::string state_text(const JsonValue& stream) {
  if (const std::string& failure = stream["failure"].text(); !failure.empty()) return failure;
  const std::string& trouble = stream["trouble"].text();
  return trouble.empty() ? "running" : "waits: " + trouble;
}

std::string behind_text(const JsonValue& status, const JsonValue& reached) {
  const std::uint64_t end = status["journal_end"].unsigned_integer();
  const std::uint64_t through = reached.unsigned_integer();
  return bytes_text(end > through ? static_cast<double>(end - through) : 0);
}

std::string bytes_text(double bytes) {
  constexpr std::array units{"bytes", "KB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < units.size(); ++unit) bytes /= 1024;
  return fmt::format("{:.{}f} {}", bytes, unit == 0 ? 0 : 1, units.at(unit));
}

}  // namespace weir::client
