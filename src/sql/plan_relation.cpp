#include "sql/plan_relation.h"

#include <algorithm>

namespace weir::sql {
namespace {

using formats::JsonValue;

bool reads_a_pane(const JsonValue& expression, const PlanRelation& over) {
  if (expression["expression_class"].text() == "BOUND_REF") {
    const std::size_t index = expression["index"].unsigned_integer();
    const auto& window = over.column(index).window;
    return window && window->is_pane;
  }
  const auto inside = [&](const JsonValue& value) { return reads_a_pane(value, over); };
  if (expression.is_array()) return std::ranges::any_of(expression.array(), inside);
  return std::ranges::any_of(expression.object(), [&](const JsonValue::Member& member) {
    return member.first != "function_data" && inside(member.second);
  });
}

bool has_unnamed_field(const Type& type) {
  return std::ranges::any_of(type.children, [&](const Field& field) {
    return (type.id == TypeId::structure && field.name.empty()) || has_unnamed_field(field.type);
  });
}

Error refuse_unnamed_field(Compilation& compilation, const std::string& column) {
  const std::size_t call = find_word(compilation.refusals.sql(), "row");
  return compilation.refusals.at(
      call > 0 ? call : find_word(compilation.refusals.sql(), column),
      "the fields of this structure have no names, so it cannot be kept: write struct_pack(k := "
      "k, v := v) with names of yours in place of row(k, v)");
}

Result<std::shared_ptr<const Schema>> schema_of(Compilation& compilation,
                                                const std::vector<KernelColumn>& columns) {
  auto schema = std::make_shared<Schema>();
  for (const KernelColumn& column : columns) {
    auto type = parse_type(column.type);
    if (!type.ok()) {
      return compilation.refusals.at_word(
          column.name, "the column \"" + column.name + "\" has the type " + column.type +
                           ", which cannot be kept: cast it to another");
    }
    if (has_unnamed_field(type.value())) return refuse_unnamed_field(compilation, column.name);
    schema->columns.push_back({column.name, std::move(type).value()});
  }
  return std::shared_ptr<const Schema>(std::move(schema));
}

// Gives the columns that `select` names the names it calls them by.
std::string naming(const Schema& input, const std::string& select) {
  std::string names;
  for (std::size_t i = 0; i < input.columns.size(); ++i) {
    const std::string name = named_column(input.columns[i].name);
    if (select.find(name) == std::string::npos) continue;
    names += "c" + std::to_string(i) + " AS " + name + ", ";
  }
  if (select.find("_now") != std::string::npos) names += "_now, ";
  return std::string("WITH ") + named_input + " AS NOT MATERIALIZED (SELECT " + names +
         "_row FROM " + engine::batch_name + ") ";
}

std::string selected(const KernelColumn& column) {
  return column.text + " AS " + engine::quote_name(column.name) + ", ";
}

std::string kernel_sql(const PlanRelation& relation, const std::string& select) {
  std::string sql = "SELECT " + select + "_row FROM " + relation.from;
  // A column that the user calls _row does not stand in the way.
  if (!relation.keeps_order) sql += " AS rows ORDER BY rows._row";
  const bool is_named = std::holds_alternative<SourceNode>(relation.node->kind);
  return is_named ? naming(*relation.node->output, sql) + sql : sql;
}

std::optional<PlainColumn> plain_column(const PlanRelation& relation, const std::string& text,
                                        const Type& type) {
  const auto found = relation.plain.find(text);
  if (found == relation.plain.end()) return std::nullopt;
  const Type& input = relation.node->output->columns[found->second.input].type;
  return input == type ? std::optional(found->second) : std::nullopt;
}

void tell_plain_columns(const PlanRelation& relation, const std::vector<KernelColumn>& columns,
                        const Schema& output, KernelNode& kernel) {
  std::string rest;
  bool has_plain = false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    kernel.plain.push_back(plain_column(relation, columns[i].text, output.columns[i].type));
    has_plain = has_plain || kernel.plain.back();
    if (!kernel.plain.back()) rest += selected(columns[i]);
  }
  if (!has_plain) {
    kernel.plain.clear();
  } else if (!rest.empty() || relation.from != relation.plain_from) {
    kernel.rest_sql = kernel_sql(relation, rest);
  }
}

}  // namespace

std::string named_column(const std::string& name) { return engine::quote_name("input." + name); }

const PlanColumn& PlanRelation::column(std::size_t index) const {
  static const PlanColumn missing{.text = "column_that_is_not_there"};
  return index < columns.size() ? columns[index] : missing;
}

std::vector<std::string> PlanRelation::texts() const {
  std::vector<std::string> texts;
  texts.reserve(columns.size());
  for (const PlanColumn& column : columns) texts.push_back(column.text);
  return texts;
}

void PlanRelation::add_columns(const std::string& select) {
  const bool is_plain = from == plain_from;
  from = "(SELECT *" + select + " FROM " + from + ")";
  if (is_plain) plain_from = from;
}

void PlanRelation::note_bound(const std::string& text, const std::string& time,
                              const std::optional<PlainColumn::Bound>& bound) {
  const auto column = plain.find(time);
  if (!bound || column == plain.end() || column->second.bound) return;
  plain[text] = {column->second.input, bound};
}

Result<std::string> Compilation::print(const JsonValue& expression, const PlanRelation& over) {
  if (reads_a_pane(expression, over)) panes_were_read = true;
  // A row that is taken back later could not be told from others by a time that has passed.
  const bool has_now = over.is_stream() && !over.is_grouped && over.node->append_only;
  printer.set_now(has_now ? "_now" : "");
  return printer.print(expression, over.texts());
}

WindowLayout Compilation::layout(const WindowCall& call) {
  return WindowLayout(call, options.time_zone, database.zone_offset());
}

Result<NodePtr> make_kernel(Compilation& compilation, PlanRelation relation,
                            const std::vector<KernelColumn>& columns) {
  ASSERT(relation.is_stream());
  TRY(std::shared_ptr<const Schema> schema, schema_of(compilation, columns));
  std::string select;
  for (const KernelColumn& column : columns) {
    compilation.meaning += column.text + " " + column.type + ",";
    select += selected(column);
  }
  compilation.meaning += " FROM " + relation.from + "\n";
  KernelNode kernel;
  kernel.sql = kernel_sql(relation, select);
  OK_OR_RETURN(compilation.database.check_kernel(kernel.sql, *relation.node->output, *schema));
  tell_plain_columns(relation, columns, *schema, kernel);
  kernel.tables = std::move(relation.tables);
  const bool append_only = relation.node->append_only;
  kernel.input = std::move(relation.node);
  return std::make_shared<const Node>(Node{std::move(kernel), std::move(schema), append_only});
}

}  // namespace weir::sql
