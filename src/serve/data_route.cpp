#include "serve/data_route.h"

#include <fmt/format.h>

#include "core/suggestion.h"
#include "net/envelope.h"
#include "serve/indexed_read.h"
#include "serve/read_query.h"
#include "serve/url_value.h"

namespace weir::serve {
namespace {

std::string page_json(const ReadQuery& query, bool more) {
  const std::string next = more ? fmt::format("{}", query.offset + query.limit) : "null";
  return fmt::format(R"({{"limit":{},"offset":{},"next":{}}})", query.limit, query.offset, next);
}

// A source's rows are many and have no key to page by.
std::string what_instead(const Call& call, std::string_view name,
                         const std::vector<std::string>& known) {
  if (call.readables.find(name) != nullptr && refuse_reading(call, name) == nullptr) {
    return ", but a source; read it with POST /weir/v1/sql";
  }
  const std::string meant = did_you_mean(name, known);
  return meant.empty() ? "; GET /weir/v1/tables lists them" : meant;
}

// Only names that the token may read are offered instead.
net::Response no_such_table(const Call& call, std::string_view table) {
  std::vector<std::string> known;
  for (const Readable& readable : call.readables.all) {
    const bool may_read = govern::allows(call.token.scopes, govern::Action::read, readable.name);
    if (readable.is_table() && may_read) known.push_back(readable.name);
  }
  return net::refusal(
      404, "TABLE_NOT_FOUND",
      fmt::format("there is no table \"{}\"{}", table, what_instead(call, table, known)));
}

// The query's values, named as the user wrote them.
std::vector<engine::Parameter> labelled_values(const ReadQuery& query) {
  std::vector<engine::Parameter> values = query.parameters;
  for (std::size_t i = 0; i < values.size(); ++i) values[i].name = query.labels[i];
  return values;
}

}  // namespace

net::Response answer_data(const Call& call, std::string_view table) {
  if (auto refused = refuse_reading(call, table)) return std::move(*refused);
  const Readable* readable = call.readables.find(table);
  if (readable == nullptr || !readable->is_table()) return no_such_table(call, table);
  const Result<ReadQuery> asked = read_query(*readable, call.request.query, call.zone);
  if (!asked.ok()) return net::refusal(400, "INVALID_QUERY", asked.error().message);
  const ReadQuery& query = asked.value();
  if (auto refused = wait_as_asked(call, {readable->name})) return std::move(*refused);
  const RowForm form = form_asked(call.request);
  auto indexed = read_by_index(call, table, query, form);
  if (!indexed.ok()) return net::refusal(indexed.error());
  auto read = indexed.value() ? std::variant<RowsText, net::Response>(*std::move(indexed).value())
                              : read_rows(call, {query.sql, query.parameters, form, query.limit});
  if (auto* refused = std::get_if<net::Response>(&read)) {
    // Reading the values is part of the query; only where it fails is it asked which one it was.
    const auto wrong = refused->status == 400
                           ? refuse_unreadable(call.connection, labelled_values(query))
                           : std::nullopt;
    return wrong ? net::refusal(400, "INVALID_QUERY", wrong->message) : std::move(*refused);
  }
  const RowsText& rows = std::get<RowsText>(read);
  return rows_response(form, rows.text, page_json(query, rows.more));
}

}  // namespace weir::serve
