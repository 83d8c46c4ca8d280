#include "engine/csv_query.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace weir::engine
