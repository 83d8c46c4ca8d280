#include "process/pipeline.h"

#include <string>
#include <utility>
#include <variant>

#include "dataflow/change_group.h"
#include "dataflow/exchange.h"
#include "dataflow/kernel_step.h"
#include "dataflow/plain_kernel.h"
#include "dataflow/window_group.h"

namespace weir::process {

Result<Pipeline> Pipeline::make(const StreamSpec& spec,
                                const std::shared_ptr<engine::Database>& tables) {
  Pipeline pipeline;
  OK_OR_RETURN(pipeline.add(*spec.plan.root, spec, tables));
  return pipeline;
}

Result<void> Pipeline::add(const sql::Node& node, const StreamSpec& spec,
                           const std::shared_ptr<engine::Database>& tables) {
  if (const auto* kernel = std::get_if<sql::KernelNode>(&node.kind)) {
    OK_OR_RETURN(add(*kernel->input, spec, tables));
    TRY(auto prepared, dataflow::prepare_kernel(*kernel, tables));
    operators_.push_back(std::make_unique<dataflow::KernelStep>(std::move(prepared)));
    reads_acceptance_ = reads_acceptance_ || kernel->sql.find("_now") != std::string::npos;
  } else if (const auto* close = std::get_if<sql::CloseNode>(&node.kind)) {
    // The group itself knows best how to hold its rows.
    holds_changes_ = !close->until_watermark;
    return add_group(*close->input, spec, tables);
  } else {
    ASSERT(std::holds_alternative<sql::SourceNode>(node.kind));
  }
  return {};
}

Result<void> Pipeline::add_group(const sql::Node& node, const StreamSpec& spec,
                                 const std::shared_ptr<engine::Database>& tables) {
  const auto& group = std::get<sql::GroupNode>(node.kind);
  OK_OR_RETURN(add(*group.input, spec, tables));
  is_stateless_ = false;
  std::vector<std::unique_ptr<dataflow::Operator>> instances;
  for (int i = 0; i < spec.parallelism; ++i) {
    if (holds_changes_) {
      TRY(instances.emplace_back(),
          dataflow::ChangeGroup::make(group, {node.output, spec.state_ttl}, tables));
    } else {
      TRY(instances.emplace_back(), dataflow::WindowGroup::make(group, node.output, tables));
    }
  }
  operators_.push_back(std::make_unique<dataflow::Exchange>(group, std::move(instances)));
  return {};
}

Result<Chunk> Pipeline::push(Chunk chunk, Findings& findings) {
  for (const auto& step : operators_) {
    TRY(chunk, step->push(chunk, findings));
  }
  return chunk;
}

void Pipeline::save(StateWriter& writer) const {
  for (const auto& step : operators_) step->save(writer);
}

Result<void> Pipeline::load(StateReader& reader) {
  for (const auto& step : operators_) {
    OK_OR_RETURN(step->load(reader, [](std::string_view) { return true; }));
  }
  if (!reader.finished()) return dataflow::other_form();
  return {};
}

}  // namespace weir::process
