#include "core/suggestion.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Suggestion, is_a_name_that_differs_by_a_slip_and_not_by_another_word) {
  const std::vector<std::string> known{"top", "tap", "status", "page_views", "greatest"};
  const struct {
    const char *unknown, *suggestion;
  } cases[] = {
      {"topp", "; did you mean \"top\"?"},
      {"sattus", "; did you mean \"status\"?"},
      {"Page_Views", "; did you mean \"page_views\"?"},
      {"STATUS", "; did you mean \"status\"?"},
      {"tpo", "; did you mean \"top\"?"},
      {"foo", ""},
      {"read_text", ""},
      {"", ""},
  };
  for (const auto& [unknown, suggestion] : cases) {
    EXPECT_EQ(did_you_mean(unknown, known), suggestion) << unknown;
  }
  EXPECT_EQ(did_you_mean("top", {}), "");
}

}  // namespace
}  // namespace weir
