#include "sql/function_rules.h"

#include <algorithm>
#include <array>

namespace weir::sql {
namespace {

struct Rule {
  std::string_view name;  // with a star at its end: all that begin so
  std::string_view why;
};

constexpr std::string_view not_repeatable =
    "gives another answer on each run; a stream's result must be the same on a replay";
constexpr std::string_view not_the_row = "tells of the session, not of the row";
constexpr std::string_view acts = "does something; a query may only read";
constexpr std::string_view tells_of_server = "tells of the server, not of data";

constexpr auto query_rules = std::to_array<Rule>({
    {"current_setting", tells_of_server},
    {"getenv", tells_of_server},
    {"getvariable", tells_of_server},
    {"version", tells_of_server},
    {"inet_*", tells_of_server},
    {"has_*", tells_of_server},
    {"pg_*", tells_of_server},
    {"current_query", tells_of_server},
    {"get_block_size", tells_of_server},
    {"currval", acts},
    {"nextval", acts},
    {"setseed", acts},
    {"sleep_ms", acts},
    {"write_log", acts},
    {"json_serialize_plan", tells_of_server},
    {"__internal*", "is internal to DuckDB"},
});

constexpr auto stream_rules = std::to_array<Rule>({
    {"random", not_repeatable},
    {"uuid", not_repeatable},
    {"uuidv4", not_repeatable},
    {"uuidv7", not_repeatable},
    {"gen_random_uuid", not_repeatable},
    {"reservoir_quantile", "samples at random: write quantile_cont or approx_quantile"},
    {"current_connection_id", not_the_row},
    {"current_query_id", not_the_row},
    {"current_transaction_id", not_the_row},
    {"txid_current", not_the_row},
    {"current_catalog", not_the_row},
    {"current_database", not_the_row},
    {"current_role", not_the_row},
    {"current_schema", not_the_row},
    {"current_schemas", not_the_row},
    {"current_user", not_the_row},
    {"session_user", not_the_row},
    {"user", not_the_row},
    {"in_search_path", not_the_row},
    {"stats", not_the_row},
    {"vector_type", not_the_row},
});

constexpr auto safe_table_functions = std::to_array<std::string_view>(
    {"tumble", "hop", "unnest", "range", "generate_series", "json_each", "json_tree"});

bool covers(const Rule& rule, std::string_view name) {
  if (!rule.name.ends_with('*')) return rule.name == name;
  return name.starts_with(rule.name.substr(0, rule.name.size() - 1));
}

std::optional<std::string> refusal(const auto& rules, std::string_view name) {
  const auto found =
      std::ranges::find_if(rules, [&](const Rule& rule) { return covers(rule, name); });
  if (found == rules.end()) return std::nullopt;
  return std::string(name) + "() " + std::string(found->why);
}

}  // namespace

std::optional<std::string> refusal_in_query(std::string_view name) {
  // Its answer is plain text about sizes, in spite of the name.
  if (name == "pg_size_pretty" || name == "pg_typeof") return std::nullopt;
  return refusal(query_rules, name);
}

std::optional<std::string> refusal_in_stream(std::string_view name) {
  auto refused = refusal_in_query(name);
  return refused ? refused : refusal(stream_rules, name);
}

bool is_safe_table_function(std::string_view name) {
  return std::ranges::find(safe_table_functions, name) != safe_table_functions.end();
}

}  // namespace weir::sql
