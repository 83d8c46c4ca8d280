// Understands the command line of `weir` and runs the command it asks for.
#pragma once

#include <CLI/CLI.hpp>

#include "client/session.h"

namespace weir::cli {

// The exit code.
int run_command_line(int argc, char** argv);

// The commands, each in the file of its name. Each adds its options to the command line and, when
// it is the one asked for, runs and leaves how it ended in the session.
void add_init(CLI::App& app, client::Session& session);
void add_new(CLI::App& app, client::Session& session);
void add_validate(CLI::App& app, client::Session& session);
void add_test(CLI::App& app, client::Session& session);
void add_run(CLI::App& app, client::Session& session);
void add_stop(CLI::App& app, client::Session& session);
void add_send(CLI::App& app, client::Session& session);
void add_sql(CLI::App& app, client::Session& session);
void add_status(CLI::App& app, client::Session& session);
void add_top(CLI::App& app, client::Session& session);
void add_tap(CLI::App& app, client::Session& session);
void add_explain(CLI::App& app, client::Session& session);
void add_journal(CLI::App& app, client::Session& session);
void add_quarantine(CLI::App& app, client::Session& session);
void add_drop(CLI::App& app, client::Session& session);
void add_backup(CLI::App& app, client::Session& session);
void add_restore(CLI::App& app, client::Session& session);
void add_tables(CLI::App& app, client::Session& session);
void add_token(CLI::App& app, client::Session& session);
void add_schema(CLI::App& app, client::Session& session);

}  // namespace weir::cli
