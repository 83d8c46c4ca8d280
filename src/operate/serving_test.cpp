#include "operate/serving.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "collect/addresses.h"
#include "formats/json_value.h"
#include "net/http_client.h"
#include "operate/platform_test.h"
#include "serve/routes.h"

namespace weir::operate {
namespace {

using formats::JsonValue;

constexpr const char* described_text = R"(
source: flights
from: http
path: /log/flights
schema: {date: timestamp, origin: varchar}
event_time: date
---
stream: copies
sql: SELECT * FROM flights
into: copies
---
api: of_origin
path: /flights/of-origin
sql: SELECT origin FROM copies
---
api: of_origin_now
path: /flights/of-origin
version: 2
sql: SELECT origin FROM copies
)";

std::string path_of(collect::Route route) {
  switch (route) {
    case collect::Route::ingest: return "/ingest/flights";
    case collect::Route::watermark: return "/ingest/flights/watermark";
    case collect::Route::beacon: return "/beacon/flights";
    case collect::Route::own_path: return "/log/flights";
    case collect::Route::snippet: return "/beacon.js";
  }
  return "";
}

// Whether it is the path, with one part of any text for what stands in braces.
bool matches(std::string_view text, std::string_view path) {
  const std::size_t open = path.find('{');
  if (open == std::string_view::npos) return text == path;
  const std::string_view behind = path.substr(path.find('}') + 1);
  if (!text.starts_with(path.substr(0, open)) || !text.ends_with(behind)) return false;
  if (text.size() <= open + behind.size()) return false;
  const std::string_view part = text.substr(open, text.size() - open - behind.size());
  return part.find('/') == std::string_view::npos;
}

// What an administrator of such a workspace is shown.
class DocumentTest : public PlatformTest {
 protected:
  void SetUp() override {
    PlatformTest::SetUp();
    add("flights.yaml", described_text);
    auto started = start("127.0.0.1:0");
    ASSERT_TRUE(started.ok()) << started.error().message;
    platform_ = std::move(started).value();
    const auto client =
        net::HttpClient::open(platform_->url(), platform_->new_admin_token()).value();
    const auto answer = client->send("GET", "/openapi.json");
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    document_ = JsonValue::parse(answer.value().body).value();
  }
  void TearDown() override {
    platform_.reset();
    PlatformTest::TearDown();
  }

  bool shows(const std::string& path, const std::string& method) const {
    return document_["paths"][path].has(method);
  }
  // Such as /weir/v1/tap/{name}, or with something in the braces' place.
  bool shows_like(std::string_view path, const std::string& method) const {
    return std::ranges::any_of(document_["paths"].object(), [&](const auto& one) {
      return matches(one.first, path) && one.second.has(method);
    });
  }

  std::unique_ptr<Platform> platform_;
  JsonValue document_;
};

TEST_F(DocumentTest, ShowsEveryRouteOfTheGateway) {
  for (const serve::RoutePath& route : serve::route_paths()) {
    if (route.path.starts_with("/docs/")) continue;  // the page at /docs, and what it is made of
    for (const std::string_view method : route.methods) {
      if (method == "HEAD") continue;  // goes with GET
      std::string name(method);
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
      EXPECT_TRUE(shows_like(route.path, name)) << method << " " << route.path;
    }
  }
  for (const char* path :
       {"/api/v1/flights/of-origin", "/api/v2/flights/of-origin", "/api/flights/of-origin"}) {
    EXPECT_TRUE(shows(path, "get")) << path;
  }
}

TEST_F(DocumentTest, ShowsEveryAddressOfASource) {
  using collect::Route;
  for (const Route route : {Route::ingest, Route::watermark, Route::beacon, Route::own_path}) {
    EXPECT_TRUE(shows(path_of(route), "post")) << path_of(route);
  }
  EXPECT_TRUE(shows(path_of(Route::snippet), "get"));
}

TEST_F(DocumentTest, ShowsEveryFilterOfAColumn) {
  std::vector<std::string> names;
  for (const JsonValue& one :
       document_["paths"]["/api/v1/data/copies"]["get"]["parameters"].array())
    names.push_back(one["name"].text());
  for (const char* end : {"", ".eq", ".ne", ".lt", ".lte", ".gt", ".gte", ".like", ".in", ".is"}) {
    EXPECT_EQ(std::ranges::count(names, std::string("origin") + end), 1) << end;
  }
}

TEST_F(DocumentTest, NamesWhatCanBeTapped) {
  const JsonValue& tap = document_["paths"]["/weir/v1/tap/{name}"]["get"];
  std::vector<std::string> names;
  for (const JsonValue& name : tap["parameters"].at(0)["schema"]["enum"].array()) {
    names.push_back(name.text());
  }
  for (const char* name :
       {"flights", "copies", "late(copies)", "quarantine(flights)", "quarantine(copies)"}) {
    EXPECT_EQ(std::ranges::count(names, name), 1) << name;
  }
}

}  // namespace
}  // namespace weir::operate
