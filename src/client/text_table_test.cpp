#include "client/text_table.h"

#include <gtest/gtest.h>

namespace weir::client {
namespace {

TEST(TextTable, SetsNumbersToTheRightAndCountsLettersNotBytes) {
  EXPECT_EQ(text_table({{"city", "flights"}, {"Zürich", "7"}, {"Oslo", "12"}}),
            "city    flights\n"
            "------  -------\n"
            "Zürich        7\n"
            "Oslo         12\n");
}

TEST(TextTable, ShowsControlsInsteadOfObeyingThem) {
  EXPECT_EQ(text_table({{"a"}, {"\x1b[31m\n\xc2\x9b"}}), "a\n--------------\n\\x1b[31m\\n\\x9b\n");
}

TEST(TextTable, HasRoomForRowsThatAreLongerThanItsHead) {
  EXPECT_EQ(text_table({{"a"}, {"x", "7"}, {"y"}}), "a\n-  -\nx  7\ny\n");
}

TEST(TextTable, ThatGrowsHasItsHeadAgainOnlyWhereItIsAnother) {
  GrowingTable table;
  EXPECT_EQ(table.add({{"a", "n"}, {"xyz", "1"}}), "a    n\n---  -\nxyz  1\n");
  EXPECT_EQ(table.add({{"a", "n"}, {"x", "12"}, {"y", "3"}}), "x    12\ny     3\n");
  EXPECT_EQ(table.add({{"n"}, {"1"}}), "n\n-\n1\n");
}

TEST(TextTable, OfAHeadAloneHasNoRows) { EXPECT_EQ(text_table({{"a"}}), "a\n-\n"); }

TEST(CsvRows, AreTakenApartAsTheyWereQuoted) {
  struct Case {
    const char* csv;
    std::vector<TextRow> rows;
  };
  const std::vector<Case> cases{
      {"a,b\n1,2\n", {{"a", "b"}, {"1", "2"}}},
      {"a\r\n1\r\n", {{"a"}, {"1"}}},
      {"\"x,\ny\",\"say \"\"hi\"\"\"\n", {{"x,\ny", "say \"hi\""}}},
      {"a,b\n,\"\"\n", {{"a", "b"}, {"", ""}}},
      {"a\nlast", {{"a"}, {"last"}}},
  };
  for (const Case& c : cases) EXPECT_EQ(csv_rows(c.csv), c.rows) << c.csv;
}

}  // namespace
}  // namespace weir::client
