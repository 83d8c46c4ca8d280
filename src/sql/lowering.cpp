#include "sql/lowering.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "engine/database.h"
#include "sql/bound_type.h"
#include "sql/groups.h"
#include "sql/joins.h"

namespace weir::sql {
namespace {

using formats::JsonValue;

const Readable* find_readable(const Compilation& compilation, const std::string& name) {
  const auto found = std::ranges::find(compilation.names, name, &Readable::name);
  return found == compilation.names.end() ? nullptr : &*found;
}

PlanRelation lower_source(Compilation& compilation, const Readable& source) {
  compilation.meaning += "SOURCE " + source.name + " " + source.event_time.value_or("") + "\n";
  SourceNode node{.name = source.name};
  if (source.event_time) node.event_time = source.schema->find(*source.event_time);
  PlanRelation relation;
  relation.from = named_input;
  relation.plain_from = named_input;
  for (std::size_t i = 0; i < source.schema->columns.size(); ++i) {
    const Field& field = source.schema->columns[i];
    relation.columns.push_back({.text = named_column(field.name),
                                .type = to_string(field.type),
                                .name = field.name,
                                .is_event_time = node.event_time == i});
    relation.plain[relation.columns.back().text] = {.input = i};
  }
  relation.node =
      std::make_shared<const Node>(Node{std::move(node), source.schema, source.append_only});
  return relation;
}

PlanRelation lower_static_table(const Readable& table) {
  PlanRelation relation;
  for (const Field& field : table.schema->columns) {
    relation.columns.push_back({.text = engine::quote_name(field.name),
                                .type = to_string(field.type),
                                .name = field.name});
  }
  relation.from = engine::quote_name(table.name);
  relation.tables = {table.name};
  return relation;
}

// Only what is read, so that a column added to the file changes nothing.
void name_columns(Compilation& compilation, PlanRelation& relation) {
  std::string select;
  for (PlanColumn& column : relation.columns) {
    const std::string name = compilation.new_name();
    select += (select.empty() ? "" : ", ") + column.text + " AS " + name;
    column.text = name;
  }
  relation.from = "(SELECT " + select + " FROM " + relation.from + ")";
}

Result<PlanRelation> lower_get(Compilation& compilation, const JsonValue& get) {
  const std::string& name = get["function_data"]["table"].text();
  const Readable* readable = find_readable(compilation, name);
  if (get["name"].text() != "seq_scan" || readable == nullptr) {
    const std::string& function = get["name"].text();
    return compilation.refusals.at_word(
        function, function + "() in FROM is not possible in a stream" +
                      (function == "unnest" ? ": write SELECT unnest(...) in a subquery" : ""));
  }
  if (readable->kind == Readable::Kind::table) {
    // Behind a WITH of the same name, where the syntax alone does not show it.
    return compilation.refusals.at_word(name, written_by_streams(name));
  }
  compilation.reads.insert(name);
  const bool is_static = readable->kind == Readable::Kind::static_table;
  PlanRelation relation =
      is_static ? lower_static_table(*readable) : lower_source(compilation, *readable);
  // The plan numbers only the columns it reads. A number behind them all is the row's own, of which
  // nothing is read: count(*) names it.
  std::vector<PlanColumn> read;
  for (const JsonValue& column : get["column_indexes"].array()) {
    const std::size_t index = column["index"].unsigned_integer();
    read.push_back(index < relation.columns.size() ? relation.columns[index]
                                                   : PlanColumn{.text = "0", .type = "INTEGER"});
  }
  relation.columns = std::move(read);
  if (is_static) name_columns(compilation, relation);
  return relation;
}

Result<std::size_t> add_window(Compilation& compilation, const WindowMarker& marker,
                               const PlanRelation& input) {
  const char* word = marker.hops ? "hop" : "tumble";
  WindowCall call{.hops = marker.hops};
  for (const auto& [part, expression] :
       {std::pair(&call.size, marker.size), std::pair(&call.slide, marker.slide),
        std::pair(&call.shift, marker.shift)}) {
    TRY(const std::string text, compilation.print(*expression, input));
    const auto length = reads_row(*expression) ? Error{Fault::invalid, "it reads the row"}
                                               : compilation.database.interval(text);
    if (!length.ok()) {
      return compilation.refusals.at_word(
          word, std::string("the sizes of ") + word + " are constants: INTERVAL '1 hour'");
    }
    *part = length.value();
  }
  if (const auto wrong = wrong_sizes(call)) return compilation.refusals.at_word(word, *wrong);
  TRY(call.ts, compilation.print(*marker.ts, input));
  const JsonValue* time = marker.ts;
  while ((*time)["expression_class"].text() == "BOUND_CAST") time = &(*time)["child"];
  call.over_event_time = (*time)["expression_class"].text() == "BOUND_REF" &&
                         input.column((*time)["index"].unsigned_integer()).is_event_time;
  auto& windows = compilation.windows;
  const auto known = std::ranges::find(windows, call);
  if (known != windows.end()) return static_cast<std::size_t>(known - windows.begin());
  windows.push_back(std::move(call));
  return windows.size() - 1;
}

// One SELECT that adds columns to what it reads: all names in a plan differ.
struct AddedColumns {
  std::string select;
  std::map<std::size_t, std::string> hop_starts;  // the column unnested for each call of hop

  void add(const std::string& text, const std::string& name) {
    select += ", " + text + " AS " + name;
  }
  void apply(PlanRelation& relation) const {
    if (!select.empty()) relation.add_columns(select);
  }
};

Result<PlanColumn> lower_window(Compilation& compilation, const WindowMarker& marker,
                                PlanRelation& input, AddedColumns& added) {
  TRY(const std::size_t index, add_window(compilation, marker, input));
  const WindowLayout layout = compilation.layout(compilation.windows[index]);
  const bool by_panes = marker.hops && !compilation.hop_gives_windows && layout.panes();
  PlanColumn column{.text = compilation.new_name(),
                    .type = "TIMESTAMP",
                    .name = marker.is_end ? "window_end" : "window_start",
                    .window = WindowPart{index, marker.is_end, by_panes}};
  if (by_panes || !marker.hops) {
    added.add(layout.bound(marker.is_end), column.text);
    const std::string& time = compilation.windows[index].ts;
    input.note_bound(column.text, time, layout.plain_bound(marker.is_end));
  } else {
    std::string& start = added.hop_starts[index];
    if (start.empty()) {
      start = compilation.new_name();
      input.from = "(SELECT *, unnest(" + layout.hop_starts() + ") AS " + start + " FROM " +
                   input.from + ")";
    }
    added.add(marker.is_end ? layout.hop_end(start) : layout.hop_start(start), column.text);
  }
  return column;
}

bool is_bound_name(std::string name) {
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name == "window_start" || name == "window_end";
}

// The macro of a window function puts its bounds behind all columns of what it reads, and a name
// finds the first.
Result<void> refuse_hidden_bounds(Compilation& compilation, const JsonValue& projection,
                                  const PlanRelation& input) {
  std::optional<WindowMarker> marker;
  const PlanColumn* hides = nullptr;
  for (const JsonValue& expression : projection["expressions"].array()) {
    if (const auto found = find_marker(expression)) {
      marker = found;
    } else if (expression["expression_class"].text() == "BOUND_REF") {
      const PlanColumn& column = input.column(expression["index"].unsigned_integer());
      if (is_bound_name(column.name)) hides = &column;
    }
  }
  if (!marker || hides == nullptr) return {};
  const std::string word = marker->hops ? "hop" : "tumble";
  return compilation.refusals.at_word(
      word, "what " + word + " reads has a column " + hides->name +
                " already, which would be taken for its window's: give it another name in a WITH "
                "before, or where it is made");
}

Result<PlanRelation> lower_projection(Compilation& compilation, const JsonValue& projection,
                                      PlanRelation input) {
  OK_OR_RETURN(refuse_hidden_bounds(compilation, projection, input));
  std::vector<PlanColumn> columns;
  AddedColumns added;
  for (const JsonValue& expression : projection["expressions"].array()) {
    const std::string& alias = expression["alias"].text();
    if (const auto marker = find_marker(expression)) {
      TRY(PlanColumn column, lower_window(compilation, *marker, input, added));
      columns.push_back(std::move(column));
    } else if (expression["expression_class"].text() == "BOUND_REF") {
      PlanColumn column = input.column(expression["index"].unsigned_integer());
      if (!alias.empty()) column.name = alias;
      columns.push_back(std::move(column));
    } else {
      TRY(const std::string text, compilation.print(expression, input));
      PlanColumn column{.text = compilation.new_name(), .type = type_of(expression), .name = alias};
      added.add(text, column.text);
      columns.push_back(std::move(column));
    }
  }
  added.apply(input);
  input.columns = std::move(columns);
  return input;
}

Result<PlanRelation> lower_filter(Compilation& compilation, const JsonValue& filter,
                                  PlanRelation input) {
  std::string condition;
  for (const JsonValue& expression : filter["expressions"].array()) {
    TRY(const std::string text, compilation.print(expression, input));
    condition += (condition.empty() ? "" : " AND ") + text;
  }
  input.from = "(SELECT * FROM " + input.from + " WHERE " + condition + ")";
  const auto& map = filter["projection_map"].array();
  if (map.empty()) return input;
  std::vector<PlanColumn> kept;
  for (const JsonValue& index : map) kept.push_back(input.column(index.unsigned_integer()));
  input.columns = std::move(kept);
  return input;
}

Result<PlanRelation> lower_unnest(Compilation& compilation, const JsonValue& unnest,
                                  PlanRelation input) {
  std::string select;
  std::vector<PlanColumn> columns = input.columns;
  // A row becomes several, so a key is none any more.
  for (PlanColumn& column : columns) column.key.reset();
  for (const JsonValue& expression : unnest["expressions"].array()) {
    TRY(const std::string text, compilation.print(expression["child"], input));
    columns.push_back(
        {.text = compilation.new_name(), .type = type_of(expression), .name = "unnest"});
    select += ", unnest(" + text + ") AS " + columns.back().text;
  }
  input.from = "(SELECT *" + select + " FROM " + input.from + ")";
  input.columns = std::move(columns);
  return input;
}

// VALUES (...), (...).
Result<PlanRelation> lower_values(Compilation& compilation, const JsonValue& values) {
  PlanRelation relation;
  std::string names;
  for (const JsonValue& type : values["expr_types"].array()) {
    const std::string name = compilation.new_name();
    names += (names.empty() ? "" : ", ") + name;
    relation.columns.push_back({.text = name, .type = type_text(type)});
  }
  std::string rows;
  for (const JsonValue& row : values["expressions"].array()) {
    TRY(const std::string cells, compilation.printer.print_list(row.array(), {}));
    rows += (rows.empty() ? "(" : ", (") + cells + ")";
  }
  relation.from = "(SELECT * FROM (VALUES " + rows + ") AS rows(" + names + "))";
  return relation;
}

struct Refused {
  std::string_view type;
  std::string_view word;
  std::string_view message;
};

constexpr auto refused_operators = std::to_array<Refused>({
    {"LOGICAL_ORDER_BY", "order",
     "a stream has no end to sort by: leave ORDER BY out, and sort where the table is read"},
    {"LOGICAL_LIMIT", "limit",
     "a stream has no end to count to: leave LIMIT out, and limit where the table is read"},
    {"LOGICAL_TOP_N", "limit",
     "leave ORDER BY and LIMIT out, and use them where the table is read"},
    {"LOGICAL_WINDOW", "over",
     "functions with OVER are not possible in a stream yet: group with tumble or hop"},
    {"LOGICAL_UNION", "union",
     "UNION is not possible in a stream yet: write two streams into one table"},
    {"LOGICAL_EXCEPT", "except", "EXCEPT is not possible in a stream: write ANTI JOIN"},
    {"LOGICAL_INTERSECT", "intersect", "INTERSECT is not possible in a stream: write SEMI JOIN"},
    {"LOGICAL_DELIM_JOIN", "select",
     "a subquery that reads columns from outside, or a lateral FROM, is not possible in a stream: "
     "write a join, or unnest in the SELECT list"},
    {"LOGICAL_ASOF_JOIN", "asof", "ASOF joins are not possible in a stream yet"},
    {"LOGICAL_POSITIONAL_JOIN", "positional", "rows of a stream have no number to join by"},
    {"LOGICAL_RECURSIVE_CTE", "recursive", "a stream cannot recur"},
    {"LOGICAL_SAMPLE", "sample",
     "a sample is another one on each run: filter by hash(...) % 10 = 0"},
    {"LOGICAL_PIVOT", "pivot",
     "PIVOT is not possible in a stream: write sum(...) FILTER (WHERE ...)"},
    {"LOGICAL_DEPENDENT_JOIN", "select",
     "a subquery that reads columns from outside is not possible in a stream: write a join"},
});

Result<PlanRelation> lower_over_one(Compilation& compilation, const JsonValue& plan) {
  const std::string& type = plan["type"].text();
  TRY(PlanRelation input, lower(compilation, plan["children"].at(0)));
  if (type == "LOGICAL_PROJECTION") return lower_projection(compilation, plan, std::move(input));
  if (type == "LOGICAL_FILTER") return lower_filter(compilation, plan, std::move(input));
  if (type == "LOGICAL_UNNEST") return lower_unnest(compilation, plan, std::move(input));
  if (type == "LOGICAL_AGGREGATE_AND_GROUP_BY") {
    return lower_group(compilation, plan, std::move(input));
  }
  if (type == "LOGICAL_DISTINCT") return lower_distinct(compilation, plan, std::move(input));
  return compilation.refusals.at(0, "a stream cannot do this yet (" + type + ")");
}

}  // namespace

std::string written_by_streams(const std::string& table) {
  return "\"" + table + "\" is a table that streams write: read the stream itself";
}

Result<PlanRelation> lower(Compilation& compilation, const JsonValue& plan) {
  const std::string& type = plan["type"].text();
  const auto& children = plan["children"].array();
  const auto refused = std::ranges::find(refused_operators, type, &Refused::type);
  if (refused != refused_operators.end()) {
    return compilation.refusals.at_word(refused->word, std::string(refused->message));
  }
  if (type == "LOGICAL_GET") return lower_get(compilation, plan);
  if (type == "LOGICAL_EXPRESSION_GET") return lower_values(compilation, plan);
  if (type == "LOGICAL_DUMMY_SCAN") {
    PlanRelation one_row;
    one_row.from = "(SELECT 1)";
    return one_row;
  }
  if (type == "LOGICAL_MATERIALIZED_CTE") {
    compilation.with_queries[plan["table_index"].unsigned_integer()] = &plan["children"].at(0);
    return lower(compilation, plan["children"].at(1));
  }
  if (type == "LOGICAL_CTE_REF") {
    const auto query = compilation.with_queries.find(plan["cte_index"].unsigned_integer());
    if (query == compilation.with_queries.end()) {
      return compilation.refusals.at_word("recursive", "a stream cannot recur");
    }
    // While it is lowered it is not there, so that one that reads itself is refused.
    const auto taken = compilation.with_queries.extract(query);
    TRY(PlanRelation lowered, lower(compilation, *taken.mapped()));
    compilation.with_queries.emplace(taken.key(), taken.mapped());
    return lowered;
  }
  if (type == "LOGICAL_CROSS_PRODUCT" || type == "LOGICAL_COMPARISON_JOIN" ||
      type == "LOGICAL_ANY_JOIN") {
    TRY(PlanRelation left, lower(compilation, plan["children"].at(0)));
    TRY(PlanRelation right, lower(compilation, plan["children"].at(1)));
    return lower_join(compilation, plan, std::move(left), std::move(right));
  }
  if (children.size() == 1) return lower_over_one(compilation, plan);
  return compilation.refusals.at(0, "a stream cannot do this yet (" + type + ")");
}

}  // namespace weir::sql
