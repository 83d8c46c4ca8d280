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

// Which argument is a text that tells the function how to work: a format, or a structure of JSON.
std::optional<std::size_t> argument_of_text(std::string_view function);
// Why that may not be it: how much it makes of a number, and how deep it is, must stand in it.
std::optional<std::string> refusal_of_text(std::string_view function, std::string_view text);
// Words to whoever would read a file, by a function (in lower case) or by the file's own name.
std::optional<std::string> refusal_of_file_function(std::string_view name);
std::optional<std::string> refusal_of_file(std::string_view name);

// Table functions that read nothing but what they are given. tumble and hop among them.
bool is_safe_table_function(std::string_view name);

}  // namespace weir::sql
