#include "sql/groups.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "sql/aggregates.h"
#include "sql/bound_type.h"

namespace weir::sql {
namespace {

using formats::JsonValue;

// A group on its way: the plan's keys first, then a window's bound that the user left out.
struct Grouping {
  std::vector<PlanColumn> keys;
  std::size_t plan_keys = 0;
  GroupArguments arguments;
  std::vector<LoweredAggregate> aggregates;
  std::optional<WindowSpec> window;
};

Result<PlanColumn> lower_key(Compilation& compilation, const JsonValue& expression,
                             const PlanRelation& input) {
  if (expression["expression_class"].text() == "BOUND_REF") {
    PlanColumn key = input.column(expression["index"].unsigned_integer());
    key.type = type_of(expression);
    return key;
  }
  TRY(std::string text, compilation.print(expression, input));
  return PlanColumn{
      .text = std::move(text), .type = type_of(expression), .name = expression["alias"].text()};
}

// The bound of the key's window that the query does not group by, from the row itself: of tumble
// and of panes by computing it, of hop's windows from the column beside.
Result<PlanColumn> other_bound(Compilation& compilation, const PlanColumn& key,
                               PlanRelation& input) {
  const WindowPart wanted{key.window->call, !key.window->is_end, key.window->is_pane};
  PlanColumn bound{
      .type = "TIMESTAMP", .name = wanted.is_end ? "window_end" : "window_start", .window = wanted};
  const auto beside = std::ranges::find_if(input.columns, [&](const PlanColumn& column) {
    return column.window && column.window->call == wanted.call &&
           column.window->is_end == wanted.is_end;
  });
  if (beside != input.columns.end()) {
    bound.text = beside->text;
    return bound;
  }
  const WindowCall& call = compilation.windows[wanted.call];
  if (call.hops && !wanted.is_pane) {
    return compilation.refusals.at_word("hop", "keep " + bound.name + " in the subquery too");
  }
  const WindowLayout layout = compilation.layout(call);
  bound.text = layout.bound(wanted.is_end);
  input.note_bound(bound.text, call.ts, layout.plain_bound(wanted.is_end));
  return bound;
}

// SQL groups an interval by what its parts come to, and a text under a collation by what that makes
// of it; the column it gives is the first of those that are alike. So no column has the key.
std::string_view why_key_is_hidden(const JsonValue& aggregates) {
  const auto& all = aggregates.array();
  const auto found = std::ranges::find_if(all, [](const JsonValue& aggregate) {
    return aggregate["alias"].text() == "__collated_group";
  });
  if (found == all.end()) return {};
  if (type_of(*found) == "INTERVAL") {
    return "rows of this result change, and intervals that differ may be one group, as 1 day and "
           "24 hours are: GROUP BY epoch(...) of it, which is a number, and select that";
  }
  return "rows of this result change, and texts that differ may be one group by their collation: "
         "GROUP BY lower(...), and select that";
}

Error refuse_time(Compilation& compilation, const WindowCall& call) {
  return compilation.refusals.at_word(
      call.hops ? "hop" : "tumble",
      "windows are closed by the watermark, which follows the source's event_time: name that "
      "column here, or set event_time of the source to this one");
}

// The first key that is a bound of a window over the event time, or else of any window; the keys'
// end if none is. Such a group is over with that window, whatever else it is grouped by.
std::size_t closing_key(const Compilation& compilation, const std::vector<PlanColumn>& keys) {
  const auto is_bound = [](const PlanColumn& key) { return key.window.has_value(); };
  const auto closes = [&](const PlanColumn& key) {
    return key.window && compilation.windows[key.window->call].over_event_time;
  };
  auto found = std::ranges::find_if(keys, closes);
  if (found == keys.end()) found = std::ranges::find_if(keys, is_bound);
  return static_cast<std::size_t>(found - keys.begin());
}

// Panes stand for windows only where all bounds are of one call: beside those of another a row is
// given once a window.
void note_panes(Compilation& compilation, const std::vector<PlanColumn>& keys, std::size_t call) {
  const bool has_others = std::ranges::any_of(
      keys, [&](const PlanColumn& key) { return key.window && key.window->call != call; });
  const bool has_panes = std::ranges::any_of(
      keys, [](const PlanColumn& key) { return key.window && key.window->is_pane; });
  if (has_others && has_panes) compilation.panes_were_read = true;
}

// Finds the window that closes the group among the keys and puts its missing bound behind them.
Result<void> find_window(Compilation& compilation, Grouping& grouping, PlanRelation& input) {
  const std::size_t known = closing_key(compilation, grouping.keys);
  if (known == grouping.keys.size()) return {};
  const WindowPart part = *grouping.keys[known].window;
  const WindowCall call = compilation.windows[part.call];
  if (!call.over_event_time) return refuse_time(compilation, call);
  note_panes(compilation, grouping.keys, part.call);
  const auto found = std::ranges::find_if(grouping.keys, [&](const PlanColumn& key) {
    return key.window && key.window->call == part.call && key.window->is_end != part.is_end;
  });
  const std::size_t other = static_cast<std::size_t>(found - grouping.keys.begin());
  if (other == grouping.keys.size()) {
    TRY(PlanColumn bound, other_bound(compilation, grouping.keys[known], input));
    grouping.keys.push_back(std::move(bound));
  }
  WindowSpec window{.start_key = part.is_end ? other : known,
                    .end_key = part.is_end ? known : other};
  if (part.is_pane) window.hop = compilation.layout(call).panes();
  grouping.window = window;
  return {};
}

std::string bag_sql(const Grouping& grouping) {
  std::string select;
  for (const LoweredAggregate& lowered : grouping.aggregates) {
    if (!lowered.bag_text.empty()) select += ", " + lowered.bag_text;
  }
  return select.empty() ? ""
                        : "SELECT c0" + select + " FROM " + engine::batch_name + " GROUP BY c0";
}

bool is_set(const Grouping& grouping) {
  return std::ranges::all_of(grouping.aggregates, [](const LoweredAggregate& lowered) {
    return lowered.bag_text.empty() || lowered.is_of_set;
  });
}

// Names for people who read a plan or a state; made different where the query has one twice.
std::string fresh_name(std::set<std::string>& taken, std::string name) {
  if (name.empty()) name = "key";
  std::string fresh = name;
  for (int i = 2; !taken.insert(fresh).second; ++i) fresh = name + "_" + std::to_string(i);
  return fresh;
}

std::vector<KernelColumn> input_columns(const Grouping& grouping) {
  std::vector<KernelColumn> columns;
  std::set<std::string> taken;
  for (const PlanColumn& key : grouping.keys) {
    columns.push_back({key.text, key.type, fresh_name(taken, key.name)});
  }
  for (const KernelColumn& argument : grouping.arguments.columns()) {
    const std::string name = argument.name.empty() ? "argument" : argument.name;
    columns.push_back({argument.text, argument.type, fresh_name(taken, name)});
  }
  return columns;
}

std::shared_ptr<const Schema> output_schema(const Grouping& grouping, const Schema& input) {
  auto schema = std::make_shared<Schema>();
  std::set<std::string> taken;
  for (std::size_t i = 0; i < grouping.keys.size(); ++i) {
    taken.insert(input.columns[i].name);
    schema->columns.push_back(input.columns[i]);
  }
  for (const LoweredAggregate& lowered : grouping.aggregates) {
    const Aggregate& aggregate = lowered.aggregate;
    schema->columns.push_back({fresh_name(taken, aggregate.name), aggregate.type});
  }
  return schema;
}

// What is kept of a window that has yet to be given differs from what is kept of changes.
void describe(Compilation& compilation, const GroupNode& group, bool until_watermark) {
  std::string& meaning = compilation.meaning;
  meaning += until_watermark ? "CLOSE " : "CHANGES ";
  meaning += "GROUP " + std::to_string(group.keys) + " " + group.bag_sql;
  for (const Aggregate& aggregate : group.aggregates) {
    meaning += ", " + aggregate.name + " " + std::to_string(static_cast<int>(aggregate.algebra)) +
               " " + std::to_string(aggregate.argument.value_or(0)) + " " +
               (aggregate.filter ? std::to_string(*aggregate.filter) : "-");
  }
  if (group.window && group.window->hop) {
    const WindowSpec::Hop& hop = *group.window->hop;
    for (const auto part : {hop.size, hop.slide, hop.shift}) {
      meaning += " " + std::to_string(part.count());
    }
  }
  meaning += '\n';
}

// What stands above the group sees the plan's keys and aggregates, without a hidden bound; and as
// a window only the one that closes the group, whose start is the rows' event time.
std::vector<PlanColumn> result_columns(const Grouping& grouping, const JsonValue& plan_aggregates) {
  std::vector<PlanColumn> columns;
  for (std::size_t i = 0; i < grouping.plan_keys; ++i) {
    PlanColumn column = grouping.keys[i];
    column.text = "c" + std::to_string(i);
    column.is_event_time = false;
    if (column.window) {
      const WindowPart& closing = *grouping.keys[grouping.window->start_key].window;
      column.window->is_pane = false;
      if (column.window->call != closing.call) column.window.reset();
    }
    column.key = i;
    columns.push_back(std::move(column));
  }
  for (std::size_t i = 0; i < grouping.aggregates.size(); ++i) {
    columns.push_back({.text = "c" + std::to_string(grouping.keys.size() + i),
                       .type = type_of(plan_aggregates.at(i)),
                       .name = grouping.aggregates[i].aggregate.name});
  }
  return columns;
}

Result<PlanRelation> finish(Compilation& compilation, Grouping grouping, PlanRelation input,
                            const JsonValue& plan_aggregates) {
  OK_OR_RETURN(find_window(compilation, grouping, input));
  // A batch counts its rows by its columns, so it has one at least.
  if (grouping.keys.empty() && grouping.arguments.columns().empty()) {
    grouping.arguments.add("true", "BOOLEAN", "row");
  }
  compilation.key_is_hidden = why_key_is_hidden(plan_aggregates);
  PlanRelation result;
  result.is_grouped = true;
  result.columns = result_columns(grouping, plan_aggregates);
  GroupNode group;
  group.keys = grouping.keys.size();
  group.window = grouping.window;
  group.bag_sql = bag_sql(grouping);
  group.bag_is_set = input.node->append_only && is_set(grouping);
  for (const LoweredAggregate& lowered : grouping.aggregates) {
    for (const std::size_t column : lowered.bag_columns) {
      group.bag_columns.insert(group.keys + column);
    }
    Aggregate aggregate = lowered.aggregate;
    if (aggregate.argument) *aggregate.argument += group.keys;
    if (aggregate.filter) *aggregate.filter += group.keys;
    group.aggregates.push_back(std::move(aggregate));
  }
  TRY(group.input, make_kernel(compilation, std::move(input), input_columns(grouping)));
  const auto output = output_schema(grouping, *group.input->output);
  result.plain_from = result.from;
  for (std::size_t i = 0; i < output->columns.size(); ++i) {
    result.plain["c" + std::to_string(i)] = {.input = i};
  }
  CloseNode close;
  close.until_watermark = grouping.window && !compilation.options.emit_changes;
  describe(compilation, group, close.until_watermark);
  close.input = std::make_shared<const Node>(Node{std::move(group), output, false});
  const bool final_rows = close.until_watermark;
  result.node = std::make_shared<const Node>(Node{std::move(close), output, final_rows});
  return result;
}

Result<void> refuse_second_group(Compilation& compilation, const PlanRelation& input) {
  if (!input.is_stream()) {
    return compilation.refusals.at_word(
        "group",
        "a group over a static table is not yet possible here: make it a table of its own");
  }
  if (!input.is_grouped) return {};
  return compilation.refusals.at_word(
      "group", "one stream groups once: write the inner query as a stream of its own, and read it");
}

}  // namespace

Result<PlanRelation> lower_group(Compilation& compilation, const JsonValue& group,
                                 PlanRelation input) {
  OK_OR_RETURN(refuse_second_group(compilation, input));
  if (group["grouping_sets"].array().size() > 1) {
    return compilation.refusals.at_word(
        "group",
        "grouping sets, ROLLUP and CUBE are not possible in a stream: write one stream a grouping");
  }
  Grouping grouping;
  for (const JsonValue& expression : group["groups"].array()) {
    TRY(PlanColumn key, lower_key(compilation, expression, input));
    grouping.keys.push_back(std::move(key));
  }
  grouping.plan_keys = grouping.keys.size();
  for (const JsonValue& call : group["expressions"].array()) {
    TRY(LoweredAggregate lowered, lower_aggregate(compilation, call, input, grouping.arguments));
    grouping.aggregates.push_back(std::move(lowered));
  }
  return finish(compilation, std::move(grouping), std::move(input), group["expressions"]);
}

Result<PlanRelation> lower_distinct(Compilation& compilation, const JsonValue& distinct,
                                    PlanRelation input) {
  OK_OR_RETURN(refuse_second_group(compilation, input));
  if (distinct["distinct_type"].text() != "DISTINCT") {
    return compilation.refusals.at_word(
        "distinct",
        "DISTINCT ON is not possible in a stream: write first(...) or arg_max(...) with GROUP BY");
  }
  for (const JsonValue& target : distinct["distinct_targets"].array()) {
    const JsonValue& compared = target["children"].at(0);
    if (compared["return_type"]["type_info"]["collation"].text().empty()) continue;
    return compilation.refusals.at_word(
        "distinct",
        "DISTINCT by a collation is not possible in a stream: write lower(...), or GROUP BY it");
  }
  Grouping grouping;
  grouping.keys = input.columns;
  grouping.plan_keys = grouping.keys.size();
  return finish(compilation, std::move(grouping), std::move(input), JsonValue());
}

}  // namespace weir::sql
