#include "net/http_target.h"

#include <gtest/gtest.h>

namespace weir::net {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

TEST(HttpTarget, path_and_query_are_decoded) {
  const struct {
    const char* target;
    const char* path;
    Query query;
  } cases[] = {
      {"/", "/", {}},
      {"/?", "/", {}},
      {"/a%20b/%E5%A0%B0", "/a b/堰", {}},
      {"/堰", "/堰", {}},
      {"/a+b?c+d=e+f", "/a+b", {{"c d", "e f"}}},
      {"/t?a=1&b=&c&=d&&a=2", "/t", {{"a", "1"}, {"b", ""}, {"c", ""}, {"", "d"}, {"a", "2"}}},
      {"/t?a=b%3D%26=c?/", "/t", {{"a", "b=&=c?/"}}},
      {"http://host:8080/x?y=1", "/x", {{"y", "1"}}},
      {"HTTPS://host?y=1", "/", {{"y", "1"}}},
      {"http://host", "/", {}},
      {"/..a/b../...", "/..a/b../...", {}},
      {"/x?back=/../y", "/x", {{"back", "/../y"}}},
  };
  for (const auto& [target, path, query] : cases) {
    Request request{.method = "GET"};
    const Result<void> read = read_target(target, request);
    ASSERT_TRUE(read.ok()) << target << ": " << read.error().message;
    EXPECT_EQ(request.path, path) << target;
    EXPECT_EQ(request.query, query) << target;
  }
}

TEST(HttpTarget, a_star_is_for_options_alone) {
  Request options{.method = "OPTIONS"};
  EXPECT_TRUE(read_target("*", options).ok());
  EXPECT_EQ(options.path, "*");
  Request get{.method = "GET"};
  EXPECT_FALSE(read_target("*", get).ok());
}

TEST(HttpTarget, what_is_broken_or_climbs_is_refused) {
  for (const char* target : {"",
                             "x",
                             "host:443",
                             "ftp://host/x",
                             "http://",
                             "http:///x",
                             "http://user@host/x",
                             "//%",
                             "/%",
                             "/%4",
                             "/%4g",
                             "/%-1",
                             "/%00",
                             "/?a=%00",
                             "/..",
                             "/a/../b",
                             "/%2e%2E/b",
                             "/a%2f..",
                             "/a b",
                             "/a#b",
                             "/a\x7f",
                             "/a\tb",
                             "/%ff",
                             "/\xc0\xaf",
                             "/?a=%ed%a0%80",
                             "/%f5%80%80%80",
                             "/%e0%80%80",
                             "/%c3",
                             "/?%zz=1",
                             "http://host/../x"}) {
    Request request{.method = "GET"};
    EXPECT_FALSE(read_target(target, request).ok()) << target;
  }
}

TEST(HttpTarget, a_query_has_a_thousand_parameters_at_most) {
  std::string target = "/?";
  for (int i = 0; i < 1'000; ++i) target += "a&";
  Request fits{.method = "GET"};
  EXPECT_TRUE(read_target(target, fits).ok());
  Request exceeds{.method = "GET"};
  EXPECT_FALSE(read_target(target + "a", exceeds).ok());
}

}  // namespace
}  // namespace weir::net
