#include "engine/csv_query.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/database.h"

namespace weir::engine {
namespace {

TEST(CsvHeads, name_the_columns_and_show_what_parts_them) {
  struct Case {
    const char* line;
    char delimiter;
    std::vector<std::string> names;
  };
  for (const Case& c :
       {Case{"a,b,c", ',', {"a", "b", "c"}}, Case{"a;b,c;d\r", ';', {"a", "b,c", "d"}},
        Case{"\xEF\xBB\xBF\"x, \"\"y\"\"\"\tz", '\t', {"x, \"y\"", "z"}},
        Case{"a|", '|', {"a", ""}}, Case{"alone", ',', {"alone"}}}) {
    const CsvHeads heads = read_heads(c.line);
    EXPECT_EQ(heads.delimiter, c.delimiter) << c.line;
    EXPECT_EQ(heads.names, c.names) << c.line;
  }
}

TEST(CsvQuery, keeps_an_empty_text_apart_from_a_null) {
  const std::string file = testing::TempDir() + "csv_query_" + std::to_string(getpid()) + ".csv";
  std::ofstream(file) << "a,b\r\n\"\",\r\nx,\"y \"\"z\"\"\"\r\n";
  const auto database = Database::open({.external_access = true}).value();
  const auto connection = database->connect().value();
  const auto rows = connection->query(csv_query(file).value());
  std::filesystem::remove(file);
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  const auto batch = rows.value()->next().value();
  ASSERT_EQ(batch->rows(), 2U);
  EXPECT_FALSE(batch->column(0).is_null(0));
  EXPECT_EQ(batch->column(0).string(0), "");
  EXPECT_TRUE(batch->column(1).is_null(0));
  EXPECT_EQ(batch->column(1).string(1), "y \"z\"");
}

}  // namespace
}  // namespace weir::engine
