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

void print_version(const Session& session) {
  session.print(session.json ? "{\"version\":\"" WEIR_VERSION "\"}\n" : WEIR_VERSION "\n");
}

void add_version(CLI::App& app, Session& session) {
  constexpr const char* does = "Prints the program's version";
  app.set_version_flag("--version", WEIR_VERSION, does);
  app.add_subcommand("version", does)->callback([&session] { print_version(session); });
}

// " journal dump"; empty: the program itself.
std::string words_of(const CLI::App& command) {
  if (command.get_parent() == nullptr) return "";
  return words_of(*command.get_parent()) + " " + command.get_name();
}

// Where to look, after what is wrong.
std::string see_help(const CLI::App& command) {
  return "; see `weir help" + words_of(command) + "`";
}

std::vector<std::string> names_of_commands(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* one : command.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(one->get_name());
  }
  return names;
}

// `what` that a command, or the program itself, does not have.
std::string there_is_no(const char* what, const std::string& word, const CLI::App& of) {
  const std::string group = words_of(of);
  return std::string("there is no ") + what + " \"" + word + "\"" +
         (group.empty() ? "" : " of" + group) + see_help(of);
}

std::string unknown_command(const CLI::App& of, const std::string& word) {
  return there_is_no("command", word, of) + did_you_mean(word, names_of_commands(of));
}

std::string unknown_option(const CLI::App& command, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* of = &command; of != nullptr; of = of->get_parent()) {
    for (const CLI::Option* option : of->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return there_is_no("option", word, command) + did_you_mean(word, names);
}

std::string unknown_word(const CLI::App& command, const std::string& word) {
  if (word.size() > 1 && word.starts_with('-')) return unknown_option(command, word);
  if (!names_of_commands(command).empty()) return unknown_command(command, word);
  return "\"" + word + "\" is one word too many for" + words_of(command) +
         "; put quotes around what has spaces" + see_help(command);
}

std::string nothing_said(const CLI::App& command) {
  if (command.get_parent() == nullptr) return "name a command; `weir help` lists them";
  std::string names;
  for (const std::string& name : names_of_commands(command)) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return "name a command of" + words_of(command) + ": " + names;
}

// What is wrong with the words that could not be parsed, and what to write.
std::string misuse(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  for (const std::string& word : app.remaining(true)) {
    if (word != "--") return unknown_word(*command, word);
  }
  std::string what = error.what();
  switch (static_cast<CLI::ExitCodes>(error.get_exit_code())) {
    case CLI::ExitCodes::RequiredError:
      if (!names_of_commands(*command).empty()) return nothing_said(*command);
      what = what.substr(0, what.find(' ')) + " is missing";
      break;
    case CLI::ExitCodes::ArgumentMismatch:
      what = what.substr(0, what.find(':')) + " takes one value, and once";
      break;
    case CLI::ExitCodes::ConversionError: {  // of a flag: all else is checked before
      const std::size_t name = what.find("--");
      if (name != std::string::npos) what = what.substr(name, what.find(' ', name) - name);
      what += " takes no value";
      break;
    }
    default: break;
  }
  return what + see_help(*command);
}

Result<void> help(const CLI::App& app, const std::vector<std::string>& words,
                  const Session& session) {
  const CLI::App* of = &app;
  for (const std::string& word : words) {
    const auto commands = of->get_subcommands([](const CLI::App*) { return true; });
    const auto found = std::ranges::find(commands, word, &CLI::App::get_name);
    if (found == commands.end()) return Error{Fault::invalid, unknown_command(*of, word)};
    of = *found;
  }
  const std::string name = app.get_name() + words_of(*of);
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

Exit end_unparsed(const CLI::App& app, const CLI::ParseError& error, Session& session) {
  session.json = app.count("--json") > 0;
  if (error.get_exit_code() != 0) {
    session.fail({Fault::invalid, misuse(app, error)});
    return session.exit;
  }
  if (error.get_name() == "CallForVersion") {
    print_version(session);
  } else {
    app.exit(error);  // prints the help
  }
  return Exit::done;
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
    return static_cast<int>(end_unparsed(app, error, session));
  }
  return static_cast<int>(session.exit);
}

}  // namespace weir::cli
