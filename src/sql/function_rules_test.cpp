#include "sql/function_rules.h"

#include <gtest/gtest.h>

#include "engine/database.h"

namespace weir::sql {
namespace {

// Fails when a newer engine has functions that nobody has looked at: put each into the list of
// those that only read what they are given, or into a rule that says why not.
TEST(FunctionRules, know_every_function_of_the_engine) {
  const auto connection = engine::Database::open({}).value()->connect().value();
  const auto rows = connection
                        ->query(
                            "SELECT DISTINCT lower(function_name) FROM duckdb_functions() "
                            "WHERE function_type IN ('scalar', 'aggregate', 'macro')")
                        .value();
  std::size_t functions = 0;
  while (const auto batch = rows->next().value()) {
    for (std::size_t row = 0; row < batch->rows(); ++row, ++functions) {
      const std::string name(batch->column(0).string(row));
      const auto refused = refusal_in_query(name);
      EXPECT_FALSE(refused && refused->find("no function that SQL may call") != std::string::npos)
          << name;
    }
  }
  EXPECT_GT(functions, 500U);
}

TEST(FunctionRules, refuse_what_acts_tells_of_the_server_or_is_unknown) {
  for (const char* name : {"sum", "round", "->>", "pg_typeof", "icu_collate_de", "now", "random"}) {
    EXPECT_EQ(refusal_in_query(name), std::nullopt) << name;
  }
  for (const char* name : {"current_setting", "getenv", "nextval", "pg_sleep", "sleep_ms",
                           "inet_server_addr", "added_by_a_newer_engine"}) {
    EXPECT_NE(refusal_in_query(name), std::nullopt) << name;
    EXPECT_NE(refusal_in_stream(name), std::nullopt) << name;
  }
  EXPECT_NE(refusal_in_stream("random"), std::nullopt);
  EXPECT_EQ(refusal_in_query("datepaart"),
            "datepaart() is no function that SQL may call here; did you mean \"datepart\"?");
}

TEST(FunctionRules, a_format_says_itself_how_long_a_number_becomes) {
  using Words = std::pair<const char*, const char*>;
  for (const auto& [function, text] :
       {Words{"format", "{:>9999} {{{}}} 50%*"}, Words{"format", "{:.2f}, {1}"},
        Words{"printf", "%9999d 100%% * {{}}"}, Words{"printf", "%-5s * %.3f"}}) {
    EXPECT_FALSE(refusal_of_format(function, text)) << function << text;
  }
  for (const auto& [function, text] :
       {Words{"format", ""}, Words{"format", "{:10000}"}, Words{"format", "{:.1000000000f}"},
        Words{"format", "{:{}}"}, Words{"format", "{{{:.{}f}"}, Words{"printf", "%*d"},
        Words{"printf", "%.*f"}, Words{"printf", "%.12345f"}}) {
    EXPECT_TRUE(refusal_of_format(function, text)) << function << text;
  }
}

}  // namespace
}  // namespace weir::sql
