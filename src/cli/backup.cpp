#include "backup/backup.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"
#include "client/workspace_folder.h"
#include "core/json_text.h"

namespace weir::cli {
namespace {

using client::find_data;
using client::Session;

struct BackupOptions {
  std::string backup;
  bool only_checks = false;
};

void tell(const char* what, const backup::Manifest& manifest, const Session& session) {
  if (session.json) {
    session.print(
        fmt::format(R"({{"journal":{},"position":{},"taken_at":{},"files":{},"bytes":{}}})"
                    "\n",
                    json_string(manifest.journal), manifest.end, json_string(manifest.taken_at),
                    manifest.files.size(), manifest.bytes()));
    return;
  }
  session.print(fmt::format("{}: {} files, {:.1f} MB, every event before position {}; taken {}\n",
                            what, manifest.files.size(),
                            static_cast<double>(manifest.bytes()) / 1e6, manifest.end,
                            manifest.taken_at));
}

Result<void> check(const std::string& folder, Session& session) {
  TRY(const auto damage, backup::check_backup(folder));
  if (!damage.empty()) session.exit = client::Exit::failed;
  if (session.json) {
    session.print(fmt::format("{{\"damage\":{}}}\n", json_strings(damage)));
    return {};
  }
  for (const std::string& line : damage) session.print("DAMAGED  " + line + "\n");
  if (damage.empty()) session.print(folder + " is whole\n");
  return {};
}

Result<void> take(const BackupOptions& options, Session& session) {
  if (options.only_checks) return check(options.backup, session);
  TRY(const auto data, find_data("."));
  TRY(const backup::Manifest manifest, backup::take_backup(data, options.backup, SystemClock()));
  tell("backed up", manifest, session);
  return {};
}

Result<void> restore(const std::string& from, const std::string& folder, const Session& session) {
  TRY(const auto data, find_data(folder));
  TRY(const backup::Manifest manifest, backup::restore_backup(from, data));
  tell("restored", manifest, session);
  return {};
}

}  // namespace

void add_backup(CLI::App& app, Session& session) {
  auto* command =
      app.add_subcommand("backup", "Copies the workspace's data, whether its server runs or not");
  auto options = std::make_shared<BackupOptions>();
  command->add_option("DEST", options->backup, "A folder that is new or empty")->required();
  command->add_flag("--check", options->only_checks,
                    "Takes none: compares every file of DEST with what was taken");
  command->callback([options, &session] { session.conclude(take(*options, session)); });
}

void add_restore(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("restore", "Makes a workspace's data from a backup");
  auto from = std::make_shared<std::string>();
  auto folder = std::make_shared<std::string>();
  command->add_option("DEST", *from, "The backup's folder")->required();
  command->add_option("DIR", *folder, "The workspace, which has no data yet")->required();
  command->callback(
      [from, folder, &session] { session.conclude(restore(*from, *folder, session)); });
}

}  // namespace weir::cli
