#include "store/applier.h"

#include <gtest/gtest.h>

#include "journal/journal_test.h"

namespace weir::store {
namespace {

using journal::open_journal;
using journal::rows_from;

// Two tables of rows as journal::rows_from makes them, and a journal of streams' commits.
class ApplierTest : public testing::Test {
 protected:
  ApplierTest() : journal_(open_journal(folder_.path())) {}

  static TableSpec table(const std::string& name) {
    return {.name = name, .schema = rows_from(0, 0)->shared_schema()};
  }

  static TableSpec keyed() {
    TableSpec spec = table("keyed");
    spec.key = {0};
    return spec;
  }

  // The next commit of a stream: rows from `first` on.
  Position commit(const std::string& stream, std::int64_t first, std::size_t count = 1) {
    return commit_batch(stream, count == 0 ? nullptr : rows_from(first, count));
  }
  Position commit_batch(const std::string& stream, std::shared_ptr<const Batch> rows) {
    const journal::CommitHead head{.generation = 1, .sequence = ++sequences_[stream]};
    std::vector<journal::Entry> group;
    group.push_back({.kind = journal::Kind::commit,
                     .topic = stream,
                     .head = encode(head),
                     .batches = {std::move(rows)}});
    const auto end = journal_->append_and_wait(std::move(group));
    EXPECT_TRUE(end.ok()) << end.error().message;
    return end.value();
  }

  Result<void> start(const std::vector<Target>& targets) {
    stop();
    TRY(store_, TableStore::open(folder_.path() / "tables", {table("one"), table("two"), keyed()}));
    const auto say = [this](telemetry::LogCode, const std::string& words) {
      said_.push_back(words);
    };
    TRY(applier_, Applier::open(*store_, *journal_, targets, say));
    applier_->start();
    return {};
  }
  // What was only in memory is forgotten.
  void reopen() {
    stop();
    journal_.reset();
    journal_ = open_journal(folder_.path());
  }
  void stop() {
    applier_.reset();
    store_.reset();
  }
  // All that is in the journal is in the tables; then the applier is stopped.
  void apply(const std::vector<Target>& targets) {
    const auto started = start(targets);
    ASSERT_TRUE(started.ok()) << started.error().message;
    ASSERT_TRUE(wait_applied(journal_->end()));
    applier_.reset();
  }
  bool wait_applied(Position position) const {
    return applier_->wait_applied(position,
                                  std::chrono::steady_clock::now() + std::chrono::seconds(30));
  }

  std::vector<std::int64_t> numbers(const std::string& sql) {
    const auto connection = store_->database()->connect();
    EXPECT_TRUE(connection.ok());
    const auto rows = connection.value()->query(sql);
    EXPECT_TRUE(rows.ok()) << rows.error().message;
    std::vector<std::int64_t> found;
    while (rows.ok()) {
      const auto batch = rows.value()->next();
      EXPECT_TRUE(batch.ok());
      if (!batch.ok() || batch.value() == nullptr) break;
      for (const std::int64_t n : batch.value()->column(0).values<std::int64_t>()) {
        found.push_back(n);
      }
    }
    return found;
  }
  std::vector<std::int64_t> rows_of(const std::string& table) {
    return numbers("SELECT n FROM " + table + " ORDER BY n");
  }

  const journal::TemporaryFolder folder_;
  std::unique_ptr<journal::Journal> journal_;
  std::map<std::string, std::uint64_t> sequences_;
  std::vector<std::string> said_;
  std::unique_ptr<TableStore> store_;
  std::unique_ptr<Applier> applier_;
};

TEST_F(ApplierTest, a_stream_that_was_not_declared_for_a_while_is_applied_once) {
  commit("a", 1);
  apply({{"a", "one"}, {"b", "two"}});
  commit("b", 2);
  apply({{"b", "two"}});
  EXPECT_EQ(numbers("SELECT count(*) FROM weir_progress.applied"), std::vector<std::int64_t>{2});
  commit("a", 3);
  apply({{"a", "one"}, {"b", "two"}});
  EXPECT_EQ(rows_of("one"), (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(rows_of("two"), std::vector<std::int64_t>{2});
  EXPECT_EQ(said_, std::vector<std::string>{});
}

TEST_F(ApplierTest, a_table_whose_writer_has_another_name_now_is_refused) {
  commit("a", 1);
  commit("b", 1);
  apply({{"a", "one"}});
  const auto refused = start({{"b", "one"}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().fault, Fault::conflict);
  EXPECT_NE(refused.error().message.find("call it a again"), std::string::npos);
}

TEST_F(ApplierTest, a_streams_new_table_gets_all_of_its_commits) {
  commit("a", 1);
  apply({{"a", "one"}});
  commit("a", 2);
  apply({{"a", "one"}, {"a", "two"}});
  EXPECT_EQ(rows_of("one"), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(rows_of("two"), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(said_, std::vector<std::string>{});
}

TEST_F(ApplierTest, commits_that_are_no_longer_kept_are_told_of_once) {
  commit("a", 1, 2000);  // a segment of its own
  const Position kept_from = commit("a", 2001, 2000);
  commit("a", 4001);
  apply({{"a", "one"}});
  ASSERT_TRUE(journal_->release(kept_from).ok());
  ASSERT_TRUE(journal_->retain("a", Instant::max(), 0).ok());
  reopen();
  for (int i = 0; i < 2; ++i) apply({{"a", "one"}, {"a", "two"}});
  EXPECT_EQ(rows_of("two"), std::vector<std::int64_t>{4001});
  ASSERT_EQ(said_.size(), 1U);
  EXPECT_NE(said_[0].find("table two lacks results that stream a gave before 1970-01-01T00:00:01Z"),
            std::string::npos)
      << said_[0];
}

TEST_F(ApplierTest, begins_where_the_tables_are_and_not_where_history_begins) {
  commit("a", 1, 2000);
  commit("a", 2001, 2000);
  const Position end = commit("a", 4001);
  apply({{"a", "one"}});
  EXPECT_TRUE(journal_->release(end).ok());
  // What is before its place is not looked at, whatever became of it.
  for (const auto& file : std::filesystem::directory_iterator(folder_.path() / "history" / "a")) {
    std::string bytes = journal::read_bytes(file.path());
    bytes[bytes.size() / 2] ^= 1;
    journal::write_bytes(file.path(), bytes);
  }
  reopen();
  commit("a", 4002);
  apply({{"a", "one"}});
  EXPECT_EQ(rows_of("one").size(), 4002U);
}

std::shared_ptr<const Batch> numbers_as(TypeId type, const std::string& name,
                                        std::initializer_list<std::int64_t> values) {
  auto batch =
      std::make_shared<Batch>(std::make_shared<const Schema>(Schema{{{name, {.id = type}}}}));
  for (const std::int64_t value : values) batch->column(0).append(value);
  return batch;
}

TEST_F(ApplierTest, rows_of_an_older_plan_are_taken_by_their_columns_names) {
  commit_batch("a", numbers_as(TypeId::bigint, "n", {1, 2}));
  commit_batch("a", numbers_as(TypeId::bigint, "another", {3}));
  commit("a", 4);
  apply({{"a", "one"}});
  EXPECT_EQ(numbers("SELECT coalesce(n, -1) FROM one ORDER BY 1"),
            (std::vector<std::int64_t>{-1, 1, 2, 4}));
}

TEST_F(ApplierTest, rows_whose_columns_have_another_type_stop_it_with_words) {
  commit_batch("a", numbers_as(TypeId::timestamp, "n", {1}));
  ASSERT_TRUE(start({{"a", "one"}}).ok());
  while (applier_->health().ok()) std::this_thread::yield();
  EXPECT_EQ(applier_->health().error().fault, Fault::conflict);
  EXPECT_EQ(applier_->health().error().message,
            "table one: column n was stored as TIMESTAMP and is now BIGINT");
}

TEST_F(ApplierTest, a_weight_is_known_by_its_name_wherever_it_stands) {
  const auto schema = std::make_shared<const Schema>(
      Schema{{{"_weight", {.id = TypeId::bigint}}, {"n", {.id = TypeId::bigint}}}});
  for (const std::int64_t weight : {1, -1}) {
    auto batch = std::make_shared<Batch>(schema);
    batch->column(0).append(weight);
    batch->column(1).append<std::int64_t>(7);
    commit_batch("a", std::move(batch));
    apply({{"a", "keyed"}});
    EXPECT_EQ(rows_of("keyed").size(), weight > 0 ? 1U : 0U);
  }
}

TEST_F(ApplierTest, goes_on_by_itself_once_there_is_room_again) {
  commit("a", 0, 5000);  // so that DuckDB's log is longer than a segment
  ASSERT_TRUE(start({{"a", "one"}, {"a", "two"}}).ok());
  ASSERT_TRUE(wait_applied(journal_->end()));
  {
    const journal::FileLimit limit(
        std::filesystem::file_size(folder_.path() / "tables" / "weir.duckdb.wal"));
    commit("a", 5000);
    while (applier_->health().ok()) std::this_thread::yield();
    commit("a", 5001);
    EXPECT_EQ(applier_->health().error().fault, Fault::unavailable);
    EXPECT_EQ(rows_of("one").size(), 5000U);
  }
  ASSERT_TRUE(wait_applied(journal_->end()));
  EXPECT_TRUE(applier_->health().ok());
  EXPECT_EQ(rows_of("one").size(), 5002U);
  EXPECT_EQ(rows_of("two").size(), 5002U);
  EXPECT_EQ(applier_->rows_applied().at("one"), 5002U);
  applier_.reset();
  ASSERT_EQ(said_.size(), 2U);
  EXPECT_NE(said_[0].find("File too large"), std::string::npos) << said_[0];
  EXPECT_EQ(said_[1], "results are applied again");
}

TEST_F(ApplierTest, goes_on_where_a_failed_checkpoint_made_the_engine_refuse_everything) {
  commit("a", 0, 5000);
  ASSERT_TRUE(start({{"a", "one"}}).ok());
  ASSERT_TRUE(wait_applied(journal_->end()));
  const auto reading = store_->database()->connect().value();
  {
    const journal::FileLimit limit(
        std::filesystem::file_size(folder_.path() / "tables" / "weir.duckdb"));
    ASSERT_FALSE(reading->run("CHECKPOINT").ok());
  }
  EXPECT_FALSE(reading->run("SELECT 1").ok());
  commit("a", 5000);
  ASSERT_TRUE(wait_applied(journal_->end()));
  EXPECT_EQ(rows_of("one").size(), 5001U);
  EXPECT_TRUE(reading->run("SELECT * FROM one").ok());
}

TEST_F(ApplierTest, rows_need_room_and_their_indexes_too) {
  ASSERT_TRUE(start({{"a", "one"}}).ok());
  const std::size_t quarter = std::filesystem::space(folder_.path()).available / 4;
  EXPECT_TRUE(store_->check_room(quarter).ok());
  const auto refused = store_->check_room(quarter, quarter + (quarter / 2));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().fault, Fault::unavailable);
}

TEST_F(ApplierTest, refuses_places_of_another_journal) {
  commit("a", 1);
  apply({{"a", "one"}});
  journal_.reset();
  std::filesystem::remove_all(folder_.path() / "journal");
  reopen();
  const auto refused = start({{"a", "one"}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().fault, Fault::conflict);
  EXPECT_NE(refused.error().message.find("restore both from the same backup"), std::string::npos);
}

}  // namespace
}  // namespace weir::store
