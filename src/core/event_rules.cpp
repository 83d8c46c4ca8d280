#include "core/event_rules.h"

namespace weir {

Schema schema_of(const EventRules& rules) {
  Schema schema;
  for (const ColumnRule& column : rules.columns) {
    schema.columns.push_back({column.name, column.type});
  }
  if (rules.unknown_fields == UnknownFields::keep) {
    schema.columns.push_back({extra_column, {.id = TypeId::json}});
  }
  if (!rules.event_time) {
    schema.columns.push_back({accepted_column, {.id = TypeId::timestamp}});
  }
  return schema;
}

std::shared_ptr<const Schema> quarantine_schema() {
  static const auto schema =
      std::make_shared<const Schema>(Schema{{{"accepted", Type{TypeId::timestamp}},
                                             {"code", Type{TypeId::varchar}},
                                             {"reason", Type{TypeId::varchar}},
                                             {"bytes", Type{TypeId::blob}}}});
  return schema;
}

std::shared_ptr<const Schema> refused_rows_schema() {
  static const auto schema = [] {
    Schema columns = *quarantine_schema();
    columns.columns.push_back({"replayed", Type{TypeId::timestamp}});
    return std::make_shared<const Schema>(std::move(columns));
  }();
  return schema;
}

std::size_t event_time_column(const EventRules& rules) {
  return rules.event_time ? *rules.event_time : schema_of(rules).columns.size() - 1;
}

}  // namespace weir
