#include "operate/running_drop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

#include "journal/journal_test.h"
#include "store/table_store.h"

namespace weir::operate {
namespace {

class RunningDropTest : public testing::Test {
 protected:
  void SetUp() override {
    write("weir.yaml", "weir: 1\nname: tests\n");
    std::filesystem::create_directories(data_ / "state");
    store_ = store::TableStore::open(data_ / "tables", {}).value();
    const auto connection = store_->database()->connect().value();
    for (const char* table : {"one", "two"}) {
      ASSERT_TRUE(connection->run(std::string("CREATE TABLE ") + table + "(n INTEGER)").ok());
    }
    drop_.emplace(RunningDrop::Parts{folder_.path(), data_, store_->database(),
                                     [this] { ++reloads_; }, record_});
  }
  void write(const std::string& name, const std::string& text) const {
    journal::write_bytes(folder_.path() / name, text);
  }
  Result<std::string> ask(const std::string& table) const {
    return drop_->answer({.method = "POST", .body = R"({"names": [")" + table + R"("]})"});
  }

  const journal::TemporaryFolder folder_;
  const std::filesystem::path data_ = folder_.path() / "data";
  std::unique_ptr<store::TableStore> store_;
  ReloadRecord record_;
  std::optional<RunningDrop> drop_;
  std::atomic<int> reloads_ = 0;
};

TEST_F(RunningDropTest, BeginsOneOfThoseThatAreAskedForAtOnce) {
  std::atomic<int> begun = 0;
  std::barrier together(2);
  {
    std::vector<std::jthread> asking;
    for (const char* table : {"one", "two"}) {
      asking.emplace_back([&, table] {
        together.arrive_and_wait();
        if (ask(table).ok()) ++begun;
      });
    }
  }
  EXPECT_EQ(begun, 1);
  EXPECT_EQ(reloads_, 1);
}

TEST_F(RunningDropTest, TellsWhyOneThatWasBegunIsNotDone) {
  record_.begin(false);
  record_.refuse("a mistake of before");
  ASSERT_TRUE(ask("one").ok());
  EXPECT_EQ(drop_->answer({.method = "GET"}).value(), R"(["one"])");
  record_.refuse("a reload that began before the drop");
  EXPECT_EQ(drop_->answer({.method = "GET"}).value(), R"(["one"])");
  record_.begin(true);
  record_.take_up({}, "removing state/one: Input/output error");
  for (const Result<std::string>& told : {drop_->answer({.method = "GET"}), ask("two")}) {
    ASSERT_FALSE(told.ok());
    EXPECT_EQ(told.error().fault, Fault::conflict);
    EXPECT_NE(told.error().message.find("Input/output error"), std::string::npos);
  }
  record_.begin(true);  // finishes it
  record_.take_up({}, "");
  std::filesystem::remove(data_ / "drop.json");
  EXPECT_EQ(drop_->answer({.method = "GET"}).value(), "[]");
  EXPECT_TRUE(ask("two").ok());
}

TEST_F(RunningDropTest, TellsEveryMistakeOfTheWorkspace) {
  write("a.yaml", "source: a\n");
  write("b.yaml", "stream: b\n");
  const std::string message = ask("one").error().message;
  EXPECT_NE(message.find("\na.yaml:"), std::string::npos) << message;
  EXPECT_NE(message.find("\nb.yaml:"), std::string::npos) << message;
}

}  // namespace
}  // namespace weir::operate
