#include "sql/function_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

#include "core/suggestion.h"

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

// The engine calls itself for each level, until the thread's stack is full.
constexpr std::string_view has_no_depth_limit =
    "goes as deep as its JSON does, and one that is deep enough ends the program: read the parts "
    "that you need by path, as in body->>'$.a.b', or from_json(body, '{\"a\": \"INTEGER\"}')";

constexpr std::string_view reads_files =
    "reads files, which SQL here does not: declare one as a table with `from: {file: ...}`, or "
    "send its rows with `weir send`";

constexpr auto file_rules = std::to_array<Rule>({
    {"read_*", reads_files},
    {"parquet_*", reads_files},
    {"glob", reads_files},
    {"sniff_csv", reads_files},
});
constexpr auto file_endings = std::to_array<std::string_view>(
    {".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".gz", ".zst", ".duckdb"});

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
    {"json_structure", has_no_depth_limit},
    {"json_group_structure", has_no_depth_limit},
    {"json_contains", has_no_depth_limit},
    {"json_merge_patch", has_no_depth_limit},
    {"variant_*", has_no_depth_limit},
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

// Functions that somebody has looked at, scalar ones, aggregates and macros: they read nothing but
// what they are given, and do nothing else. What a newer engine adds is refused until it is here
// or among the rules above, which the test asks for.
constexpr std::string_view looked_at =
    "!__postfix !~~ !~~* % & && * ** + - ->> / // <-> << <=> <@ >> @ @> ^ ^@ | || ~ ~~ ~~* ~~~ abs "
    "acos acosh add age aggregate ago alias any_value apply approx_count_distinct approx_quantile "
    "approx_top_k arbitrary arg_max arg_max_null arg_max_nulls_last arg_min arg_min_null "
    "arg_min_nulls_last argmax argmin array_agg array_aggr array_aggregate array_append "
    "array_apply array_cat array_concat array_contains array_cosine_distance "
    "array_cosine_similarity array_cross_product array_distance array_distinct array_dot_product "
    "array_extract array_filter "
    "array_grade_up array_has array_has_all array_has_any array_indexof array_inner_product "
    "array_intersect array_length array_negative_dot_product array_negative_inner_product "
    "array_pop_back array_pop_front array_position array_prepend array_push_back array_push_front "
    "array_reduce array_resize array_reverse array_reverse_sort array_select array_slice "
    "array_sort array_to_json array_to_string array_to_string_comma_default array_transform "
    "array_unique array_value array_where array_zip ascii asin asinh atan atan2 atanh avg bar "
    "base64 bin "
    "bit_and bit_count bit_length bit_or bit_position bit_xor bitstring bitstring_agg bool_and "
    "bool_or can_cast_implicitly cardinality cast_to_type cbrt ceil ceiling century char_length "
    "character_length chr col_description combine concat concat_ws constant_or_null contains corr "
    "cos cosh cot count count_if count_star countif covar_pop covar_samp create_sort_key cume_dist "
    "current_catalog current_connection_id current_database current_date current_localtime "
    "current_localtimestamp current_query_id current_role current_schema current_schemas "
    "current_transaction_id current_user damerau_levenshtein date_add date_diff date_part date_sub "
    "date_trunc datediff datepart datesub datetrunc day dayname dayofmonth dayofweek dayofyear "
    "days_in_month decade decode degrees dense_rank divide editdist3 element_at encode ends_with "
    "entropy enum_code enum_first enum_last enum_range enum_range_boundary epoch epoch_ms epoch_ns "
    "epoch_us equi_width_bins era error even exp factorial favg fdiv fill filter finalize first "
    "first_value flatten floor fmod format format_bytes format_pg_type format_type "
    "formatreadabledecimalsize formatreadablesize from_base64 from_binary from_hex from_json "
    "from_json_strict fsum gamma gcd gen_random_uuid generate_series generate_subscripts geomean "
    "geometric_mean get_bit get_current_time get_current_timestamp get_type grade_up greatest "
    "greatest_common_divisor group_concat hamming hash hex histogram histogram_exact hour "
    "icu_sort_key ilike_escape in_search_path instr is_histogram_other_bin isfinite "
    "isinf isnan isodow isoyear jaccard jaro_similarity jaro_winkler_similarity json json_array "
    "json_array_length json_deserialize_sql json_exists json_extract "
    "json_extract_path json_extract_path_text json_extract_string json_group_array "
    "json_group_object json_keys json_object json_pretty json_quote "
    "json_serialize_sql json_transform json_transform_strict json_type json_valid "
    "json_value julian kahan_sum kurtosis kurtosis_pop lag last last_day last_value lcase lcm lead "
    "least least_common_multiple left left_grapheme len length length_grapheme levenshtein lgamma "
    "like_escape list list_aggr list_aggregate list_any_value list_append list_apply "
    "list_approx_count_distinct list_avg list_bit_and list_bit_or list_bit_xor list_bool_and "
    "list_bool_or list_cat list_concat list_contains list_cosine_distance list_cosine_similarity "
    "list_count list_distance list_distinct list_dot_product list_element list_entropy "
    "list_extract list_filter list_first list_grade_up list_has list_has_all list_has_any "
    "list_histogram list_indexof list_inner_product list_intersect list_kurtosis list_kurtosis_pop "
    "list_last list_mad list_max list_median list_min list_mode list_negative_dot_product "
    "list_negative_inner_product list_pack list_position list_prepend list_product list_reduce "
    "list_resize list_reverse list_reverse_sort list_select list_sem list_skewness list_slice "
    "list_sort list_stddev_pop list_stddev_samp list_string_agg list_sum list_transform "
    "list_unique list_value list_var_pop list_var_samp list_where list_zip listagg ln log log10 "
    "log2 lower "
    "lpad ltrim mad make_date make_time make_timestamp make_timestamp_ms make_timestamp_ns "
    "make_timestamptz make_type map map_concat map_contains map_contains_entry map_contains_value "
    "map_entries map_extract map_extract_value map_from_entries map_keys map_to_pg_oid map_values "
    "max max_by md5 md5_number md5_number_lower md5_number_upper mean median microsecond "
    "millennium millisecond min min_by minute mismatches mod mode month monthname multiply "
    "nanosecond nextafter "
    "nfc_normalize normalized_interval not_ilike_escape not_like_escape now nth_value ntile nullif "
    "obj_description octet_length ord parse_dirname parse_dirpath parse_duckdb_log_message "
    "parse_filename parse_formatted_bytes parse_path percent_rank pg_size_pretty pg_typeof pi "
    "position pow power prefix printf product quantile quantile_cont quantile_disc quarter radians "
    "random range rank rank_dense reduce regexp_escape regexp_extract regexp_extract_all "
    "regexp_full_match regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table "
    "regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy "
    "remap_struct repeat replace replace_type reservoir_quantile reverse right right_grapheme "
    "round round_even roundbankers row row_number row_to_json rpad rtrim second sem session_user "
    "set_bit sha1 sha256 shobj_description sign signbit sin sinh skewness split split_part sqrt "
    "st_asbinary st_astext st_aswkb st_aswkt st_crs st_geomfromwkb st_intersects_extent st_setcrs "
    "starts_with stats stddev stddev_pop stddev_samp str_split str_split_regex strftime string_agg "
    "string_split string_split_regex string_to_array strip_accents strlen strpos strptime "
    "struct_concat struct_contains struct_extract struct_extract_at struct_has struct_indexof "
    "struct_insert struct_keys struct_pack struct_position struct_update struct_values substr "
    "substring substring_grapheme subtract suffix sum sum_no_overflow sumkahan switch tan tanh "
    "time_bucket timetz_byte_comparable timezone timezone_hour timezone_minute to_base to_base64 "
    "to_binary to_centuries to_days to_decades to_hex to_hours to_json to_microseconds "
    "to_millennia to_milliseconds to_minutes to_months to_quarters to_seconds to_timestamp "
    "to_weeks to_years "
    "today transaction_timestamp translate trim trunc try_strptime txid_current typeof ucase unbin "
    "unhex unicode union_extract union_tag union_value unlist unnest unpivot_list upper url_decode "
    "url_encode user uuid uuid_extract_timestamp uuid_extract_version uuidv4 uuidv7 var_pop "
    "var_samp variance "
    ""
    "vector_type wavg week weekday weekofyear weighted_avg xor year yearweek ";

// Of widths and precisions: a longer number is more memory than anyone counts.
constexpr std::size_t format_digits_max = 4;
constexpr std::size_t structure_depth_max = 32;

constexpr auto safe_table_functions = std::to_array<std::string_view>(
    {"tumble", "hop", "unnest", "range", "generate_series", "json_each", "json_tree"});

bool covers(const Rule& rule, std::string_view name) {
  if (!rule.name.ends_with('*')) return rule.name == name;
  return name.starts_with(rule.name.substr(0, rule.name.size() - 1));
}

// Sorted.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  std::ranges::sort(words);
  return words;
}

const std::vector<std::string>& looked_at_names() {
  static const std::vector<std::string> names = words_of(looked_at);
  return names;
}

bool is_looked_at(std::string_view name) {
  return std::ranges::binary_search(looked_at_names(), name) || name.starts_with("icu_collate_");
}

bool has_long_number(std::string_view text) {
  std::size_t digits = 0;
  return std::ranges::any_of(text, [&](unsigned char c) {
    digits = std::isdigit(c) ? digits + 1 : 0;
    return digits > format_digits_max;
  });
}

// '%*d'
bool takes_width_by_star(std::string_view text) {
  bool in_number = false;
  return std::ranges::any_of(text, [&](unsigned char c) {
    in_number = c == '%' ? !in_number : in_number && !std::isalpha(c);
    return in_number && c == '*';
  });
}

// '{:{}}'
bool takes_width_by_braces(std::string_view text) {
  bool in_braces = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_braces && text[i] == '{') return true;
    const bool is_escaped = text.substr(i, 2) == "{{";
    if (text[i] == '{' || text[i] == '}') in_braces = text[i] == '{' && !is_escaped;
    if (is_escaped) ++i;
  }
  return false;
}

bool is_format(std::string_view function) { return function == "format" || function == "printf"; }

bool takes_structure(std::string_view function) {
  return function.starts_with("from_json") || function.starts_with("json_transform");
}

std::optional<std::string> refusal_of_format(std::string_view function, std::string_view text) {
  if (text.empty()) return "has a constant text, written as 'text', before its values";
  if (has_long_number(text)) {
    return fmt::format("has numbers of at most {} digits in its text", format_digits_max);
  }
  const bool takes_width =
      function == "printf" ? takes_width_by_star(text) : takes_width_by_braces(text);
  if (takes_width) return "has its widths and precisions in its text, not as values";
  return std::nullopt;
}

std::optional<std::string> refusal_of_structure(std::string_view text) {
  if (text.empty()) return "has a constant structure, written as '{...}', behind its JSON";
  std::size_t depth = 0;
  for (const char c : text) {
    if (c == '{' || c == '[') ++depth;
    if (depth > structure_depth_max) {
      return fmt::format("has a structure of at most {} levels", structure_depth_max);
    }
    if ((c == '}' || c == ']') && depth > 0) --depth;
  }
  return std::nullopt;
}

std::optional<std::string> refusal(const auto& rules, std::string_view name) {
  const auto found =
      std::ranges::find_if(rules, [&](const Rule& rule) { return covers(rule, name); });
  if (found == rules.end()) return std::nullopt;
  return std::string(name) + "() " + std::string(found->why);
}

}  // namespace

std::optional<std::string> refusal_in_query(std::string_view name) {
  if (is_looked_at(name)) return std::nullopt;
  if (auto refused = refusal(query_rules, name)) return refused;
  if (auto refused = refusal_of_file_function(name)) return refused;
  return std::string(name) + "() is no function that SQL may call here" +
         did_you_mean(name, looked_at_names());
}

std::optional<std::string> refusal_in_stream(std::string_view name) {
  auto refused = refusal_in_query(name);
  return refused ? refused : refusal(stream_rules, name);
}

std::optional<std::size_t> argument_of_text(std::string_view function) {
  if (is_format(function)) return 0;
  return takes_structure(function) ? std::optional<std::size_t>(1) : std::nullopt;
}

std::optional<std::string> refusal_of_text(std::string_view function, std::string_view text) {
  const auto why =
      takes_structure(function) ? refusal_of_structure(text) : refusal_of_format(function, text);
  return why ? std::optional(fmt::format("{}() {}", function, *why)) : std::nullopt;
}

std::optional<std::string> refusal_of_file_function(std::string_view name) {
  return refusal(file_rules, name);
}

std::optional<std::string> refusal_of_file(std::string_view name) {
  const bool is_file =
      std::ranges::any_of(file_endings, [&](auto ending) { return name.ends_with(ending); });
  if (!is_file) return std::nullopt;
  return "\"" + std::string(name) +
         "\" is a file, and SQL here reads none: declare it as a table with `from: {file: ...}`, "
         "or send its rows with `weir send`";
}

bool is_safe_table_function(std::string_view name) {
  return std::ranges::find(safe_table_functions, name) != safe_table_functions.end();
}

}  // namespace weir::sql
