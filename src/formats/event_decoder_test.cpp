#include "formats/event_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "formats/event_decoder_test.h"

namespace weir::formats {
namespace {

TEST(EventDecoder, refuses_a_broken_record_alone_and_keeps_its_bytes) {
  const std::vector<std::string> broken = {
      "{",
      "}",
      "{\"v\":1",
      "{\"v\":1}}",
      "{\"v\":1} {}",
      "[]",
      "5",
      "\"v\"",
      "null",
      "{\"v\"}",
      "{v:1}",
      "{\"v\":}",
      "{\"v\":1,}",
      "{,}",
      "{\"v\":1]",
      "{\"v\":1 \"w\":2}",
      "{\"v\":\"}",
      "{\"v\":tru}",
      "{\"x\":nul}",
      "{\"x\":[}",
      "{\"x\":\"\\q\"}",
      "{\"x\":1.e}",
      "{\"\\q\":1}",
      "{\"v\"::1}",
      "{\"v\":1,\"v\":2}",
  };
  for (const std::string& record : broken) {
    const Decoded decoded = decode(rules_without_accepted({column("v", "int")}),
                                   "{\"v\":1}\n" + record + "\r\n\n  \n{\"v\":3}");
    SCOPED_TRACE(record);
    EXPECT_EQ(decoded.rows.size(), 2u);
    ASSERT_EQ(decoded.refusals.size(), 1u);
    EXPECT_EQ(decoded.refusals[0].row, 1u);
    EXPECT_EQ(decoded.refusals[0].bytes, record);
    EXPECT_FALSE(decoded.refusals[0].reason.empty());
  }
}

TEST(EventDecoder, a_row_that_fails_half_way_leaves_nothing_behind) {
  const EventRules rules = rules_without_accepted(
      {column("a", "varchar"), column("b", "struct(x int[], y int)"), column("c", "int")});
  const Decoded decoded = decode(rules, R"({"a":"first","b":{"x":[1],"y":1},"c":1}
{"a":"half of a row that fails","b":{"x":[1,2,3],"y":"no"},"c":1}
{"c":"no","a":"x"}
{"a":"last","b":{"x":[2],"y":2},"c":2})");
  EXPECT_EQ(decoded.refused, (std::vector<std::string>{"1 WRONG_TYPE", "2 WRONG_TYPE"}));
  ASSERT_EQ(decoded.rows.size(), 2u);
  EXPECT_EQ(decoded.rows[1],
            R"({"ts":"2001-01-01T00:00:00Z","a":"last","b":{"x":[2],"y":2},"c":2})");
}

TEST(EventDecoder, says_which_column_which_value_and_what_would_be_right) {
  ColumnRule delay = column("delay", "smallint");
  delay.min = "-60";
  delay.max = "2000";
  const EventRules rules = rules_without_accepted({delay});
  const auto reason = [&](const char* body) { return decode(rules, body).refusals.at(0).reason; };
  EXPECT_EQ(reason(R"({"delay":"late"})"),
            "column delay: \"late\" is no SMALLINT: write a whole number from -32768 to 32767");
  EXPECT_EQ(reason(R"({"delay":2001})"), "column delay: 2001 is not at least -60 and at most 2000");
  EXPECT_EQ(
      reason(R"({"delay":{"x":"a text that goes on and on and on and on and on and on"}})"),
      "column delay: {\"x\":\"a text that goes on and on and on and on and on and on... is no "
      "SMALLINT: write a whole number from -32768 to 32767");
}

TEST(EventDecoder, an_array_is_split_by_its_brackets_and_strings) {
  const EventRules rules = rules_without_accepted({column("v", "varchar")});
  const Decoded decoded =
      decode(rules, " [ {\"v\":\"],}\\\"\"} , {\"v\":5},7,{\"v\":[{}]} ,\n{\"v\":null}] \n",
             BodyForm::json);
  EXPECT_EQ(decoded.rows.size(), 2u);
  EXPECT_EQ(decoded.refused,
            (std::vector<std::string>{"1 WRONG_TYPE", "2 MALFORMED", "3 WRONG_TYPE"}));
  EXPECT_EQ(decoded.refusals[0].bytes, "{\"v\":5}");
  EXPECT_TRUE(decode(rules, "[]", BodyForm::json).rows.empty());
}

TEST(EventDecoder, a_broken_array_is_refused_whole) {
  const EventRules rules = rules_without_accepted({column("v", "varchar")});
  for (const char* body : {"[", "[{\"v\":\"a\"}", "[{\"v\":\"a\"},]", "[,{\"v\":\"a\"}]", "[{]",
                           "[{\"v\":\"a\"}]x", "[{\"v\":\"a}]", "", "  ", "[{\"v\":\"a\"}][]"}) {
    EXPECT_NE(decode(rules, body, BodyForm::json).error, "") << body;
  }
}

TEST(EventDecoder, one_object_may_span_lines) {
  const EventRules rules = rules_without_accepted({column("v", "int")});
  EXPECT_EQ(decode(rules, "\xEF\xBB\xBF{\n \"v\" :\t1\r\n}\n", BodyForm::json).rows.size(), 1u);
  EXPECT_EQ(decode(rules, "{\"v\":1}{\"v\":2}", BodyForm::json).refused.size(), 1u);
}

TEST(EventDecoder, fills_in_defaults_and_insists_on_what_is_required) {
  ColumnRule with_default = column("d", "int");
  with_default.default_value = "7";
  ColumnRule required = column("r", "int");
  required.required = true;
  const Decoded decoded = decode(rules_without_accepted({with_default, required}),
                                 "{\"r\":1}\n{\"r\":2,\"d\":null}\n{\"d\":1}\n{\"r\":null}");
  EXPECT_EQ(decoded.rows,
            (std::vector<std::string>{R"({"ts":"2001-01-01T00:00:00Z","d":7,"r":1})",
                                      R"({"ts":"2001-01-01T00:00:00Z","d":null,"r":2})"}));
  EXPECT_EQ(decoded.refused, (std::vector<std::string>{"2 MISSING", "3 MISSING"}));
}

TEST(EventDecoder, bounds_hold_for_every_ordered_type) {
  struct Case {
    const char *type, *min, *max, *inside, *below, *above;
  };
  for (const Case& c :
       {Case{"int", "-5", "5", "-5", "-6", "6"},
        Case{"ubigint", "5", "18446744073709551615", "5", "4", "\"NaN\""},
        Case{"hugeint", "-1", "100000000000000000000", "0", "-2", "100000000000000000001"},
        Case{"uhugeint", "1", "340282366920938463463374607431768211454", "1", "0",
             "340282366920938463463374607431768211455"},
        Case{"double", "0.5", "1", "1", "0.49", "\"NaN\""},
        Case{"float", "0.5", "1", "1", "0.49", "1.01"},
        Case{"decimal(30,2)", "0.01", "9", "9", "0", "9.01"},
        Case{"decimal(4,2)", "0.01", "9", "9", "0", "9.01"},
        Case{"varchar", "b", "d", "\"c\"", "\"a\"", "\"e\""},
        Case{"date", "2001-01-01", "2001-12-31", "\"2001-12-31\"", "\"2000-12-31\"",
             "\"2002-01-01\""},
        Case{"time", "08:00", "17:00", "\"08:00\"", "\"07:59\"", "\"17:01\""},
        Case{"timestamp", "2001-01-01", "2002-01-01", "\"2001-06-01\"", "\"2000-12-31\"",
             "\"2002-01-02\""}}) {
    ColumnRule rule = column("v", c.type);
    rule.min = c.min;
    rule.max = c.max;
    const EventRules rules = rules_without_accepted({rule});
    const auto body = [](const char* value) { return std::string("{\"v\":") + value + "}"; };
    EXPECT_EQ(decode(rules, body(c.inside)).rows.size(), 1u) << c.type;
    EXPECT_EQ(decode(rules, body("null")).rows.size(), 1u) << c.type;
    EXPECT_EQ(decode(rules, body(c.below)).refused.size(), 1u) << c.type;
    EXPECT_EQ(decode(rules, body(c.above)).refused.size(), 1u) << c.type;
  }
}

TEST(EventDecoder, an_event_time_is_there_and_not_too_far_ahead) {
  EventRules rules = rules_of({column("ts", "timestamp")});
  rules.event_time = 0;
  const Decoded decoded =
      decode(rules,
             "{\"ts\":\"2024-01-02T00:00:00Z\"}\n{\"ts\":\"2024-01-02T00:00:00.000001Z\"}\n"
             "{}\n{\"ts\":null}\n{\"ts\":\"infinity\"}\n{\"ts\":\"-infinity\"}");
  EXPECT_EQ(decoded.rows.size(), 1u);
  EXPECT_EQ(decoded.refused, (std::vector<std::string>{"1 TOO_FAR_AHEAD", "2 MISSING", "3 MISSING",
                                                       "4 TOO_FAR_AHEAD", "5 OUT_OF_RANGE"}));
}

TEST(EventDecoder, without_an_event_time_a_row_has_that_of_its_acceptance) {
  EXPECT_EQ(decode(rules_of({column("v", "int")}), "{\"v\":1}").rows.at(0),
            R"({"v":1,"_accepted":"2024-01-01T00:00:00Z"})");
}

TEST(EventDecoder, times_count_from_1970_where_the_format_says_so) {
  for (const auto& [format, given, expected] :
       {std::tuple{TimeFormat::epoch_s, "978307200.5000019", "2001-01-01T00:00:00.500001Z"},
        std::tuple{TimeFormat::epoch_ms, "978307200001", "2001-01-01T00:00:00.001Z"},
        std::tuple{TimeFormat::epoch_us, "\"978307200000001\"", "2001-01-01T00:00:00.000001Z"}}) {
    ColumnRule rule = column("v", "timestamp");
    rule.format = format;
    const EventRules rules = rules_without_accepted({rule});
    EXPECT_NE(decode(rules, std::string("{\"v\":") + given + "}").rows.at(0).find(expected),
              std::string::npos);
    EXPECT_EQ(decode(rules, "{\"v\":1e30}").refused.at(0), "0 OUT_OF_RANGE");
    EXPECT_EQ(decode(rules, "{\"v\":\"2001-01-01\"}").refused.at(0), "0 WRONG_TYPE");
  }
}

TEST(EventDecoder, times_without_an_offset_are_of_the_time_zone) {
  EventRules rules = rules_without_accepted({column("v", "timestamp")});
  rules.time_zone = "Europe/Berlin";
  EXPECT_EQ(decode(rules, "{\"v\":\"2001-07-01T12:00:00\"}").rows.at(0),
            R"({"ts":"2000-12-31T23:00:00Z","v":"2001-07-01T10:00:00Z"})");
}

TEST(EventDecoder, limits_a_records_depth_and_size) {
  const EventRules rules = rules_without_accepted({column("v", "json")});
  const auto nested = [](std::size_t depth) {
    return "{\"v\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_EQ(decode(rules, nested(63)).rows.size(), 1u);
  EXPECT_EQ(decode(rules, nested(64)).refused.at(0), "0 MALFORMED");
  EXPECT_EQ(decode(rules, nested(400'000)).refused.at(0), "0 MALFORMED");
  const std::string large = "{\"v\":\"" + std::string(1 << 20, 'x') + "\"}";
  EXPECT_EQ(decode(rules, large + "\n{\"v\":1}").refused.at(0), "0 TOO_LARGE");
  EXPECT_EQ(decode(rules, "{\"v\":\"" + std::string(1'000'000, 'x') + "\"}").rows.size(), 1u);
}

TEST(EventDecoder, a_body_of_more_rows_or_bytes_than_its_bound_is_refused_whole) {
  std::vector<ColumnRule> columns;
  for (int i = 0; i < 200; ++i) columns.push_back(column("c" + std::to_string(i), "varchar"));
  const auto repeated = [](const std::string& text, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
  };
  struct Case {
    EventRules rules;
    std::string body;
    BodyForm form;
    const char* words;
  };
  const EventRules narrow = rules_of({column("a", "bigint")});
  const Case cases[] = {
      {narrow, repeated("{}\n", body_rows_max + 1), BodyForm::ndjson, "at most 1000000 rows"},
      {narrow, "[1" + repeated(",1", body_rows_max) + "]", BodyForm::json, "at most 1000000 rows"},
      {narrow, repeated("x\n", body_rows_max), BodyForm::ndjson, "MB in columns"},
      {rules_of(columns), repeated("{}\n", 200'000), BodyForm::ndjson, "MB in columns"},
  };
  for (const Case& c : cases) {
    const auto decoder = EventDecoder::make(c.rules).value();
    Batch rows(decoder->schema());
    ASSERT_TRUE(decoder->decode("{}", BodyForm::json, acceptance, rows).ok());
    const auto decoded = decoder->decode(c.body, c.form, acceptance, rows);
    ASSERT_FALSE(decoded.ok());
    EXPECT_EQ(decoded.error().fault, Fault::denied);
    EXPECT_NE(decoded.error().message.find(c.words), std::string::npos) << decoded.error().message;
    EXPECT_EQ(rows.rows(), 1U);
    EXPECT_TRUE(decoder->decode("{}", BodyForm::json, acceptance, rows).ok());
  }
}

TEST(EventDecoder, rules_that_contradict_themselves_are_refused) {
  const auto message = [](const ColumnRule& rule) {
    const auto decoder = EventDecoder::make(rules_of({rule}));
    EXPECT_FALSE(decoder.ok());
    return decoder.ok() ? "" : decoder.error().message;
  };
  ColumnRule rule = column("v", "int");
  rule.min = "5";
  rule.max = "4";
  EXPECT_EQ(message(rule), "column v: min 5 is above max 4");
  rule = column("v", "int");
  rule.default_value = "x";
  EXPECT_NE(message(rule).find("\"x\" is no INTEGER"), std::string::npos);
  rule = column("v", "int");
  rule.max = "4";
  rule.default_value = "5";
  EXPECT_EQ(message(rule), "column v: the default 5 is not at most 4");
  rule = column("v", "int[]");
  rule.min = "[1]";
  EXPECT_NE(message(rule), "");
  rule = column("v", "int");
  rule.format = TimeFormat::epoch_ms;
  EXPECT_NE(message(rule), "");
  EventRules rules = rules_of({column("v", "int")});
  rules.event_time = 0;
  EXPECT_FALSE(EventDecoder::make(rules).ok());
  rules.event_time.reset();
  rules.time_zone = "Mars/Olympus";
  EXPECT_FALSE(EventDecoder::make(rules).ok());
}

TEST(EventDecoder, a_default_may_be_structured) {
  ColumnRule rule = column("v", "struct(a int, b varchar[])");
  rule.default_value = R"({"a": 1, "b": ["x"]})";
  EXPECT_EQ(decode(rules_without_accepted({rule}), "{}").rows.at(0),
            R"({"ts":"2001-01-01T00:00:00Z","v":{"a":1,"b":["x"]}})");
}

TEST(EventDecoder, a_line_cut_anywhere_harms_no_other) {
  const EventRules rules = rules_without_accepted(
      {column("a", "varchar"), column("b", "int[]"), column("c", "struct(x double)")});
  const std::string whole = R"({"a":"\u00e9 \"é\"","b":[1,2],"c":{"x":1.5e0},"d":{"y":[true]}})";
  const std::string row = decode(rules, whole).rows.at(0);
  for (std::size_t cut = 1; cut < whole.size(); ++cut) {
    const Decoded decoded =
        decode(rules, whole + "\n" + whole.substr(0, cut) + "\n" + whole + "\n");
    EXPECT_EQ(decoded.rows, (std::vector<std::string>{row, row})) << cut;
    EXPECT_EQ(decoded.refused.size(), 1u) << cut;
  }
}

TEST(EventDecoder, no_byte_changed_at_random_harms_another_line) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const EventRules rules = rules_without_accepted(
      {column("a", "varchar"), column("b", "int[]"), column("c", "map(varchar, json)")});
  const std::string whole = R"({"a":"\u00e9 \"é\"","b":[1,2],"c":{"x":{"z":[1.5e0]}},"d":[{}]})";
  const std::string row = decode(rules, whole).rows.at(0);
  for (int i = 0; i < 2000; ++i) {
    std::string changed = whole;
    for (std::size_t n = random() % 3 + 1; n > 0; --n) {
      changed[random() % changed.size()] =
          random() % 2 == 0 ? "{}[]\",:\\ 1en"[random() % 12] : static_cast<char>(random());
    }
    std::erase_if(changed, [](char c) { return c == '\n' || c == '\r'; });
    const Decoded decoded = decode(rules, whole + "\n" + changed + "\n" + whole);
    ASSERT_GE(decoded.rows.size(), 2u) << changed;
    EXPECT_EQ(decoded.rows.front(), row) << changed;
    EXPECT_EQ(decoded.rows.back(), row) << changed;
  }
}

TEST(EventDecoder, fields_are_found_in_any_order) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::vector<std::string> fields = {"\"a\":1", "\"bb\":2", "\"b\":3", "\"c\":4", "\"x\":5"};
  const EventRules rules = rules_without_accepted(
      {column("a", "int"), column("b", "int"), column("bb", "int"), column("c", "int")});
  std::string body;
  for (int i = 0; i < 100; ++i) {
    std::ranges::shuffle(fields, random);
    body += "{" + fields[0];
    for (std::size_t k = 1; k < fields.size(); ++k) body += "," + fields[k];
    body += "}\n";
  }
  const Decoded decoded = decode(rules, body);
  ASSERT_EQ(decoded.rows.size(), 100u);
  for (const std::string& row : decoded.rows) {
    EXPECT_EQ(row, R"({"ts":"2001-01-01T00:00:00Z","a":1,"b":3,"bb":2,"c":4})");
  }
}

}  // namespace
}  // namespace weir::formats
