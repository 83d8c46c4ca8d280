#include "formats/event_text.h"

#include <gtest/gtest.h>

#include "formats/event_decoder.h"

namespace weir::formats {
namespace {

EventRules rules() {
  EventRules rules;
  const auto add = [&](std::string name, const char* type, std::vector<std::string> path,
                       TimeFormat format = TimeFormat::iso) {
    rules.columns.push_back({.name = std::move(name),
                             .type = parse_type(type).value(),
                             .path = std::move(path),
                             .format = format});
  };
  add("at", "timestamp", {"meta", "sent at"}, TimeFormat::epoch_ms);
  add("id", "bigint", {"meta", "id"});
  add("day", "timestamp", {"day"}, TimeFormat::epoch_s);
  add("name", "varchar", {"n"});
  add("price", "decimal(20,4)", {"price"});
  add("gone", "varchar", {"gone"});
  add("iso", "timestamp", {"iso"});
  add("raw", "blob", {"raw"});
  add("tags", "varchar[]", {"tags"});
  rules.event_time = 0;
  rules.unknown_fields = UnknownFields::keep;
  return rules;
}

TEST(EventText, is_an_event_that_decodes_to_the_same_row) {
  const auto decoder = EventDecoder::make(rules()).value();
  Batch rows(decoder->schema());
  const std::string event =
      R"({"meta":{"sent at":978307200123,"id":9007199254740993},"day":978307200,)"
      R"("n":"a\"\u00fc","price":1234567890123456.7891,"iso":"2001-01-01T00:00:00.000001Z",)"
      R"("raw":"AAECAw==","tags":["x","y"],"other":{"b":[1]},"more":null})";
  const Acceptance any{Instant{}, Instant::max()};
  ASSERT_EQ(decoder->decode(event, BodyForm::json, any, rows).value().refused.size(), 0U);
  const std::string text = event_text(rules(), rows, 0);
  const auto decoded = decoder->decode(text, BodyForm::json, any, rows);
  ASSERT_TRUE(decoded.ok()) << text;
  ASSERT_EQ(decoded.value().refused.size(), 0U) << text;
  EXPECT_EQ(event_text(rules(), rows, 1), text);
  EXPECT_EQ(text, R"({"day":978307200,"iso":"2001-01-01T00:00:00.000001Z","meta":)"
                  R"({"id":"9007199254740993","sent at":978307200123},"n":"a\")"
                  "\xc3\xbc\","
                  R"("price":1234567890123456.7891,"raw":"AAECAw==","tags":["x","y"],)"
                  R"("other":{"b":[1]},"more":null})");
}

TEST(EventText, leaves_nulls_and_columns_without_a_rule_out) {
  const auto decoder = EventDecoder::make(rules()).value();
  Batch rows(decoder->schema());
  const Acceptance any{Instant{}, Instant::max()};
  ASSERT_TRUE(decoder->decode(R"({"meta":{"sent at":0},"n":"a"})", BodyForm::json, any, rows).ok());
  EXPECT_EQ(event_text(rules(), rows, 0), R"({"meta":{"sent at":0},"n":"a"})");
  EventRules fewer = rules();
  fewer.columns.erase(fewer.columns.begin(), fewer.columns.begin() + 2);
  EXPECT_EQ(event_text(fewer, rows, 0), R"({"n":"a"})");
}

}  // namespace
}  // namespace weir::formats
