#include "operate/stream_specs.h"

#include <algorithm>
#include <utility>

#include "process/static_rows.h"

namespace weir::operate {
namespace {

using workspace::CompiledWorkspace;

// Where the events accepted from `at` on begin.
Result<Position> position_at(const journal::Journal& journal, const std::string& topic,
                             Instant at) {
  const auto reader = journal.read({{topic}, {}}, 0);
  while (true) {
    TRY(const std::optional<journal::Placed> placed, reader->next());
    if (!placed) return reader->place();
    if (placed->entry->accepted >= at) return placed->begin;
  }
}

Result<Position> start_of(const workspace::Stream& declared, const journal::Journal& journal,
                          const std::string& topic) {
  switch (declared.start) {
    case workspace::Stream::Start::earliest: return Position{0};
    case workspace::Stream::Start::latest: return journal.end();
    case workspace::Stream::Start::at: return position_at(journal, topic, *declared.start_at);
  }
  return Position{0};
}

}  // namespace

process::StreamInput input_of(const CompiledWorkspace& workspace,
                              const workspace::CompiledStream& stream) {
  const auto& node = std::get<sql::SourceNode>(sql::source_of(*stream.plan.root).kind);
  process::StreamInput input{.topic = node.name, .event_time = node.event_time};
  const auto& sources = workspace.declared.sources;
  const auto source = std::ranges::find(sources, node.name, &workspace::Source::name);
  if (source != sources.end()) {
    input.schema = std::make_shared<const Schema>(schema_of(source->rules));
    input.event_time = event_time_column(source->rules);
    return input;
  }
  const auto& streams = workspace.streams;
  const auto read = std::ranges::find_if(
      streams, [&](const auto& other) { return other.declared.name == node.name; });
  ASSERT(read != streams.end());
  input.is_source = false;
  input.schema = read->plan.root->output;
  return input;
}

Result<std::vector<process::StreamSpec>> stream_specs(
    const CompiledWorkspace& workspace, const journal::Journal& journal,
    const std::function<Result<bool>(const std::string& stream)>& is_new) {
  std::vector<process::StreamSpec> specs;
  for (const workspace::CompiledStream& stream : workspace.streams) {
    const workspace::Stream& declared = stream.declared;
    process::StreamSpec spec{.name = declared.name,
                             .plan = stream.plan,
                             .input = input_of(workspace, stream),
                             .emit_interval = declared.emit_interval,
                             .state_ttl = declared.state_ttl,
                             .parallelism = declared.parallelism};
    for (const workspace::StaticTable& table : workspace.static_tables) {
      const bool is_read =
          std::ranges::find(stream.plan.reads, table.name) != stream.plan.reads.end();
      if (is_read) spec.tables[table.name] = process::hash_of_rows(table.batches);
    }
    TRY(const bool begins, is_new(declared.name));
    if (begins) {
      TRY(spec.start, start_of(declared, journal, spec.input.topic));
    }
    specs.push_back(std::move(spec));
  }
  return specs;
}

std::vector<store::TableSpec> table_specs(const CompiledWorkspace& workspace) {
  std::vector<store::TableSpec> specs;
  for (const workspace::StreamTable& table : workspace.tables) {
    store::TableSpec spec{.name = table.name,
                          .schema = table.schema,
                          .key = table.key,
                          .rows_are_final = table.rows_are_final,
                          .indexes = table.indexes};
    if (table.retention && table.event_time) {
      spec.retention = store::TableRetention{*table.event_time, *table.retention};
    }
    specs.push_back(std::move(spec));
  }
  return specs;
}

std::set<std::string> static_names(const CompiledWorkspace& workspace) {
  std::set<std::string> names;
  for (const workspace::StaticTable& table : workspace.static_tables) names.insert(table.name);
  return names;
}

std::vector<store::Target> targets(const CompiledWorkspace& workspace) {
  std::vector<store::Target> all;
  for (const workspace::StreamTable& table : workspace.tables) {
    for (const std::string& stream : table.streams) all.push_back({stream, table.name});
  }
  return all;
}

}  // namespace weir::operate
