#include "sql/explain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/json_text.h"

namespace weir::sql {
namespace {

const char* word(Algebra algebra) {
  switch (algebra) {
    case Algebra::none: return "bag";
    case Algebra::count_rows:
    case Algebra::count: return "count";
    case Algebra::sum: return "sum";
    case Algebra::avg: return "avg";
    case Algebra::min: return "min";
    case Algebra::max: return "max";
  }
  return "";
}

std::string duration(std::chrono::microseconds length) {
  struct Unit {
    const char* name;
    std::int64_t micros;
  };
  for (const Unit& unit : {Unit{"d", 86'400'000'000}, Unit{"h", 3'600'000'000},
                           Unit{"m", 60'000'000}, Unit{"s", 1'000'000}, Unit{"ms", 1'000}}) {
    if (length.count() % unit.micros == 0) {
      return std::to_string(length.count() / unit.micros) + unit.name;
    }
  }
  return std::to_string(length.count()) + "us";
}

std::string column_names(const Schema& schema) {
  std::string text;
  for (const Field& field : schema.columns) {
    text += (text.empty() ? "" : ", ") + field.name + " " + to_string(field.type);
  }
  return text;
}

std::string aggregate_text(const Aggregate& aggregate) {
  std::string text;
  if (aggregate.algebra == Algebra::none) {
    text = "bag " + aggregate.name;
  } else {
    text = std::string(word(aggregate.algebra)) + "(" +
           (aggregate.argument ? "c" + std::to_string(*aggregate.argument) : "*") + ")";
  }
  return aggregate.filter ? text + " if c" + std::to_string(*aggregate.filter) : text;
}

std::string line(const SourceNode& source, const Schema& schema) {
  return "source " + source.name +
         (source.event_time ? " by " + schema.columns[*source.event_time].name : "");
}

std::string line(const KernelNode& kernel, const Schema&) {
  if (kernel.plain.empty()) return "kernel " + kernel.sql;
  if (kernel.rest_sql.empty()) return "kernel without the engine: " + kernel.sql;
  return "kernel " + kernel.sql + "; by the engine: " + kernel.rest_sql;
}

std::string line(const CloseNode& close, const Schema&) {
  return close.until_watermark ? "close at the watermark" : "close by interval";
}

std::string line(const GroupNode& group, const Schema& schema) {
  std::string text = "group by";
  for (std::size_t i = 0; i < group.keys; ++i) {
    text += (i == 0 ? " " : ", ") + schema.columns[i].name;
  }
  for (const Aggregate& aggregate : group.aggregates) {
    text += (&aggregate == &group.aggregates.front() ? ": " : ", ") + aggregate_text(aggregate);
  }
  if (group.window) {
    text += fmt::format("; window {}-{}", group.window->start_key, group.window->end_key);
  }
  if (group.window && group.window->hop) {
    const WindowSpec::Hop& hop = *group.window->hop;
    text += fmt::format(" of {} every {} by panes of {}, from {}", duration(hop.size),
                        duration(hop.slide), duration(hop.pane), duration(hop.shift));
  }
  return group.bag_sql.empty() ? text : text + "; " + group.bag_sql;
}

std::string json_texts(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted(texts.size());
  std::ranges::transform(texts, quoted.begin(), json_string);
  return fmt::format("[{}]", fmt::join(quoted, ", "));
}

std::vector<std::string> key_names(const Plan& plan) {
  std::vector<std::string> names;
  for (const std::size_t index : plan.key) {
    names.push_back(plan.root->output->columns[index].name);
  }
  return names;
}

}  // namespace

std::string explain_text(const Plan& plan) {
  std::string text = "gives " + column_names(*plan.root->output) + "\n";
  if (!plan.key.empty()) text += fmt::format("key {}\n", fmt::join(key_names(plan), ", "));
  std::string indent;
  for (const Node* node = plan.root.get(); node != nullptr; node = input_of(*node)) {
    const auto node_line = [&](const auto& kind) { return line(kind, *node->output); };
    text += indent + std::visit(node_line, node->kind) +
            (node->append_only ? "" : "; rows change") + "\n";
    indent += "  ";
  }
  return text;
}

std::string explain_json(const Plan& plan) {
  std::vector<std::string> columns, nodes;
  for (const Field& field : plan.root->output->columns) {
    columns.push_back(fmt::format(R"({{"name": {}, "type": {}}})", json_string(field.name),
                                  json_string(to_string(field.type))));
  }
  for (const Node* node = plan.root.get(); node != nullptr; node = input_of(*node)) {
    const auto node_line = [&](const auto& kind) { return line(kind, *node->output); };
    nodes.push_back(std::visit(node_line, node->kind));
  }
  return fmt::format(
      R"({{"windowed": {}, "append_only": {}, "key": {}, "reads": {}, "hash": {}, "columns": [{}], "plan": {}}})",
      plan.windowed, plan.root->append_only, json_texts(key_names(plan)), json_texts(plan.reads),
      json_string(plan.hash), fmt::join(columns, ", "), json_texts(nodes));
}

}  // namespace weir::sql
