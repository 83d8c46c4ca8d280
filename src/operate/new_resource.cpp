#include "operate/new_resource.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <system_error>

#include "core/suggestion.h"
#include "engine/database.h"
#include "workspace/compiled.h"
#include "workspace/engine_facts.h"
#include "workspace/loader.h"
#include "workspace/names.h"

namespace weir::operate {
namespace {

namespace fs = std::filesystem;
using workspace::Workspace;

// A file's name and text.
using NewFiles = std::map<std::string, std::string>;

constexpr const char* source_text =
    R"(# Where events come in: POST them as JSON to /ingest/{0}.
source: {0}
from: http
schema:                                    # a column's name, and its type or a map of rules
  seen: timestamp
  id: {{type: varchar, required: true}}      # a row without it goes to quarantine
  value: {{type: double, min: 0}}            # and one outside the bounds too
event_time: seen                           # when it happened; windows go by it
lateness: 10s                              # how far behind the newest event one may come
# retention: {{time: 30d, size: 50GB}}       # of its history; 7d unless said otherwise
)";

constexpr const char* stream_text =
    R"(# What is made of {1} while it comes: a row an hour{2}, given out when the hour is over.
# `weir explain {0}` shows what its SQL became.
stream: {0}
sql: |
  SELECT window_start, {3}count(*) AS events
  FROM tumble({1}, {4}, INTERVAL 1 HOUR)
  GROUP BY ALL
# emit: changes                            # rows as they change, not once at the end of the hour
into: {0}{5}# the table of its results: GET /api/v1/data/{0}
)";

constexpr const char* static_table_text =
    R"(# The rows of a file, read whole at start. A stream may join it.
table: {0}
from: {{file: {0}.csv}}
key: [id]                                  # tells its rows apart
)";

constexpr const char* stream_table_text =
    R"(# Made from the result of {1}; here stands only what is not the default.
table: {0}
# key: [...]                               # columns that tell its rows apart; else those it is grouped by
# retention: 365d                          # drops rows that much older than the newest event time in it
)";

constexpr const char* api_text =
    R"(# GET /api/v1/{2}?limit=10
api: {0}
path: /{2}
parameters:
  limit: {{type: integer, default: 10, min: 1, max: 1000}}
sql: SELECT * FROM {1} LIMIT $limit
# cache: 5s                                # how long an answer may be given again
)";

constexpr const char* test_text =
    R"(# `weir test` sends these events and compares what comes of them, without any server.
test: {0}
steps:
  - send:
      {1}:
        - {{{2}}}
  - watermark: {{{1}: end}}                  # closes every window that is open
  - expect:
      quarantine({1}): []                  # all of them fit; name a stream's table here, and its rows
)";

Error nothing_yet(const NewResource& wanted, const std::string& of, const std::string& make) {
  return {
      Fault::not_found,
      fmt::format("the workspace has no {} that the {} could be about: begin with `weir new {}`",
                  of, wanted.kind, make)};
}

// The one it is to be about, or the first.
template <class Items, class NameOf>
Result<const typename Items::value_type*> find_subject(const Items& items, NameOf name_of,
                                                       const NewResource& resource,
                                                       const char* what) {
  const std::string& wanted = resource.from;
  std::vector<std::string> names;
  for (const auto& item : items) {
    if (wanted.empty() || name_of(item) == wanted) return &item;
    names.push_back(name_of(item));
  }
  return Error{Fault::not_found,
               fmt::format("{} {} is about a {}, and the workspace has none called \"{}\"{}",
                           resource.kind == "api" ? "an" : "a", resource.kind, what, wanted,
                           did_you_mean(wanted, names))};
}

Result<const workspace::Source*> find_source(const Workspace& workspace,
                                             const NewResource& wanted) {
  if (workspace.sources.empty()) return nothing_yet(wanted, "source", "source NAME");
  return find_subject(
      workspace.sources, [](const auto& source) { return source.name; }, wanted, "source");
}

std::string in_sql(const std::string& column, const workspace::EngineFacts& facts) {
  const bool is_plain = workspace::is_name(column) && !facts.is_reserved(column);
  return is_plain ? column : engine::quote_name(column);
}

Result<NewFiles> new_stream(const Workspace& workspace, const NewResource& wanted) {
  TRY(const workspace::Source* source, find_source(workspace, wanted));
  TRY(const workspace::EngineFacts facts, workspace::EngineFacts::open());
  const Schema schema = schema_of(source->rules);
  const auto group = std::ranges::find_if(source->rules.columns, [](const ColumnRule& column) {
    return column.type.id == TypeId::varchar && column.name != "events";
  });
  std::string grouped;
  if (group != source->rules.columns.end()) grouped = in_sql(group->name, facts);
  const std::string time = schema.columns[event_time_column(source->rules)].name;
  constexpr std::size_t comments_at = 43;
  const std::string into = "into: " + wanted.name;
  const std::string gap(into.size() < comments_at ? comments_at - into.size() : 1, ' ');
  return NewFiles{{wanted.name + ".yaml",
                   fmt::format(fmt::runtime(stream_text), wanted.name, source->name,
                               grouped.empty() ? "" : " and " + grouped,
                               grouped.empty() ? "" : grouped + ", ", in_sql(time, facts), gap)}};
}

// What streams write and no document describes.
std::map<std::string, std::string> bare_targets(const Workspace& workspace) {
  std::map<std::string, std::string> writers;
  for (const workspace::Stream& stream : workspace.streams) {
    for (const std::string& table : stream.into) writers.emplace(table, stream.name);
  }
  for (const workspace::Table& table : workspace.tables) writers.erase(table.name);
  return writers;
}

Result<NewFiles> new_table(const Workspace& workspace, const NewResource& wanted) {
  const auto targets = bare_targets(workspace);
  const auto writer = targets.find(wanted.name);
  if (writer != targets.end()) {
    return NewFiles{{wanted.name + "_table.yaml",
                     fmt::format(fmt::runtime(stream_table_text), wanted.name, writer->second)}};
  }
  return NewFiles{
      {wanted.name + ".yaml", fmt::format(fmt::runtime(static_table_text), wanted.name)},
      {wanted.name + ".csv", "id,name\n1,first\n"}};
}

Result<NewFiles> new_api(const Workspace& workspace, const NewResource& wanted) {
  std::vector<std::string> tables;
  for (const auto& [table, writer] : bare_targets(workspace)) tables.push_back(table);
  for (const workspace::Table& table : workspace.tables) tables.push_back(table.name);
  if (tables.empty()) return nothing_yet(wanted, "table", "stream NAME");
  TRY(const std::string* table,
      find_subject(tables, [](const std::string& name) { return name; }, wanted, "table"));
  return NewFiles{{wanted.name + ".yaml",
                   fmt::format(fmt::runtime(api_text), wanted.name, *table, wanted.name)}};
}

std::string yaml_text(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

// A value that the column's rules take, as far as they tell.
std::string sample_of(const ColumnRule& column) {
  const bool is_bare = column.type.id <= TypeId::decimal;  // truth values and numbers come first
  for (const auto& fitting : {column.default_value, column.min, column.max}) {
    if (fitting) return is_bare ? *fitting : yaml_text(*fitting);
  }
  switch (column.type.id) {
    case TypeId::timestamp:
      return column.format == TimeFormat::iso ? "2001-01-01 00:10:00" : "978307800";
    case TypeId::date: return "2001-01-01";
    case TypeId::boolean: return "true";
    case TypeId::varchar: return "text";
    default: return is_bare ? "1" : "null";
  }
}

std::string sample_event(const EventRules& rules) {
  std::string event;
  for (std::size_t i = 0; i < rules.columns.size(); ++i) {
    const ColumnRule& column = rules.columns[i];
    const bool is_needed = column.required || rules.event_time == i || rules.columns.size() <= 5;
    if (!is_needed || column.path.size() != 1) continue;
    const std::string& field = column.path.front();
    event += fmt::format("{}{}: {}", event.empty() ? "" : ", ",
                         workspace::is_name(field) ? field : yaml_text(field), sample_of(column));
  }
  return event;
}

Result<NewFiles> new_test(const Workspace& workspace, const NewResource& wanted) {
  TRY(const workspace::Source* source, find_source(workspace, wanted));
  return NewFiles{{wanted.name + ".yaml", fmt::format(fmt::runtime(test_text), wanted.name,
                                                      source->name, sample_event(source->rules))}};
}

Result<NewFiles> new_files(const Workspace& workspace, const NewResource& wanted) {
  if (wanted.kind == "source") {
    return NewFiles{{wanted.name + ".yaml", fmt::format(fmt::runtime(source_text), wanted.name)}};
  }
  if (wanted.kind == "stream") return new_stream(workspace, wanted);
  if (wanted.kind == "table") return new_table(workspace, wanted);
  if (wanted.kind == "api") return new_api(workspace, wanted);
  return new_test(workspace, wanted);
}

// Where the name is taken, or nothing. Tests have names of their own.
Result<void> check_name(const Workspace& workspace, const NewResource& wanted) {
  std::map<std::string, std::string> taken;
  const auto take = [&](const auto& declared, const char* what) {
    for (const auto& one : declared) {
      taken.emplace(one.name,
                    fmt::format("{} {} ({}:{})", what, one.name, one.place.file, one.place.line));
    }
  };
  if (wanted.kind == "test") {
    take(workspace.tests, "test");
  } else {
    take(workspace.sources, "source");
    take(workspace.streams, "stream");
    take(workspace.tables, "table");
    take(workspace.apis, "api");
    for (const std::string& broken : workspace.broken) taken.emplace(broken, broken);
    for (const auto& [table, writer] : bare_targets(workspace)) {
      taken.emplace(table, fmt::format("table {}, which stream {} writes", table, writer));
    }
  }
  auto found = taken.find(wanted.name);
  // It may describe the table that a stream makes.
  const bool is_target = bare_targets(workspace).contains(wanted.name);
  if (found == taken.end() || (wanted.kind == "table" && is_target)) return {};
  return Error{Fault::conflict, "there is " + found->second + " already: choose another name"};
}

Result<void> write(const fs::path& folder, const NewFiles& files) {
  std::error_code failed;
  for (const auto& [name, text] : files) {
    if (!fs::exists(folder / name, failed)) continue;
    return Error{Fault::conflict,
                 (folder / name).string() + " is there already: choose another name"};
  }
  for (const auto& [name, text] : files) {
    std::ofstream stream(folder / name, std::ios::binary);
    stream << text;
    stream.close();
    if (!stream) return Error{Fault::unavailable, (folder / name).string() + " cannot be written"};
  }
  return {};
}

// The mistakes of the file, which is one of the workspace, a line each.
std::string mistakes_in(const fs::path& folder, const std::string& file) {
  const auto compiled = workspace::compile_folder(folder);
  const auto* mistakes = std::get_if<std::vector<workspace::Mistake>>(&compiled);
  std::string text;
  if (mistakes == nullptr) return text;
  for (const workspace::Mistake& mistake : *mistakes) {
    if (mistake.place.file == file) text += "\n" + mistake.message;
  }
  return text;
}

}  // namespace

const std::vector<std::string>& new_resource_kinds() {
  static const std::vector<std::string> kinds{"source", "stream", "table", "api", "test"};
  return kinds;
}

Result<fs::path> write_new_resource(const fs::path& folder, const NewResource& wanted) {
  ASSERT(std::ranges::find(new_resource_kinds(), wanted.kind) != new_resource_kinds().end());
  if (!workspace::is_name(wanted.name)) {
    return Error{Fault::invalid, workspace::no_name_text(wanted.name, wanted.kind)};
  }
  if (!wanted.from.empty() && (wanted.kind == "source" || wanted.kind == "table")) {
    return Error{Fault::invalid, fmt::format("a new {} is about nothing else: leave out --from {}",
                                             wanted.kind, wanted.from)};
  }
  const workspace::Loaded loaded = workspace::load_sound(folder);
  OK_OR_RETURN(check_name(loaded.workspace, wanted));
  TRY(const NewFiles files, new_files(loaded.workspace, wanted));
  OK_OR_RETURN(write(folder, files));
  const auto document =
      std::ranges::find_if(files, [](const auto& file) { return file.first.ends_with(".yaml"); });
  const std::string mistakes = mistakes_in(folder, document->first);
  if (mistakes.empty()) return folder / document->first;
  std::error_code failed;
  for (const auto& [name, text] : files) fs::remove(folder / name, failed);
  return Error{Fault::invalid,
               fmt::format("{} {} would be a mistake:{}", wanted.kind, wanted.name, mistakes)};
}

}  // namespace weir::operate
