#include "operate/request_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "net/envelope.h"
#include "telemetry/log.h"

namespace weir::operate {
namespace {

using std::chrono::milliseconds;

// What is logged until it is asked for.
class Lines {
 public:
  Lines() {
    EXPECT_EQ(pipe(ends_.data()), 0);
    telemetry::set_log({.format = telemetry::LogFormat::json, .descriptor = ends_[1]});
  }
  std::vector<std::string> take() {
    telemetry::set_log({});
    close(ends_[1]);
    std::string text(std::size_t{64} << 10, '\0');
    text.resize(
        static_cast<std::size_t>(std::max<ssize_t>(read(ends_[0], text.data(), text.size()), 0)));
    close(ends_[0]);
    std::vector<std::string> lines;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string::npos;) {
      lines.push_back(text.substr(0, end));
      text.erase(0, end + 1);
    }
    return lines;
  }

 private:
  std::array<int, 2> ends_{};
};

TEST(RequestLog, WritesTheFirstOfAKindAndCountsTheOthers) {
  Lines lines;
  const net::Response refused{.status = 401, .error = "TOKEN_UNKNOWN"};
  const net::Response served;
  {
    RequestLog log(std::chrono::hours(1));
    for (int i = 0; i < 1000; ++i) {
      log.note({"GET", "/weir/v1/status", "10.0.0.1", refused, milliseconds(1)});
    }
    log.note({"GET", "/api/v1/data/x", "10.0.0.1", served, milliseconds(1)});
    log.note({"GET", "/api/v1/data/x", "10.0.0.1", served, milliseconds(1500)});
  }
  const std::vector<std::string> said = lines.take();
  ASSERT_EQ(said.size(), RequestLog::lines_max + 2);
  EXPECT_NE(said[0].find(R"("code":"REQUEST_REFUSED")"), std::string::npos);
  EXPECT_NE(said[0].find(R"("path":"/weir/v1/status","peer":"10.0.0.1")"), std::string::npos);
  EXPECT_NE(said[5].find(R"("error":"TOKEN_UNKNOWN","count":995)"), std::string::npos) << said[5];
  EXPECT_NE(said[6].find(R"("code":"REQUEST_SLOW")"), std::string::npos);
  EXPECT_NE(said[6].find(R"("milliseconds":1500)"), std::string::npos);
}

TEST(RequestLog, TellsWhyTheServerFailedAsAnError) {
  Lines lines;
  const net::Response failed = net::refusal(Error{Fault::corrupt, "x.entries: byte 9: damaged"});
  const net::Response refused = net::refusal(400, "INVALID", "no column \"secret\"");
  {
    RequestLog log(std::chrono::hours(1));
    for (int i = 0; i < 1000; ++i) {
      log.note({"POST", "/weir/v1/sql", "10.0.0.1", failed, milliseconds(1)});
    }
    log.note({"POST", "/weir/v1/sql", "10.0.0.1", refused, milliseconds(1)});
  }
  const std::vector<std::string> said = lines.take();
  ASSERT_EQ(said.size(), RequestLog::lines_max + 2);
  EXPECT_NE(said[0].find(R"("code":"REQUEST_REFUSED")"), std::string::npos) << said[0];
  EXPECT_EQ(said[0].find("secret"), std::string::npos) << said[0];
  EXPECT_NE(said[1].find(R"("level":"error","code":"REQUEST_FAILED")"), std::string::npos)
      << said[1];
  EXPECT_NE(said[1].find("x.entries: byte 9: damaged"), std::string::npos) << said[1];
  EXPECT_NE(said[6].find(R"("error":"CORRUPT","count":995)"), std::string::npos) << said[6];
}

TEST(RequestLog, CutsALongPathBetweenCharacters) {
  Lines lines;
  const net::Response refused{.status = 404};
  const std::string path = "/" + std::string(198, 'a');
  RequestLog(std::chrono::hours(1)).note({"GET", path + "üü", "", refused, milliseconds(1)});
  const std::vector<std::string> said = lines.take();
  ASSERT_EQ(said.size(), 1U);
  EXPECT_NE(said[0].find("\"path\":\"" + path + "\","), std::string::npos) << said[0];
}

TEST(RequestLog, SaysNothingOfAProbeThatFindsTheServerNotReady) {
  Lines lines;
  const net::Response not_ready{.status = 503, .error = "NOT_READY"};
  RequestLog(std::chrono::hours(1)).note({"GET", "/readyz", "", not_ready, milliseconds(1)});
  EXPECT_EQ(lines.take(), std::vector<std::string>{});
}

TEST(RequestLog, CountsHowLongEachRouteTook) {
  RequestLog log(std::chrono::hours(1));
  const net::Response served;
  log.note({"POST", "/ingest/flights", "", served, milliseconds(3)});
  log.note({"POST", "/weir/v1/sql", "", served, milliseconds(30)});
  for (const telemetry::Sample& sample : log.seconds().samples) {
    const std::string& route = sample.labels.at("route");
    EXPECT_EQ(sample.count, route == "ingest" || route == "sql" ? 1U : 0U) << route;
  }
}

}  // namespace
}  // namespace weir::operate
