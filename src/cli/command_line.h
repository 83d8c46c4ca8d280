// Understands the command line of `weir` and runs the command it asks for.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/session.h"

namespace weir::cli {

// The exit code.
int run_command_line(int argc, char** argv);

// The commands, each in the file of its name. Each adds its options to the command line and, when
// it is the one asked for, runs and leaves how it ended in the session.
void add_init(CLI::App& app, Session& session);
void add_validate(CLI::App& app, Session& session);
void add_test(CLI::App& app, Session& session);
void add_run(CLI::App& app, Session& session);
void add_stop(CLI::App& app, Session& session);
void add_send(CLI::App& app, Session& session);
void add_sql(CLI::App& app, Session& session);
void add_status(CLI::App& app, Session& session);
void add_explain(CLI::App& app, Session& session);
void add_journal(CLI::App& app, Session& session);
void add_quarantine(CLI::App& app, Session& session);
void add_tables(CLI::App& app, Session& session);
void add_token(CLI::App& app, Session& session);
void add_schema(CLI::App& app, Session& session);

}  // namespace weir::cli
