#include "openapi/document.h"

#include "openapi/paths.h"
#include "openapi/platform_paths.h"
#include "openapi/source_paths.h"

namespace weir::openapi {
namespace {

void add_common_schemas(Paths& paths) {
  paths
      .add_schema("refusal", R"({"type":"object","properties":{"code":{"type":"integer"},)"
                             R"("message":{"type":"string"},"data":{"type":"null"},)"
                             R"("error":{"type":"string","pattern":"^[A-Z][A-Z0-9_]+$"}},)"
                             R"("required":["code","message","data","error"]})")
      .add_schema("page", R"({"type":"object","properties":{"limit":{"type":"integer"},)"
                          R"("offset":{"type":"integer"},"next":{"type":["integer","null"]}}})")
      .add_schema("receipt", R"({"type":"object","properties":{"accepted":{"type":"integer"},)"
                             R"("late":{"type":"integer"},"quarantined":{"type":"integer"},)"
                             R"("position":{"type":"integer"},"errors":{"type":"array"}},)"
                             R"("required":["accepted","late","quarantined","position"]})");
}

std::string whole_document(const std::string& workspace, const Paths& paths) {
  const std::string info = JsonObject()
                               .text("title", workspace)
                               .text("version", "1")
                               .text("description", "What this token may call of the workspace " +
                                                        workspace + ", served by Weir")
                               .done();
  const std::string security =
      R"({"token":{"type":"http","scheme":"bearer","description":"weir token create"}})";
  return JsonObject()
      .text("openapi", "3.1.0")
      .raw("info", info)
      .raw("security", R"([{"token":[]}])")
      .raw("paths", paths.paths())
      .raw("components",
           JsonObject().raw("schemas", paths.schemas()).raw("securitySchemes", security).done())
      .done();
}

}  // namespace

std::string document(const Described& described) {
  Paths paths;
  add_common_schemas(paths);
  for (const workspace::Source* source : described.sources) add_source(paths, *source);
  for (const DescribedTable& table : described.tables) add_table(paths, table);
  for (const DescribedApi& api : described.apis) add_api(paths, api);
  if (described.may_look || !described.sources.empty()) add_catalogue(paths, "sources");
  if (described.may_look) add_looks(paths);
  if (!described.taps.empty()) add_tap(paths, described.taps);
  if (described.may_replay) add_replay(paths);
  if (described.may_administer) add_administration(paths);
  add_open(paths);
  return whole_document(described.workspace, paths);
}

}  // namespace weir::openapi
