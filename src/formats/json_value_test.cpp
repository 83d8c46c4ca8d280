#include "formats/json_value.h"

#include <gtest/gtest.h>

namespace weir::formats {
namespace {

TEST(JsonValue, GivesEveryKindOfValueBack) {
  const auto parsed = JsonValue::parse(
      R"({"n": null, "t": true, "i": -3, "u": 18446744073709551615, "d": 1.5, "s": "a\"b",
          "a": [1, [2]], "o": {"x": {"y": "z"}}})");
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  const JsonValue& value = parsed.value();
  EXPECT_TRUE(value["n"].is_null());
  EXPECT_TRUE(value["t"].boolean());
  EXPECT_EQ(value["i"].integer(), -3);
  EXPECT_EQ(value["u"].unsigned_integer(), 18446744073709551615U);
  EXPECT_EQ(value["d"].number(), 1.5);
  EXPECT_EQ(value["s"].text(), "a\"b");
  EXPECT_EQ(value["a"].array()[1].array()[0].integer(), 2);
  EXPECT_EQ(value["o"]["x"]["y"].text(), "z");
  EXPECT_EQ(value.object().front().first, "n");
}

TEST(JsonValue, TellsAWholeNumberThatIsNotNegative) {
  const auto parsed = JsonValue::parse(R"([0, 7, 18446744073709551615, -1, 1.5, "1", null])");
  ASSERT_TRUE(parsed.ok());
  std::string told;
  for (const JsonValue& value : parsed.value().array()) told += value.is_count() ? 'y' : 'n';
  EXPECT_EQ(told, "yyynnnn");
}

TEST(JsonValue, AnswersEmptyForWhatIsNotThere) {
  const auto parsed = JsonValue::parse(R"({"a": 1})");
  ASSERT_TRUE(parsed.ok());
  EXPECT_FALSE(parsed.value().has("b"));
  EXPECT_TRUE(parsed.value()["b"]["c"].is_null());
  EXPECT_EQ(parsed.value()["a"].text(), "");
  EXPECT_TRUE(parsed.value()["a"].array().empty());
}

TEST(JsonValue, RefusesWhatIsNoJson) {
  for (const char* text : {"", "{", "{\"a\":}", "[1] 2", "nul", "\"\xff\""}) {
    const auto parsed = JsonValue::parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().fault, Fault::invalid);
  }
}

TEST(MemberTexts, are_strings_as_they_read_and_all_else_as_written) {
  const auto members =
      member_texts(R"({"a":"x\ny","b":1.50,"c":{"d": [1, "e"]},"f\u0041":null,"g":true})");
  ASSERT_TRUE(members.ok()) << members.error().message;
  const std::vector<std::pair<std::string, std::string>> expected{
      {"a", "x\ny"}, {"b", "1.50"}, {"c", R"({"d": [1, "e"]})"}, {"fA", "null"}, {"g", "true"}};
  EXPECT_EQ(members.value(), expected);
  const auto blanks = member_texts(R"({"a":"b ","c":" ","d":"x\n","e":1 , "f":[1] })");
  ASSERT_TRUE(blanks.ok());
  EXPECT_EQ(blanks.value(), (std::vector<std::pair<std::string, std::string>>{
                                {"a", "b "}, {"c", " "}, {"d", "x\n"}, {"e", "1"}, {"f", "[1]"}}));
  EXPECT_FALSE(member_texts("[1]").ok());
  EXPECT_FALSE(member_texts(R"({"a":)").ok());
}

}  // namespace
}  // namespace weir::formats
