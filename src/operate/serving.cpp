#include "operate/serving.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/json_text.h"
#include "flow/quarantine_replay.h"
#include "operate/changed_meanings.h"
#include "operate/drop.h"
#include "operate/housekeeping.h"
#include "operate/platform_status.h"
#include "operate/readable_relations.h"
#include "operate/relation_freshness.h"
#include "operate/running_drop.h"
#include "operate/stream_specs.h"
#include "process/snapshot.h"
#include "process/stream_job.h"
#include "serve/gateway.h"
#include "store/applier.h"
#include "store/static_table.h"
#include "store/table_store.h"
#include "telemetry/log.h"
#include "workspace/loader.h"

namespace weir::operate {
namespace {

namespace fs = std::filesystem;
using workspace::CompiledWorkspace;

// Static tables, which streams join, in memory: what they read must not change under them.
Result<std::shared_ptr<engine::Database>> kernel_tables(const CompiledWorkspace& workspace) {
  TRY(auto database, engine::Database::open({}));
  for (const workspace::StaticTable& table : workspace.static_tables) {
    OK_OR_RETURN(store::put_static_table(*database, table));
  }
  return database;
}

// For the rows that a stream works on, and a snapshot.
constexpr std::chrono::seconds batch_patience{10};

void say_of_tables(telemetry::LogCode code, const std::string& words) {
  telemetry::log(code, words);
}

// Members stand in the order they start in, and stop in the opposite one.
class RunningServing final : public Serving {
 public:
  RunningServing(std::shared_ptr<const CompiledWorkspace> workspace, ServingGrounds grounds)
      : workspace_(std::move(workspace)), grounds_(std::move(grounds)) {}

  // Finds out whether all of it can start. Where something cannot, the workspace before goes on: no
  // row is made by this one, and what its tables have more is empty and can be taken back.
  Result<void> open();
  // What comes from here on is of this workspace.
  void serve();

  std::unique_ptr<net::Response> check_head(const net::Request& request) const override {
    return collector_->takes(request.path) ? collector_->check_head(request)
                                           : gateway_->check_head(request);
  }
  void handle(net::Request request, net::Reply reply) override {
    if (collector_->takes(request.path)) {
      collector_->handle(std::move(request), std::move(reply));
    } else {
      gateway_->handle(std::move(request), std::move(reply));
    }
  }

  Result<std::vector<workspace::Mistake>> reasons_against(
      const CompiledWorkspace& next, const std::vector<std::string>& dropped) const override {
    return operate::reasons_against(next, workspace_->declared, *store_, dropped);
  }
  std::vector<net::Asked> give_back() override { return gateway_->give_back(); }
  Result<void> check_room() const override { return store_->check_room(0); }
  bool await_queries() const override { return gateway_->await_queries(); }
  bool close_queries() override { return gateway_->close_queries(); }
  Result<void> hold_streams(const std::stop_token& stop) override;
  void go_on() override;
  void stop_waits() override { freshness_->stop(); }
  Result<void> finish(std::chrono::steady_clock::time_point deadline) override {
    OK_OR_RETURN(freshness_->wait_all(grounds_.journal.end(), deadline));
    std::stop_source in_a_hurry;  // a backup that copies is not waited for
    in_a_hurry.request_stop();
    return housekeeping_->tidy(in_a_hurry.get_token());
  }

  const std::shared_ptr<const CompiledWorkspace>& workspace() const override { return workspace_; }
  collect::Collector& collector() override { return *collector_; }
  serve::Freshness& freshness() override { return *freshness_; }
  const std::shared_ptr<engine::Database>& database() override { return store_->database(); }

 private:
  const fs::path& data() const { return workspace_->declared.data; }
  WorkingParts working_parts() const {
    return {*workspace_, grounds_.journal, *collector_,      streams_,
            *applier_,   grounds_.clock,   grounds_.reloads, store_->indexes().get()};
  }
  std::vector<telemetry::Metric> metrics() const;
  Result<std::string> validation() const;
  Freshening freshening() const;
  Result<void> open_tables();
  Result<void> open_streams();
  Result<serve::GatewayParts> gateway_parts();

  const std::shared_ptr<const CompiledWorkspace> workspace_;
  const ServingGrounds grounds_;
  std::shared_ptr<engine::Database> kernel_tables_;
  std::vector<process::StreamSpec> specs_;  // until the streams are open
  ReadableRelations relations_;             // until the gateway is
  std::unique_ptr<store::TableStore> store_;
  std::vector<std::unique_ptr<process::StreamJob>> streams_;
  std::unique_ptr<store::Applier> applier_;
  std::unique_ptr<collect::Collector> collector_;
  std::optional<flow::QuarantineReplay> replay_;
  std::optional<RunningDrop> drop_;
  std::unique_ptr<RelationFreshness> freshness_;
  std::unique_ptr<serve::Gateway> gateway_;
  std::unique_ptr<Housekeeping> housekeeping_;
};

Result<void> RunningServing::open_tables() {
  TRY(kernel_tables_, kernel_tables(*workspace_));
  const auto is_new = [this](const std::string& stream) -> Result<bool> {
    TRY(const bool has_any, process::SnapshotFolder::has_any(data() / "state" / stream));
    return !has_any;
  };
  TRY(specs_, stream_specs(*workspace_, grounds_.journal, is_new));
  TRY(store_, store::TableStore::open(data() / "tables", table_specs(*workspace_)));
  OK_OR_RETURN(store::check_hold_no_results(*store_->database(), static_names(*workspace_)));
  TRY(relations_,
      put_readable_relations(*store_->database(), grounds_.journal, *workspace_, specs_));
  return {};
}

Result<void> RunningServing::open_streams() {
  for (process::StreamSpec& spec : specs_) {
    const std::string name = spec.name;
    process::StreamParts parts{.journal = grounds_.journal,
                               .tables = kernel_tables_,
                               .folder = data() / "state" / name,
                               .clock = grounds_.clock,
                               .checkpoint_interval = workspace_->declared.checkpoint_interval};
    TRY(auto job, process::StreamJob::open(std::move(spec), std::move(parts)));
    const std::string passed_over = job->counts().passed_over;
    if (!passed_over.empty()) {
      telemetry::log(telemetry::LogCode::snapshot_passed_over, passed_over, {{"stream", name}});
    }
    streams_.push_back(std::move(job));
  }
  specs_.clear();
  return {};
}

Result<void> RunningServing::open() {
  OK_OR_RETURN(open_tables());
  OK_OR_RETURN(open_streams());
  TRY(applier_,
      store::Applier::open(*store_, grounds_.journal, targets(*workspace_), say_of_tables));
  TRY(collector_, collect::Collector::start(workspace_->declared.sources,
                                            {grounds_.journal, grounds_.tokens, grounds_.clock,
                                             data() / "state" / "_collect"}));
  replay_.emplace(flow::QuarantineReplay::Parts{
      grounds_.journal, *collector_, workspace_->declared.sources, streams_, grounds_.clock});
  drop_.emplace(RunningDrop::Parts{workspace_->declared.folder, data(), store_->database(),
                                   grounds_.reload, grounds_.reloads});
  freshness_ = std::make_unique<RelationFreshness>(freshening(), *applier_, grounds_.journal);
  TRY(serve::GatewayParts parts, gateway_parts());
  TRY(gateway_, serve::Gateway::start(std::move(parts)));
  return {};
}

void RunningServing::serve() {
  for (const auto& stream : streams_) stream->start();
  applier_->start();
  housekeeping_ =
      std::make_unique<Housekeeping>(working_parts(), workspace_->declared.checkpoint_interval);
}

Result<serve::GatewayParts> RunningServing::gateway_parts() {
  const WorkingParts parts = working_parts();
  TRY(TimeZone time_zone, TimeZone::find(workspace_->declared.time_zone));
  std::vector<serve::PublishedApi> apis;
  for (const auto& api : workspace_->apis) apis.push_back({api.declared, api.reads});
  return serve::GatewayParts{.database = store_->database(),
                             .readables = std::move(relations_.readables),
                             .names = std::move(relations_.names),
                             .indexes = store_->indexes(),
                             .apis = std::move(apis),
                             .workspace = workspace_->declared.name,
                             .sources = workspace_->declared.sources,
                             .flows = std::move(relations_.flows),
                             .journal = &grounds_.journal,
                             .tokens = grounds_.tokens,
                             .clock = grounds_.clock,
                             .freshness = *freshness_,
                             .time_zone = std::move(time_zone),
                             .is_ready = [this] { return grounds_.journal.health().ok(); },
                             .status = [parts] { return platform_status(parts); },
                             .metrics = [this] { return metrics(); },
                             .catalogue =
                                 [parts](const std::string& kind, const serve::MayRead& may_read) {
                                   return catalogue_json(parts, kind, may_read);
                                 },
                             .validation = [this] { return validation(); },
                             .replay = {[this](const auto& wish) { return replay_->way(wish); },
                                        [this](const auto& wish) { return replay_->replay(wish); }},
                             .drop = [this](const auto& asked) { return drop_->answer(asked); },
                             .stop = grounds_.stop};
}

Result<void> RunningServing::hold_streams(const std::stop_token& stop) {
  for (const auto& stream : streams_) stream->want_hold();
  const auto deadline = std::chrono::steady_clock::now() + batch_patience;
  for (const auto& stream : streams_) {
    if (stream->wait_hold(deadline, stop)) continue;
    go_on();
    return Error{Fault::unavailable,
                 fmt::format("stream {} takes up its input again after a start, or takes more than "
                             "{} s for the rows it works on and a snapshot, and cannot be "
                             "interrupted until it is done",
                             stream->spec().name, batch_patience.count())};
  }
  return {};
}

void RunningServing::go_on() {
  for (const auto& stream : streams_) stream->end_hold();
  gateway_->reopen_queries();
}

std::vector<telemetry::Metric> RunningServing::metrics() const {
  std::vector<telemetry::Metric> all = grounds_.metrics();
  all.push_back({"weir_table_visible_seconds",
                 "From a stream's commit to its rows in the tables.",
                 telemetry::MetricKind::histogram,
                 {store_->visible_seconds().sample({})}});
  return all;
}

Freshening RunningServing::freshening() const {
  Freshening freshening;
  for (const auto& stream : streams_) {
    const std::string& name = stream->spec().name;
    freshening.streams[name] = stream.get();
    freshening.writers["late(" + name + ")"] = {name};
    freshening.writers["quarantine(" + name + ")"] = {name};
  }
  for (const auto& table : workspace_->tables) freshening.writers[table.name] = table.streams;
  return freshening;
}

Result<std::string> RunningServing::validation() const {
  TRY(const std::vector<std::string> dropped, begun_drop(data()));
  auto compiled = workspace::compile_folder(workspace_->declared.folder);
  auto* mistakes = std::get_if<std::vector<workspace::Mistake>>(&compiled);
  std::vector<workspace::Mistake> reasons;
  if (mistakes != nullptr) {
    reasons = std::move(*mistakes);
  } else {
    TRY(reasons, reasons_against(std::get<CompiledWorkspace>(compiled), dropped));
  }
  return fmt::format(R"({{"folder":{},"mistakes":{}}})",
                     json_string(workspace_->declared.folder.string()),
                     workspace::mistakes_json(reasons));
}

}  // namespace

Result<std::unique_ptr<Serving>> Serving::start(std::shared_ptr<const CompiledWorkspace> workspace,
                                                ServingGrounds grounds) {
  auto serving = std::make_unique<RunningServing>(std::move(workspace), std::move(grounds));
  OK_OR_RETURN(serving->open());
  serving->serve();
  return std::unique_ptr<Serving>(std::move(serving));
}

}  // namespace weir::operate
