#include "sql/batch_names.h"

#include <fmt/format.h>

#include "sql/window_call.h"

namespace weir::sql {
namespace {

// SQL over a macro's parameters: `t`, `ts`, `slide`, `size`, `shift`. The layout is WindowLayout's,
// decided by the engine because the sizes are known only where the macro is called.
std::string whole_days(std::string_view step) {
  return fmt::format(
      "(datepart('year', {0}) = 0 AND datepart('month', {0}) = 0"
      " AND epoch_us({0}) % 86400000000 = 0)",
      step);
}

std::string counts_months(std::string_view step) {
  return fmt::format("(datepart('year', {0}) <> 0 OR datepart('month', {0}) <> 0)", step);
}

class WindowMacro {
 public:
  WindowMacro(const std::string& time_zone, std::string slide)
      : zone_(engine::quote_text(time_zone)), slide_(std::move(slide)) {
    by_calendar_ = time_zone == "UTC"
                       ? "false"
                       : fmt::format("({} OR {} OR {} OR {})", counts_months("size"),
                                     counts_months(slide_), whole_days("size"), whole_days(slide_));
  }

  // The times that are windowed, on the calendar's clock where windows follow one.
  std::string time() const {
    return fmt::format(
        "(CASE WHEN {0} THEN timezone({1}, timezone('UTC', CAST(ts AS TIMESTAMP)))"
        " ELSE CAST(ts AS TIMESTAMP) END)",
        by_calendar_, zone_);
  }
  std::string utc(const std::string& time) const {
    return fmt::format("(CASE WHEN {0} THEN timezone('UTC', timezone({1}, {2})) ELSE {2} END)",
                       by_calendar_, zone_, time);
  }
  std::string bucket(const std::string& time) const {
    return fmt::format("time_bucket({}, {}, {})", checked_slide(), time, origin());
  }

 private:
  std::string checked_slide() const {
    return fmt::format(
        "(CASE WHEN size <= INTERVAL '0 seconds' OR {0} <= INTERVAL '0 seconds'"
        " THEN error('a window''s size and slide are longer than nothing')"
        " WHEN {0} > size THEN error('the slide is larger than the size, so rows between two"
        " windows would be lost: make it the size or less')"
        " WHEN epoch(size) > {1} * epoch({0}) THEN error('each row would be in more than {1}"
        " windows: make the slide larger')"
        " WHEN {2} AND shift <> INTERVAL '0 seconds' THEN error('windows that begin with a month "
        "have no shift: leave it out, or count them in days') ELSE {0} END)",
        slide_, windows_a_row_max, counts_months(slide_));
  }
  // Weeks begin on Mondays, and 1970-01-05 was one.
  std::string origin() const {
    return fmt::format(
        "(TIMESTAMP '1970-01-01' + shift"
        " + CASE WHEN {0} AND epoch_us({1}) % 604800000000 = 0 THEN INTERVAL '4 days'"
        " ELSE INTERVAL '0 days' END - CASE WHEN {2} THEN INTERVAL '0 days' ELSE"
        " timezone({3}, TIMESTAMPTZ '1970-01-01 00:00:00+00') - TIMESTAMP '1970-01-01' END)",
        whole_days(slide_), slide_, by_calendar_, zone_);
  }

  std::string zone_;
  std::string slide_;
  std::string by_calendar_;
};

std::string tumble_macro(const std::string& time_zone) {
  const WindowMacro window(time_zone, "size");
  const std::string start = window.bucket(window.time());
  return fmt::format(
      "CREATE OR REPLACE MACRO tumble(t, ts, size, shift := INTERVAL '0 seconds') AS TABLE"
      " SELECT *, {} AS window_start, {} AS window_end FROM query_table(t);",
      window.utc(start), window.utc("(" + start + " + size)"));
}

std::string hop_macro(const std::string& time_zone) {
  const WindowMacro window(time_zone, "slide");
  const std::string starts = fmt::format(
      "list_filter(range({0}, {1} + INTERVAL '1 microsecond', slide), lambda s: s + size > {1})",
      window.bucket("(" + window.time() + " - size)"), window.time());
  return fmt::format(
      "CREATE OR REPLACE MACRO hop(t, ts, slide, size, shift := INTERVAL '0 seconds') AS TABLE"
      " SELECT * EXCLUDE (_weir_start), {} AS window_start, {} AS window_end"
      " FROM (SELECT *, unnest({}) AS _weir_start FROM query_table(t));",
      window.utc("_weir_start"), window.utc("(_weir_start + size)"), starts);
}

std::string topic_macro(std::string_view name) {
  return fmt::format(
      "CREATE OR REPLACE MACRO {0}(name) AS TABLE SELECT * FROM query_table('{0}(' || name || "
      "')');",
      name);
}

// The table function behind a relation's view: no name that a query could have.
std::string function_name(const std::string& relation) { return "weir relation " + relation; }

}  // namespace

std::string batch_macros(const std::string& time_zone) {
  return tumble_macro(time_zone) + hop_macro(time_zone) + topic_macro("late") +
         topic_macro("quarantine");
}

Result<void> publish_batch_names(engine::Database& database,
                                 const std::vector<NamedRelation>& relations,
                                 const std::string& time_zone) {
  std::string script = batch_macros(time_zone);
  for (const NamedRelation& named : relations) {
    const std::string function = function_name(named.name);
    OK_OR_RETURN(database.add_table_function(function, named.relation));
    script += fmt::format("CREATE OR REPLACE VIEW {} AS SELECT * FROM {}();",
                          engine::quote_name(named.name), engine::quote_name(function));
  }
  TRY(const std::unique_ptr<engine::Connection> connection, database.connect());
  return connection->run(script);
}

}  // namespace weir::sql
