#include "workspace/engine_facts.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

#include "scalars/bytes_text.h"
#include "scalars/decimal_text.h"
#include "scalars/time_text.h"
#include "scalars/utc_text.h"

namespace weir::workspace {
namespace {

bool is_integer(const Type& type) {
  return type.id >= TypeId::tinyint && type.id <= TypeId::uhugeint;
}

bool is_whole(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c); });
}

}  // namespace

Result<EngineFacts> EngineFacts::open() {
  TRY(const auto database, engine::Database::open({}));
  TRY(auto connection, database->connect());
  TRY(const auto reserved,
      connection->texts("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN "
                        "('reserved', 'type_function')"));
  return EngineFacts(std::move(connection), {reserved.begin(), reserved.end()});
}

Result<bool> EngineFacts::ask(const std::string& sql, const std::vector<std::string>& texts) {
  std::vector<engine::Parameter> parameters;
  for (const std::string& text : texts) parameters.push_back({"", {.id = TypeId::varchar}, text});
  TRY(const auto rows, connection_->query("SELECT coalesce(" + sql + ", false)", parameters));
  TRY(const auto batch, rows->next());
  ASSERT(batch != nullptr && batch->rows() == 1);
  return batch->column(0).values<bool>()[0];
}

Result<void> EngineFacts::use_time_zone(const std::string& name) {
  TRY(const bool is_known,
      ask("EXISTS (SELECT 1 FROM pg_timezone_names() WHERE name = ?)", {name}));
  if (!is_known) return Error{Fault::invalid, "the engine has no time zone " + name};
  TRY(zone_, TimeZone::find(name));
  return {};
}

Result<std::string> EngineFacts::value_of(std::string text, const Type& type) {
  const Error no_value{Fault::invalid, "\"" + text + "\" is no " + to_string(type)};
  if (is_integer(type) && !is_whole(text)) return no_value;
  if (type.id == TypeId::boolean && text != "true" && text != "false") return no_value;
  if (Int128 digits = 0;
      type.id == TypeId::decimal && read_decimal(text, type, digits) != Fit::good) {
    return no_value;
  }
  if (type.id == TypeId::blob) {
    // As events have it.
    if (escapes_of_base64(text)) return text;
    return Error{Fault::invalid, no_value.message + ": write a string of base64"};
  }
  if (put_in_utc(type, zone_, text) != Fit::good) return no_value;
  TRY(const bool fits, ask("TRY_CAST(? AS " + to_string(type) + ") IS NOT NULL", {text}));
  if (fits) return text;
  return no_value;
}

Result<Instant> EngineFacts::instant_of(const std::string& text) const {
  std::int64_t micros = 0;
  if (read_timestamp(text, zone_, micros) == Fit::good) {
    return Instant(std::chrono::microseconds(micros));
  }
  return Error{Fault::invalid,
               "\"" + text + "\" is no timestamp: write it like 2001-01-31 13:00:00"};
}

Result<bool> EngineFacts::in_order(const std::string& first, const std::string& second,
                                   const Type& type) {
  const std::string cast = "CAST(? AS " + to_string(type) + ")";
  return ask(cast + " <= " + cast, {first, second});
}

}  // namespace weir::workspace
