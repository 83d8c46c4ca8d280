#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"
#include "client/workspace_folder.h"
#include "core/clock.h"
#include "core/json_text.h"
#include "operate/platform.h"

namespace weir::cli {
namespace {

using client::compile_workspace;
using client::Session;

// Signals that end the program, held back from every thread until it waits for one.
class EndSignals {
 public:
  EndSignals() {
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  // From then on another one ends the program at once: nothing acknowledged is lost by that.
  void wait() {
    int which = 0;
    sigwait(&signals_, &which);
    pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
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

Result<void> run(const std::string& folder, const Session& session) {
  EndSignals signals;
  TRY(workspace::CompiledWorkspace compiled, compile_workspace(folder));
  const std::string listen = compiled.declared.listen;
  const SystemClock clock;
  TRY(const auto platform, operate::Platform::start(std::move(compiled), listen, clock));
  greet(*platform, session);
  signals.wait();
  session.say("stopping: what is under way is answered, processed and applied first");
  return platform->drain();
}

}  // namespace

void add_run(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("run", "Serves a workspace until it is told to stop");
  auto folder = std::make_shared<std::string>(".");
  command->add_option("DIR", *folder, "The workspace; else the one around this folder");
  command->callback([folder, &session] { session.conclude(run(*folder, session)); });
}

}  // namespace weir::cli
