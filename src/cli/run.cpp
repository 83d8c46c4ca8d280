#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>

#include "cli/command_line.h"
#include "cli/workspace_folder.h"
#include "core/clock.h"
#include "core/json_text.h"
#include "operate/platform.h"
#include "operate/workspace_watch.h"

namespace weir::cli {
namespace {

constexpr std::chrono::seconds look_pause{1};  // between looks at the workspace's files

// What `weir run` waits for.
enum class Wake : std::uint8_t { end, reload, look };

// Signals to the program, held back from every thread until it waits for one.
class Signals {
 public:
  Signals() {
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  Wake wait() {
    const timespec pause{.tv_sec = look_pause.count()};
    const int which = sigtimedwait(&signals_, nullptr, &pause);
    if (which < 0) return Wake::look;
    if (which == SIGHUP) return Wake::reload;
    // Another one ends the program at once: nothing acknowledged is lost by that.
    sigdelset(&signals_, SIGHUP);
    pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
    return Wake::end;
  }

 private:
  sigset_t signals_{};
};

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

Result<void> reload(operate::Platform& platform, const std::string& folder,
                    const Session& session) {
  Result<void> reloaded = platform.reload(compile_workspace(folder));
  if (reloaded.ok()) {
    session.say("the changed workspace is served now");
    return {};
  }
  if (!platform.is_serving()) return reloaded;
  session.say("the changed workspace is not served, the one before is: " +
              reloaded.error().message);
  return {};
}

struct RunOptions {
  std::string folder = ".";
  std::string listen;  // empty: as the workspace says
};

Result<void> run(const RunOptions& options, const Session& session) {
  Signals signals;
  TRY(workspace::CompiledWorkspace compiled, compile_workspace(options.folder));
  operate::WorkspaceWatch watch(compiled.declared.folder, compiled.declared.data);
  const std::string listen = options.listen.empty() ? compiled.declared.listen : options.listen;
  const SystemClock clock;
  TRY(const auto platform, operate::Platform::start(std::move(compiled), listen, clock));
  greet(*platform, session);
  for (Wake wake = signals.wait(); wake != Wake::end; wake = signals.wait()) {
    const bool has_changed = watch.has_changed();
    if (wake == Wake::reload || has_changed)
      OK_OR_RETURN(reload(*platform, options.folder, session));
  }
  session.say("stopping: what is under way is answered, processed and applied first");
  return platform->drain();
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
  command->callback([options, &session] { session.conclude(run(*options, session)); });
}

}  // namespace weir::cli
