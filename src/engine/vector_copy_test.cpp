#include "engine/vector_copy.h"

#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <string>

#include "engine/batch_relation.h"
#include "engine/database.h"

namespace weir::engine {
namespace {

// A type with some of its values, as texts that DuckDB casts. DuckDB itself says whether a value
// came back the same.
struct TypeSample {
  const char* name;  // of the test
  const char* type;
  const char* values;  // a list of texts, in SQL

  friend std::ostream& operator<<(std::ostream& out, const TypeSample& sample) {
    return out << sample.type;
  }
};

// Strings on both sides of the 12 bytes that fit inside a StringRef.
constexpr auto type_samples = std::to_array<TypeSample>({
    {"boolean", "BOOLEAN", "['true', 'false']"},
    {"tinyint", "TINYINT", "['-128', '0', '127']"},
    {"smallint", "SMALLINT", "['-32768', '7', '32767']"},
    {"integer", "INTEGER", "['-2147483648', '42', '2147483647']"},
    {"bigint", "BIGINT", "['-9223372036854775808', '1', '9223372036854775807']"},
    {"hugeint", "HUGEINT",
     "['-170141183460469231731687303715884105728', '-1', "
     "'170141183460469231731687303715884105727']"},
    {"utinyint", "UTINYINT", "['0', '255']"},
    {"usmallint", "USMALLINT", "['0', '65535']"},
    {"uinteger", "UINTEGER", "['0', '4294967295']"},
    {"ubigint", "UBIGINT", "['0', '18446744073709551615']"},
    {"uhugeint", "UHUGEINT", "['0', '340282366920938463463374607431768211455']"},
    {"real", "FLOAT", "['-1.5', '0.1', 'nan', 'inf', '-0.0']"},
    {"double_precision", "DOUBLE", "['-1.5', '0.1', 'nan', '-inf', '1e308']"},
    {"decimal_4", "DECIMAL(4,1)", "['-999.9', '0.1']"},
    {"decimal_9", "DECIMAL(9,2)", "['-9999999.99', '0.01']"},
    {"decimal_18", "DECIMAL(18,3)", "['-999999999999999.999', '0.001']"},
    {"decimal_38", "DECIMAL(38,10)", "['-9999999999999999999999999999.9999999999', '0.1']"},
    {"varchar", "VARCHAR", "['', 'twelve bytes', 'thirteen byte', '堰 is Weir, and long enough']"},
    {"blob", "BLOB", "['', '\\x00\\xFF', 'more than twelve bytes \\x00 long']"},
    {"date", "DATE", "['1969-12-31', '2001-01-01', 'infinity']"},
    {"time", "TIME", "['00:00:00', '23:59:59.999999']"},
    {"timestamp", "TIMESTAMP", "['1969-12-31 23:59:59.999999', '2001-01-01', '-infinity']"},
    {"timestamp_tz", "TIMESTAMPTZ", "['2001-01-01 00:00:00+00', '2001-01-01 00:00:00+08']"},
    {"interval", "INTERVAL", "['1 month 2 days 3 seconds', '-5 days', '0 seconds']"},
    {"uuid", "UUID",
     "['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', "
     "'6ccd780c-baba-1026-9564-5b8c656024db']"},
    {"json", "JSON", "['{\"a\": [1, null, \"堰\"]}', '3', 'null']"},
    {"list", "INTEGER[]", "['[1, NULL, 3]', '[]', '[7]']"},
    {"list_of_strings", "VARCHAR[]", "['[a, more than twelve bytes, NULL]', '[]']"},
    {"list_of_lists", "BIGINT[][]", "['[[1, 2], [], NULL, [3]]', '[]']"},
    {"structure", "STRUCT(a INTEGER, \"b c\" VARCHAR)",
     "['{a: 1, \"b c\": more than twelve bytes}', '{a: NULL, \"b c\": x}']"},
    {"structures", "STRUCT(a INTEGER[], b STRUCT(c VARCHAR))[]",
     "['[{a: [1, 2], b: {c: x}}, NULL, {a: [], b: NULL}]', '[]']"},
    {"map", "MAP(VARCHAR, INTEGER)", "['{a=1, more than twelve bytes=2}', '{}', '{b=NULL}']"},
    {"map_of_lists", "MAP(INTEGER, DOUBLE[])", "['{1=[0.5, 1.5], 2=[]}']"},
});

// A database whose table `t` has 20,000 rows: `v` of the type, every seventh null, and `whole`,
// none of which is null.
class TypeTest : public testing::TestWithParam<TypeSample> {
 protected:
  void SetUp() override {
    run("CREATE TABLE t AS SELECT CAST(x AS " + type() + ") AS whole, CASE WHEN i % 7 <> 3 THEN " +
        "CAST(x AS " + type() + ") END AS v FROM (SELECT i, (values_)[1 + i % len(values_)] AS x " +
        "FROM range(20000) r(i), (SELECT " + GetParam().values + "::VARCHAR[] AS values_))");
  }

  std::string type() const { return GetParam().type; }

  void run(const std::string& sql) {
    const Result<void> done = connection_->run(sql);
    ASSERT_TRUE(done.ok()) << done.error().message << "\n" << sql;
  }

  std::int64_t count(const std::string& sql) {
    const auto rows = connection_->query("SELECT count(*) FROM " + sql);
    EXPECT_TRUE(rows.ok()) << (rows.ok() ? "" : rows.error().message);
    return rows.ok() ? rows.value()->next().value()->column(0).values<std::int64_t>()[0] : -1;
  }

  // Rows of `other` that are not the row of `t` in their place.
  std::int64_t differences(const std::string& other) {
    return count("t POSITIONAL JOIN " + other +
                 " AS o WHERE t.v IS DISTINCT FROM o.v OR t.whole IS DISTINCT FROM o.whole");
  }

  std::vector<std::shared_ptr<const Batch>> batches(const std::string& sql) {
    const auto rows = connection_->query(sql).value();
    std::vector<std::shared_ptr<const Batch>> all;
    while (auto batch = rows->next().value()) all.push_back(std::move(batch));
    return all;
  }

  std::shared_ptr<Database> database_ = Database::open({}).value();
  std::unique_ptr<Connection> connection_ = database_->connect().value();
};

std::string sample_name(const testing::TestParamInfo<TypeSample>& info) { return info.param.name; }

// What a query gives is read by a table function, and DuckDB compares it with what it had.
TEST_P(TypeTest, ComesBackThroughATableFunction) {
  auto relation = std::make_shared<BatchRelation>(batches("SELECT whole, v FROM t"));
  EXPECT_EQ(to_string(relation->schema().columns[1].type), to_string(parse_type(type()).value()));
  ASSERT_TRUE(database_->add_table_function("o", relation).ok());
  EXPECT_EQ(count("o()"), 20000);
  EXPECT_EQ(count("o() WHERE v IS NULL"), count("t WHERE v IS NULL"));
  EXPECT_EQ(differences("o()"), 0);
  EXPECT_EQ(count("o() WHERE typeof(v) <> (SELECT any_value(typeof(v)) FROM t)"), 0);
}

TEST_P(TypeTest, ComesBackThroughAnAppend) {
  run("CREATE TABLE o AS SELECT whole, v FROM t LIMIT 0");
  for (const auto& batch : batches("SELECT whole, v FROM t")) {
    const Result<void> done = connection_->append("o", *batch);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }
  EXPECT_EQ(count("o"), 20000);
  EXPECT_EQ(differences("o"), 0);
}

// A slice that begins in the middle of a word of the null mask, and of a list's elements.
TEST_P(TypeTest, ComesBackFromTheMiddleOfABatch) {
  const auto all = batches("SELECT whole, v FROM t");
  auto part = std::make_shared<Batch>(all.front()->shared_schema());
  part->append_range(*all.front(), 77, 4321);
  ASSERT_TRUE(database_
                  ->add_table_function("o", std::make_shared<BatchRelation>(
                                                std::vector<std::shared_ptr<const Batch>>{part}))
                  .ok());
  run("CREATE TABLE expected AS FROM t LIMIT 4321 OFFSET 77");
  EXPECT_EQ(count("expected t POSITIONAL JOIN o() AS o WHERE t.v IS DISTINCT FROM o.v"), 0);
  EXPECT_EQ(count("o()"), 4321);
}

TEST_P(TypeTest, IsBoundAsAParameter) {
  const Type parameter_type = parse_type(type()).value();
  for (const auto& batch : batches("SELECT DISTINCT v::VARCHAR AS x FROM t")) {
    for (std::size_t row = 0; row < batch->rows(); ++row) {
      std::optional<std::string> text;
      if (!batch->column(0).is_null(row)) text = batch->column(0).string(row);
      const auto found =
          connection_->query("SELECT count(*) FROM t WHERE v IS NOT DISTINCT FROM $wanted",
                             {{"wanted", parameter_type, text}});
      ASSERT_TRUE(found.ok()) << found.error().message;
      EXPECT_GE(found.value()->next().value()->column(0).values<std::int64_t>()[0], 2000)
          << text.value_or("null");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Types, TypeTest, testing::ValuesIn(type_samples), sample_name);

}  // namespace
}  // namespace weir::engine
