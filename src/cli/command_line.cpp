#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "core/suggestion.h"

namespace weir::cli {
namespace {

using client::Exit;
using client::Session;

#ifndef WEIR_VERSION
#error "the build names the version"
#endif

void add_version(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("version", "Prints the program's version");
  command->callback([&session] {
    session.print(session.json ? "{\"version\":\"" WEIR_VERSION "\"}\n" : WEIR_VERSION "\n");
  });
}

// `of`: empty, or the command it would be one of, after a space.
std::string unknown_command(const std::string& of, const std::string& word,
                            const std::vector<const CLI::App*>& commands) {
  std::vector<std::string> names;
  for (const CLI::App* command : commands) names.push_back(command->get_name());
  return "there is no command \"" + word + "\"" + (of.empty() ? "" : " of" + of) +
         did_you_mean(word, names) + "; see weir help";
}

Result<void> help(const CLI::App& app, const std::vector<std::string>& words,
                  const Session& session) {
  const CLI::App* of = &app;
  std::string name = app.get_name();
  for (const std::string& word : words) {
    const auto commands = of->get_subcommands([](const CLI::App*) { return true; });
    const auto found = std::ranges::find(commands, word, &CLI::App::get_name);
    if (found == commands.end()) {
      return Error{Fault::invalid,
                   unknown_command(name.substr(app.get_name().size()), word, commands)};
    }
    of = *found;
    name += " " + word;
  }
  // CLI::App::help would tell of this command alone.
  session.print(of->get_formatter()->make_help(of, name, CLI::AppFormatMode::Normal));
  return {};
}

void add_help(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("help", "Prints what the program or one command can do");
  auto words = std::make_shared<std::vector<std::string>>();
  command->add_option("COMMAND", *words, "Such as: send, or token create");
  command->callback([words, &app, &session] { session.conclude(help(app, *words, session)); });
}

void add_shared_options(CLI::App& app, Session& session) {
  app.add_flag("--json", session.json, "Print facts for machines");
  app.add_option("--url", session.url, "The server; else that of the workspace around this folder")
      ->envname("WEIR_URL");
  app.add_option("--token", session.token,
                 "Bearer token; else, where no --url is given, the workspace's admin token")
      ->envname("WEIR_TOKEN");
  app.fallthrough();
  app.require_subcommand(1);
}

// Words about a first argument that is no command; empty: it is one, or an option.
std::string unknown_first(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return "";
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  if (std::ranges::find(commands, argv[1], &CLI::App::get_name) != commands.end()) return "";
  return unknown_command("", argv[1], commands);
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app{"Weir, a data middle platform in one program", "weir"};
  Session session;
  add_shared_options(app, session);
  for (const auto add :
       {add_init,    add_new,        add_validate, add_test, add_run,    add_stop,
        add_send,    add_sql,        add_status,   add_top,  add_tap,    add_explain,
        add_journal, add_quarantine, add_tables,   add_drop, add_backup, add_restore,
        add_token,   add_schema,     add_version,  add_help}) {
    add(app, session);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool only_asked = error.get_exit_code() == 0;
    if (const std::string unknown = unknown_first(app, argc, argv); !unknown.empty()) {
      session.say(unknown);
    } else {
      app.exit(error);
    }
    return static_cast<int>(only_asked ? Exit::done : Exit::refused);
  }
  return static_cast<int>(session.exit);
}

}  // namespace weir::cli
