// A relation on its way up from DuckDB's bound plan: SQL that is not yet a node, over one that is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/batch_query.h"
#include "sql/compile_database.h"
#include "sql/expression.h"
#include "sql/plan.h"
#include "sql/window_call.h"

namespace weir::sql {

// What a column is of a window.
struct WindowPart {
  std::size_t call = 0;  // index into Compilation::windows
  bool is_end = false;
  bool is_pane = false;  // the bound of a pane, not yet of a window
};

struct PlanColumn {
  std::string text;  // SQL over PlanRelation::from
  std::string type;  // as DuckDB writes it
  std::string name;  // for messages and groups; not unique
  bool is_event_time = false;
  std::optional<WindowPart> window;
  std::optional<std::size_t> key;  // it is this column of the group's key, unchanged
};

struct PlanRelation {
  NodePtr node;  // gives the rows of `_batch`; none: only static tables are read
  std::string from = engine::batch_name;  // what stands behind FROM
  std::vector<PlanColumn> columns;
  std::vector<std::string> tables;  // the static ones
  bool is_grouped = false;
  bool keeps_order = true;                   // the engine gives the rows in the order of `_row`
  std::map<std::string, PlainColumn> plain;  // what needs no engine, by its text
  std::string plain_from;  // `from`, as long as it gives the input's rows one for one

  bool is_stream() const { return node != nullptr; }
  // One that is not there has no name that a kernel could read.
  const PlanColumn& column(std::size_t index) const;
  std::vector<std::string> texts() const;
  // Puts columns beside those there are, each with one value a row.
  void add_columns(const std::string& select);
  // The bound `text` of the window around the column `time`, if it needs no engine.
  void note_bound(const std::string& text, const std::string& time,
                  const std::optional<PlainColumn::Bound>& bound);
};

// One SELECT on its way through compile().
struct Compilation {
  CompileDatabase& database;
  const std::vector<Readable>& names;
  const CompileOptions& options;
  Refusals refusals;
  ExpressionPrinter printer{refusals};

  std::vector<WindowCall> windows;
  std::map<std::uint64_t, const formats::JsonValue*> with_queries;  // by their index in the plan
  // Whether hop gives a row a window at once. If not, panes stand for windows as long as nothing
  // but a group looks at them; `panes_were_read` says that something did.
  bool hop_gives_windows = false;
  bool panes_were_read = false;
  std::string meaning;             // the plan so far without the names that the user chose
  std::set<std::string> reads;     // sources, streams and static tables
  std::string_view key_is_hidden;  // why no column of the group has its key; empty: one may
  int names_made = 0;

  // A column name that nothing else in the plan has.
  std::string new_name() { return "v" + std::to_string(names_made++); }
  // Prints over the relation's columns.
  Result<std::string> print(const formats::JsonValue& expression, const PlanRelation& over);
  WindowLayout layout(const WindowCall& call);
};

// A source's columns go by their names in all that is said over it, so that a plan means the same
// when one is added among them. What stands behind FROM, and a column of it; make_kernel() leads
// both back to the kernel's input.
inline constexpr const char* named_input = "_input";
std::string named_column(const std::string& name);

// What a kernel gives: SQL text over a relation, its type and the name it gets.
struct KernelColumn {
  std::string text;
  std::string type;
  std::string name;
};

// Ends the relation in a kernel with these columns. Refused where a type is none of ours.
Result<NodePtr> make_kernel(Compilation& compilation, PlanRelation relation,
                            const std::vector<KernelColumn>& columns);

}  // namespace weir::sql
