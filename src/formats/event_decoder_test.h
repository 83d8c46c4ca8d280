// Decoding for tests: bodies in, rows as JSON out.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/event_decoder.h"
#include "formats/json_rows.h"
#include "scalars/time_text.h"

namespace weir::formats {

inline Instant instant(const char* text) {
  std::int64_t micros = 0;
  EXPECT_EQ(read_timestamp(text, TimeZone(), micros), Fit::good);
  return Instant(std::chrono::microseconds(micros));
}

inline const Acceptance acceptance{instant("2024-01-01T00:00:00Z"),
                                   instant("2024-01-02T00:00:00Z")};

inline ColumnRule column(const std::string& name, const char* type) {
  return {.name = name, .type = parse_type(type).value(), .path = {name}};
}

inline EventRules rules_of(std::vector<ColumnRule> columns) {
  EventRules rules;
  rules.columns = std::move(columns);
  return rules;
}

// What a body decodes to: each row as JSON, each refusal as its number and code.
struct Decoded {
  std::vector<std::string> rows;
  std::vector<std::string> refused;
  std::vector<RefusedRow> refusals;
  std::string error;
};

inline Decoded decode(const EventRules& rules, std::string_view body,
                      BodyForm form = BodyForm::ndjson) {
  const auto decoder = EventDecoder::make(rules);
  EXPECT_TRUE(decoder.ok()) << decoder.error().message;
  Batch batch(decoder.value()->schema());
  auto result = decoder.value()->decode(body, form, acceptance, batch);
  Decoded decoded;
  if (!result.ok()) {
    EXPECT_EQ(result.error().fault, Fault::invalid);
    decoded.error = result.error().message;
    EXPECT_EQ(batch.rows(), 0u);
    return decoded;
  }
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    append_json_row(decoded.rows.emplace_back(), batch, row);
  }
  for (std::size_t i = 0; i < batch.column_count(); ++i) {
    EXPECT_EQ(batch.column(i).size(), batch.rows());
  }
  decoded.refusals = result.value().refused;
  for (const RefusedRow& row : decoded.refusals) {
    EXPECT_NE(std::ranges::find(refusal_codes, row.code), refusal_codes.end()) << row.code;
    decoded.refused.push_back(std::to_string(row.row) + " " + row.code);
  }
  EXPECT_EQ(result.value().rows, batch.rows() + decoded.refused.size());
  return decoded;
}

inline EventRules rules_without_accepted(std::vector<ColumnRule> columns) {
  columns.insert(columns.begin(), column("ts", "timestamp"));
  EventRules rules = rules_of(std::move(columns));
  rules.event_time = 0;
  rules.columns[0].default_value = "2001-01-01";
  return rules;
}

}  // namespace weir::formats
