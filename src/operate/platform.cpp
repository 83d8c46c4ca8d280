#include "operate/platform.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <utility>

#include "govern/tokens.h"
#include "journal/file.h"
#include "journal/journal.h"
#include "net/envelope.h"
#include "net/http_server.h"
#include "operate/changed_meanings.h"
#include "operate/data_folder.h"
#include "operate/doorway.h"
#include "operate/drop.h"
#include "operate/request_log.h"
#include "operate/serving.h"
#include "store/backup_lock.h"
#include "telemetry/histogram.h"
#include "telemetry/log.h"
#include "workspace/loader.h"

namespace weir::operate {
namespace {

namespace fs = std::filesystem;
using store::BackupLock;
using workspace::CompiledWorkspace;

constexpr std::chrono::seconds answers_patience{30};
constexpr std::chrono::minutes drain_patience{10};

// "0.0.0.0:8080" -> "http://127.0.0.1:PORT"
std::string url_of(const std::string& listen, std::uint16_t port) {
  std::string host = listen.substr(0, listen.rfind(':'));
  if (host.empty() || host == "0.0.0.0" || host == "[::]") host = "127.0.0.1";
  return fmt::format("http://{}:{}", host, port);
}

constexpr std::string_view or_never = " (where it never does, stop the program and start it again)";

Error query_goes_on() {
  return {Fault::unavailable,
          fmt::format("a query whose time is over does not end, and what it reads stays as it is "
                      "until then{}",
                      or_never)};
}

// What keeps a changed workspace from being taken up, and may not be there later.
Error for_now(const Error& reason) {
  return {reason.fault, reason.message +
                            ": save a file of the workspace once more, or send SIGHUP, when that "
                            "is over"};
}

Error program_stops() { return {Fault::conflict, "the program stops"}; }

Result<void> check_successor(const Serving& serving, const Result<CompiledWorkspace>& next,
                             const std::vector<std::string>& dropped) {
  if (!next.ok()) return next.error();
  TRY(const auto reasons, serving.reasons_against(next.value(), dropped));
  if (reasons.empty()) return {};
  return Error{Fault::conflict, workspace::lines_of(reasons)};
}

// Members stand in the order they start in, and stop in the opposite one.
class RunningPlatform final : public Platform {
 public:
  explicit RunningPlatform(const Clock& clock) : clock_(clock) {}
  ~RunningPlatform() override;

  // Listens as soon as no other program can be at the data.
  Result<void> open(CompiledWorkspace workspace, const std::string& address);
  Result<void> reload(Result<CompiledWorkspace> next, const std::stop_token& stop) override;
  bool is_serving() const override { return serving_ != nullptr; }
  Result<void> drain() override;

  std::uint16_t port() const override { return server_ == nullptr ? 0 : server_->port(); }
  const std::string& url() const override { return url_; }
  collect::Collector& collector() override { return serving_->collector(); }
  serve::Freshness& freshness() override { return serving_->freshness(); }
  const std::shared_ptr<engine::Database>& database() override { return serving_->database(); }
  const std::string& new_admin_token() const override { return new_admin_token_; }

 private:
  struct Locks {
    std::optional<BackupLock> data, tables;
  };

  Result<void> listen(const std::string& address);
  ServingGrounds grounds();
  std::vector<telemetry::Metric> metrics() const;
  // In place of a newer one that was refused so, if that is not empty.
  Result<void> serve(const std::shared_ptr<const CompiledWorkspace>& workspace,
                     const std::string& refusal = {});
  Result<void> replace(Result<CompiledWorkspace> next, const std::stop_token& stop);
  // The doorway is closed, and nothing that goes on keeps it from being opened soon.
  Result<Locks> prepare(const Result<CompiledWorkspace>& next,
                        const std::vector<std::string>& dropped, const std::stop_token& stop);
  Result<void> follow_with(CompiledWorkspace next, const std::vector<std::string>& dropped);
  // The workspace served stays, and so does what was to be dropped.
  Error refuse(const std::vector<std::string>& dropped, const Error& reason);
  Result<void> close_doorway(const std::stop_token& stop);
  Result<Locks> lock_out_backups(bool drops, const std::stop_token& stop) const;

  const Clock& clock_;
  std::atomic_flag is_stopping_;
  fs::path data_;
  std::string url_;
  telemetry::Histogram sync_seconds_;
  RequestLog requests_;
  std::unique_ptr<RunningMark> running_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<govern::Tokens> tokens_;
  std::string new_admin_token_;
  ReloadRecord reloads_;
  std::unique_ptr<Serving> serving_;
  Doorway doorway_;
  std::unique_ptr<net::HttpServer> server_;
};

Result<void> RunningPlatform::open(CompiledWorkspace workspace, const std::string& address) {
  data_ = workspace.declared.data;
  OK_OR_RETURN(make_data_folder(data_));
  const auto locked = [&]() -> Result<void> {
    TRY(running_, RunningMark::set(data_, {.pid = getpid()}));
    return address.empty() ? Result<void>() : listen(address);
  };
  TRY(auto opened, open_data(data_, {.sync_seconds = &sync_seconds_, .locked = locked}, clock_));
  journal_ = std::move(opened.journal);
  OK_OR_RETURN(finish_drop(data_, *journal_));
  OK_OR_RETURN(check_meanings(workspace));
  TRY(tokens_, govern::Tokens::open(data_, clock_));
  TRY(new_admin_token_, ensure_admin_token(data_, *tokens_));
  OK_OR_RETURN(serve(std::make_shared<const CompiledWorkspace>(std::move(workspace))));
  if (address.empty()) return {};
  if (const Result<void> health = journal_->health(); !health.ok()) {
    telemetry::log(telemetry::LogCode::journal_full, health.error().message,
                   {{"position", journal_->end()}});
  }
  return running_->change({url_, getpid()});
}

ServingGrounds RunningPlatform::grounds() {
  // As if the operator had asked: whoever runs the platform waits for this signal. Once: a second
  // one would end the program before it has drained.
  const auto stop = [this] {
    if (!is_stopping_.test_and_set()) kill(getpid(), SIGTERM);
  };
  const auto reload = [] { kill(getpid(), SIGHUP); };
  return {*journal_, *tokens_, clock_, reloads_, stop, reload, [this] { return metrics(); }};
}

std::vector<telemetry::Metric> RunningPlatform::metrics() const {
  using telemetry::MetricKind;
  std::vector<telemetry::Metric> metrics{requests_.seconds(),
                                         {"weir_journal_sync_seconds",
                                          "How long the write and fdatasync of a group took.",
                                          MetricKind::histogram,
                                          {sync_seconds_.sample({})}}};
  std::error_code failed;
  const fs::space_info space = fs::space(data_, failed);
  if (failed) return metrics;
  metrics.push_back({"weir_disk_free_bytes",
                     "Room on the disk of the data folder.",
                     MetricKind::gauge,
                     {{{}, static_cast<double>(space.available)}}});
  metrics.push_back({"weir_disk_size_bytes",
                     "Size of the disk of the data folder.",
                     MetricKind::gauge,
                     {{{}, static_cast<double>(space.capacity)}}});
  return metrics;
}

Result<void> RunningPlatform::serve(const std::shared_ptr<const CompiledWorkspace>& workspace,
                                    const std::string& refusal) {
  TRY(serving_, Serving::start(workspace, grounds()));
  reloads_.take_up(clock_.now(), refusal);  // before anyone can ask
  doorway_.open(*serving_);
  return {};
}

Result<void> RunningPlatform::listen(const std::string& address) {
  net::HttpServerParts parts{
      .handle = [this](net::Request request,
                       net::Reply reply) { doorway_.handle(std::move(request), std::move(reply)); },
      .check_head = [this](const net::Request& request) { return doorway_.check_head(request); },
      .refuse = net::server_refusal,
      .answered = [this](const net::Answered& answered) { requests_.note(answered); }};
  TRY(server_, net::HttpServer::start(address, {}, std::move(parts)));
  url_ = url_of(address, server_->port());
  return {};
}

Result<void> RunningPlatform::reload(Result<CompiledWorkspace> next, const std::stop_token& stop) {
  Result<void> replaced = replace(std::move(next), stop);
  if (replaced.ok()) {
    telemetry::log(telemetry::LogCode::workspace_taken_up, "the changed workspace is served now");
  } else {
    reloads_.refuse(replaced.error().message);
    telemetry::log(
        telemetry::LogCode::workspace_refused,
        "the changed workspace is not served, the one before is: " + replaced.error().message);
  }
  return replaced;
}

Error RunningPlatform::refuse(const std::vector<std::string>& dropped, const Error& reason) {
  if (dropped.empty()) return reason.fault == Fault::unavailable ? for_now(reason) : reason;
  Error refusal{reason.fault,
                "nothing is dropped; run `weir drop` again once this is over: " + reason.message};
  reloads_.refuse(refusal.message);  // before the drop is seen to have ended
  const Result<void> abandoned = abandon_drop(data_);
  return abandoned.ok() ? refusal : abandoned.error();
}

// Stopped while a backup copies, it is Fault::conflict.
Result<RunningPlatform::Locks> RunningPlatform::lock_out_backups(
    bool drops, const std::stop_token& stop) const {
  Locks locks;
  if (drops) {
    TRY(locks.data, BackupLock::change(BackupLock::of_data(data_), stop));
  }
  TRY(locks.tables, BackupLock::change(BackupLock::of_tables(data_ / "tables"), stop));
  if (locks.tables && (locks.data || !drops)) return locks;
  return program_stops();
}

// A query or a stream that does not end would hold up what waits at the door, events too.
Result<void> RunningPlatform::close_doorway(const std::stop_token& stop) {
  const Result<void> held = serving_->hold_streams(stop);
  if (!held.ok() && stop.stop_requested()) return program_stops();
  if (!held.ok()) return Error{held.error().fault, held.error().message + std::string(or_never)};
  // Those that began meanwhile. Once the door is closed, who waits there waits for the others.
  if (!serving_->await_queries()) {
    serving_->go_on();
    return query_goes_on();
  }
  doorway_.close();
  if (serving_->close_queries()) return {};
  serving_->go_on();
  doorway_.open(*serving_);
  return query_goes_on();
}

Result<RunningPlatform::Locks> RunningPlatform::prepare(const Result<CompiledWorkspace>& next,
                                                        const std::vector<std::string>& dropped,
                                                        const std::stop_token& stop) {
  OK_OR_RETURN(check_successor(*serving_, next, dropped));
  if (dropped.empty()) OK_OR_RETURN(serving_->check_room());  // a drop makes room
  if (!serving_->await_queries()) return query_goes_on();
  TRY(Locks locks, lock_out_backups(!dropped.empty(), stop));
  OK_OR_RETURN(close_doorway(stop));
  return locks;
}

Result<void> RunningPlatform::replace(Result<CompiledWorkspace> next, const std::stop_token& stop) {
  TRY(const std::vector<std::string> dropped, begun_drop(data_));
  reloads_.begin(!dropped.empty());
  const Result<Locks> prepared = prepare(next, dropped, stop);
  if (!prepared.ok()) return refuse(dropped, prepared.error());
  return follow_with(std::move(next).value(), dropped);
}

// The doorway is closed.
Result<void> RunningPlatform::follow_with(CompiledWorkspace next,
                                          const std::vector<std::string>& dropped) {
  const auto before = serving_->workspace();
  serving_.reset();
  // One that was begun since is not allowed for yet: another reload comes for it.
  Result<void> served = dropped.empty() ? Result<void>() : finish_drop(data_, *journal_);
  if (served.ok()) served = serve(std::make_shared<const CompiledWorkspace>(std::move(next)));
  if (served.ok()) return served;
  const Result<void> restored = serve(before, served.error().message);
  if (restored.ok()) return served;
  return Error{Fault::internal,
               served.error().message +
                   "\nnor can what was served before start again: " + restored.error().message};
}

// The engine rewrites the tables' file when it lets go of it. Should the lock fail, there is
// nothing to do but to go on.
RunningPlatform::~RunningPlatform() {
  server_.reset();
  if (serving_ == nullptr) return;
  [[maybe_unused]] const auto changing =
      BackupLock::change(BackupLock::of_tables(data_ / "tables"));
  serving_.reset();
}

Result<void> RunningPlatform::drain() {
  is_stopping_.test_and_set();
  serving_->stop_waits();
  if (server_ != nullptr) server_->drain(answers_patience);
  Result<void> finished = serving_->finish(std::chrono::steady_clock::now() + drain_patience);
  if (finished.ok()) return finished;
  return Error{finished.error().fault,
               "stopped before all that was accepted is processed and applied, which the next "
               "start goes on with: " +
                   finished.error().message};
}

}  // namespace

Result<std::unique_ptr<Platform>> Platform::start(CompiledWorkspace workspace,
                                                  const std::string& listen, const Clock& clock) {
  auto platform = std::make_unique<RunningPlatform>(clock);
  OK_OR_RETURN(platform->open(std::move(workspace), listen));
  return std::unique_ptr<Platform>(std::move(platform));
}

}  // namespace weir::operate
