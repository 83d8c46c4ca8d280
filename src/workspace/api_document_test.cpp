#include "workspace/api_document.h"

#include <gtest/gtest.h>

#include "workspace/loader_test.h"

namespace weir::workspace {
namespace {

TEST(ApiDocument, refuses_what_is_wrong_in_apis_and_tests) {
  const std::string api = "api: a\nsql: SELECT 1\n";
  const std::string source = "source: clicks\nfrom: http\nschema: {x: int}\n---\n";
  const struct {
    std::string text, mistakes;
  } cases[] = {
      {api, "a.yaml:1:1: \"path\" is missing: write a text\n"},
      {api + "path: a\n", "a.yaml:3:7: path: \"a\" is no path such as /origins/worst\n"},
      {api + "path: /a//b\n", "a.yaml:3:7: path: \"/a//b\" is no path such as /origins/worst\n"},
      {api + "path: /data/x\n", "a.yaml:3:7: path: \"/data\" is Weir's own below /api\n"},
      {api + "path: /v2/x\n", "a.yaml:3:7: path: \"/v2\" is Weir's own below /api\n"},
      {api + "path: /x\nversion: 0\n", "a.yaml:4:10: version: must be between 1 and 1000, not 0\n"},
      {api + "path: /x\n---\napi: b\nsql: a\npath: /x\n",
       "a.yaml:7:7: path: \"/api/v1/x\" is taken in a.yaml:3:7\n"},
      {api + "path: /x\nparameters: {wait: int}\n",
       "a.yaml:4:14: parameters: \"wait\" is Weir's own on every read\n"},
      {api + "path: /x\nparameters: {A: int}\n",
       "a.yaml:4:14: parameters: \"A\" is no name: write small letters, digits and _\n"},
      {api + "path: /x\nparameters: {n: {type: int, default: ten}}\n",
       "a.yaml:4:38: default: \"ten\" is no INTEGER\n"},
      {api + "path: /x\nparameters: {n: {type: blob, default: abc}}\n",
       "a.yaml:4:39: default: \"abc\" is no BLOB: write a string of base64\n"},
      {api + "path: /x\nparameters: {n: {type: int, required: true, default: 1}}\n",
       "a.yaml:4:54: default: a required parameter has none\n"},
      {"test: t\nsteps:\n  - {}\n", "a.yaml:3:5: a step is one of send, watermark and expect\n"},
      {source + "test: t\nsteps:\n  - send: {clicks: []}\n    watermark: {clicks: end}\n",
       "a.yaml:7:5: a step is one of send, watermark and expect\n"},
      {source + "test: t\nsteps:\n  - send: {clik: [{x: 1}]}\n",
       "a.yaml:7:12: send: there is no source \"clik\"; did you mean \"clicks\"?\n"},
      {source + "test: t\nsteps:\n  - send: {clicks: [{x: 1, x: 2}]}\n",
       "a.yaml:7:28: steps.send.clicks: \"x\" stands here twice, first in line 7\n"},
      {source + "test: t\nsteps:\n  - watermark: {clicks: never}\n",
       "a.yaml:7:25: steps.watermark.clicks: \"never\" is no timestamp: write it like 2001-01-31 "
       "13:00:00\n"},
      {source + "test: t\nsteps:\n  - expect: {nothing: []}\n",
       "a.yaml:7:14: expect: there is no table \"nothing\"\n"},
      {source + "test: t\nsteps:\n  - expect: {late(clicks): []}\n",
       "a.yaml:7:14: expect: there is no stream \"clicks\"\n"},
      {source + "stream: s\nsql: a\n---\ntest: t\nsteps:\n  - expect: {s: []}\n",
       "a.yaml:10:14: expect: \"s\" is a stream without a table: give it into\n"},
  };
  for (const auto& [text, mistakes] : cases) EXPECT_EQ(mistakes_of(text), mistakes) << text;
}

TEST(ApiDocument, times_of_parameters_are_kept_as_instants) {
  const TemporaryWorkspace folder(
      {{"weir.yaml", "weir: 1\nname: t\ntime_zone: Europe/Berlin\n"},
       {"a.yaml",
        "api: a\npath: /a\nparameters:\n"
        "  p: {type: timestamp, min: 2024-07-01T13:00:00+03:00, default: 2024-07-01 12:00:00,\n"
        "      max: 2024-07-01T10:00:00Z}\nsql: SELECT $p AS p\n"}});
  const auto loaded = load(folder.path());
  const auto* workspace = std::get_if<Workspace>(&loaded);
  ASSERT_NE(workspace, nullptr);
  const ApiParameter& parameter = workspace->apis.front().parameters.front();
  for (const auto& bound : {parameter.min, parameter.default_value, parameter.max}) {
    EXPECT_EQ(bound, "2024-07-01T10:00:00Z");
  }
}

}  // namespace
}  // namespace weir::workspace
