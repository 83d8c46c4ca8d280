#include "dataflow/poison.h"

#include <string>

#include "formats/json_rows.h"

namespace weir::dataflow {

std::shared_ptr<const Schema> poison_schema() {
  static const auto schema =
      std::make_shared<const Schema>(Schema{{{"accepted", Type{.id = TypeId::timestamp}},
                                             {"reason", Type{.id = TypeId::varchar}},
                                             {"row", Type{.id = TypeId::json}}}});
  return schema;
}

void append_poison(Batch& poison, const Poisoning& poisoning, const Batch& rows, std::size_t row) {
  std::string json;
  formats::append_json_row(json, rows, row);
  poison.column(0).append(std::int64_t{poisoning.accepted.time_since_epoch().count()});
  poison.column(1).append_string(poisoning.reason);
  poison.column(2).append_string(json);
}

}  // namespace weir::dataflow
