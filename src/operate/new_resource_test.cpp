#include "operate/new_resource.h"

#include <gtest/gtest.h>

#include "operate/workspace_tests.h"
#include "workspace/compiled.h"
#include "workspace/loader_test.h"

namespace weir::operate {
namespace {

using workspace::TemporaryWorkspace;

using Files = std::map<std::string, std::string>;

std::string message_of(const Result<std::filesystem::path>& written) {
  return written.ok() ? "" : written.error().message;
}

TEST(NewResource, one_of_each_kind_makes_a_valid_workspace_whose_test_passes) {
  const TemporaryWorkspace folder(Files{{"weir.yaml", "weir: 1\nname: t\n"}});
  const std::vector<NewResource> wanted{{"source", "visits", ""}, {"stream", "hourly", ""},
                                        {"table", "hourly", ""},  {"table", "places", ""},
                                        {"api", "recent", ""},    {"test", "they_fit", ""}};
  for (const NewResource& one : wanted) {
    EXPECT_EQ(message_of(write_new_resource(folder.path(), one)), "") << one.kind;
  }
  auto compiled = workspace::compile_folder(folder.path());
  ASSERT_EQ(compiled.index(), 0U) << workspace::text_of(std::get<1>(compiled));
  EXPECT_EQ(std::get<0>(compiled).streams.size(), 1U);
  EXPECT_EQ(std::get<0>(compiled).static_tables.size(), 1U);
  const auto outcomes = run_workspace_tests(std::get<0>(compiled).declared, "");
  ASSERT_TRUE(outcomes.ok());
  ASSERT_EQ(outcomes.value().size(), 1U);
  EXPECT_EQ(outcomes.value()[0].failure, "");
}

TEST(NewResource, is_about_the_source_that_is_named_and_quotes_what_sql_would_misread) {
  const TemporaryWorkspace folder(Files{{"weir.yaml", "weir: 1\nname: t\n"}, {"a.yaml", R"(
source: first
from: http
schema: {v: integer}
---
source: second
from: http
schema: {at: timestamp, select: varchar, n: {type: integer, min: 3}, url: {type: varchar, required: true}}
event_time: at
)"}});
  EXPECT_EQ(message_of(write_new_resource(folder.path(), {"stream", "x", "second"})), "");
  EXPECT_EQ(message_of(write_new_resource(folder.path(), {"test", "y", "second"})), "");
  const auto compiled = workspace::compile_folder(folder.path());
  ASSERT_EQ(compiled.index(), 0U) << workspace::text_of(std::get<1>(compiled));
  EXPECT_NE(std::get<0>(compiled).streams[0].declared.sql.text.find("tumble(second, \"at\""),
            std::string::npos);
  const auto outcomes = run_workspace_tests(std::get<0>(compiled).declared, "");
  ASSERT_TRUE(outcomes.ok());
  EXPECT_EQ(outcomes.value()[0].failure, "");
}

TEST(NewResource, refuses_what_would_be_a_mistake_and_writes_nothing) {
  const TemporaryWorkspace folder(
      {{"weir.yaml", "weir: 1\nname: t\n"},
       {"mine.yaml", "source: ev\nfrom: http\nschema: {v: integer}\n"}});
  const auto refusal = [&](const NewResource& wanted) {
    return message_of(write_new_resource(folder.path(), wanted));
  };
  EXPECT_NE(refusal({"stream", "ev", ""}).find("there is source ev (mine.yaml:1) already"),
            std::string::npos);
  EXPECT_NE(refusal({"source", "mine", ""}).find("mine.yaml is there already"), std::string::npos);
  EXPECT_NE(refusal({"source", "select", ""}).find("reserved word"), std::string::npos);
  EXPECT_NE(refusal({"source", "Ev", ""}).find("\"Ev\" is no name"), std::string::npos);
  EXPECT_NE(refusal({"api", "a", ""}).find("begin with `weir new stream NAME`"), std::string::npos);
  EXPECT_NE(refusal({"stream", "s", "ew"}).find("did you mean \"ev\""), std::string::npos);
  EXPECT_NE(refusal({"test", "t", "none"}).find("a test is about a source"), std::string::npos);
  EXPECT_NE(refusal({"source", std::string(64, 'x'), ""}).find("of 64 bytes is no name"),
            std::string::npos);
  EXPECT_NE(refusal({"source", "s", "ev"}).find("leave out --from ev"), std::string::npos);
  const auto files = std::filesystem::directory_iterator(folder.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 2);
}

}  // namespace
}  // namespace weir::operate
