#include "workspace/compiled_apis.h"

#include <algorithm>

#include "sql/query.h"

namespace weir::workspace {
namespace {

bool is_broken_table(const std::string& name, const Workspace& workspace,
                     const std::vector<sql::Readable>& known) {
  if (workspace.broken.contains(name)) return true;
  if (std::ranges::find(known, name, &sql::Readable::name) != known.end()) return false;
  const bool is_written = std::ranges::any_of(workspace.streams, [&](const Stream& stream) {
    return std::ranges::find(stream.into, name) != stream.into.end() ||
           name == "late(" + stream.name + ")" || name == "quarantine(" + stream.name + ")";
  });
  return is_written ||
         std::ranges::find(workspace.tables, name, &Table::name) != workspace.tables.end();
}

}  // namespace

std::vector<CompiledApi> compile_apis(const Workspace& workspace,
                                      const std::vector<sql::Readable>& known, SqlReads& reads,
                                      std::vector<Mistake>& mistakes) {
  std::vector<CompiledApi> apis;
  for (const Api& api : workspace.apis) {
    const auto uses = reads.tables(api.sql.text);
    const bool reads_broken = std::ranges::any_of(
        uses, [&](const sql::Use& use) { return is_broken_table(use.name, workspace, known); });
    if (reads_broken) continue;
    std::vector<Field> parameters;
    for (const ApiParameter& parameter : api.parameters) {
      parameters.push_back({parameter.name, parameter.type});
    }
    auto checked = sql::check_query(api.sql.text, known, parameters);
    if (const auto* found = std::get_if<std::vector<sql::SqlMistake>>(&checked)) {
      note_all(api.sql, *found, mistakes);
    } else {
      apis.push_back({api, std::get<sql::CheckedQuery>(std::move(checked)).reads});
    }
  }
  return apis;
}

}  // namespace weir::workspace
