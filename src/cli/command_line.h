// Understands the command line of `weir` and runs the command it asks for.
#pragma once

namespace weir::cli {

// The exit code.
int run_command_line(int argc, char** argv);

}  // namespace weir::cli
