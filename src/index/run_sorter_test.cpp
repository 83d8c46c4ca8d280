#include "index/run_sorter.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <map>
#include <random>
#include <utility>

namespace weir::index {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

class RunSorterTest : public testing::Test {
 protected:
  RunSorterTest() {
    std::string name = (std::filesystem::temp_directory_path() / "weir-sort-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~RunSorterTest() override { std::filesystem::remove_all(folder_); }

  Result<Pairs> sorted(const Pairs& pairs, std::size_t bytes_max) const {
    RunSorter sorter(folder_ / "sorting", bytes_max);
    for (const auto& [key, value] : pairs) OK_OR_RETURN(sorter.add(key, value));
    EXPECT_TRUE(!std::filesystem::exists(folder_) || std::filesystem::is_empty(folder_))
        << "no file of it has a name";
    Pairs taken;
    OK_OR_RETURN(sorter.drain([&](std::string_view key, std::string_view value) -> Result<void> {
      taken.emplace_back(key, value);
      return {};
    }));
    return taken;
  }

  std::filesystem::path folder_;
};

// Keys that come several times, bytes of all values, and pairs of more than a block of the file.
Pairs random_pairs(std::mt19937& random) {
  Pairs pairs;
  for (int i = 0; i < 5'000; ++i) {
    std::string key(random() % 3, static_cast<char>(random()));
    const std::size_t length = random() % 100 == 0 ? 300'000 : random() % 20;
    pairs.emplace_back(std::move(key), std::to_string(i) + std::string(length, 'v'));
  }
  return pairs;
}

TEST_F(RunSorterTest, gives_what_it_took_by_key_and_those_of_one_key_as_they_came) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const Pairs pairs = random_pairs(random);
  const std::multimap<std::string, std::string> by_key(pairs.begin(), pairs.end());
  const Pairs expected(by_key.begin(), by_key.end());
  for (const std::size_t bytes_max : {1, 10'000, 1'000'000, 1'000'000'000}) {
    const auto taken = sorted(pairs, bytes_max);
    ASSERT_TRUE(taken.ok()) << taken.error().message;
    EXPECT_TRUE(taken.value() == expected) << bytes_max;
  }
}

TEST_F(RunSorterTest, gives_nothing_where_it_took_nothing) {
  EXPECT_TRUE(sorted({}, 1).value().empty());
}

TEST_F(RunSorterTest, says_where_its_file_cannot_be_made) {
  std::filesystem::remove(folder_);
  const auto taken = sorted({{"key", "value"}}, 1);
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().fault, Fault::unavailable);
  EXPECT_EQ(taken.error().message,
            "making " + (folder_ / "sorting").string() + ": No such file or directory");
}

}  // namespace
}  // namespace weir::index
