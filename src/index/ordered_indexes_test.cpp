#include "index/ordered_indexes.h"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace weir::index {
namespace {

// Batches, and then the end or a failure.
class Batches final : public Scan {
 public:
  Batches(std::vector<std::shared_ptr<const Batch>> batches, bool fails)
      : batches_(std::move(batches)), fails_(fails) {}
  Result<std::shared_ptr<const Batch>> next() override {
    if (next_ < batches_.size()) return batches_[next_++];
    if (fails_) return Error{Fault::unavailable, "no more"};
    return std::shared_ptr<const Batch>();
  }

 private:
  const std::vector<std::shared_ptr<const Batch>> batches_;
  const bool fails_;
  std::size_t next_ = 0;
};

// A table `t` of a key and a text, with one order beside the key's: by the text.
class OrderedIndexesTest : public testing::Test {
 protected:
  OrderedIndexesTest() {
    std::string name = (std::filesystem::temp_directory_path() / "weir-index-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    open();
  }
  ~OrderedIndexesTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path file() const { return folder_ / "indexes.sqlite"; }
  void open() {
    indexes_.reset();
    auto opened = OrderedIndexes::open(
        file(), {{.name = "t", .schema = schema_, .key = {0}, .orders = {{1}}}});
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    indexes_ = std::move(opened).value();
  }
  Result<void> put(std::int64_t key, std::string_view text) {
    Batch rows(schema_);
    rows.column(0).append(key);
    rows.column(1).append_string(text);
    OK_OR_RETURN(indexes_->begin());
    OK_OR_RETURN(indexes_->put("t", rows, {}, {}));
    return indexes_->commit({{"t", {"journal", 1}}});
  }
  using TextByKey = std::vector<std::pair<std::int64_t, std::string>>;
  // In the place of what is there; at the end of the batches the reading fails, if it does.
  Result<void> fill(const std::vector<TextByKey>& batches, bool fails = false) {
    std::vector<std::shared_ptr<const Batch>> rows;
    for (const TextByKey& texts : batches) {
      auto batch = std::make_shared<Batch>(schema_);
      for (const auto& [key, text] : texts) {
        batch->column(0).append(key);
        batch->column(1).append_string(text);
      }
      rows.push_back(std::move(batch));
    }
    Batches scan(std::move(rows), fails);
    return indexes_->fill("t", scan, {"journal", 7}, [this](std::size_t) { return room_; });
  }
  std::vector<std::int64_t> keys_by_text() const {
    const auto found = read();
    EXPECT_TRUE(found.ok()) << found.error().message;
    const auto keys = found.value()->rows->column(0).values<std::int64_t>();
    return {keys.begin(), keys.end()};
  }
  Result<std::optional<FoundRows>> read() const {
    const IndexedTable& table = *indexes_->find("t");
    const RowQuery query{.sortings = {{1}}, .limit = 10};
    return indexes_->read(table, query, *choose(table, query));
  }
  void change_stored(const std::string& sql) const {
    const auto opened = sqlite::File::open(file());
    ASSERT_TRUE(opened.ok());
    const auto changed = opened.value()->run(sql);
    ASSERT_TRUE(changed.ok()) << changed.error().message;
  }

  const std::shared_ptr<const Schema> schema_ = std::make_shared<const Schema>(
      Schema{{{"key", {.id = TypeId::bigint}}, {"text", {.id = TypeId::varchar}}}});
  std::filesystem::path folder_;
  std::unique_ptr<OrderedIndexes> indexes_;
  Result<void> room_;  // what filling is told of it
};

void expect_damage(const Error& error) {
  EXPECT_EQ(error.fault, Fault::corrupt);
  EXPECT_EQ(error.message,
            "a row of the indexes is damaged; a restart makes the indexes anew from the tables, "
            "which hold it all");
}

TEST_F(OrderedIndexesTest, ADamagedRowIsToldOfAndTheNextOpeningMakesTheFileAnew) {
  ASSERT_TRUE(put(1, "a text").ok());
  ASSERT_TRUE(read().ok());
  // The length of the text, as if it went on far behind the row.
  change_stored(
      "UPDATE \"rows t\" SET row = CAST(substr(row, 1, 10) || x'ffffff7f' || substr(row, 15) AS "
      "BLOB)");
  const auto found = read();
  ASSERT_FALSE(found.ok());
  expect_damage(found.error());
  EXPECT_TRUE(indexes_->is_damaged());
  open();
  EXPECT_FALSE(indexes_->is_damaged());
  EXPECT_FALSE(indexes_->place("t").has_value());
  ASSERT_TRUE(put(1, "a text").ok());
  EXPECT_EQ(read().value()->rows->rows(), 1U);
}

TEST_F(OrderedIndexesTest, ADamagedRowIsToldOfWhereAnotherIsPutInItsPlace) {
  ASSERT_TRUE(put(1, "a text").ok());
  change_stored("UPDATE \"rows t\" SET row = x''");
  const auto done = put(1, "another");
  ASSERT_FALSE(done.ok());
  expect_damage(done.error());
  EXPECT_TRUE(indexes_->is_damaged());
}

TEST_F(OrderedIndexesTest, FilledItHoldsTheRowsOfAllBatchesAndNoneFromBefore) {
  ASSERT_TRUE(put(9, "from before").ok());
  ASSERT_TRUE(fill({{{3, "c"}, {1, "b"}}, {{2, "a"}}}).ok());
  EXPECT_EQ(indexes_->place("t")->position, 7U);
  EXPECT_EQ(keys_by_text(), (std::vector<std::int64_t>{2, 1, 3}));
  EXPECT_EQ(indexes_->costs().at("t").rows, 4U);
  ASSERT_TRUE(put(1, "d").ok());
  EXPECT_EQ(keys_by_text(), (std::vector<std::int64_t>{2, 3, 1})) << "as after any other row";
}

TEST_F(OrderedIndexesTest, WhatIsNotFilledToItsEndHasNoPlaceAndIsFilledAgain) {
  ASSERT_TRUE(put(9, "from before").ok());
  EXPECT_EQ(fill({{{3, "c"}}}, true).error().message, "no more");
  EXPECT_FALSE(indexes_->place("t").has_value());
  open();
  EXPECT_FALSE(indexes_->place("t").has_value());
  ASSERT_TRUE(fill({{{3, "c"}}}).ok());
  EXPECT_EQ(keys_by_text(), std::vector<std::int64_t>{3});
}

TEST_F(OrderedIndexesTest, FillingEndsWhereThereIsNoRoom) {
  room_ = Error{Fault::unavailable, "no room"};
  EXPECT_EQ(fill({{{3, "c"}}}).error().message, "no room");
  EXPECT_FALSE(indexes_->place("t").has_value());
}

}  // namespace
}  // namespace weir::index
