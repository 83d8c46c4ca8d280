// What a SELECT uses, by name and place, read from DuckDB's syntax tree before anything is bound.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/result.h"
#include "engine/database.h"
#include "formats/json_value.h"
#include "sql/sql_text.h"

namespace weir::sql {

// A name as it stands in the text.
struct Use {
  std::string name;
  std::size_t offset = 0;
};

// A call of a function that a constant text tells how to work; empty where it is no constant.
struct TextUse {
  std::string function;
  std::string text;
  std::size_t offset = 0;
};

struct SqlUses {
  std::vector<Use> tables;  // without the query's own WITH names; "schema.name" where one is given
  // That a text may read beside `tables`: of a WITH name the table that it hides, of a window over
  // an expression any.
  std::vector<std::string> with_names;  // in lower case
  bool has_computed_table = false;
  std::vector<Use> functions;        // in lower case; scalar functions, aggregates and macros
  std::vector<Use> table_functions;  // in lower case
  std::vector<Use> windows;          // functions with OVER
  std::vector<TextUse> texts;
  std::vector<Use> parameters;
  std::vector<Use> columns;       // the last part of each name
  std::vector<Use> descriptions;  // DESCRIBE, SHOW and SUMMARIZE in a FROM
  std::vector<Use> unquoted;      // late(x), quarantine(x): named as they are to be written
  bool variants = false;          // a cast to VARIANT, or to a type that holds one
};

// The syntax tree of exactly one SELECT; else the mistake is in `refusals`.
Result<formats::JsonValue> parse_select(engine::Connection& connection, Refusals& refusals);
SqlUses uses_of(const formats::JsonValue& statement);
// Refuses what takes memory, or levels of the thread's stack, that the text alone does not bound.
void refuse_unbounded(const SqlUses& uses, Refusals& refusals);

// The mistake that one of DuckDB's json_serialize_ functions answered, taken into `refusals`.
Error refuse_as_duckdb(const formats::JsonValue& answer, Refusals& refusals);
// The JSON that `call`, one of DuckDB's json_serialize_ functions over the text, answers.
Result<formats::JsonValue> serialize(engine::Connection& connection, const std::string& call);

}  // namespace weir::sql
