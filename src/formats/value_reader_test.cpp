#include "formats/value_reader.h"

#include <gtest/gtest.h>

#include "formats/event_decoder_test.h"

namespace weir::formats {
namespace {

struct ValueCase {
  const char* type;
  const char* given;
  const char* expected;  // as JSON out, or the code of the refusal
};

void expect_values(const std::vector<ValueCase>& cases) {
  for (const ValueCase& c : cases) {
    SCOPED_TRACE(std::string(c.type) + " from " + c.given);
    const EventRules rules = rules_without_accepted({column("v", c.type)});
    const Decoded decoded = decode(rules, std::string("{\"v\":") + c.given + "}");
    if (decoded.rows.empty()) {
      ASSERT_EQ(decoded.refusals.size(), 1u);
      EXPECT_EQ(decoded.refusals[0].code, c.expected) << decoded.refusals[0].reason;
      continue;
    }
    EXPECT_EQ(decoded.rows[0],
              std::string("{\"ts\":\"2001-01-01T00:00:00Z\",\"v\":") + c.expected + "}");
  }
}

TEST(ValueReader, reads_whole_numbers_within_their_type_only) {
  expect_values({
      {"tinyint", "-128", "-128"},
      {"tinyint", "128", "OUT_OF_RANGE"},
      {"tinyint", "1.0", "1"},
      {"tinyint", "1e2", "100"},
      {"tinyint", "1.5", "WRONG_TYPE"},
      {"tinyint", "\"1\"", "1"},
      {"utinyint", "\"256\"", "OUT_OF_RANGE"},
      {"smallint", "\"-7\"", "-7"},
      {"integer", "\"12\"", "12"},
      {"integer", "\"\"", "WRONG_TYPE"},
      {"integer", "\" 1\"", "WRONG_TYPE"},
      {"integer", "\"x\"", "WRONG_TYPE"},
      {"tinyint", "true", "WRONG_TYPE"},
      {"tinyint", "null", "null"},
      {"tinyint", "01", "MALFORMED"},
      {"tinyint", "-", "MALFORMED"},
      {"tinyint", "1e999999999999", "OUT_OF_RANGE"},
      {"tinyint", "[1]", "WRONG_TYPE"},
      {"tinyint", "{}", "WRONG_TYPE"},
      {"smallint", "-32768", "-32768"},
      {"smallint", "32768", "OUT_OF_RANGE"},
      {"integer", "2147483647", "2147483647"},
      {"integer", "2147483648", "OUT_OF_RANGE"},
      {"bigint", "9007199254740992", "9007199254740992"},
      {"bigint", "9007199254740993", "\"9007199254740993\""},
      {"bigint", "\"-9223372036854775808\"", "\"-9223372036854775808\""},
      {"bigint", "9223372036854775808", "OUT_OF_RANGE"},
      {"bigint", "\"x\"", "WRONG_TYPE"},
      {"hugeint", "170141183460469231731687303715884105727",
       "\"170141183460469231731687303715884105727\""},
      {"hugeint", "-170141183460469231731687303715884105728",
       "\"-170141183460469231731687303715884105728\""},
      {"hugeint", "170141183460469231731687303715884105728", "OUT_OF_RANGE"},
      {"utinyint", "255", "255"},
      {"utinyint", "-1", "OUT_OF_RANGE"},
      {"usmallint", "65536", "OUT_OF_RANGE"},
      {"uinteger", "4294967295", "4294967295"},
      {"ubigint", "18446744073709551615", "\"18446744073709551615\""},
      {"ubigint", "18446744073709551616", "OUT_OF_RANGE"},
      {"ubigint", "-0", "0"},
      {"uhugeint", "340282366920938463463374607431768211455",
       "\"340282366920938463463374607431768211455\""},
      {"uhugeint", "340282366920938463463374607431768211456", "OUT_OF_RANGE"},
      {"uhugeint", "-1", "OUT_OF_RANGE"},
  });
}

TEST(ValueReader, reads_numbers_with_a_point_exactly) {
  expect_values({
      {"double", "0.1", "0.1"},
      {"double", "1e22", "1e+22"},
      {"double", "123456789012345678", "123456789012345680"},
      {"double", "-0", "-0"},
      {"double", "2.2250738585072011e-308", "2.225073858507201e-308"},
      {"double", "1e-400", "0"},
      {"double", "1e400", "OUT_OF_RANGE"},
      {"double", "\"NaN\"", "\"NaN\""},
      {"double", "\"-Infinity\"", "\"-Infinity\""},
      {"double", "\"1\"", "WRONG_TYPE"},
      {"double", "1.", "MALFORMED"},
      {"double", ".5", "MALFORMED"},
      {"double", "NaN", "MALFORMED"},
      {"float", "16777217", "16777216"},
      {"float", "1e39", "OUT_OF_RANGE"},
      {"float", "0.1", "0.1"},
      {"decimal(4,2)", "-99.99", "-99.99"},
      {"decimal(4,2)", "100", "OUT_OF_RANGE"},
      {"decimal(4,2)", "0.5", "0.50"},
      {"decimal(4,2)", "0.050", "0.05"},
      {"decimal(4,2)", "0.005", "WRONG_TYPE"},
      {"decimal(4,2)", "\"1.25\"", "1.25"},
      {"decimal(4,2)", "5e-2", "0.05"},
      {"decimal(9,0)", "123456789", "123456789"},
      {"decimal(18,3)", "123456789012345.678", "123456789012345.678"},
      {"decimal(38,10)", "-1234567890123456789012345678.0123456789",
       "-1234567890123456789012345678.0123456789"},
      {"decimal(38,38)", "1", "OUT_OF_RANGE"},
  });
}

TEST(ValueReader, reads_texts_of_every_kind) {
  expect_values({
      {"boolean", "true", "true"},
      {"boolean", "false", "false"},
      {"boolean", "1", "WRONG_TYPE"},
      {"boolean", "tru", "MALFORMED"},
      {"varchar", R"("a\"\\\/\b\f\n\r\té")", R"("a\"\\/\u0008\u000c\n\r\té")"},
      {"varchar", R"("\u00e9\ud83d\ude00")", "\"é😀\""},
      {"varchar", R"("\ud83d")", "MALFORMED"},
      {"varchar", R"("\ude00")", "MALFORMED"},
      {"varchar", R"("\x")", "MALFORMED"},
      {"varchar", R"("\u12g4")", "MALFORMED"},
      {"varchar", "\"a\tb\"", "MALFORMED"},
      {"varchar", "\"\xff\"", "MALFORMED"},
      {"varchar", "5", "WRONG_TYPE"},
      {"blob", "\"AP8=\"", "\"AP8=\""},
      {"blob", "\"\"", "\"\""},
      {"blob", "\"AP8\"", "WRONG_TYPE"},
      {"blob", "\"AP9=\"", "WRONG_TYPE"},
      {"uuid", "\"F81D4FAE-7dec-11d0-a765-00a0c91e6bf6\"",
       "\"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\""},
      {"uuid", "\"f81d4fae7dec11d0a76500a0c91e6bf6\"", "WRONG_TYPE"},
      {"json", R"({"b": [1, null], "c":"\u0041"})", R"({"b": [1, null], "c":"\u0041"})"},
      {"json", "\"x\"", "\"x\""},
      {"json", "-1.50", "-1.50"},
      {"json", "null", "null"},
      {"json", "[01]", "MALFORMED"},
      {"json", "[1,]", "MALFORMED"},
      {"json", R"({"a":1,})", "MALFORMED"},
      {"json", R"({"a" 1})", "MALFORMED"},
      {"json", "[1 2]", "MALFORMED"},
      {"json", "[1}", "MALFORMED"},
  });
}

TEST(ValueReader, reads_times_of_every_kind) {
  expect_values({
      {"date", "\"2000-02-29\"", "\"2000-02-29\""},
      {"date", "\"1900-02-29\"", "OUT_OF_RANGE"},
      {"date", "\"-0044-03-15\"", "\"-0044-03-15\""},
      {"date", "\"infinity\"", "\"infinity\""},
      {"date", "\"2000-1-1\"", "WRONG_TYPE"},
      {"date", "5", "WRONG_TYPE"},
      {"time", "\"13:00\"", "\"13:00:00\""},
      {"time", "\"23:59:59.1234567\"", "\"23:59:59.123456\""},
      {"time", "\"24:00:00\"", "\"24:00:00\""},
      {"time", "\"24:00:01\"", "OUT_OF_RANGE"},
      {"timestamp", "\"2001-01-01\"", "\"2001-01-01T00:00:00Z\""},
      {"timestamp", "\"2001-01-01 00:10:00\"", "\"2001-01-01T00:10:00Z\""},
      {"timestamp", "\"2001-01-01T00:10:00.50Z\"", "\"2001-01-01T00:10:00.5Z\""},
      {"timestamp", "\"2001-01-01T00:10:00+02:30\"", "\"2000-12-31T21:40:00Z\""},
      {"timestamp", "\"2001-01-01T00:10:00-0230\"", "\"2001-01-01T02:40:00Z\""},
      {"timestamp", "\"2001-01-01 00:10:00.000001+00\"", "\"2001-01-01T00:10:00.000001Z\""},
      {"timestamp", "\"2001-01-01T00:10:60Z\"", "OUT_OF_RANGE"},
      {"timestamp", "\"2001-01-01X00:10:00Z\"", "WRONG_TYPE"},
      {"timestamp", "\"300000-01-01\"", "OUT_OF_RANGE"},
      {"timestamp", "\"-infinity\"", "\"-infinity\""},
      {"timestamp", "978307200", "WRONG_TYPE"},
      {"timestamptz", "\"1969-12-31T23:59:59.999999Z\"", "\"1969-12-31T23:59:59.999999Z\""},
      {"interval", "\"P1Y2M3DT4H5M6.5S\"", "\"P1Y2M3DT4H5M6.5S\""},
      {"interval", "\"-P1DT1S\"", "\"P-1DT-1S\""},
      {"interval", "\"2 weeks 90 minutes\"", "\"P14DT1H30M\""},
      {"interval", "\"1 year -3 days -04:05:06.5\"", "\"P1Y-3DT-4H-5M-6.5S\""},
      {"interval", "\"PT0S\"", "\"PT0S\""},
      {"interval", "\"P\"", "WRONG_TYPE"},
      {"interval", "\"P1.5M\"", "WRONG_TYPE"},
      {"interval", "\"P999999999Y\"", "OUT_OF_RANGE"},
      {"interval", "\"3 moons\"", "WRONG_TYPE"},
  });
}

TEST(ValueReader, reads_lists_structures_and_maps) {
  expect_values({
      {"int[]", "[1, null ,3]", "[1,null,3]"},
      {"int[]", "[]", "[]"},
      {"int[]", "null", "null"},
      {"int[]", "[1,\"x\"]", "WRONG_TYPE"},
      {"int[]", "1", "WRONG_TYPE"},
      {"int[]", "{}", "WRONG_TYPE"},
      {"varchar[][]", R"([["a"],[],null])", R"([["a"],[],null])"},
      {"struct(a int, b varchar[])", R"({"b":["x"],"other":{"y":[1]},"a":1})",
       R"({"a":1,"b":["x"]})"},
      {"struct(a int, b varchar[])", "{}", R"({"a":null,"b":null})"},
      {"struct(a int, b varchar[])", R"({"a":1,"\u0061":2})", "DUPLICATE_FIELD"},
      {"struct(a int, b varchar[])", R"({"other":[01]})", "MALFORMED"},
      {"struct(a int, b varchar[])", "[1]", "WRONG_TYPE"},
      {"map(varchar, int)", R"({"a":1,"b":null})",
       R"([{"key":"a","value":1},{"key":"b","value":null}])"},
      {"map(varchar, int)", R"([{"key":"a","value":1}])", R"([{"key":"a","value":1}])"},
      {"map(varchar, int)", R"({"a":1,"a":2})", "DUPLICATE_FIELD"},
      {"map(varchar, int)", R"([{"value":1}])", "WRONG_TYPE"},
      {"map(int, int)", R"([{"key":5,"value":1},{"key":5,"value":1}])", "DUPLICATE_FIELD"},
      {"map(int, int)", R"({"5":1})", "WRONG_TYPE"},
  });
}

}  // namespace
}  // namespace weir::formats
