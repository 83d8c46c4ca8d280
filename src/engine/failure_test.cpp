#include "engine/failure.h"

#include <gtest/gtest.h>

namespace weir::engine {
namespace {

struct Case {
  const char* theirs;
  Fault fault;
  const char* ours;
};

TEST(Failure, NamesTheFaultAndKeepsTheWords) {
  const Case cases[] = {
      {"Conversion Error: Could not convert string 'a' to INT32\n\nLINE 1: select 'a'::int\n     ^",
       Fault::invalid, "Could not convert string 'a' to INT32"},
      {"Catalog Error: Table with name no does not exist!\nDid you mean \"input\"?", Fault::invalid,
       "Table with name no does not exist! Did you mean \"input\"?"},
      {"INTERRUPT Error: Interrupted!", Fault::unavailable, "Interrupted!"},
      {"Invalid Input Error: INTERRUPT Error: x", Fault::invalid, "INTERRUPT Error: x"},
      {"Out of Memory Error: failed to allocate", Fault::unavailable, "failed to allocate"},
      {"Out of Memory Error: failed to allocate data (1/1 used)\n\nPossible solutions:\n* Reducing "
       "the number of threads (SET threads=X)",
       Fault::unavailable, "failed to allocate data (1/1 used)"},
      {"Invalid Input Error: CSV Error on Line: 3\nExpected Number of Columns: 3 Found: "
       "2\nPossible fixes:\n* Disable the parser's strict mode (strict_mode=false)",
       Fault::invalid, "CSV Error on Line: 3 Expected Number of Columns: 3 Found: 2"},
      {"Invalid Input Error: not utf-8 encoded.\n\nPossible Solution: Set the correct encoding",
       Fault::invalid, "not utf-8 encoded."},
      {"Binder Error: Max expression depth limit of 1000 exceeded. Use \"SET max_expression_depth "
       "TO x\" to increase the maximum expression depth.",
       Fault::invalid, too_deep_words.data()},
      {"Parser Error: memory exhausted at or near \"*\"", Fault::invalid, too_deep_words.data()},
      {"Invalid Input Error: More than one row returned by a subquery used as an expression - "
       "scalar subqueries can only return a single row.\n\nUse \"SET "
       "scalar_subquery_error_on_multiple_rows=false\" to revert",
       Fault::invalid,
       "More than one row returned by a subquery used as an expression - scalar subqueries can "
       "only return a single row."},
      {"IO Error: Could not write file \"x\": No space left on device", Fault::unavailable,
       "Could not write file \"x\": No space left on device"},
      {"FATAL Error: Failed: No space left on device", Fault::unavailable,
       "Failed: No space left on device"},
      {"FATAL Error: database has been invalidated", Fault::internal,
       "database has been invalidated"},
      {"IO Error: The file \"x\" exists, but it is not a valid DuckDB database file!",
       Fault::corrupt, "The file \"x\" exists, but it is not a valid DuckDB database file!"},
      {"Permission Error: Cannot access file \"x\"", Fault::denied, "Cannot access file \"x\""},
      {"TransactionContext Error: Conflict on update!", Fault::conflict, "Conflict on update!"},
      {"TransactionContext Error: Failed to commit: Could not write file: No space left on device",
       Fault::unavailable, "Failed to commit: Could not write file: No space left on device"},
      {"IO Error: Could not write file \"x\": Disk quota exceeded", Fault::unavailable,
       "Could not write file \"x\": Disk quota exceeded"},
      {"without a class", Fault::invalid, "without a class"},
      {"Invalid Input Error: \x01x", Fault::invalid, "\x01x"},
      {"Invalid Input Error: \x01"
       "5my words",
       Fault::invalid,
       "\x01"
       "5my words"},
      {nullptr, Fault::internal, "the engine failed without a message"},
  };
  for (const Case& one : cases) {
    const Error error = failure(one.theirs);
    EXPECT_EQ(error.fault, one.fault) << one.ours;
    EXPECT_EQ(error.message, one.ours);
  }
}

TEST(Failure, ComesOutOfACallbackAsItWentIn) {
  const Error error = failure(
      ("Invalid Input Error: " + callback_failure({Fault::corrupt, "block 7 is damaged"})).c_str());
  EXPECT_EQ(error.fault, Fault::corrupt);
  EXPECT_EQ(error.message, "block 7 is damaged");
}

}  // namespace
}  // namespace weir::engine
