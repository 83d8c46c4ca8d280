#include "formats/usual_value.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "formats/json_rows.h"
#include "formats/value_reader.h"

namespace weir::formats {
namespace {

// Usual, unusual and wrong, each at the end of a text and with more behind it.
std::vector<std::string> values() {
  std::vector<std::string> values;
  for (const char* value : {"true",
                            "false",
                            "tru",
                            "null",
                            "0",
                            "-0",
                            "-",
                            "7",
                            "-128",
                            "128",
                            "255",
                            "256",
                            "65535",
                            "65536",
                            "2147483648",
                            "-2147483649",
                            "4294967296",
                            "999999999999999999",
                            "9223372036854775807",
                            "18446744073709551616",
                            "01",
                            "-01",
                            "1.",
                            ".5",
                            "0.5",
                            "-12.25",
                            "12.345678901234",
                            "123456789012345.6",
                            "0.1234567890123456",
                            "1e5",
                            "1.5E-3",
                            "1-2",
                            "1.0.0",
                            "+1",
                            "1x",
                            "\"\"",
                            "\"a\"",
                            "\"12345678\"",
                            "\"longer than twelve bytes\"",
                            "\"\\u0041\"",
                            "\"a\\\"b\"",
                            "\"open",
                            "\"a\x01\"",
                            "\"2024-02-29T23:59:59Z\"",
                            "\"2023-02-29T00:00:00Z\"",
                            "\"2024-02-29 01:02:03.5Z\"",
                            "\"2024-02-29T01:02:03.123456Z\"",
                            "\"2024-02-29T01:02:03.1234567Z\"",
                            "\"2024-02-29T01:02:03.Z\"",
                            "\"2024-02-29T01:02:03\"",
                            "\"2024-02-29T01:02:03+01:00\"",
                            "\"2024-13-01T00:00:00Z\"",
                            "\"2024-00-10T00:00:00Z\"",
                            "\"2024-01-32T00:00:00Z\"",
                            "\"2024-01-01T24:00:00Z\"",
                            "\"2024-01-01T23:60:00Z\"",
                            "\"2024-01-01T23:59:60Z\"",
                            "\"0000-01-01T00:00:00Z\"",
                            "\"2024-01-01T00:00:00Z more\"",
                            "\"2024x01-01T00:00:00Z\"",
                            "\"2024-01-01t00:00:00Z\"",
                            "\"2024-01-01T00:00:0:Z\"",
                            "[",
                            "{",
                            ""}) {
    for (const char* behind : {"", ",", "} and more of the record", " ,"}) {
      values.push_back(std::string(value) + behind);
    }
  }
  return values;
}

struct Read {
  bool is_read = false;
  std::string value;
  std::size_t taken = 0;
};

Read read_usual(const Type& type, std::string_view text) {
  Column column(type);
  const char* end = text.data() + text.size();
  const char* behind = usual_reader(type, TimeFormat::iso)(text.data(), end, column);
  Read read{.is_read = behind != nullptr};
  EXPECT_EQ(column.size(), read.is_read ? 1u : 0u) << text;
  if (!read.is_read) return read;
  read.taken = static_cast<std::size_t>(behind - text.data());
  append_json_value(read.value, column, 0);
  return read;
}

Read read_in_full(const Type& type, std::string_view text) {
  const TimeZone utc;
  Column column(type);
  ValueReader reader(&utc);
  reader.start(text);
  Read read{.is_read = reader.append(column, TimeFormat::iso, 0)};
  read.taken = static_cast<std::size_t>(reader.cursor().at() - text.data());
  if (read.is_read) append_json_value(read.value, column, 0);
  return read;
}

TEST(UsualValue, is_what_reading_in_full_makes_of_it) {
  for (const char* name :
       {"boolean", "tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger",
        "ubigint", "double", "varchar", "timestamp", "timestamptz"}) {
    const Type type = parse_type(name).value();
    std::size_t usual = 0;
    for (const std::string& text : values()) {
      SCOPED_TRACE(std::string(name) + " from " + text);
      const Read read = read_usual(type, text);
      if (!read.is_read) continue;
      const Read wanted = read_in_full(type, text);
      EXPECT_TRUE(wanted.is_read);
      EXPECT_EQ(read.value, wanted.value);
      EXPECT_EQ(read.taken, wanted.taken);
      ++usual;
    }
    EXPECT_GT(usual, 0u) << name;
  }
}

TEST(UsualValue, is_taken_for_what_programs_mostly_write) {
  const std::pair<const char*, const char*> cases[] = {
      {"boolean", "true"},        {"bigint", "-1234567"},
      {"double", "12.25"},        {"double", "3"},
      {"varchar", "\"/a/page\""}, {"timestamp", "\"2024-01-31T13:00:00.250Z\""}};
  for (const auto& [type, text] : cases) {
    EXPECT_TRUE(read_usual(parse_type(type).value(), std::string(text) + ",").is_read) << text;
  }
}

}  // namespace
}  // namespace weir::formats
