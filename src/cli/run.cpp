#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "bounds/last_deadline.h"
#include "cli/command_line.h"
#include "client/argument_checks.h"
#include "client/workspace_folder.h"
#include "core/clock.h"
#include "core/json_text.h"
#include "operate/platform.h"
#include "operate/workspace_watch.h"
#include "telemetry/log.h"

namespace weir::cli {
namespace {

using client::compile_workspace;
using client::Session;
using telemetry::LogCode;

constexpr std::chrono::seconds look_pause{1};  // between looks at the workspace's files
// For the last snapshots and the tables' file to be written, which a start can do without.
constexpr std::chrono::seconds end_patience{20};
constexpr std::chrono::seconds log_patience{1};  // for a line of the end to be taken

// What `weir run` waits for.
enum class Wake : std::uint8_t { end, reload, look };

// Signals to the program, held back from every thread but one of its own. Made before all others.
class Signals {
 public:
  Signals();
  ~Signals();
  Wake wait();
  // Stopped as soon as wait() has nothing to say but that.
  std::stop_token end() const { return end_.get_token(); }

 private:
  void listen();

  sigset_t ends_{};  // that end the program
  sigset_t all_{};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool reloads_ = false;  // under mutex_
  bool is_over_ = false;  // under mutex_
  std::stop_source end_;
  std::jthread thread_;
};

Signals::Signals() {
  signal(SIGPIPE, SIG_IGN);
  sigemptyset(&ends_);
  sigaddset(&ends_, SIGTERM);
  sigaddset(&ends_, SIGINT);
  all_ = ends_;
  sigaddset(&all_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &all_, nullptr);
  thread_ = std::jthread([this] { listen(); });
}

Signals::~Signals() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_all();
  pthread_kill(thread_.native_handle(), SIGHUP);
}

void Signals::listen() {
  while (!end_.stop_requested()) {
    int which = 0;
    sigwait(&all_, &which);
    const std::lock_guard lock(mutex_);
    if (is_over_) return;
    if (which == SIGHUP) {
      reloads_ = true;
    } else {
      end_.request_stop();
    }
    changed_.notify_all();
  }
  // Another one ends the program at once: nothing acknowledged is lost by that.
  pthread_sigmask(SIG_UNBLOCK, &ends_, nullptr);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_over_; });
}

Wake Signals::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, look_pause, [this] { return reloads_ || end_.stop_requested(); });
  if (end_.stop_requested()) return Wake::end;
  return std::exchange(reloads_, false) ? Wake::reload : Wake::look;
}

void greet(const operate::Platform& platform, const Session& session) {
  if (session.json) {
    session.print(fmt::format("{{\"url\":{}}}\n", json_string(platform.url())));
  } else {
    session.print(platform.url() + "\n");
  }
  if (!platform.new_admin_token().empty() && isatty(STDERR_FILENO) != 0) {
    session.say("the admin token, kept in data/admin.token: " + platform.new_admin_token());
  }
}

// What keeps changed files from being served is logged, and no reason to end.
Result<void> reload(operate::Platform& platform, const std::string& folder,
                    const std::stop_token& stop) {
  Result<void> reloaded = platform.reload(compile_workspace(folder), stop);
  return platform.is_serving() ? Result<void>() : reloaded;
}

struct RunOptions {
  std::string folder = ".";
  std::string listen;                              // empty: as the workspace says
  std::optional<telemetry::LogFormat> log_format;  // nothing: text on a terminal, else JSON
  telemetry::LogLevel log_level = telemetry::LogLevel::info;
  bool lists_log_codes = false;
};

Result<operate::WorkspaceWatch> watch_over(const std::string& folder) {
  TRY(const std::filesystem::path workspace, client::find_workspace(folder));
  TRY(const std::filesystem::path data, client::find_data(folder));
  return operate::WorkspaceWatch(workspace, data);
}

int exit_after(const Result<void>& result) {
  return result.ok() ? 0 : static_cast<int>(client::exit_of(result.error().fault));
}

// Serves until it is told to stop.
Result<std::unique_ptr<operate::Platform>> serve(const RunOptions& options, const Session& session,
                                                 const Clock& clock, Signals& signals) {
  // It looks first, so that no change falls between; the other tells more mistakes.
  Result<operate::WorkspaceWatch> watched = watch_over(options.folder);
  TRY(workspace::CompiledWorkspace compiled, compile_workspace(options.folder));
  TRY(operate::WorkspaceWatch watch, std::move(watched));
  const std::string listen = options.listen.empty() ? compiled.declared.listen : options.listen;
  const std::string name = compiled.declared.name;
  TRY(auto platform, operate::Platform::start(std::move(compiled), listen, clock));
  telemetry::log(LogCode::server_started, "the workspace is served",
                 {{"url", platform->url()}, {"workspace", name}, {"version", WEIR_VERSION}});
  greet(*platform, session);
  for (Wake wake = signals.wait(); wake != Wake::end; wake = signals.wait()) {
    const bool has_changed = watch.has_changed();
    if (wake == Wake::reload || has_changed) {
      OK_OR_RETURN(reload(*platform, options.folder, signals.end()));
    }
  }
  return platform;
}

void log_failure(const Error& error) { telemetry::log(LogCode::server_failed, error.message); }

// The log waits for whoever reads stderr, and an end must not: a line that is not taken in a moment
// is left to a thread that goes with the program.
void log_at_end(LogCode code, std::string message) {
  std::packaged_task<void()> task(
      [code, message = std::move(message)] { telemetry::log(code, message); });
  const std::future<void> logged = task.get_future();
  std::thread(std::move(task)).detach();
  logged.wait_for(log_patience);
}

// Neither a query nor a stream can be ended inside a function, which may work for hours, and a
// backup may copy as long. The program ends beside it: nothing acknowledged is lost by that.
Result<void> stop(std::unique_ptr<operate::Platform> platform) {
  log_at_end(LogCode::server_stopping,
             "stopping: what is under way is answered, processed and applied first");
  Result<void> drained = platform->drain();
  if (drained.ok()) {
    log_at_end(LogCode::server_stopped, "all that was accepted is processed and applied");
  } else {
    log_at_end(LogCode::server_failed, drained.error().message);
  }
  const bounds::LastDeadline deadline(end_patience, [code = exit_after(drained)] {
    log_at_end(LogCode::server_cut_short,
               "a query, a stream or a backup that copies does not end: it is not waited for, "
               "and what was acknowledged is kept");
    std::_Exit(code);
  });
  platform.reset();
  return drained;
}

Result<void> run_logged(const RunOptions& options, const Session& session) {
  if (options.lists_log_codes) {
    session.print(telemetry::log_codes_markdown());
    return {};
  }
  const bool is_terminal = isatty(STDERR_FILENO) != 0;
  const telemetry::LogFormat usual =
      is_terminal ? telemetry::LogFormat::text : telemetry::LogFormat::json;
  telemetry::set_log({.format = options.log_format.value_or(usual), .level = options.log_level});
  const SystemClock clock;
  Signals signals;
  Result<std::unique_ptr<operate::Platform>> served = serve(options, session, clock, signals);
  if (served.ok()) return stop(std::move(served).value());
  log_failure(served.error());
  return served.error();
}

void add_log_options(CLI::App& command, RunOptions& options) {
  using telemetry::LogFormat;
  using telemetry::LogLevel;
  const std::map<std::string, LogFormat> formats{{"text", LogFormat::text},
                                                 {"json", LogFormat::json}};
  const std::map<std::string, LogLevel> levels{
      {"info", LogLevel::info}, {"warning", LogLevel::warning}, {"error", LogLevel::error}};
  command
      .add_option_function<std::string>(
          "--log-format",
          [formats, &options](const std::string& word) { options.log_format = formats.at(word); },
          "text or json; else text on a terminal, JSON elsewhere")
      ->check(client::one_of({"text", "json"}));
  command
      .add_option_function<std::string>(
          "--log-level",
          [levels, &options](const std::string& word) { options.log_level = levels.at(word); },
          "info, warning or error, and what is above; else info")
      ->check(client::one_of({"info", "warning", "error"}));
  command.add_flag("--log-codes", options.lists_log_codes,
                   "Prints what the log may say and what to do then, and ends");
}

}  // namespace

void add_run(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand(
      "run", "Serves a workspace until it is told to stop; takes up its changed files");
  auto options = std::make_shared<RunOptions>();
  command->add_option("DIR", options->folder, "The workspace; else the one around this folder");
  command
      ->add_option("--listen", options->listen,
                   "ADDRESS:PORT, in place of the workspace's http.listen")
      ->envname("WEIR_LISTEN");
  add_log_options(*command, *options);
  command->callback([options, &session] {
    const Result<void> ran = run_logged(*options, session);
    if (ran.ok()) return;
    // It stands in the log already, for people too.
    session.exit = client::exit_of(ran.error().fault);
    if (session.json) session.fail(ran.error());
  });
}

}  // namespace weir::cli
