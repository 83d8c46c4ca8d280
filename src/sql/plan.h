// A stream's SQL as the few kinds of node that process runs.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/schema.h"

namespace weir::sql {

struct Node;
using NodePtr = std::shared_ptr<const Node>;  // never changed once it is made, so it is shared

// The changes of a source or stream, in journal order. Its output has all columns of the topic.
struct SourceNode {
  std::string name;
  std::optional<std::size_t> event_time;  // the column the watermark follows
};

// A column that can be told without the engine: the input's, or a bound of the window around its
// time.
struct PlainColumn {
  // Of windows of one length, each multiple of it from `shift` after 1970-01-01.
  struct Bound {
    std::chrono::microseconds size{}, shift{};
    bool is_end = false;
  };
  std::size_t input = 0;
  std::optional<Bound> bound;
};

// Projection, filter, unnest and joins with static tables, fused into one SELECT for
// engine::Kernel (see there for `_batch`, `_row`, `_now`).
struct KernelNode {
  NodePtr input;
  std::string sql;
  // The same with less of the engine: what is plain is taken from the input's row, and `rest_sql`
  // gives `_row` behind the other columns; empty: no other, and all rows of the input. No column
  // is plain: only `sql`.
  std::vector<std::optional<PlainColumn>> plain;
  std::string rest_sql;
  std::vector<std::string> tables;  // the static tables it joins
};

enum class Algebra : std::uint8_t {
  none,        // evaluated over the bag of argument rows
  count_rows,  // count(*)
  count,
  sum,  // exact: HUGEINT for integers, DECIMAL for decimals; DOUBLE by compensated summation
  avg,
  min,
  max,
};

struct Aggregate {
  Algebra algebra = Algebra::none;
  std::optional<std::size_t> argument;  // input column of an algebraic one
  std::optional<std::size_t> filter;    // input column, BOOLEAN: only rows where it is true
  Type type;                            // of the result
  std::string name;                     // "quantile_cont", for explain and messages
};

// How a windowed group closes. Its keys hold the window's bounds as TIMESTAMP.
struct WindowSpec {
  std::size_t start_key = 0;  // index into GroupNode::keys
  std::size_t end_key = 0;
  // Set for hop by fixed lengths: the key columns hold panes of `pane`, and a window is the panes
  // of `size` from each multiple of `slide`. Not set: the input is already a row a window.
  struct Hop {
    std::chrono::microseconds size{}, slide{}, pane{};
    std::chrono::microseconds shift{};  // where multiples of slide begin, from 1970-01-01
  };
  std::optional<Hop> hop;
};

// GROUP BY. The input's first columns are the keys, the rest arguments. Output: keys (window
// bounds, where there is a window), then aggregates. Without keys it is one group.
struct GroupNode {
  NodePtr input;
  std::size_t keys = 0;  // the input's columns 0 .. keys-1
  std::vector<Aggregate> aggregates;
  std::optional<WindowSpec> window;
  // For the aggregates with Algebra::none: a SELECT over `_batch` with the columns c0 (the group's
  // number, UINTEGER), c1 ... (the group's argument rows: the input's columns from `keys` on, in
  // arrival order), giving c0 and one column each such aggregate, grouped by c0. Empty if none.
  std::string bag_sql;
  // It gives the same where rows that are equal in the columns it reads are in the bag once, as
  // the first of them.
  bool bag_is_set = false;
  std::set<std::size_t> bag_columns;  // the input's columns it reads
};

// Holds a group's changes until the watermark passed its window (emit: close), or for
// emit_interval (emit: changes).
struct CloseNode {
  NodePtr input;
  bool until_watermark = true;
};

struct Node {
  std::variant<SourceNode, KernelNode, GroupNode, CloseNode> kind;
  std::shared_ptr<const Schema> output;
  bool append_only = true;  // never takes a row back
};

// A stream compiled. Read by process, lineage, explain.
struct Plan {
  NodePtr root;
  // A column of the result that is its event time: the input's own, or a closed window's start.
  std::optional<std::size_t> event_time;
  // The fewest columns of the result that are unique by the plan; empty: none.
  std::vector<std::size_t> key;
  std::vector<std::string> reads;  // sources, streams and static tables
  std::string time_zone;
  std::string hash;  // same text of meaning, same state; stateless: same input
  bool windowed = false;
};

// The node below; null: it is the source.
const Node* input_of(const Node& node);
// What the stream reads: a SourceNode, and the input's columns, which its late rows have too.
const Node& source_of(const Node& root);
// The columns of rows that an expression of it failed on: accepted TIMESTAMP, code VARCHAR, reason
// VARCHAR, row JSON.
std::shared_ptr<const Schema> poison_schema();

// A mistake in SQL, with its place in the text (bytes from 0).
struct SqlMistake {
  std::string message;
  std::size_t offset = 0;
};

// A name that SQL may read, with what is known of it.
struct Readable {
  enum class Kind : std::uint8_t { source, stream, static_table, table };
  std::string name;
  Kind kind = Kind::source;
  std::shared_ptr<const Schema> schema;
  std::optional<std::string> event_time;
  bool append_only = true;  // a source or stream: never takes a row back
};

struct CompileOptions {
  std::string time_zone = "UTC";
  bool emit_changes = false;  // emit: changes, on a windowed group too
};

// One plan, or every mistake that could be found (at least one).
std::variant<Plan, std::vector<SqlMistake>> compile(std::string_view sql,
                                                    const std::vector<Readable>& names,
                                                    const CompileOptions& options);

}  // namespace weir::sql
