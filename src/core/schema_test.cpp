#include "core/schema.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Schema, types_print_as_duckdb_spells_them_and_read_back) {
  const char* texts[][2] = {
      {"int", "INTEGER"},
      {"double precision", "DOUBLE"},
      {"decimal(12,2)", "DECIMAL(12,2)"},
      {"varchar[]", "VARCHAR[]"},
      {"timestamp with time zone", "TIMESTAMP WITH TIME ZONE"},
      {"struct(a int, \"b c\" varchar[])[]", "STRUCT(\"a\" INTEGER, \"b c\" VARCHAR[])[]"},
      {"map(varchar, decimal(5,1))", "MAP(VARCHAR, DECIMAL(5,1))"},
      {"json", "JSON"},
  };
  for (const auto& [text, printed] : texts) {
    const Result<Type> type = parse_type(text);
    ASSERT_TRUE(type.ok()) << text << ": " << type.error().message;
    EXPECT_EQ(to_string(type.value()), printed);
    EXPECT_EQ(parse_type(printed).value(), type.value());
  }
}

TEST(Schema, types_nest_no_deeper_than_an_event_is_read) {
  std::string lists;
  std::string fields = "int";
  for (int depth = 0; depth < 16; ++depth) lists += "[]";
  for (int depth = 0; depth < 16; ++depth) fields = "struct(a " + fields + ")";
  EXPECT_TRUE(parse_type("int" + lists).ok());
  EXPECT_TRUE(parse_type(fields).ok());
  EXPECT_FALSE(parse_type("int[]" + lists).ok());
  EXPECT_FALSE(parse_type("struct(a " + fields + ")").ok());
}

TEST(Schema, a_word_that_is_no_type_is_refused_with_what_would_be_right) {
  for (const char* text :
       {"", "strng", "decimal(50,2)", "struct", "int[3", "int extra", "map(int)"}) {
    const Result<Type> type = parse_type(text);
    ASSERT_FALSE(type.ok()) << text;
    EXPECT_EQ(type.error().fault, Fault::invalid);
  }
}

}  // namespace
}  // namespace weir
