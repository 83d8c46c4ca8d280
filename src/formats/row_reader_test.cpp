#include "formats/event_decoder_test.h"

namespace weir::formats {
namespace {

TEST(RowReader, reads_from_paths_and_several_columns_from_one_field) {
  ColumnRule id = column("id", "int");
  id.path = {"user", "id"};
  ColumnRule name = column("name", "varchar");
  name.path = {"user", "name"};
  ColumnRule user = column("whole", "json");
  user.path = {"user"};
  ColumnRule text = column("text", "bigint");
  text.path = {"user", "id"};
  const Decoded decoded =
      decode(rules_without_accepted({id, name, user, text}),
             "{\"user\":{\"x\":[{}],\"name\":\"a\\nb\", \"id\":1}}\n{\"user\":null}\n{}\n"
             "{\"user\":5}\n{\"user\":[]}\n{\"user\":{\"id\":1,\"id\":1}}\n{\"user\":{\"id\":[]}}");
  EXPECT_EQ(
      decoded.rows,
      (std::vector<std::string>{
          R"({"ts":"2001-01-01T00:00:00Z","id":1,"name":"a\nb","whole":{"x":[{}],"name":"a\nb", "id":1},"text":1})",
          R"({"ts":"2001-01-01T00:00:00Z","id":null,"name":null,"whole":null,"text":null})",
          R"({"ts":"2001-01-01T00:00:00Z","id":null,"name":null,"whole":null,"text":null})"}));
  EXPECT_EQ(decoded.refused, (std::vector<std::string>{"3 WRONG_TYPE", "4 WRONG_TYPE",
                                                       "5 DUPLICATE_FIELD", "6 WRONG_TYPE"}));
}

TEST(RowReader, unknown_fields_are_ignored_kept_or_refused) {
  ColumnRule id = column("id", "int");
  id.path = {"user", "id"};
  EventRules rules = rules_without_accepted({id});
  const std::string body =
      "{\"a\":[1, 2],\"user\":{\"id\":1,\"b\\\"\":\"x\"},\"ts\":null}\n"
      "{\"a\":[1, 2],\"user\":{\"id\":1,\"b\\\"\":\"x\"}}\n{}";
  EXPECT_EQ(decode(rules, body).rows.size(), 2u);
  rules.unknown_fields = UnknownFields::keep;
  EXPECT_EQ(decode(rules, body).rows,
            (std::vector<std::string>{
                R"({"ts":"2001-01-01T00:00:00Z","id":1,"_extra":{"a":[1, 2],"user.b\"":"x"}})",
                R"({"ts":"2001-01-01T00:00:00Z","id":null,"_extra":null})"}));
  rules.unknown_fields = UnknownFields::quarantine;
  EXPECT_EQ(decode(rules, body).refused,
            (std::vector<std::string>{"0 UNKNOWN_FIELD", "1 UNKNOWN_FIELD"}));
}

TEST(RowReader, unknown_members_of_structures_are_ignored_kept_or_refused) {
  EventRules rules = rules_without_accepted({column("nest", "struct(x int, deep struct(y int))"),
                                             column("items", "struct(x int)[]"),
                                             column("by_name", "map(varchar, struct(x int))")});
  const std::string body =
      R"({"nest":{"x":1,"w":[2, 3],"deep":{"z":"a"}},"items":[{"x":1},{"v":true}],)"
      R"("by_name":{"k":{"u":null}}})";
  const std::string row =
      R"({"ts":"2001-01-01T00:00:00Z","nest":{"x":1,"deep":{"y":null}},)"
      R"("items":[{"x":1},{"x":null}],"by_name":[{"key":"k","value":{"x":null}}])";
  EXPECT_EQ(decode(rules, body).rows, (std::vector<std::string>{row + "}"}));
  rules.unknown_fields = UnknownFields::keep;
  EXPECT_EQ(decode(rules, body + "\n{}").rows,
            (std::vector<std::string>{
                row + R"(,"_extra":{"nest.w":[2, 3],"nest.deep.z":"a","items.1.v":true,)" +
                    R"("by_name.k.u":null}})",
                R"({"ts":"2001-01-01T00:00:00Z","nest":null,"items":null,"by_name":null,)"
                R"("_extra":null})"}));
  rules.unknown_fields = UnknownFields::quarantine;
  const Decoded refused = decode(rules, body);
  ASSERT_EQ(refused.refusals.size(), 1u);
  EXPECT_EQ(refused.refused, (std::vector<std::string>{"0 UNKNOWN_FIELD"}));
  EXPECT_EQ(refused.refusals[0].reason, "the field \"nest.w\" is not in the schema");
}

TEST(RowReader, json_beside_another_column_of_one_field_is_the_whole_field) {
  ColumnRule whole = column("whole", "json");
  whole.path = {"payload"};
  for (const auto& [type, payload] :
       {std::pair("struct(x int)", R"({"x":1, "y":2})"),
        std::pair("map(varchar, int)", R"({"x":1, "y":2})"), std::pair("int[]", "[1, 2]")}) {
    ColumnRule part = column("part", type);
    part.path = {"payload"};
    const Decoded decoded = decode(rules_without_accepted({part, whole}),
                                   std::string("{\"payload\": ") + payload + "}");
    ASSERT_EQ(decoded.rows.size(), 1u) << type;
    EXPECT_TRUE(decoded.rows[0].ends_with(std::string(",\"whole\":") + payload + "}"))
        << decoded.rows[0];
  }
}

TEST(RowReader, unknown_is_what_no_column_of_the_field_reads) {
  const auto from_payload = [](const char* name, const char* type) {
    ColumnRule rule = column(name, type);
    rule.path = {"payload"};
    return rule;
  };
  ColumnRule inner = column("inner", "int");
  inner.path = {"payload", "z"};
  const ColumnRule p = from_payload("p", "struct(x int, deep struct(a int))");
  const ColumnRule r = from_payload("r", "struct(y int)");
  const ColumnRule whole = from_payload("whole", "json");
  const ColumnRule last = column("last", "int");
  const std::string body =
      R"({"payload":{"x":1,"y":2,"z":3,"deep":{"a":4,"b":5},"w":6},"last":7,"v":8})";
  struct Case {
    std::vector<ColumnRule> columns;
    std::string extra;
  };
  for (const Case& c :
       {Case{{p, last}, R"({"payload.y":2,"payload.z":3,"payload.deep.b":5,"payload.w":6,"v":8})"},
        Case{{p, r, last}, R"({"payload.z":3,"payload.deep.b":5,"payload.w":6,"v":8})"},
        Case{{r, p, last}, R"({"payload.z":3,"payload.deep.b":5,"payload.w":6,"v":8})"},
        Case{{p, inner, r, last}, R"({"payload.deep.b":5,"payload.w":6,"v":8})"},
        Case{{inner, p, whole, last}, R"({"v":8})"}, Case{{inner, whole, last}, R"({"v":8})"}}) {
    EventRules rules = rules_without_accepted(c.columns);
    rules.unknown_fields = UnknownFields::keep;
    const Decoded kept = decode(rules, body + "\n{\"payload\":{},\"last\":1}");
    ASSERT_EQ(kept.rows.size(), 2u);
    EXPECT_TRUE(kept.rows[0].ends_with("\"_extra\":" + c.extra + "}")) << kept.rows[0];
    EXPECT_TRUE(kept.rows[1].ends_with("\"_extra\":null}")) << kept.rows[1];
    rules.unknown_fields = UnknownFields::quarantine;
    EXPECT_EQ(decode(rules, body).refused, std::vector<std::string>{"0 UNKNOWN_FIELD"});
  }
}

}  // namespace
}  // namespace weir::formats
