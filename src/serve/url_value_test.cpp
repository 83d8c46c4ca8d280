#include "serve/url_value.h"

#include <gtest/gtest.h>

namespace weir::serve {
namespace {

TEST(UrlValue, loses_no_digit_of_a_decimal) {
  const Type price = parse_type("decimal(8,2)").value();
  for (const char* text : {"12.50", "12.5", "-0.010", "999999.99", "1250e-2"}) {
    EXPECT_TRUE(engine_text("price", price, {}, text).ok()) << text;
  }
  for (const char* text : {"12.499", "1000000", "1e9", "abc", "NaN", ""}) {
    const auto read = engine_text("price", price, {}, text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().message,
              "price is of type DECIMAL(8,2), not \"" + std::string(text) + "\"");
  }
}

TEST(UrlValue, of_a_blob_is_base64) {
  const Type blob = parse_type("blob").value();
  EXPECT_EQ(engine_text("b", blob, {}, "AAEC").value(), R"(\x00\x01\x02)");
  EXPECT_EQ(engine_text("b", blob, {}, "").value(), "");
  for (const char* text : {"zz!", R"(\x00)", "AAE", "AA C"}) {
    const auto read = engine_text("b", blob, {}, text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().message,
              "b is of type BLOB, written in base64, not \"" + std::string(text) + "\"");
  }
}

}  // namespace
}  // namespace weir::serve
