#include "govern/scope.h"

#include <algorithm>

namespace weir::govern {

Result<Scope> parse_scope(std::string_view text) {
  if (text == "admin") return Scope{Action::administer, ""};
  const std::size_t colon = text.find(':');
  const std::string_view action = text.substr(0, colon);
  const bool named = colon != std::string_view::npos && colon + 1 < text.size();
  if (named && action == "read") return Scope{Action::read, std::string(text.substr(colon + 1))};
  if (named && action == "write") return Scope{Action::write, std::string(text.substr(colon + 1))};
  return Error{Fault::invalid, "\"" + std::string(text) +
                                   "\" is no scope: write admin, read:TABLE, read:*, "
                                   "write:SOURCE or write:*"};
}

std::string to_string(const Scope& scope) {
  switch (scope.action) {
    case Action::administer: return "admin";
    case Action::read: return "read:" + scope.name;
    case Action::write: return "write:" + scope.name;
  }
  return {};
}

bool allows(const std::vector<Scope>& scopes, Action action, std::string_view name) {
  return std::ranges::any_of(scopes, [&](const Scope& scope) {
    if (scope.action == Action::administer) return true;
    return scope.action == action && (scope.name == "*" || scope.name == name);
  });
}

}  // namespace weir::govern
