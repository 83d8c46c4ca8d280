#include "operate/platform_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ranges>

#include "core/json_text.h"
#include "operate/memory.h"

namespace weir::operate {
namespace {

std::string message_of(const Result<void>& health) {
  return health.ok() ? std::string() : health.error().message;
}

std::string columns_json(const Schema& schema) {
  return json_array(schema.columns, [](const Field& column) {
    return fmt::format(R"({{"name":{},"type":{}}})", json_string(column.name),
                       json_string(to_string(column.type)));
  });
}

std::string key_json(const Schema& schema, const std::vector<std::size_t>& key) {
  return json_array(key, [&](std::size_t i) { return json_string(schema.columns[i].name); });
}

// Where each declared column's value stands in an event, beside its name and type.
std::string rules_json(const EventRules& rules) {
  return json_array(rules.columns, [](const ColumnRule& column) {
    return fmt::format(R"({{"name":{},"type":{},"from":{}}})", json_string(column.name),
                       json_string(to_string(column.type)), json_strings(column.path));
  });
}

std::string source_json(const workspace::Source& source) {
  const Schema schema = schema_of(source.rules);
  return fmt::format(
      R"({{"name":{},"path":{},"event_time":{},"columns":{}}})", json_string(source.name),
      source.path.empty() ? "null" : json_string(source.path),
      json_string(schema.columns[event_time_column(source.rules)].name), rules_json(source.rules));
}

std::string stream_json(const workspace::CompiledStream& stream) {
  return fmt::format(R"({{"name":{},"into":{},"emit":{},"sql":{}}})",
                     json_string(stream.declared.name), json_strings(stream.declared.into),
                     stream.emit_changes ? R"("changes")" : R"("close")",
                     json_string(stream.declared.sql.text));
}

std::string table_json(const workspace::StreamTable& table) {
  return fmt::format(R"({{"name":{},"kind":"table","key":{},"streams":{},"columns":{}}})",
                     json_string(table.name), key_json(*table.schema, table.key),
                     json_strings(table.streams), columns_json(*table.schema));
}

std::string static_table_json(const workspace::StaticTable& table) {
  return fmt::format(R"({{"name":{},"kind":"static table","key":{},"streams":[],"columns":{}}})",
                     json_string(table.name), key_json(*table.schema, table.key),
                     columns_json(*table.schema));
}

std::string api_json(const workspace::CompiledApi& api, const serve::MayRead& may_read) {
  std::vector<std::string> reads;
  std::ranges::copy_if(api.reads, std::back_inserter(reads), may_read);
  return fmt::format(R"({{"name":{},"path":{},"version":{},"reads":{}}})",
                     json_string(api.declared.name), json_string(api.declared.path),
                     api.declared.version, json_strings(reads));
}

// A stream's SQL tells of all that it reads.
std::string streams_json(const WorkingParts& parts, const serve::MayRead& may_read) {
  const std::vector<workspace::CompiledStream>& streams = parts.workspace.streams;
  ASSERT(streams.size() == parts.streams.size());
  std::vector<const workspace::CompiledStream*> visible;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const auto& reads = parts.streams[i]->spec().plan.reads;
    if (std::ranges::all_of(reads, may_read)) visible.push_back(&streams[i]);
  }
  return json_array(visible, [](const auto* stream) { return stream_json(*stream); });
}

std::string tables_json(const workspace::CompiledWorkspace& workspace,
                        const serve::MayRead& may_read) {
  const auto visible = std::views::filter([&](const auto& table) { return may_read(table.name); });
  std::string json = json_array(workspace.tables | visible, table_json);
  std::string of_files = json_array(workspace.static_tables | visible, static_table_json);
  if (of_files == "[]") return json;
  if (json == "[]") return of_files;
  json.back() = ',';
  return json + of_files.substr(1);
}

}  // namespace

serve::PlatformStatus platform_status(const WorkingParts& parts) {
  serve::PlatformStatus status{.workspace = parts.workspace.declared.name,
                               .journal_end = parts.journal.end(),
                               .tables_applied = parts.applier.applied(),
                               .now = parts.clock.now().time_since_epoch().count(),
                               .memory_bytes = resident_bytes(),
                               .memory_limit_bytes = memory_limit_bytes(),
                               .serving_since = parts.reloads.since().time_since_epoch().count(),
                               .reload_refused = parts.reloads.refusal(),
                               .not_ready = message_of(parts.journal.health()),
                               .tables_failure = message_of(parts.applier.health())};
  for (collect::SourceCounts& source : parts.collector.counts()) {
    status.sources.push_back({std::move(source.source), source.rows_in, source.accepted,
                              source.quarantined, source.late, source.watermark});
  }
  for (const auto& stream : parts.streams) {
    const process::StreamCounts counts = stream->counts();
    status.streams.push_back({stream->spec().name, stream->spec().plan.reads, counts.rows_in,
                              counts.rows_out, counts.late, counts.quarantined, counts.watermark,
                              counts.through, counts.failure ? counts.failure->message : "",
                              counts.trouble});
  }
  const auto applied = parts.applier.rows_applied();
  auto costs =
      parts.indexes == nullptr ? std::map<std::string, index::IndexCost>() : parts.indexes->costs();
  for (const workspace::StreamTable& table : parts.workspace.tables) {
    const auto rows = applied.find(table.name);
    const index::IndexCost cost = costs[table.name];
    status.tables.push_back({table.name, rows == applied.end() ? 0 : rows->second, cost.rows,
                             cost.bytes, std::chrono::duration<double>(cost.time).count()});
  }
  return status;
}

std::string catalogue_json(const WorkingParts& parts, const std::string& kind,
                           const serve::MayRead& may_read) {
  const workspace::CompiledWorkspace& workspace = parts.workspace;
  const auto visible = [&](const auto& declared) { return may_read(declared.name); };
  if (kind == "sources") {
    return json_array(workspace.declared.sources | std::views::filter(visible), source_json);
  }
  if (kind == "streams") return streams_json(parts, may_read);
  if (kind == "tables") return tables_json(workspace, may_read);
  ASSERT(kind == "apis");
  return json_array(
      workspace.apis | std::views::filter([&](const auto& api) { return visible(api.declared); }),
      [&](const auto& api) { return api_json(api, may_read); });
}

}  // namespace weir::operate
