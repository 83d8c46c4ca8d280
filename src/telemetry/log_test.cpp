#include "telemetry/log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace weir::telemetry {
namespace {

// What is logged while it lives, read from a pipe.
class Caught {
 public:
  explicit Caught(LogFormat format, LogLevel level = LogLevel::info) {
    EXPECT_EQ(pipe(ends_.data()), 0);
    set_log({format, level, ends_[1]});
  }
  ~Caught() {
    set_log({});
    close(ends_[0]);
  }
  std::string text() {
    close(ends_[1]);
    std::array<char, 8192> bytes{};
    const ssize_t read = ::read(ends_[0], bytes.data(), bytes.size());
    return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(read, 0))};
  }

 private:
  std::array<int, 2> ends_{};
};

TEST(Log, GivesMachinesOneObjectALine) {
  Caught caught(LogFormat::json);
  log(LogCode::stream_waits, "no room\nfor \"it\"", {{"stream", "delays"}, {"position", 4096}});
  const std::string line = caught.text();
  EXPECT_EQ(line.find("{\"time\":\"20"), 0U);
  EXPECT_EQ(std::ranges::count(line, '\n'), 1);
  EXPECT_NE(line.find(R"("level":"warning","code":"STREAM_WAITS","message":"no room\nfor \"it\"",)"
                      R"("stream":"delays","position":4096})"),
            std::string::npos)
      << line;
}

TEST(Log, GivesPeopleTextThatCannotForgeALine) {
  Caught caught(LogFormat::text);
  log(LogCode::request_refused, "refused", {{"path", "/a\n2026 error"}, {"status", 401}});
  const std::string line = caught.text();
  EXPECT_EQ(std::ranges::count(line, '\n'), 1) << line;
  EXPECT_NE(line.find(R"(info    REQUEST_REFUSED path="/a\n2026 error" status=401: refused)"),
            std::string::npos)
      << line;
}

TEST(Log, ShowsPeopleControlsInsteadOfObeyingThem) {
  Caught caught(LogFormat::text);
  log(LogCode::request_refused, "no\xc2\x9b", {{"path", "/\xc2\x9b[2J"}, {"peer", "\x7f ü"}});
  EXPECT_NE(caught.text().find(R"( path="/\x9b[2J" peer="\x7f ü": no\x9b)"), std::string::npos);
}

TEST(Log, IndentsTheLinesOfAMessageForPeople) {
  Caught caught(LogFormat::text);
  log(LogCode::server_started, "no\n2026 error \x1b[2J");
  EXPECT_NE(caught.text().find(": no\n    2026 error \\x1b[2J\n"), std::string::npos);
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  Caught caught(LogFormat::text, LogLevel::warning);
  log(LogCode::server_started, "started");
  log(LogCode::stream_waits, "waits");
  const std::string lines = caught.text();
  EXPECT_EQ(lines.find("SERVER_STARTED"), std::string::npos);
  EXPECT_NE(lines.find("STREAM_WAITS"), std::string::npos);
}

TEST(LogCodes, AreInOrderAndEachSaysWhatToDo) {
  EXPECT_TRUE(std::ranges::is_sorted(log_codes(), {}, &LogCodeInfo::text));
  for (const LogCodeInfo& info : log_codes()) {
    EXPECT_FALSE(info.means.empty()) << info.text;
    EXPECT_FALSE(info.what_to_do.empty()) << info.text;
    EXPECT_EQ(info.text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace weir::telemetry
