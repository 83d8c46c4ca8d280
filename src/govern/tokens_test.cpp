#include "govern/tokens.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <future>

namespace weir::govern {
namespace {

std::atomic<bool> is_disk_stuck = false;
std::atomic<int> syncs_begun = 0;

int sync_in_time(int file) {
  ++syncs_begun;
  syncs_begun.notify_all();
  is_disk_stuck.wait(true);
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}

}  // namespace
}  // namespace weir::govern

// What SQLite calls, in the place of the system's.
extern "C" int fdatasync(int file) { return weir::govern::sync_in_time(file); }
extern "C" int fsync(int file) { return weir::govern::sync_in_time(file); }

namespace weir::govern {
namespace {

using namespace std::chrono_literals;

class TokensTest : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Tokens> open() { return Tokens::open(folder_, clock_).value(); }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("tokens_test_" + std::to_string(::getpid()));
  ManualClock clock_{Instant(1'000'000s)};
};

TEST_F(TokensTest, a_token_is_known_again_after_a_restart_and_its_secret_is_not_stored) {
  const NewToken made = open()->create({{Action::write, "flights"}}, std::nullopt).value();
  const auto found = open()->find(made.secret);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->id, made.token.id);
  EXPECT_TRUE(allows(found->scopes, Action::write, "flights"));
  EXPECT_FALSE(allows(found->scopes, Action::write, "other"));
  EXPECT_FALSE(allows(found->scopes, Action::read, "flights"));
  EXPECT_EQ(open()->find("weir_guess"), nullptr);
}

TEST_F(TokensTest, an_expired_or_revoked_token_is_unknown) {
  const auto tokens = open();
  const NewToken brief = tokens->create({{Action::read, "*"}}, clock_.now() + 1h).value();
  const NewToken kept = tokens->create({{Action::administer, ""}}, std::nullopt).value();
  clock_.advance(1h);
  EXPECT_EQ(tokens->find(brief.secret), nullptr);
  EXPECT_NE(tokens->find(kept.secret), nullptr);
  EXPECT_TRUE(tokens->revoke(kept.token.id).ok());
  EXPECT_EQ(tokens->find(kept.secret), nullptr);
  EXPECT_EQ(tokens->revoke(kept.token.id).error().fault, Fault::not_found);
}

TEST_F(TokensTest, a_slow_disk_that_keeps_a_change_waiting_keeps_no_check_waiting) {
  const auto tokens = open();
  const NewToken known = tokens->create({{Action::read, "*"}}, std::nullopt).value();
  const int syncs_before = syncs_begun;
  is_disk_stuck = true;
  auto revoking = std::async(std::launch::async, [&] { return tokens->revoke(known.token.id); });
  syncs_begun.wait(syncs_before);
  auto finding = std::async(std::launch::async, [&] { return tokens->find(known.secret); });
  EXPECT_EQ(finding.wait_for(10s), std::future_status::ready);
  is_disk_stuck = false;
  is_disk_stuck.notify_all();
  EXPECT_TRUE(revoking.get().ok());
  EXPECT_EQ(tokens->find(known.secret), nullptr);
}

TEST(Scope, reads_what_it_prints_and_refuses_the_rest) {
  for (const char* text : {"admin", "read:*", "read:flights", "write:flights"}) {
    EXPECT_EQ(to_string(parse_scope(text).value()), text);
  }
  // Scopes are kept with spaces between them: "read:a admin" would come back as an administrator.
  for (const char* text : {"", "read", "read:", "Admin", "delete:x", "read:a b", "read:a admin",
                           "read:A", "read:*x", "read:late(a)", "write:1st", "admin "}) {
    EXPECT_EQ(parse_scope(text).error().fault, Fault::invalid) << text;
  }
}

}  // namespace
}  // namespace weir::govern
