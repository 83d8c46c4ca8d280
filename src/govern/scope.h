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

// Of late(s) and quarantine(s), s; any other name is its own.
std::string_view owner_of(std::string_view name);
// "it needs the scope read:x" for who lacks it. From where the rows of late(s) came is told only to
// whoever may read s; what there is is told to no one.
std::string words_of_missing(const std::vector<Scope>& scopes, std::string_view name,
                             std::string_view needed);

}  // namespace weir::govern
