#include "workspace/source_document.h"

#include <gtest/gtest.h>

#include "workspace/loader_test.h"

namespace weir::workspace {
namespace {

TEST(SourceDocument, refuses_what_is_wrong_in_its_place) {
  const std::string head = "source: a\nfrom: http\n";
  const struct {
    std::string text, mistakes;
  } cases[] = {
      {"source: a\nfrom: mysql\nschema: {x: int}\n",
       "a.yaml:2:7: from: there is no connector \"mysql\": write http\n"},
      {"source: a\nfrom: {mysql: {host: h}}\nschema: {x: int}\n",
       "a.yaml:2:8: from: there is no connector \"mysql\": write http\n"},
      {"source: a\nfrom: {http: {port: 1}}\nschema: {x: int}\n",
       "a.yaml:2:15: from: unknown key \"port\": http has no settings here\n"},
      {"source: a\nschema: {x: int}\n", "a.yaml:1:1: \"from\" is missing: write http\n"},
      {head,
       "a.yaml:1:1: \"schema\" is missing: write a map of names, each a type, or a map with "
       "type, required, min ...\n"},
      {head + "schema: {}\n", "a.yaml:3:9: schema: a source has one column at least\n"},
      {head + "schema: {x: int}\nlatenes: 5s\n",
       "a.yaml:4:1: unknown key \"latenes\"; did you mean \"lateness\"?\n"},
      {head + "schema: {x: int}\nlateness: 5s\nlateness: 6s\n",
       "a.yaml:5:1: \"lateness\" stands here twice, first in line 4\n"},
      {head + "schema:\n  x: int\n  x: varchar\n",
       "a.yaml:5:3: schema: \"x\" stands here twice, first in line 4\n"},
      {head + "schema:\n  x: int\n  X: varchar\n",
       "a.yaml:5:3: schema: \"X\" differs from another column only in its case\n"},
      {head + "schema: {_extra: int}\n",
       "a.yaml:3:10: schema: \"_extra\" is a name that Weir gives itself\n"},
      {head + "schema: {x: innt}\n",
       "a.yaml:3:13: schema.x: \"innt\" is no type: use one of DuckDB's, such as bigint, double, "
       "varchar, timestamp\n"},
      {head + "schema: {x: {type: int, min: a}}\n", "a.yaml:3:30: min: \"a\" is no INTEGER\n"},
      {head + "schema: {x: {type: int, min: 1.5}}\n", "a.yaml:3:30: min: \"1.5\" is no INTEGER\n"},
      {head + "schema: {x: {type: 'decimal(12,2)', min: 0.005}}\n",
       "a.yaml:3:42: min: \"0.005\" is no DECIMAL(12,2)\n"},
      {head + "schema: {x: {type: double, min: .5}}\n",
       "a.yaml:3:33: schema: column x: \".5\" is no DOUBLE: write a number, or \"NaN\", "
       "\"Infinity\" or \"-Infinity\"\n"},
      {head + "schema: {x: {type: int, min: 007}}\n",
       "a.yaml:3:30: schema: column x: \"007\" is no INTEGER: write a whole number from "
       "-2147483648 to 2147483647\n"},
      {head + "schema: {x: {type: blob, default: abc}}\n",
       "a.yaml:3:35: default: \"abc\" is no BLOB: write a string of base64\n"},
      {head + "schema: {x: 'map(int[], varchar)'}\n",
       "a.yaml:3:13: schema: column x: a map's key is a list or a structure\n"},
      {head + "schema: {x: {type: tinyint, max: 300}}\n",
       "a.yaml:3:34: max: \"300\" is no TINYINT\n"},
      {head + "schema: {x: {type: int, min: 5, max: 4}}\n",
       "a.yaml:3:38: 5 is above 4: min, default and max must be in this order\n"},
      {head + "schema: {x: {type: int, max: 4, default: 9}}\n",
       "a.yaml:3:30: 9 is above 4: min, default and max must be in this order\n"},
      {head + "schema: {x: {type: varchar, min: a}}\n",
       "a.yaml:3:34: min: a bound is for numbers and times, and this is VARCHAR\n"},
      {head + "schema: {x: {type: boolean, default: yes}}\n",
       "a.yaml:3:38: default: \"yes\" is no BOOLEAN\n"},
      {head + "schema: {x: {type: int, required: yes}}\n",
       "a.yaml:3:35: schema.x.required: \"yes\" is neither true nor false\n"},
      {head + "schema: {x: {type: int, format: epoch_ms}}\n",
       "a.yaml:3:33: format: it is for timestamps, and this is INTEGER\n"},
      {head + "schema: {x: {type: timestamp, format: epoch}}\n",
       "a.yaml:3:39: schema.x.format: \"epoch\" is none of iso, epoch_s, epoch_ms or epoch_us\n"},
      {head + "schema: {x: {type: int, from: a..b}}\n",
       "a.yaml:3:31: schema.x.from: a field's name is empty: write a name, a path with dots, or a "
       "list\n"},
      {head + "schema: {x: {min: 1}}\n",
       "a.yaml:3:13: schema.x: \"type\" is missing: write a type such as bigint, varchar or "
       "timestamp\n"},
      {head + "schema: {date: int}\nevent_time: dat\n",
       "a.yaml:4:13: event_time: there is no column \"dat\"; did you mean \"date\"?\n"},
      {head + "schema: {x: int}\nevent_time: x\n",
       "a.yaml:4:13: event_time: \"x\" is INTEGER, and must be timestamp\n"},
      {head + "schema: {x: int}\npath: log\n",
       "a.yaml:4:7: path: \"log\" is no path such as /log or /shop/clicks\n"},
      {head + "schema: {x: int}\npath: /api/x\n", "a.yaml:4:7: path: \"/api\" is Weir's own\n"},
      {head + "schema: {x: int}\npath: /metrics\n",
       "a.yaml:4:7: path: \"/metrics\" is Weir's own\n"},
      {head +
           "schema: {x: int}\npath: /p\n---\nsource: b\nfrom: http\nschema: {x: int}\npath: /p\n",
       "a.yaml:9:7: path: \"/p\" is taken in a.yaml:4:7\n"},
      {head + "schema: {x: int}\nlateness: 5\n",
       "a.yaml:4:11: lateness: \"5\" is no duration: write a whole number and a unit, such as "
       "250ms, 5s, 10m, 2h or 7d, 36500d at most\n"},
      {head + "schema: {x: int}\nretention: {size: 5}\n",
       "a.yaml:4:19: retention.size: \"5\" is no size: write a whole number and a unit, such as "
       "64KB, 500MB or 50GB\n"},
      {head + "schema: {x: int}\nbrowser: {origins: [\"https://shop.example/a\"]}\n",
       "a.yaml:4:21: browser.origins: \"https://shop.example/a\" is no origin such as "
       "https://shop.example, without a path\n"},
      {head + "schema: {x: int}\nlateness:\n",
       "a.yaml:4:1: lateness: has no value: write a duration such as 250ms, 5s, 10m, 2h or 7d\n"},
  };
  for (const auto& [text, mistakes] : cases) EXPECT_EQ(mistakes_of(text), mistakes) << text;
}

}  // namespace
}  // namespace weir::workspace
