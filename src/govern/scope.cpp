#include "govern/scope.h"

#include <algorithm>

#include "workspace/names.h"

namespace weir::govern {

Result<Scope> parse_scope(std::string_view text) {
  if (text == "admin") return Scope{Action::administer, ""};
  const std::size_t colon = text.find(':');
  const std::string_view action = text.substr(0, colon);
  const std::string name(colon == std::string_view::npos ? "" : text.substr(colon + 1));
  const bool is_named = name == "*" || workspace::is_name(name);
  if (is_named && action == "read") return Scope{Action::read, name};
  if (is_named && action == "write") return Scope{Action::write, name};
  return Error{Fault::invalid, "\"" + std::string(text) +
                                   "\" is no scope: write admin, read:TABLE, read:*, "
                                   "write:SOURCE or write:*, one a scope"};
}

std::string to_string(const Scope& scope) {
  switch (scope.action) {
    case Action::administer: return "admin";
    case Action::read: return "read:" + scope.name;
    case Action::write: return "write:" + scope.name;
  }
  return {};
}

std::string_view owner_of(std::string_view name) {
  const std::size_t open = name.find('(');
  if (open == std::string_view::npos || !name.ends_with(')')) return name;
  return name.substr(open + 1, name.size() - open - 2);
}

std::string words_of_missing(const std::vector<Scope>& scopes, std::string_view name,
                             std::string_view needed) {
  const std::string_view owner = owner_of(name);
  if (owner == name) return "it needs the scope read:" + std::string(name);
  if (allows(scopes, Action::read, owner)) return "it needs the scope read:" + std::string(needed);
  return "it needs the scope to read the source from which its rows came";
}

bool allows(const std::vector<Scope>& scopes, Action action, std::string_view name) {
  return std::ranges::any_of(scopes, [&](const Scope& scope) {
    if (scope.action == Action::administer) return true;
    return scope.action == action && (scope.name == "*" || scope.name == name);
  });
}

}  // namespace weir::govern
