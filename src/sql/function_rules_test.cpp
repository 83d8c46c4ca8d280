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

// Ends the test program where one calls itself for each level of its JSON.
TEST(FunctionRules, let_no_function_go_as_deep_as_its_json) {
  const auto connection = engine::Database::open({}).value()->connect().value();
  const auto rows = connection
                        ->query(
                            "SELECT DISTINCT lower(function_name), len(parameter_types) FROM "
                            "duckdb_functions() WHERE function_type IN ('scalar', 'macro') AND "
                            "function_name LIKE '%json%' AND len(parameter_types) BETWEEN 1 AND 3")
                        .value();
  const std::string arrays = "(repeat('[', 100000) || repeat(']', 100000))";
  const std::string objects = "(repeat('{\"a\":', 50000) || '1' || repeat('}', 50000))";
  std::size_t called = 0;
  while (const auto batch = rows->next().value()) {
    for (std::size_t row = 0; row < batch->rows(); ++row) {
      const std::string name(batch->column(0).string(row));
      if (refusal_in_query(name)) continue;
      for (const std::string& deep : {arrays, objects}) {
        std::string arguments = deep;
        for (auto more = batch->column(1).values<std::int64_t>()[row]; more > 1; --more) {
          arguments += argument_of_text(name) ? ", '\"JSON\"'" : ", " + deep;
        }
        [[maybe_unused]] const auto answer =
            connection->query("SELECT " + name + "(" + arguments + ")");
        ++called;
      }
    }
  }
  EXPECT_GT(called, 30U);
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
    EXPECT_FALSE(refusal_of_text(function, text)) << function << text;
  }
  for (const auto& [function, text] :
       {Words{"format", ""}, Words{"format", "{:10000}"}, Words{"format", "{:.1000000000f}"},
        Words{"format", "{:{}}"}, Words{"format", "{{{:.{}f}"}, Words{"printf", "%*d"},
        Words{"printf", "%.*f"}, Words{"printf", "%.12345f"}}) {
    EXPECT_TRUE(refusal_of_text(function, text)) << function << text;
  }
}

TEST(FunctionRules, a_structure_of_json_says_itself_how_deep_it_is) {
  const std::string deepest = std::string(32, '[') + "\"JSON\"" + std::string(32, ']');
  for (const char* function : {"from_json", "from_json_strict", "json_transform"}) {
    EXPECT_FALSE(refusal_of_text(function, R"({"a": ["INTEGER"], "b": {"c": "DATE"}})"));
    EXPECT_FALSE(refusal_of_text(function, deepest));
    EXPECT_TRUE(refusal_of_text(function, "[" + deepest + "]"));
    EXPECT_TRUE(refusal_of_text(function, ""));
  }
}

}  // namespace
}  // namespace weir::sql
