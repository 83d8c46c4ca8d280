// Finds places in SQL text that DuckDB's plan does not give, and collects what is refused there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/schema.h"
#include "sql/plan.h"

namespace weir::sql {

// As SQL compares names without quotes.
std::string lower(std::string text);

// The first byte behind the quote, comment, word, `$parameter` or single byte that begins at `at`.
std::size_t token_end(std::string_view sql, std::size_t at);

// Where `word` stands as a word of its own, outside quotes and comments, in any case, from `after`
// on; `after` where it stands nowhere.
std::size_t find_word(std::string_view sql, std::string_view word, std::size_t after = 0);

// "3:14", line and column from 1, of a byte of the text.
std::string line_and_column(std::string_view sql, std::size_t offset);

// A query's text with its parameters' types in their place, which is how DuckDB can plan it.
struct TypedText {
  // Where a parameter stood: bytes of the typed text behind it, and of the original one.
  struct Place {
    std::size_t typed_end = 0;
    std::size_t original_end = 0;
    std::size_t original_start = 0;
    std::size_t typed_start = 0;
  };

  std::string text;
  std::vector<Place> places;

  // Where the user's text has the byte of `text`; a parameter's start for all that replaced it.
  std::size_t original_offset(std::size_t typed_offset) const;
};

// `$since` as a null of its type, CAST(NULL AS TIMESTAMP). Quotes and comments are passed over.
TypedText with_typed_parameters(std::string_view sql, const std::vector<Field>& parameters);

// The mistakes of one text. `at` also gives the error to return, so that TRY leaves what cannot go
// on, while the list keeps the place.
class Refusals {
 public:
  explicit Refusals(std::string_view sql) : sql_(sql) {}

  void note(std::size_t offset, const std::string& message);
  void note_at_word(std::string_view word, const std::string& message) {
    // Looking for a word reads the text, which may have a mistake in each.
    if (mistakes_.size() < mistakes_max) note(find_word(sql_, word), message);
  }
  Error at(std::size_t offset, std::string message) {
    note(offset, message);
    return {Fault::invalid, std::move(message)};
  }
  Error at_word(std::string_view word, std::string message) {
    return at(find_word(sql_, word), std::move(message));
  }

  std::string_view sql() const { return sql_; }
  bool empty() const { return mistakes_.empty(); }
  // In the order of the text.
  std::vector<SqlMistake> take() && { return std::move(mistakes_); }

 private:
  static constexpr std::size_t mistakes_max = 100;  // more tell no one more

  std::string_view sql_;
  std::vector<SqlMistake> mistakes_;
};

}  // namespace weir::sql
