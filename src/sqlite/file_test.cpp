#include "sqlite/file.h"

#include <gtest/gtest.h>

#include <string>

namespace weir::sqlite {
namespace {

class FileTest : public testing::Test {
 protected:
  FileTest() {
    const auto made = file_->run("CREATE TABLE t(k TEXT PRIMARY KEY, v BLOB)");
    EXPECT_TRUE(made.ok()) << made.error().message;
  }

  const std::unique_ptr<File> file_ = File::open(":memory:").value();
};

TEST_F(FileTest, a_statement_that_failed_is_ready_to_be_run_again) {
  auto put = file_->prepare("INSERT INTO t VALUES (?, ?)").value();
  for (const char* key : {"a", "a", "b"}) {
    const std::string bound = key;  // gone before the next is bound
    const auto stepped = put.bind(1, bound).bind_blob(2, bound).step();
    if (stepped.ok()) {
      put.reset();
    } else {
      EXPECT_EQ(stepped.error().fault, Fault::conflict);
      EXPECT_NE(stepped.error().message.find("UNIQUE"), std::string::npos);
    }
  }
  auto count = file_->prepare("SELECT count(*), max(k) FROM t").value();
  ASSERT_TRUE(count.step().ok());
  EXPECT_EQ(count.number(0), 2);
  EXPECT_EQ(count.bytes(1), "b");
}

TEST_F(FileTest, a_value_larger_than_sqlite_keeps_is_refused_with_words) {
  auto put = file_->prepare("INSERT INTO t VALUES (?, ?)").value();
  // Never looked at: its size is enough.
  const std::string_view large("x", std::size_t{3} << 30);
  const auto refused = put.bind(1, "a").bind_blob(2, large).run();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().fault, Fault::invalid);
  EXPECT_TRUE(put.bind(1, "a").bind_blob(2, "small").run().ok());
}

}  // namespace
}  // namespace weir::sqlite
