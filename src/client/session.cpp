#include "client/session.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "core/json_text.h"

namespace weir::client {

Exit exit_of(Fault fault) {
  switch (fault) {
    case Fault::invalid:
    case Fault::not_found:
    case Fault::denied: return Exit::refused;
    case Fault::unavailable: return Exit::not_now;
    case Fault::conflict:
    case Fault::corrupt:
    case Fault::internal: return Exit::failed;
  }
  return Exit::failed;
}

Fault fault_of(int status) {
  switch (status) {
    case 401:
    case 403: return Fault::denied;
    case 404: return Fault::not_found;
    case 409:
    case 422: return Fault::conflict;
    case 408:
    case 429:
    case 503:
    case 504: return Fault::unavailable;
    default: return status >= 500 ? Fault::internal : Fault::invalid;
  }
}

void end_when_interrupted() {
  for (const int ending : {SIGINT, SIGTERM}) signal(ending, [](int) { _exit(0); });
}

void Session::print(std::string_view result) const {
  std::fwrite(result.data(), 1, result.size(), stdout);
  std::fflush(stdout);
}

void Session::say(std::string_view message) const { fmt::print(stderr, "weir: {}\n", message); }

void Session::fail(const Error& error) {
  exit = exit_of(error.fault);
  if (json) {
    print(fmt::format("{{\"exit\":{},\"message\":{}}}\n", static_cast<int>(exit),
                      json_string(error.message)));
  } else {
    say(error.message);
  }
}

void Session::conclude(const Result<void>& outcome) {
  if (!outcome.ok()) fail(outcome.error());
}

}  // namespace weir::client
