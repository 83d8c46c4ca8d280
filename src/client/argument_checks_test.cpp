#include "client/argument_checks.h"

#include <gtest/gtest.h>

namespace weir::client {
namespace {

TEST(ArgumentChecks, say_what_to_write) {
  const struct {
    ArgumentCheck check;
    const char *argument, *said;
  } cases[] = {
      {whole_number(1), "1", ""},
      {whole_number(1), "9223372036854775807", ""},
      {whole_number(1), "0", "\"0\" will not do: write a whole number, 1 or more"},
      {whole_number(1), "-1", "\"-1\" will not do: write a whole number, 1 or more"},
      {whole_number(1), "9223372036854775808",
       "\"9223372036854775808\" will not do: write a whole number, 1 or more"},
      {whole_number(0), "1.5", "\"1.5\" will not do: write a whole number, 0 or more"},
      {whole_number(1, 1'000'000), "many",
       "\"many\" will not do: write a whole number, from 1 to 1000000"},
      {number(0.1, 3600), "0.1", ""},
      {number(0.1, 3600), "0", "\"0\" will not do: write a number from 0.1 to 3600"},
      {number(0.1, 3600), "nan", "\"nan\" will not do: write a number from 0.1 to 3600"},
      {number(0.1, 3600), "1s", "\"1s\" will not do: write a number from 0.1 to 3600"},
      {one_of({"text", "json"}), "json", ""},
      {one_of({"text", "json"}), "jsn",
       "\"jsn\" will not do: write text, json; did you mean \"json\"?"},
      {one_of({"end"}), "", "\"\" will not do: write end"},
  };
  for (const auto& [check, argument, said] : cases) EXPECT_EQ(check(argument), said) << argument;
}

}  // namespace
}  // namespace weir::client
