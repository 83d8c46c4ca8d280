#include "serve/explain_route.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/json_text.h"
#include "net/envelope.h"

namespace weir::serve {
namespace {

std::string names_json(const std::vector<std::string>& names) {
  return names.empty() ? "null" : json_strings(names);
}

// Of a table; counting a source's history would read it.
Result<std::string> rows_json(const Call& call, const Readable& readable) {
  if (!readable.is_table()) return std::string("null");
  TRY(const std::uint64_t rows, call.connection.count_rows(readable.name));
  return std::to_string(rows);
}

Result<std::string> read_json(const Call& call, const TableRead& read, bool was_run) {
  const Readable* readable = call.readables.find(read.table);
  ASSERT(readable != nullptr);
  TRY(const std::string rows, rows_json(call, *readable));
  const bool is_indexed = !read.index.empty();
  return fmt::format(R"({{"name":{},"rows":{},"index":{},"index_columns_bound":{},"ranges":{},)"
                     R"("rows_scanned":{},"passed_over_index":{},"helpful_index":{}}})",
                     json_string(read.table), rows, names_json(read.index), read.bound,
                     is_indexed ? json_string(read.ranges) : "null",
                     !is_indexed ? rows
                     : was_run   ? std::to_string(read.scanned)
                                 : "null",
                     names_json(read.passed_over), names_json(read.helpful));
}

// Every relation that is read, with those that have no index.
std::vector<TableRead> all_reads(const Call& call, const std::vector<std::string>& names,
                                 const std::vector<sql::TableConditions>& conditions,
                                 std::vector<TableRead> indexed) {
  for (const std::string& name : names) {
    if (std::ranges::find(indexed, name, &TableRead::table) != indexed.end()) continue;
    TableRead& read = indexed.emplace_back(TableRead{.table = name});
    const Readable* readable = call.readables.find(name);
    const auto held = std::ranges::find(conditions, name, &sql::TableConditions::table);
    const bool may_have_index = readable != nullptr && readable->kind == Readable::Kind::table;
    if (held == conditions.end() || !may_have_index) continue;
    read.helpful = helpful_columns(held->conditions, *readable->schema);
  }
  return indexed;
}

net::Response answer(const Call& call, const std::vector<TableRead>& reads, bool was_run) {
  std::string json;
  for (const TableRead& read : reads) {
    const auto one = read_json(call, read, was_run);
    if (!one.ok()) return net::refusal(one.error());
    json += (json.empty() ? "" : ",") + one.value();
  }
  return net::success("{\"reads\":[" + json + "]}");
}

std::variant<std::vector<TableRead>, net::Response> look_into_indexes(
    const Call& call, const std::vector<sql::TableConditions>& conditions) {
  const auto guard = watched(call, call.connection);
  if (guard == nullptr) return refuse_while_reloading();
  auto put = call.views.put(conditions, {});
  if (!put.ok()) return refuse_failed(put.error(), *guard, call.watch);
  return std::move(put).value();
}

net::Response explain_sql(const Call& call, SharedChecker& checker, const std::string& sql) {
  auto checked = check_sql(call, checker, sql);
  if (auto* refused = std::get_if<net::Response>(&checked)) return std::move(*refused);
  const auto& query = std::get<sql::CheckedQuery>(checked);
  auto put = look_into_indexes(call, query.conditions);
  const Result<void> taken = call.views.take_away();
  if (auto* refused = std::get_if<net::Response>(&put)) return std::move(*refused);
  if (!taken.ok()) return net::refusal(taken.error());
  return answer(call, all_reads(call, query.reads, query.conditions, std::get<0>(std::move(put))),
                true);
}

net::Response explain_api(const Call& call, const std::vector<CheckedApi>& apis,
                          const std::string& name) {
  if (auto refused = refuse_reading(call, name)) return std::move(*refused);
  const auto api =
      std::ranges::find_if(apis, [&](const CheckedApi& one) { return one.declared.name == name; });
  if (api == apis.end()) {
    return net::refusal(404, "NOT_FOUND", fmt::format("there is no api \"{}\"", name));
  }
  const bool may_read_all = std::ranges::all_of(
      api->reads, [&](const std::string& read) { return may_read(call, read); });
  if (!may_read_all) {
    return net::refusal(403, "SCOPE_MISSING",
                        fmt::format("this token may not read all that {} reads, which is what "
                                    "explaining it tells",
                                    name));
  }
  auto planned = call.views.plan(api->conditions);
  return answer(call, all_reads(call, api->reads, api->conditions, std::move(planned)), false);
}

}  // namespace

net::Response answer_explain(const Call& call, const std::vector<CheckedApi>& apis,
                             SharedChecker& checker) {
  auto body = read_body(call.request, {"sql", "api"});
  if (auto* refused = std::get_if<net::Response>(&body)) return std::move(*refused);
  const BodyText& asked = std::get<BodyText>(body);
  return asked.name == "sql" ? explain_sql(call, checker, asked.text)
                             : explain_api(call, apis, asked.text);
}

}  // namespace weir::serve
