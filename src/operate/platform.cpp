#include "operate/platform.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "govern/tokens.h"
#include "journal/journal.h"
#include "net/envelope.h"
#include "net/http_server.h"
#include "operate/changed_meanings.h"
#include "operate/data_folder.h"
#include "operate/housekeeping.h"
#include "operate/platform_status.h"
#include "operate/quarantine_replay.h"
#include "operate/readable_relations.h"
#include "operate/relation_freshness.h"
#include "operate/stream_specs.h"
#include "process/snapshot.h"
#include "process/stream_job.h"
#include "serve/gateway.h"
#include "store/applier.h"
#include "store/static_table.h"
#include "store/table_store.h"
#include "workspace/loader.h"

namespace weir::operate {
namespace {

namespace fs = std::filesystem;
using workspace::CompiledWorkspace;

constexpr std::chrono::seconds answers_patience{30};
constexpr std::chrono::minutes drain_patience{10};

// "0.0.0.0:8080" -> "http://127.0.0.1:PORT"
std::string url_of(const std::string& listen, std::uint16_t port) {
  std::string host = listen.substr(0, listen.rfind(':'));
  if (host.empty() || host == "0.0.0.0" || host == "[::]") host = "127.0.0.1";
  return fmt::format("http://{}:{}", host, port);
}

// Static tables, which streams join, in memory: what they read must not change under them.
Result<std::shared_ptr<engine::Database>> kernel_tables(const CompiledWorkspace& workspace) {
  TRY(auto database, engine::Database::open({}));
  for (const workspace::StaticTable& table : workspace.static_tables) {
    OK_OR_RETURN(store::put_static_table(*database, table));
  }
  return database;
}

void say_of_tables(const std::string& words) { fmt::print(stderr, "weir: tables: {}\n", words); }

// The journal's lock is what keeps a second server out; this says where the first one is.
Error name_running_server(Error error, const fs::path& data) {
  const auto running = read_running(data);
  if (!running) return error;
  return {Fault::conflict,
          fmt::format("a server runs over {} already: {}, process {}; stop it with `weir stop`",
                      data.string(), running->url, running->pid)};
}

Result<void> check_meanings(const CompiledWorkspace& workspace) {
  std::string all;
  for (const workspace::Mistake& mistake : changed_meanings(workspace)) {
    all += (all.empty() ? "" : "\n") + workspace::to_string(mistake);
  }
  return all.empty() ? Result<void>() : Error{Fault::conflict, all};
}

// Members stand in the order they start in, and stop in the opposite one.
class RunningPlatform final : public Platform {
 public:
  RunningPlatform(CompiledWorkspace workspace, const Clock& clock)
      : workspace_(std::move(workspace)), clock_(clock) {}

  Result<void> open();
  Result<void> serve();
  Result<void> listen(const std::string& address);
  Result<void> drain() override;

  std::uint16_t port() const override { return server_ == nullptr ? 0 : server_->port(); }
  const std::string& url() const override { return url_; }
  collect::Collector& collector() override { return *collector_; }
  serve::Freshness& freshness() override { return *freshness_; }
  const std::shared_ptr<engine::Database>& database() override { return store_->database(); }
  const std::string& new_admin_token() const override { return new_admin_token_; }

 private:
  const fs::path& data() const { return workspace_.declared.data; }
  WorkingParts working_parts() const {
    return {workspace_, *journal_, *collector_, streams_, *applier_, clock_};
  }
  Freshening freshening() const;
  Result<void> start_streams();

  CompiledWorkspace workspace_;
  const Clock& clock_;
  std::atomic_flag is_stopping_;
  std::string url_;
  std::unique_ptr<RunningMark> running_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<govern::Tokens> tokens_;
  std::string new_admin_token_;
  std::shared_ptr<engine::Database> kernel_tables_;
  std::vector<process::StreamSpec> specs_;  // until the streams start
  ReadableRelations relations_;             // until the gateway starts
  std::unique_ptr<store::TableStore> store_;
  std::vector<std::unique_ptr<process::StreamJob>> streams_;
  std::unique_ptr<store::Applier> applier_;
  std::unique_ptr<collect::Collector> collector_;
  std::optional<QuarantineReplay> replay_;
  std::unique_ptr<RelationFreshness> freshness_;
  std::unique_ptr<serve::Gateway> gateway_;
  std::unique_ptr<net::HttpServer> server_;
  std::unique_ptr<Housekeeping> housekeeping_;
};

Result<void> RunningPlatform::open() {
  OK_OR_RETURN(make_data_folder(data()));
  auto journal = journal::Journal::open(data(), {}, clock_);
  if (!journal.ok()) return name_running_server(std::move(journal).error(), data());
  journal_ = std::move(journal).value();
  OK_OR_RETURN(check_meanings(workspace_));
  TRY(tokens_, govern::Tokens::open(data(), clock_));
  TRY(new_admin_token_, ensure_admin_token(data(), *tokens_));
  TRY(kernel_tables_, kernel_tables(workspace_));
  const auto is_new = [this](const std::string& stream) {
    return !process::SnapshotFolder::has_any(data() / "state" / stream);
  };
  TRY(specs_, stream_specs(workspace_, *journal_, is_new));
  TRY(store_, store::TableStore::open(data() / "tables", table_specs(workspace_)));
  TRY(relations_, put_readable_relations(*store_->database(), *journal_, workspace_, specs_));
  return {};
}

Result<void> RunningPlatform::start_streams() {
  for (process::StreamSpec& spec : specs_) {
    const std::string name = spec.name;
    process::StreamParts parts{.journal = *journal_,
                               .tables = kernel_tables_,
                               .folder = data() / "state" / name,
                               .clock = clock_,
                               .checkpoint_interval = workspace_.declared.checkpoint_interval};
    TRY(auto job, process::StreamJob::start(std::move(spec), std::move(parts)));
    const std::string passed_over = job->counts().passed_over;
    if (!passed_over.empty()) fmt::print(stderr, "weir: stream {}: {}\n", name, passed_over);
    streams_.push_back(std::move(job));
  }
  specs_.clear();
  return {};
}

Result<void> RunningPlatform::serve() {
  OK_OR_RETURN(start_streams());
  TRY(applier_, store::Applier::start(*store_, *journal_, targets(workspace_), say_of_tables));
  TRY(collector_,
      collect::Collector::start(workspace_.declared.sources,
                                {*journal_, *tokens_, clock_, data() / "state" / "_collect"}));
  replay_.emplace(
      QuarantineReplay::Parts{*journal_, *collector_, workspace_.declared.sources, clock_});
  freshness_ = std::make_unique<RelationFreshness>(freshening(), *applier_, *journal_);
  const WorkingParts parts = working_parts();
  TRY(TimeZone time_zone, TimeZone::find(workspace_.declared.time_zone));
  std::vector<serve::PublishedApi> apis;
  for (const auto& api : workspace_.apis) apis.push_back({api.declared, api.reads});
  TRY(gateway_, serve::Gateway::start(
                    {.database = store_->database(),
                     .readables = std::move(relations_.readables),
                     .names = std::move(relations_.names),
                     .apis = std::move(apis),
                     .flows = std::move(relations_.flows),
                     .journal = journal_.get(),
                     .tokens = *tokens_,
                     .clock = clock_,
                     .freshness = *freshness_,
                     .time_zone = std::move(time_zone),
                     .status = [parts] { return platform_status(parts); },
                     .catalogue =
                         [parts](const std::string& kind, const serve::MayRead& may_read) {
                           return catalogue_json(parts, kind, may_read);
                         },
                     .replay = [this](const auto& wish) { return replay_->replay(wish); },
                     // As if the operator had asked: whoever runs the platform waits for this
                     // signal. Once: a second one would end the program before it has drained.
                     .stop =
                         [this] {
                           if (!is_stopping_.test_and_set()) kill(getpid(), SIGTERM);
                         }}));
  housekeeping_ = std::make_unique<Housekeeping>(parts, workspace_.declared.checkpoint_interval);
  return {};
}

Freshening RunningPlatform::freshening() const {
  Freshening freshening;
  for (const auto& stream : streams_) {
    const std::string& name = stream->spec().name;
    freshening.streams[name] = stream.get();
    freshening.writers["late(" + name + ")"] = {name};
    freshening.writers["quarantine(" + name + ")"] = {name};
  }
  for (const auto& table : workspace_.tables) freshening.writers[table.name] = table.streams;
  return freshening;
}

Result<void> RunningPlatform::listen(const std::string& address) {
  net::HttpServerParts parts{
      .handle =
          [this](net::Request request, net::Reply reply) {
            if (collector_->takes(request.path)) {
              collector_->handle(std::move(request), std::move(reply));
            } else {
              gateway_->handle(std::move(request), std::move(reply));
            }
          },
      .check_head =
          [this](const net::Request& request) {
            return collector_->takes(request.path) ? collector_->check_head(request)
                                                   : gateway_->check_head(request);
          },
      .refuse = [](int status, std::string_view code,
                   const std::string& message) { return net::refusal(status, code, message); }};
  TRY(server_, net::HttpServer::start(address, {}, std::move(parts)));
  url_ = url_of(address, server_->port());
  TRY(running_, RunningMark::set(data(), {url_, getpid()}));
  return {};
}

Result<void> RunningPlatform::drain() {
  is_stopping_.test_and_set();
  freshness_->stop();
  if (server_ != nullptr) server_->drain(answers_patience);
  const auto deadline = std::chrono::steady_clock::now() + drain_patience;
  OK_OR_RETURN(freshness_->wait_all(journal_->end(), deadline));
  return housekeeping_->tidy();
}

}  // namespace

Result<std::unique_ptr<Platform>> Platform::start(CompiledWorkspace workspace,
                                                  const std::string& listen, const Clock& clock) {
  auto platform = std::make_unique<RunningPlatform>(std::move(workspace), clock);
  OK_OR_RETURN(platform->open());
  OK_OR_RETURN(platform->serve());
  if (!listen.empty()) OK_OR_RETURN(platform->listen(listen));
  return std::unique_ptr<Platform>(std::move(platform));
}

}  // namespace weir::operate
