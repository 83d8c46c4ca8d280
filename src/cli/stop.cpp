#include <signal.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>

#include "cli/command_line.h"
#include "client/workspace_folder.h"
#include "operate/data_folder.h"

namespace weir::cli {
namespace {

using client::find_data;
using client::Session;

constexpr std::chrono::minutes patience{11};
constexpr std::chrono::milliseconds look_every{20};

Result<void> stop(const std::string& folder, const Session& session) {
  TRY(const std::filesystem::path data, find_data(folder));
  const auto running = operate::read_running(data);
  if (!running) {
    session.say("no server runs over " + data.string());
    return {};
  }
  const std::string process = "process " + std::to_string(running->pid);
  if (kill(running->pid, SIGTERM) != 0) {
    if (errno == EPERM) {
      return Error{Fault::denied, process + " belongs to another user, who has to stop it"};
    }
    if (!operate::read_running(data)) return {};  // it has ended by itself
    return Error{Fault::denied, process + " runs in a container, where it has to be stopped"};
  }
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (operate::read_running(data)) {
    if (std::chrono::steady_clock::now() > deadline) {
      return Error{Fault::unavailable, process + " is still stopping"};
    }
    std::this_thread::sleep_for(look_every);
  }
  return {};
}

}  // namespace

void add_stop(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("stop", "Stops the server of a workspace, and waits for it");
  auto folder = std::make_shared<std::string>(".");
  command->add_option("DIR", *folder, "The workspace; else the one around this folder");
  command->callback([folder, &session] { session.conclude(stop(*folder, session)); });
}

}  // namespace weir::cli
