// What a token may do, in the words `weir token create` takes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace weir::govern {

enum class Action { administer, read, write };

// admin | read:NAME | read:* | write:NAME | write:*
struct Scope {
  Action action = Action::read;
  std::string name;  // of a table, an api, a source; "*": all; empty for admin
};

Result<Scope> parse_scope(std::string_view text);
std::string to_string(const Scope& scope);
// Whether these scopes allow the action on that name. admin allows all.
bool allows(const std::vector<Scope>& scopes, Action action, std::string_view name);

}  // namespace weir::govern
