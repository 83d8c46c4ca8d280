// Which functions a stream and an ad-hoc query may call: those that somebody has looked at.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::sql {

// Why a stream may not call it: its answer must depend on the row alone. `name` in lower case.
std::optional<std::string> refusal_in_stream(std::string_view name);

// Why a query that a user sends may not call it: it must not act, wait, or tell of the server.
// `name` in lower case. A function that nobody has looked at is refused too.
std::optional<std::string> refusal_in_query(std::string_view name);

// Why format or printf may not have that text: how much it makes of a number must stand in it.
std::optional<std::string> refusal_of_format(std::string_view function, std::string_view text);
// Words to whoever would read a file, by a function (in lower case) or by the file's own name.
std::optional<std::string> refusal_of_file_function(std::string_view name);
std::optional<std::string> refusal_of_file(std::string_view name);

// Table functions that read nothing but what they are given. tumble and hop among them.
bool is_safe_table_function(std::string_view name);

}  // namespace weir::sql
