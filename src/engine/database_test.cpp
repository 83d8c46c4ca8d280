#include "engine/database.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "engine/batch_relation.h"

namespace weir::engine {
namespace {

// The first cell as text; the error's message where there is none.
std::string cell(Connection& connection, const std::string& sql,
                 const std::vector<Parameter>& parameters = {}) {
  const auto rows = connection.query("SELECT (" + sql + ")::VARCHAR", parameters);
  if (!rows.ok()) return rows.error().message;
  const auto batch = rows.value()->next();
  if (!batch.ok()) return batch.error().message;
  if (batch.value() == nullptr) return "no rows";
  return std::string(batch.value()->column(0).string(0));
}

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() { std::filesystem::create_directories(folder_); }
  ~DatabaseTest() override { std::filesystem::remove_all(folder_); }

  std::optional<Error> run_error(const std::string& sql) {
    const Result<void> done = connection_->run(sql);
    return done.ok() ? std::nullopt : std::optional(done.error());
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      testing::UnitTest::GetInstance()->current_test_info()->name();
  std::shared_ptr<Database> database_ = Database::open({}).value();
  std::unique_ptr<Connection> connection_ = database_->connect().value();
};

TEST_F(DatabaseTest, HasTheLimitsItWasOpenedWith) {
  auto connection = Database::open({.memory_bytes_max = std::size_t{64} << 20,
                                    .wal_bytes_max = std::size_t{2} << 20})
                        .value()
                        ->connect()
                        .value();
  EXPECT_EQ(cell(*connection, "current_setting('threads')"), "1");
  EXPECT_EQ(cell(*connection, "current_setting('memory_limit')"), "64.0 MiB");
  EXPECT_EQ(cell(*connection, "current_setting('wal_autocheckpoint')"), "2.0 MiB");
  EXPECT_EQ(cell(*connection, "current_setting('TimeZone')"), "UTC");
  EXPECT_EQ(cell(*connection, "timezone('Asia/Shanghai', TIMESTAMPTZ '2001-01-01 00:00:00+00')"),
            "2001-01-01 08:00:00");
}

TEST_F(DatabaseTest, LetsNoSqlOutWithoutExternalAccess) {
  const std::string file = (folder_ / "x").string();
  for (const char* sql :
       {"FROM read_csv('/etc/passwd')", "FROM read_parquet('/etc/passwd')", "FROM '/etc/passwd'",
        "FROM glob('/etc/*')", "FROM read_text('/etc/passwd')"}) {
    EXPECT_TRUE(run_error(sql)) << sql;
  }
  const std::vector<std::string> statements = {"COPY (SELECT 1) TO " + quote_text(file),
                                               "ATTACH " + quote_text(file),
                                               "EXPORT DATABASE " + quote_text(file),
                                               "INSTALL httpfs",
                                               "LOAD httpfs",
                                               "SET threads = 2",
                                               "SET TimeZone = 'Asia/Shanghai'",
                                               "SET enable_external_access = true",
                                               "SET lock_configuration = false"};
  for (const std::string& sql : statements) {
    EXPECT_TRUE(run_error(sql)) << sql;
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(DatabaseTest, ReadsFilesWithExternalAccess) {
  std::ofstream(folder_ / "a.csv") << "code,lat\nJFK,40.6\nSFO,37.6\n";
  auto connection = Database::open({.external_access = true}).value()->connect().value();
  const std::string file = quote_text((folder_ / "a.csv").string());
  EXPECT_EQ(cell(*connection, "SELECT sum(lat)::DECIMAL(9,1) FROM read_csv(" + file + ")"), "78.2");
  const auto missing = connection->query("FROM read_csv('/no/such.csv')");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().fault, Fault::not_found);
}

TEST_F(DatabaseTest, KeepsItsRowsInItsFile) {
  const DatabaseOptions options{.file = folder_ / "kept.duckdb"};
  ASSERT_TRUE(Database::open(options)
                  .value()
                  ->connect()
                  .value()
                  ->run("CREATE TABLE t AS SELECT 7 AS a")
                  .ok());
  EXPECT_EQ(cell(*Database::open(options).value()->connect().value(), "SELECT a FROM t"), "7");
}

TEST_F(DatabaseTest, OpensAFileOnceAtATime) {
  const DatabaseOptions options{.file = folder_ / "once.duckdb"};
  auto connection = Database::open(options).value()->connect().value();
  const auto again = Database::open({.file = folder_ / "." / "once.duckdb"});
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().fault, Fault::conflict);
  connection.reset();
  EXPECT_TRUE(Database::open(options).ok());
}

TEST_F(DatabaseTest, CallsAFileThatIsNoDatabaseCorrupt) {
  std::ofstream(folder_ / "junk.duckdb") << std::string(20000, 'x');
  const auto opened = Database::open({.file = folder_ / "junk.duckdb"});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().fault, Fault::corrupt);
  EXPECT_NE(opened.error().message.find("junk.duckdb"), std::string::npos);
}

TEST_F(DatabaseTest, SpillsBesideItsFileAndNotWithoutOne) {
  const std::string sort =
      "SELECT count(*) FROM (SELECT hash(i) AS h, i::VARCHAR || repeat('x', 60) AS s FROM "
      "range(600000) r(i) ORDER BY h, s LIMIT 500000 OFFSET 1)";
  DatabaseOptions options{.memory_bytes_max = std::size_t{24} << 20};
  const auto refused = Database::open(options).value()->connect().value()->query(sort);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().fault, Fault::unavailable) << refused.error().message;
  options.file = folder_ / "spill.duckdb";
  EXPECT_EQ(cell(*Database::open(options).value()->connect().value(), sort), "500000");
}

TEST_F(DatabaseTest, TellsWhatIsWrongWithSql) {
  EXPECT_EQ(cell(*connection_, "SELECT no FROM (SELECT 1 AS yes)").find("Referenced column"), 0u);
  EXPECT_EQ(cell(*connection_, "'x'::INTEGER"), "Could not convert string 'x' to INT32");
  for (const char* sql : {"SELEC 1", "SELECT 1; SELECT 2", ""}) {
    const auto rows = connection_->query(sql);
    ASSERT_FALSE(rows.ok()) << sql;
    EXPECT_EQ(rows.error().fault, Fault::invalid) << sql;
  }
}

TEST_F(DatabaseTest, RefusesTypesItLacksWithTheCastToWrite) {
  const auto rows = connection_->query("SELECT TIMESTAMP_NS '2001-01-01' AS at");
  ASSERT_FALSE(rows.ok());
  EXPECT_EQ(rows.error().fault, Fault::invalid);
  EXPECT_EQ(rows.error().message,
            "column \"at\" is a TIMESTAMP_NS, which is not kept here: cast it to TIMESTAMP");
  EXPECT_FALSE(connection_->query("SELECT [union_value(a := 1)] AS u").ok());
  EXPECT_FALSE(connection_->prepare("SELECT array_value(1, 2) AS a").ok());
}

TEST_F(DatabaseTest, GivesEnumsAsTheirNames) {
  ASSERT_TRUE(connection_->run("CREATE TYPE mood AS ENUM ('sad', 'more than twelve bytes')").ok());
  const auto rows =
      connection_->query("SELECT 'sad'::mood, NULL::mood, ['more than twelve bytes'::mood]");
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  const auto batch = rows.value()->next().value();
  EXPECT_EQ(batch->column(0).string(0), "sad");
  EXPECT_TRUE(batch->column(1).is_null(0));
  EXPECT_EQ(batch->column(2).child(0).string(0), "more than twelve bytes");
}

TEST_F(DatabaseTest, GivesLargeResultsBatchByBatchInOrder) {
  const auto rows = connection_->query("SELECT i FROM range(50000) r(i)").value();
  std::int64_t next = 0;
  while (const auto batch = rows->next().value()) {
    EXPECT_GE(batch->rows(), 848u);
    EXPECT_LE(batch->rows(), 10240u);
    for (const std::int64_t value : batch->column(0).values<std::int64_t>()) {
      ASSERT_EQ(value, next++);
    }
  }
  EXPECT_EQ(next, 50000);
  EXPECT_EQ(rows->next().value(), nullptr);
}

TEST_F(DatabaseTest, RowsAndStatementsOutliveTheirConnection) {
  auto rows = connection_->query("SELECT repeat('x', 40) FROM range(5000)").value();
  auto statement = connection_->prepare("SELECT 1 AS one").value();
  connection_.reset();
  database_.reset();
  EXPECT_EQ(rows->next().value()->rows(), 5000u);
  EXPECT_EQ(statement->run().value()->next().value()->rows(), 1u);
}

TEST_F(DatabaseTest, RunsAStatementAgainOverWhatIsThereNow) {
  ASSERT_TRUE(connection_->run("CREATE TABLE t(a INTEGER)").ok());
  const auto statement = connection_->prepare("SELECT count(*) AS n FROM t").value();
  EXPECT_EQ(statement->schema()->columns[0].name, "n");
  for (const std::int64_t expected : {0, 1, 2}) {
    const auto batch = statement->run().value()->next().value();
    EXPECT_EQ(batch->column(0).values<std::int64_t>()[0], expected);
    ASSERT_TRUE(connection_->run("INSERT INTO t VALUES (1)").ok());
  }
}

TEST_F(DatabaseTest, BindsParametersByNameAndByPlace) {
  const Type integer{.id = TypeId::integer}, text{.id = TypeId::varchar};
  EXPECT_EQ(cell(*connection_, "$a - $b", {{"b", integer, "2"}, {"a", integer, "9"}}), "7");
  EXPECT_EQ(cell(*connection_, "? - ?", {{"", integer, "9"}, {"", integer, "2"}}), "7");
  EXPECT_EQ(cell(*connection_, "coalesce($a, 'null')", {{"a", text, std::nullopt}}), "null");
  EXPECT_EQ(cell(*connection_, "typeof($a)", {{"a", integer, "9"}}), "INTEGER");
  EXPECT_EQ(cell(*connection_, "$a", {{"a", text, "'); DROP TABLE t; --"}}),
            "'); DROP TABLE t; --");
}

TEST_F(DatabaseTest, RefusesParametersThatDoNotFit) {
  const Type integer{.id = TypeId::integer};
  EXPECT_EQ(cell(*connection_, "$limit", {{"limit", integer, "ten"}}),
            "parameter limit: Could not convert string 'ten' to INT32");
  EXPECT_EQ(cell(*connection_, "?", {{"", integer, "ten"}}),
            "parameter 1: Could not convert string 'ten' to INT32");
  EXPECT_EQ(cell(*connection_, "$a", {{"b", integer, "1"}}), "the SQL has no parameter $b");
  EXPECT_EQ(cell(*connection_, "$a"), "the SQL has 1 parameters, and 0 values are given");
  EXPECT_EQ(cell(*connection_, "1", {{"", integer, "1"}}),
            "the SQL has 0 parameters, and 1 values are given");
}

TEST_F(DatabaseTest, AppendsAllRowsOrNone) {
  ASSERT_TRUE(connection_->run("CREATE TABLE t(a INTEGER NOT NULL)").ok());
  Batch batch(std::make_shared<Schema>(Schema{{{"a", Type{.id = TypeId::integer}}}}));
  for (std::int32_t i = 0; i < 5000; ++i) batch.column(0).append(i);
  ASSERT_TRUE(connection_->append("t", batch).ok());
  batch.column(0).append_null();
  const Result<void> done = connection_->append("t", batch);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().fault, Fault::invalid);
  EXPECT_EQ(cell(*connection_, "SELECT count(*) FROM t"), "5000");
  EXPECT_FALSE(connection_->append("no_such_table", batch).ok());
}

TEST_F(DatabaseTest, AppendsInsideATransaction) {
  ASSERT_TRUE(connection_->run("CREATE TABLE t(a INTEGER); BEGIN").ok());
  Batch batch(std::make_shared<Schema>(Schema{{{"a", Type{.id = TypeId::integer}}}}));
  batch.column(0).append(std::int32_t{1});
  ASSERT_TRUE(connection_->append("t", batch).ok());
  ASSERT_TRUE(connection_->run("ROLLBACK").ok());
  EXPECT_EQ(cell(*connection_, "SELECT count(*) FROM t"), "0");
}

TEST_F(DatabaseTest, AnInterruptedQueryIsUnavailableAndTheConnectionGoesOn) {
  std::atomic<bool> done = false;
  std::optional<Error> error;
  std::jthread runner([&] {
    error = run_error("SELECT sum(hash(i)) FROM range(100000000000) r(i)");
    done = true;
  });
  while (!done) {
    connection_->interrupt();
    std::this_thread::yield();
  }
  runner.join();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->fault, Fault::unavailable);
  EXPECT_EQ(cell(*connection_, "1"), "1");
}

TEST_F(DatabaseTest, ATableFunctionIsReadOnlyAsFarAsTheQueryNeeds) {
  std::vector<std::shared_ptr<const Batch>> batches;
  const auto rows = connection_->query("SELECT i FROM range(100000) r(i)").value();
  while (auto batch = rows->next().value()) batches.push_back(std::move(batch));
  const auto relation = std::make_shared<BatchRelation>(batches);
  ASSERT_TRUE(database_->add_table_function("f", relation).ok());
  EXPECT_EQ(cell(*connection_, "SELECT i FROM f() LIMIT 1"), "0");
  EXPECT_LT(relation->batches_read(), batches.size());
}

// Batches of long strings, made as they are asked for; it knows how many of them live at once.
class MadeBatches final : public Relation {
 public:
  const Schema& schema() const override { return *schema_; }
  Result<std::unique_ptr<Scan>> scan() const override {
    return std::unique_ptr<Scan>(std::make_unique<MadeScan>(*this));
  }
  int most_at_once() const { return most_at_once_; }

 private:
  class MadeScan final : public Scan {
   public:
    explicit MadeScan(const MadeBatches& of) : of_(of) {}
    Result<std::shared_ptr<const Batch>> next() override {
      if (made_ == 50) return std::shared_ptr<const Batch>();
      auto batch = std::make_unique<Batch>(of_.schema_);
      for (int row = 0; row < 1'000; ++row) {
        const std::string text = "a text too long for its place " + std::to_string(made_);
        batch->column(0).append_string(text);
        batch->column(1).child(0).append_string(text);
        batch->column(1).append_list();
      }
      ++made_;
      of_.most_at_once_ = std::max(of_.most_at_once_, ++of_.alive_);
      return std::shared_ptr<const Batch>(batch.release(), [&alive = of_.alive_](const Batch* of) {
        --alive;
        delete of;
      });
    }

   private:
    const MadeBatches& of_;
    int made_ = 0;
  };

  std::shared_ptr<const Schema> schema_ = std::make_shared<const Schema>(
      Schema{{{"t", parse_type("varchar").value()}, {"l", parse_type("varchar[]").value()}}});
  mutable int alive_ = 0;
  mutable int most_at_once_ = 0;
};

TEST_F(DatabaseTest, ATextColumnIsReadWithFewOfItsBatchesInMemory) {
  const auto relation = std::make_shared<MadeBatches>();
  ASSERT_TRUE(database_->add_table_function("f", relation).ok());
  EXPECT_EQ(cell(*connection_, "SELECT (count(DISTINCT t), count(DISTINCT l), max(l[1])) FROM f()"),
            "(50, 50, a text too long for its place 9)");
  EXPECT_LE(relation->most_at_once(), 2);
}

TEST_F(DatabaseTest, TableFunctionsHaveNewNames) {
  const auto relation = std::make_shared<BatchRelation>(std::vector<std::shared_ptr<const Batch>>{
      connection_->query("SELECT 1 AS a").value()->next().value()});
  ASSERT_TRUE(database_->add_table_function("f", relation).ok());
  const Result<void> again = database_->add_table_function("f", relation);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().fault, Fault::conflict);
}

class DamagedRelation final : public Relation {
 public:
  explicit DamagedRelation(bool at_once) : at_once_(at_once) {}
  const Schema& schema() const override { return schema_; }
  Result<std::unique_ptr<Scan>> scan() const override {
    if (at_once_) return damage();
    return std::unique_ptr<Scan>(std::make_unique<DamagedScan>());
  }

 private:
  static Error damage() { return {Fault::corrupt, "block 7 is damaged"}; }
  struct DamagedScan final : Scan {
    Result<std::shared_ptr<const Batch>> next() override { return damage(); }
  };

  bool at_once_;
  Schema schema_{{{"a", Type{.id = TypeId::integer}}}};
};

TEST_F(DatabaseTest, ARelationsErrorComesOutOfTheQueryThatReadsIt) {
  for (const bool at_once : {true, false}) {
    const std::string name = at_once ? "at_once" : "later";
    ASSERT_TRUE(
        database_->add_table_function(name, std::make_shared<DamagedRelation>(at_once)).ok());
    const auto rows = connection_->query("SELECT sum(a) FROM " + name + "()");
    ASSERT_FALSE(rows.ok());
    EXPECT_EQ(rows.error().fault, Fault::corrupt);
    EXPECT_EQ(rows.error().message, "block 7 is damaged");
  }
}

TEST(Quote, DoublesQuotes) {
  EXPECT_EQ(quote_name("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(quote_text("it's"), "'it''s'");
}

}  // namespace
}  // namespace weir::engine
