#include "serve/url_value.h"

#include <fmt/format.h>

#include <algorithm>

#include "scalars/bytes_text.h"
#include "scalars/decimal_text.h"
#include "scalars/utc_text.h"

namespace weir::serve {
namespace {

bool is_whole_number(const Type& type) {
  return type.id >= TypeId::tinyint && type.id <= TypeId::uhugeint;
}

bool is_digits(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_readable(engine::Connection& connection, engine::Parameter value) {
  value.name = "value";
  const auto read = connection.query("SELECT $value", {value});
  return read.ok() || read.error().fault != Fault::invalid;
}

}  // namespace

Error wrong_value(std::string_view label, const Type& type, std::string_view text) {
  const char* form = type.id == TypeId::blob ? ", written in base64" : "";
  return {Fault::invalid,
          fmt::format("{} is of type {}{}, not \"{}\"", label, to_string(type), form, text)};
}

Result<std::string> engine_text(std::string_view label, const Type& type, const TimeZone& zone,
                                const std::string& text) {
  if (is_whole_number(type) && !is_digits(text)) return wrong_value(label, type, text);
  // The engine's own cast rounds.
  if (Int128 digits = 0;
      type.id == TypeId::decimal && read_decimal(text, type, digits) != Fit::good) {
    return wrong_value(label, type, text);
  }
  if (type.id == TypeId::blob) {
    const auto escapes = escapes_of_base64(text);
    return escapes ? Result<std::string>(*escapes) : wrong_value(label, type, text);
  }
  std::string read = text;
  if (put_in_utc(type, zone, read) != Fit::good) return wrong_value(label, type, text);
  return read;
}

std::optional<Error> refuse_unreadable(engine::Connection& connection,
                                       const std::vector<engine::Parameter>& values) {
  for (const engine::Parameter& value : values) {
    if (value.text && !is_readable(connection, value)) {
      return wrong_value(value.name, value.type, *value.text);
    }
  }
  return std::nullopt;
}

}  // namespace weir::serve
