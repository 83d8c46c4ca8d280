// How an event's fields become a row: what a source declares of its columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/schema.h"

namespace weir {

enum class TimeFormat : std::uint8_t { iso, epoch_s, epoch_ms, epoch_us };

// One column: where its value stands in the event, and what is accepted for it.
struct ColumnRule {
  std::string name;
  Type type;
  std::vector<std::string> path;  // where in the event: {"sentAt"} or {"user", "id"}
  TimeFormat format = TimeFormat::iso;
  bool required = false;
  std::optional<std::string> min, max;  // as written; of the column's type
  std::optional<std::string> default_value;
};

enum class UnknownFields : std::uint8_t { ignore, keep, quarantine };

struct EventRules {
  std::vector<ColumnRule> columns;
  std::optional<std::size_t> event_time;  // a TIMESTAMP column; none: the time of acceptance
  UnknownFields unknown_fields = UnknownFields::ignore;
  std::string time_zone = "UTC";  // of times written without one
};

// Columns that a source's rows have beside those it declares.
inline constexpr const char* extra_column = "_extra";        // JSON; where unknown fields are kept
inline constexpr const char* accepted_column = "_accepted";  // TIMESTAMP; without an event_time

// The columns of accepted rows: the declared ones, then `_extra`, then `_accepted`.
Schema schema_of(const EventRules& rules);
// The columns of refused rows, batch 0 of Kind::quarantine entries: accepted TIMESTAMP, code
// VARCHAR, reason VARCHAR, bytes BLOB.
std::shared_ptr<const Schema> quarantine_schema();
// The columns of `quarantine('source')`: those, and replayed TIMESTAMP, when the row was sent again
// and accepted.
std::shared_ptr<const Schema> refused_rows_schema();
// Which of schema_of() is the event time.
std::size_t event_time_column(const EventRules& rules);

}  // namespace weir
