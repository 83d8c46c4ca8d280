#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/suggestion.h"
#include "sql/function_rules.h"
#include "sql/lowering.h"
#include "sql/plan.h"
#include "sql/plan_relation.h"
#include "sql/query_bulk.h"
#include "sql/syntax.h"

namespace weir::sql {
namespace {

// A stream's identity, whether its stored state still means what its SQL says: 16 hexadecimal
// digits of FNV-1a. http://www.isthe.com/chongo/tech/comp/fnv/
std::string hash_of_meaning(std::string_view meaning) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : meaning) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return fmt::format("{:016x}", hash);
}

void refuse_uses(const SqlUses& uses, Refusals& refusals) {
  for (const Use& use : uses.functions) {
    if (const auto why = refusal_in_stream(use.name)) refusals.note(use.offset, *why);
  }
  refuse_unbounded(uses, refusals);
  for (const Use& use : uses.table_functions) {
    if (is_safe_table_function(use.name)) continue;
    const bool later = use.name == "session" || use.name == "cumulate";
    refusals.note(use.offset, later ? use.name + "() is not possible yet: write tumble or hop"
                                    : use.name +
                                          "() in FROM cannot be read by a stream: name a "
                                          "source, a stream or a static table");
  }
  for (const Use& use : uses.windows) {
    refusals.note(use.offset,
                  use.name + "() OVER is not possible in a stream yet: group with tumble or hop");
  }
  for (const Use& use : uses.parameters) {
    refusals.note_at_word("$" + use.name,
                          "a stream has no parameters: write the value for $" + use.name);
  }
  for (const Use& use : uses.columns) {
    if (use.name == "rowid") refusals.note(use.offset, "a stream's rows have no rowid");
  }
  for (const Use& use : uses.descriptions) {
    refusals.note_at_word(use.name, "a stream reads rows, not descriptions");
  }
}

void refuse_tables(const SqlUses& uses, const std::vector<Readable>& names, Refusals& refusals) {
  std::vector<std::string> known;
  for (const Readable& readable : names) known.push_back(readable.name);
  for (const Use& use : uses.tables) {
    const auto found = std::ranges::find(names, use.name, &Readable::name);
    if (found == names.end()) {
      refusals.note(use.offset, "there is no source, stream or table \"" + use.name + "\"" +
                                    did_you_mean(use.name, known));
    } else if (found->kind == Readable::Kind::table) {
      refusals.note(use.offset, written_by_streams(use.name));
    }
  }
}

// The columns as the user named them.
Result<std::vector<KernelColumn>> result_columns(Compilation& compilation,
                                                 const PlanRelation& relation) {
  const std::string sql(compilation.refusals.sql());
  const auto result = compilation.database.result_of(sql);
  if (!result.ok()) return compilation.refusals.at(0, result.error().message);
  const Schema& schema = *result.value();
  ASSERT(schema.columns.size() == relation.columns.size());
  std::vector<KernelColumn> columns;
  std::set<std::string> taken;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    const std::string& name = schema.columns[i].name;
    if (!taken.insert(lower(name)).second) {
      compilation.refusals.note_at_word(
          name, "two columns are named \"" + name +
                    "\", whatever their case: give one another name with AS");
    }
    columns.push_back({relation.columns[i].text, relation.columns[i].type, name});
  }
  return columns;
}

bool gives_all_in_order(const PlanRelation& relation) {
  const Schema& input = *relation.node->output;
  bool same =
      relation.from == engine::batch_name && input.columns.size() == relation.columns.size();
  for (std::size_t i = 0; same && i < relation.columns.size(); ++i) {
    same = relation.columns[i].text == "c" + std::to_string(i);
  }
  return same;
}

std::shared_ptr<const Schema> renamed(const Schema& schema,
                                      const std::vector<KernelColumn>& columns) {
  auto copy = std::make_shared<Schema>(schema);
  for (std::size_t i = 0; i < columns.size(); ++i) copy->columns[i].name = columns[i].name;
  return copy;
}

// Which columns of the result carry the group's key; empty where one of it was left out. A bound
// of a window gives the other, so only its start is in the key where both are there.
std::vector<std::size_t> find_key(const PlanRelation& relation, const GroupNode& group) {
  std::vector<std::size_t> key;
  std::set<std::size_t> found;
  for (std::size_t i = 0; i < relation.columns.size(); ++i) {
    const auto& column = relation.columns[i];
    if (column.key && found.insert(*column.key).second) key.push_back(i);
  }
  if (group.window) {
    const auto [start, end] = std::pair(group.window->start_key, group.window->end_key);
    if (found.contains(start)) {
      found.insert(end);
      std::erase_if(key, [&](std::size_t column) { return relation.columns[column].key == end; });
    }
    if (found.contains(end)) found.insert(start);
  }
  return found.size() == group.keys ? key : std::vector<std::size_t>{};
}

const GroupNode* find_group(const Node& node) {
  if (const auto* close = std::get_if<CloseNode>(&node.kind)) {
    return std::get_if<GroupNode>(&close->input->kind);
  }
  return nullptr;
}

std::optional<std::size_t> find_event_time(const PlanRelation& relation) {
  const auto carries = [&](const PlanColumn& column) {
    return column.is_event_time || (relation.is_grouped && column.window && !column.window->is_end);
  };
  const auto found = std::ranges::find_if(relation.columns, carries);
  if (found == relation.columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - relation.columns.begin());
}

Result<Plan> finish(Compilation& compilation, PlanRelation relation) {
  if (!relation.is_stream()) {
    return compilation.refusals.at(0,
                                   "this reads no source and no stream, so no row would ever come");
  }
  TRY(const std::vector<KernelColumn> columns, result_columns(compilation, relation));
  Plan plan;
  if (const GroupNode* group = find_group(*relation.node)) {
    plan.windowed = group->window.has_value();
    plan.key = find_key(relation, *group);
    if (plan.key.empty() && group->keys > 0 && !relation.node->append_only) {
      const std::string_view hidden = compilation.key_is_hidden;
      if (!hidden.empty()) return compilation.refusals.at_word("group", std::string(hidden));
      return compilation.refusals.at_word(
          "select", "rows of this result change, so it must have all columns of its GROUP BY");
    }
  }
  plan.event_time = find_event_time(relation);
  // Without a group nothing is kept whose meaning the SQL could change.
  const bool is_stateless = !relation.is_grouped;
  plan.reads.assign(compilation.reads.begin(), compilation.reads.end());
  if (relation.is_grouped && gives_all_in_order(relation)) {
    auto root = std::make_shared<Node>(*relation.node);
    root->output = renamed(*root->output, columns);
    plan.root = std::move(root);
  } else {
    TRY(plan.root, make_kernel(compilation, std::move(relation), columns));
  }
  std::string_view meaning = compilation.meaning;  // its first line says what is read
  if (is_stateless) meaning = meaning.substr(0, meaning.find('\n'));
  plan.time_zone = compilation.options.time_zone;
  plan.hash = hash_of_meaning(meaning);
  return plan;
}

Result<Plan> lower_plan(Compilation& compilation, const formats::JsonValue& bound) {
  TRY(PlanRelation relation, lower(compilation, bound));
  const bool gives_panes = std::ranges::any_of(relation.columns, [](const PlanColumn& column) {
    return column.window && column.window->is_pane;
  });
  if (!gives_panes && !compilation.panes_were_read) {
    return finish(compilation, std::move(relation));
  }
  // Something looks at the windows themselves, so each row is given once a window.
  compilation.hop_gives_windows = true;
  compilation.windows.clear();
  compilation.meaning.clear();
  compilation.names_made = 0;
  TRY(PlanRelation by_windows, lower(compilation, bound));
  return finish(compilation, std::move(by_windows));
}

Result<Plan> compile_in(CompileDatabase& database, Compilation& compilation) {
  Refusals& refusals = compilation.refusals;
  OK_OR_RETURN(refuse_long_conditions(refusals));
  TRY(const formats::JsonValue statement, parse_select(database.connection(), refusals));
  std::map<std::string, std::size_t> widths;
  for (const Readable& readable : compilation.names) {
    widths[readable.name] = readable.schema->columns.size();
  }
  refuse_bulk(statement, widths, refusals);
  const SqlUses uses = uses_of(statement);
  refuse_uses(uses, refusals);
  refuse_tables(uses, compilation.names, refusals);
  if (!refusals.empty()) return Error{Fault::invalid, "refused"};
  TRY(const formats::JsonValue bound, database.bind(refusals));
  return lower_plan(compilation, bound);
}

}  // namespace

std::variant<Plan, std::vector<SqlMistake>> compile(std::string_view sql,
                                                    const std::vector<Readable>& names,
                                                    const CompileOptions& options) {
  auto database = CompileDatabase::open(names, options.time_zone);
  if (!database.ok()) return std::vector<SqlMistake>{{database.error().message, 0}};
  CompileDatabase opened = std::move(database).value();
  Compilation compilation{opened, names, options, Refusals(sql)};
  auto plan = compile_in(opened, compilation);
  if (plan.ok() && compilation.refusals.empty()) return std::move(plan).value();
  // What no one could place is said of the whole text.
  if (compilation.refusals.empty()) compilation.refusals.note(0, plan.error().message);
  return std::move(compilation.refusals).take();
}

}  // namespace weir::sql
