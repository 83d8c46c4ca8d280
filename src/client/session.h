// What all commands share: the options any of them takes, and how they end.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace weir::client {

enum class Exit { done = 0, failed = 1, refused = 2, not_now = 3 };

// What the caller can do about a fault: see the table of exit codes in the manual.
Exit exit_of(Fault fault);
// The fault that an HTTP status of an answer tells of.
Fault fault_of(int status);

// From now on Ctrl-C ends the program as done: for commands that go on until then.
void end_when_interrupted();

struct Session {
  bool json = false;  // facts for machines on stdout
  std::string url;    // empty: that of the workspace's running server
  std::string token;
  Exit exit = Exit::done;

  // Results go to stdout, messages to stderr.
  void print(std::string_view result) const;
  void say(std::string_view message) const;
  void fail(const Error& error);
  // Says what went wrong, if anything did.
  void conclude(const Result<void>& outcome);
};

}  // namespace weir::client
