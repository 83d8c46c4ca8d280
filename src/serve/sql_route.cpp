#include "serve/sql_route.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/json_value.h"
#include "net/envelope.h"
#include "serve/waiting_lines.h"
#include "sql/sql_text.h"

namespace weir::serve {

std::variant<BodyText, net::Response> read_body(const net::Request& request,
                                                const std::vector<std::string_view>& names) {
  if (!request.header("content-encoding").empty()) {
    return net::refusal(415, "ENCODING_NOT_SUPPORTED", "send the SQL uncompressed");
  }
  auto body = formats::JsonValue::parse(request.body);
  const bool is_one = body.ok() && body.value().object().size() == 1;
  if (is_one && body.value().object().front().second.is_text()) {
    auto [name, text] = body.value().object().front();
    if (std::ranges::find(names, name) != names.end()) return BodyText{name, text.text()};
  }
  std::string known;
  for (const std::string_view name : names) {
    known += fmt::format(R"({}{{"{}": "..."}})", known.empty() ? "" : " or ", name);
  }
  return net::refusal(400, "INVALID_BODY", "send " + known + " and nothing else");
}

namespace {

std::unique_ptr<net::Response> refuse_options(const net::Request& request) {
  for (const auto& [name, value] : request.query) {
    if (name == "wait" || name == "timeout") continue;
    return std::make_unique<net::Response>(net::refusal(
        400, "INVALID_QUERY",
        fmt::format("there is no option \"{}\" here; there are wait and timeout", name)));
  }
  return nullptr;
}

net::Response refuse_sql(std::string_view sql, const std::vector<sql::SqlMistake>& mistakes) {
  std::string message;
  for (const sql::SqlMistake& mistake : mistakes) {
    if (!message.empty()) message += '\n';
    message += sql::line_and_column(sql, mistake.offset) + ": " + mistake.message;
  }
  return net::refusal(400, "INVALID_SQL", message);
}

net::Response answer_checked(const Call& call, const std::string& sql,
                             const sql::CheckedQuery& checked) {
  if (auto refused = wait_as_asked(call, checked.reads)) return std::move(*refused);
  const RowForm form = form_asked(call.request);
  auto read = read_rows(call, {sql, {}, form, answer_rows_max, &checked.conditions});
  if (auto* refused = std::get_if<net::Response>(&read)) return std::move(*refused);
  const RowsText& rows = std::get<RowsText>(read);
  return rows.more ? refuse_more_rows() : rows_response(form, rows.text, "");
}

}  // namespace

std::variant<sql::AskersCheck, net::Response> SharedChecker::check(const Call& call,
                                                                   std::string_view sql) {
  const auto began = std::chrono::steady_clock::now();
  const std::unique_lock lock(mutex_, call.time_left);
  if (!lock.owns_lock()) return refuse_overloaded();
  const bounds::TimeLeft waited = std::chrono::steady_clock::now() - began;
  call.time_left = std::max(bounds::TimeLeft(0), call.time_left - waited);
  const Result<void> shown = checker_.show_all();
  if (!shown.ok()) return net::refusal(shown.error());
  auto checked = check_watched(call, sql);
  // No longer watched: an interrupt must not leave a name hidden. The next check tries it again.
  [[maybe_unused]] const Result<void> shown_again = checker_.show_all();
  return checked;
}

std::variant<sql::AskersCheck, net::Response> SharedChecker::check_watched(const Call& call,
                                                                           std::string_view sql) {
  const auto guard = watched(call, checker_.connection());
  if (guard == nullptr) return refuse_while_reloading();
  sql::AskersCheck checked =
      checker_.check_for([&](const std::string& name) { return may_read(call, name); }, sql);
  if (guard->is_over() || guard->took_too_much()) return refuse_failed({}, *guard, call.watch);
  return checked;
}

net::Response answer_sql(const Call& call, SharedChecker& checker) {
  if (auto refused = refuse_options(call.request)) return std::move(*refused);
  auto body = read_body(call.request, {"sql"});
  if (auto* refused = std::get_if<net::Response>(&body)) return std::move(*refused);
  const std::string& sql = std::get<BodyText>(body).text;
  auto checked = check_sql(call, checker, sql);
  if (auto* refused = std::get_if<net::Response>(&checked)) return std::move(*refused);
  return answer_checked(call, sql, std::get<sql::CheckedQuery>(checked));
}

std::variant<sql::CheckedQuery, net::Response> check_sql(const Call& call, SharedChecker& checker,
                                                         const std::string& sql) {
  auto checked = checker.check(call, sql);
  if (auto* refused = std::get_if<net::Response>(&checked)) return std::move(*refused);
  auto& check = std::get<sql::AskersCheck>(checked);
  if (const auto* denied = std::get_if<sql::NameDenied>(&check)) {
    return std::move(*refuse_reading(call, denied->name));
  }
  if (const auto* mistakes = std::get_if<std::vector<sql::SqlMistake>>(&check)) {
    return refuse_sql(sql, *mistakes);
  }
  return std::move(std::get<sql::CheckedQuery>(check));
}

}  // namespace weir::serve
