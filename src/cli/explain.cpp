#include "sql/explain.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"
#include "client/workspace_folder.h"
#include "core/duration.h"
#include "core/json_text.h"
#include "core/suggestion.h"

namespace weir::cli {
namespace {

using client::compile_workspace;
using client::Session;

std::string guarantee_of(const workspace::Stream& stream) {
  std::string tables;
  for (const std::string& table : stream.into) tables += (tables.empty() ? "" : ", ") + table;
  return fmt::format(
      "exactly once from the journal through stream {} into {}; into the journal, "
      "exactly once for senders that give an Idempotency-Key, else at least once",
      stream.name, tables.empty() ? "its readers" : tables);
}

void explain_stream(const workspace::CompiledStream& stream, bool with_guarantee,
                    const Session& session) {
  const std::string guarantee = guarantee_of(stream.declared);
  if (session.json) {
    std::string json = sql::explain_json(stream.plan);
    if (with_guarantee) {
      json.pop_back();
      json += ", \"guarantee\": " + json_string(guarantee) + "}";
    }
    return session.print(json + "\n");
  }
  session.print(sql::explain_text(stream.plan));
  if (with_guarantee) session.print("guarantee " + guarantee + "\n");
}

void explain_api(const workspace::CompiledApi& api, const Session& session) {
  const std::string route = fmt::format("/api/v{}{}", api.declared.version, api.declared.path);
  std::string reads;
  for (const std::string& name : api.reads) {
    if (!reads.empty()) reads += session.json ? "," : ", ";
    reads += session.json ? json_string(name) : name;
  }
  const std::string cache = api.declared.cache ? to_string(*api.declared.cache) : "";
  if (session.json) {
    return session.print(fmt::format(R"({{"route":{},"reads":[{}],"cache":{},"sql":{}}})"
                                     "\n",
                                     json_string(route), reads,
                                     cache.empty() ? "null" : json_string(cache),
                                     json_string(api.declared.sql.text)));
  }
  session.print(fmt::format("GET {}\nreads {}\n{}{}\n", route, reads,
                            cache.empty() ? "" : "answers are given again for " + cache + "\n",
                            api.declared.sql.text));
}

Result<void> explain(const std::string& name, bool with_guarantee, const Session& session) {
  TRY(const workspace::CompiledWorkspace compiled, compile_workspace("."));
  std::vector<std::string> names;
  for (const workspace::CompiledStream& stream : compiled.streams) {
    if (stream.declared.name == name) {
      explain_stream(stream, with_guarantee, session);
      return {};
    }
    names.push_back(stream.declared.name);
  }
  for (const workspace::CompiledApi& api : compiled.apis) {
    if (api.declared.name == name) {
      explain_api(api, session);
      return {};
    }
    names.push_back(api.declared.name);
  }
  return Error{Fault::not_found, fmt::format("the workspace has no stream or api \"{}\"{}", name,
                                             did_you_mean(name, names))};
}

}  // namespace

void add_explain(CLI::App& app, Session& session) {
  auto* command =
      app.add_subcommand("explain", "What a stream's SQL became, and what an api reads");
  auto name = std::make_shared<std::string>();
  auto with_guarantee = std::make_shared<bool>(false);
  command->add_option("NAME", *name, "A stream or api")->required();
  command->add_flag("--guarantee", *with_guarantee, "How often an event counts, and why");
  command->callback([name, with_guarantee, &session] {
    session.conclude(explain(*name, *with_guarantee, session));
  });
}

}  // namespace weir::cli
