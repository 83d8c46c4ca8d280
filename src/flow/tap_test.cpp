#include "flow/tap.h"

#include <gtest/gtest.h>

#include <thread>

#include "formats/json_value.h"
#include "journal/heads.h"
#include "journal/journal_test.h"

namespace weir::flow {
namespace {

using formats::JsonValue;

class Tap : public testing::Test {
 protected:
  void append(std::int64_t first, std::size_t count) {
    journal::Entry entry{.kind = journal::Kind::events, .topic = "flights"};
    entry.batches.push_back(journal::rows_from(first, count));
    ASSERT_TRUE(journal_->append_and_wait({entry}).ok());
  }
  net::Response ask(std::vector<std::pair<std::string, std::string>> query,
                    bool as_lines = false) const {
    const net::Request request{.method = "GET", .query = std::move(query)};
    return taps_.answer({request, token_, as_lines}, "flights", stop_.get_token());
  }
  // One row, as a part of a stream's commit.
  void append_part(std::int64_t number, std::uint32_t part, bool is_last) {
    journal::Entry entry{
        .kind = journal::Kind::commit,
        .topic = "flights",
        .head = journal::encode(journal::CommitHead{.part = part, .is_last = is_last})};
    entry.batches.push_back(journal::rows_from(number, 1));
    ASSERT_TRUE(journal_->append_and_wait({entry}).ok());
  }
  JsonValue results(std::string after) const {
    const net::Request request{.method = "GET",
                               .query = {{"after", std::move(after)}, {"timeout", "0s"}}};
    const auto response = results_.answer({request, token_}, "flights", stop_.get_token());
    EXPECT_EQ(response.status, 200) << response.body;
    return JsonValue::parse(response.body).value()["data"];
  }
  JsonValue data(std::vector<std::pair<std::string, std::string>> query) const {
    const net::Response response = ask(std::move(query));
    EXPECT_EQ(response.status, 200) << response.body;
    return JsonValue::parse(response.body).value()["data"];
  }
  static std::vector<std::int64_t> numbers(const JsonValue& data) {
    std::vector<std::int64_t> found;
    for (const JsonValue& row : data["rows"].array()) found.push_back(row["n"].integer());
    return found;
  }

  const journal::TemporaryFolder folder_;
  std::unique_ptr<journal::Journal> journal_ =
      journal::open_journal(folder_.path(), {.segment_bytes = std::size_t{4} << 20});
  const Taps taps_{journal_.get(), {{"flights", {}, {"flights", journal::Kind::events, 0}}}};
  const Taps results_{journal_.get(), {{"flights", {}, {"flights", journal::Kind::commit, 0}}}};
  const govern::Token token_{.scopes = {{govern::Action::administer, ""}}};
  std::stop_source stop_;
};

TEST_F(Tap, gives_the_first_rows_behind_a_position_and_counts_the_others) {
  append(0, 3);
  const std::string begin = std::to_string(journal_->end());
  append(3, 2);
  append(5, 4);
  const JsonValue first = data({{"after", begin}, {"limit", "3"}, {"timeout", "0s"}});
  EXPECT_EQ(numbers(first), (std::vector<std::int64_t>{3, 4, 5}));
  EXPECT_EQ(first["dropped"].unsigned_integer(), 3U);
  EXPECT_EQ(first["next"].unsigned_integer(), journal_->end());
  const JsonValue next = data({{"after", std::to_string(journal_->end())}, {"timeout", "0s"}});
  EXPECT_EQ(numbers(next), std::vector<std::int64_t>());
}

TEST_F(Tap, waits_for_rows_to_come_and_no_longer_than_it_is_let) {
  append(0, 1);
  const std::string begin = std::to_string(journal_->end());
  const std::jthread later([&] { append(1, 1); });
  EXPECT_EQ(numbers(data({{"after", begin}, {"timeout", "10s"}})), std::vector<std::int64_t>{1});
  stop_.request_stop();
  EXPECT_EQ(numbers(data({{"timeout", "10s"}})), std::vector<std::int64_t>());
}

TEST_F(Tap, who_is_too_far_behind_goes_on_from_the_end) {
  while (journal_->end() <= Position{17} << 20) append(0, 20'000);
  stop_.request_stop();
  const JsonValue passed = data({{"after", "0"}});
  EXPECT_EQ(numbers(passed), std::vector<std::int64_t>());
  EXPECT_EQ(passed["next"].unsigned_integer(), journal_->end());
  EXPECT_EQ(passed["skipped_bytes"].unsigned_integer(), journal_->end());
}

TEST_F(Tap, a_sample_has_ten_thousand_rows_at_most) {
  const std::string begin = std::to_string(journal_->end());
  append(0, 100'000);
  const JsonValue sample = data({{"after", begin}, {"limit", "10000"}, {"timeout", "0s"}});
  EXPECT_EQ(sample["rows"].array().size() + sample["dropped"].unsigned_integer(), 100'000U);
  EXPECT_EQ(sample["rows"].array().size(), 10'000U);
}

TEST_F(Tap, a_commit_is_shown_once_its_last_part_is_there) {
  const auto next_of = [](const JsonValue& data) {
    return std::to_string(data["next"].unsigned_integer());
  };
  append_part(7, 0, true);
  const std::string begin = next_of(results("0"));
  append_part(1, 0, false);
  append_part(2, 1, false);
  EXPECT_EQ(numbers(results("0")), std::vector<std::int64_t>{7});
  const JsonValue nothing = results(begin);
  EXPECT_EQ(numbers(nothing), std::vector<std::int64_t>());
  // As after a crash: the parts above never get their last.
  append_part(1, 0, false);
  append_part(2, 1, false);
  append_part(3, 2, true);
  EXPECT_EQ(numbers(results(next_of(nothing))), (std::vector<std::int64_t>{1, 2, 3}));
}

TEST_F(Tap, as_lines_it_has_the_figures_in_headers) {
  append(0, 2);
  const net::Response response = ask({{"after", "0"}, {"limit", "1"}}, true);
  EXPECT_EQ(response.content_type, "application/x-ndjson");
  EXPECT_EQ(std::ranges::count(response.body, '\n'), 1);
  EXPECT_EQ(response.body.substr(0, 7), R"({"n":0,)");
  const std::vector<std::pair<std::string, std::string>> expected{
      {"Weir-Next", std::to_string(journal_->end())},
      {"Weir-Dropped", "1"},
      {"Weir-Skipped-Bytes", "0"}};
  EXPECT_EQ(response.headers, expected);
}

}  // namespace
}  // namespace weir::flow
