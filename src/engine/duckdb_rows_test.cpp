#include <gtest/gtest.h>

#include "bounds/statement_bounds.h"
#include "engine/database.h"

namespace weir::engine {
namespace {

class DuckdbRowsTest : public testing::Test {
 protected:
  std::shared_ptr<Database> database_ = Database::open({}).value();
  std::unique_ptr<Connection> connection_ = database_->connect().value();
};

// What DuckDB takes with `new` is a sanitizer's to count.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool news_are_bounded = false;
#else
constexpr bool news_are_bounded = true;
#endif

TEST_F(DuckdbRowsTest, EndsAStatementWhoseFunctionMakesTooMuch) {
  const std::size_t bytes_max = std::size_t{512} << 20;
  struct Case {
    const char* sql;
    bool is_new = false;
  };
  const Case cases[] = {{"length(repeat('x', 2000000000))"},
                        {"length(repeat(repeat('x', 50000), 50000))"},
                        {"len(range(2000000000))"},
                        {"len(list_resize([1], 2000000000))"},
                        {"len(list_transform(range(100000000), lambda x: x))"},
                        {"len(repeat([1, 2, 3], 100000000))"},
                        {"format('{:2000000000}', 1)", true},
                        {"printf('%*d', 2000000000, 1)", true},
                        {"length(lpad('x', 2000000000, 'y'))", true},
                        {"length(replace(repeat('x', 30000), 'x', repeat('y', 30000)))", true}};
  for (const Case& c : cases) {
    if (c.is_new && !news_are_bounded) continue;
    const bounds::StatementBounds bounds(bytes_max, std::chrono::steady_clock::time_point::max());
    const auto refused = connection_->query(std::string("SELECT ") + c.sql);
    ASSERT_FALSE(refused.ok()) << c.sql;
    EXPECT_EQ(refused.error().fault, Fault::unavailable) << c.sql << refused.error().message;
    EXPECT_TRUE(bounds.exceeded_memory()) << c.sql;
    EXPECT_FALSE(bounds.exceeded_time()) << c.sql;
  }
  // The database goes on, and so does who needs less.
  const bounds::StatementBounds bounds(bytes_max, std::chrono::steady_clock::time_point::max());
  EXPECT_TRUE(connection_->query("SELECT length(repeat('x', 100000000))").ok());
  EXPECT_FALSE(bounds.exceeded_memory());
}

TEST_F(DuckdbRowsTest, EndsAStatementInsideAFunctionOnceItsTimeIsOver) {
  const bounds::StatementBounds bounds(std::size_t{512} << 20, std::chrono::steady_clock::now());
  const auto refused = connection_->query("SELECT repeat('x', 1000000)");
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(bounds.exceeded_time());
  EXPECT_FALSE(bounds.exceeded_memory());
}

TEST_F(DuckdbRowsTest, SaysWhetherTheSharedMemoryWasShort) {
  const bounds::StatementBounds bounds(std::size_t{512} << 20,
                                       std::chrono::steady_clock::time_point::max());
  EXPECT_FALSE(connection_->query("SELECT list(i) FROM range(100000000) t(i)").ok());
  EXPECT_TRUE(bounds.ran_out_of_memory());
  EXPECT_FALSE(bounds.exceeded_memory());
}

}  // namespace
}  // namespace weir::engine
