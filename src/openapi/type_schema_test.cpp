#include "openapi/type_schema.h"

#include <gtest/gtest.h>

namespace weir::openapi {
namespace {

TEST(TypeSchema, has_bounds_that_are_numbers_of_json) {
  struct Case {
    const char *type, *min, *max, *schema;
  };
  for (const Case& c :
       {Case{"double", ".5", "+1.", R"({"type":"number","minimum":0.5,"maximum":1})"},
        Case{"double", "-infinity", "1e3", R"({"type":"number","maximum":1e3})"},
        Case{"decimal(4,2)", "-.5", "09", R"({"type":"number","minimum":-0.5,"maximum":9})"},
        Case{"integer", "007", "8", R"({"type":"integer","minimum":7,"maximum":8})"}}) {
    EXPECT_EQ(url_schema(parse_type(c.type).value(), c.min, c.max), c.schema) << c.type;
  }
}

TEST(TypeSchema, shows_the_digits_that_a_decimal_keeps) {
  const std::pair<const char*, const char*> cases[] = {
      {"decimal(12,2)", R"({"type":"string","pattern":"^-?[0-9]{1,10}(\\.[0-9]{1,2})?$"})"},
      {"decimal(9,0)", R"({"type":"string","pattern":"^-?[0-9]{1,9}$"})"},
      {"decimal(2,2)", R"({"type":"string","pattern":"^-?0(\\.[0-9]{1,2})?$"})"}};
  for (const auto& [type, schema] : cases) {
    EXPECT_EQ(url_schema(parse_type(type).value(), std::nullopt, std::nullopt), schema) << type;
  }
}

}  // namespace
}  // namespace weir::openapi
