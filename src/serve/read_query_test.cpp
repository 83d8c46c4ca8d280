#include "serve/read_query.h"

#include <gtest/gtest.h>

namespace weir::serve {
namespace {

Readable flights() {
  Schema schema;
  schema.columns = {{"origin", parse_type("varchar").value()},
                    {"delay", parse_type("smallint").value()},
                    {"limit", parse_type("integer").value()},
                    {"a.b", parse_type("integer").value()}};
  return {"flights", std::make_shared<const Schema>(schema), {0}};
}

TEST(ReadQuery, options_and_filters_become_sql_with_every_value_bound) {
  struct Case {
    QueryPairs pairs;
    const char* sql;
  };
  const Case cases[] = {
      {{}, R"(SELECT * FROM "flights" ORDER BY "origin" NULLS LAST LIMIT 101 OFFSET 0)"},
      {{{"select", "delay,origin"}, {"order", "-delay,origin"}, {"limit", "5"}, {"offset", "10"}},
       R"(SELECT "delay", "origin" FROM "flights" ORDER BY "delay" DESC NULLS LAST, "origin" ASC NULLS LAST, "origin" NULLS LAST LIMIT 6 OFFSET 10)"},
      {{{"delay.gte", "5"}, {"origin", "SFO"}},
       R"(SELECT * FROM "flights" WHERE "delay" >= $p0 AND "origin" = $p1 ORDER BY "origin" NULLS LAST LIMIT 101 OFFSET 0)"},
      {{{"origin.in", "SFO,LAX"}, {"delay.is", "null"}},
       R"(SELECT * FROM "flights" WHERE "origin" IN ($p0, $p1) AND "delay" IS NULL ORDER BY "origin" NULLS LAST LIMIT 101 OFFSET 0)"},
      {{{"limit.eq", "3"}, {"a.b", "1"}, {"a.b.lt", "2"}},
       R"(SELECT * FROM "flights" WHERE "limit" = $p0 AND "a.b" = $p1 AND "a.b" < $p2 ORDER BY "origin" NULLS LAST LIMIT 101 OFFSET 0)"},
      {{{"origin", "x' OR 1=1 --"}, {"wait", "7"}},
       R"(SELECT * FROM "flights" WHERE "origin" = $p0 ORDER BY "origin" NULLS LAST LIMIT 101 OFFSET 0)"},
  };
  for (const Case& c : cases) {
    const auto query = read_query(flights(), c.pairs, {});
    ASSERT_TRUE(query.ok()) << query.error().message;
    EXPECT_EQ(query.value().sql, c.sql);
  }
}

TEST(ReadQuery, what_is_unknown_or_out_of_bounds_is_refused) {
  const QueryPairs cases[] = {{{"limit", "0"}},    {{"limit", "10001"}}, {{"limit", "x"}},
                              {{"limit", "1 "}},   {{"offset", "-1"}},   {{"order", "nope"}},
                              {{"select", ""}},    {{"nope", "1"}},      {{"delay.near", "1"}},
                              {{"delay.is", "5"}}, {{"order", "-"}}};
  for (const QueryPairs& pairs : cases) {
    const auto query = read_query(flights(), pairs, {});
    ASSERT_FALSE(query.ok()) << pairs[0].first << "=" << pairs[0].second;
    EXPECT_EQ(query.error().fault, Fault::invalid);
  }
}

}  // namespace
}  // namespace weir::serve
