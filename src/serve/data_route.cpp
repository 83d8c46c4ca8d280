#include "serve/data_route.h"

#include <fmt/format.h>

#include "net/envelope.h"
#include "serve/read_query.h"
#include "serve/rows_answer.h"

namespace weir::serve {
namespace {

std::string page_json(const ReadQuery& query, bool more) {
  const std::string next = more ? fmt::format("{}", query.offset + query.limit) : "null";
  return fmt::format(R"({{"limit":{},"offset":{},"next":{}}})", query.limit, query.offset, next);
}

}  // namespace

net::Response answer_data(const Call& call, const Readables& readables, std::string_view table) {
  const Readable* readable = readables.find(table);
  if (readable == nullptr || readable->kind == "source") {
    return net::refusal(404, "TABLE_NOT_FOUND",
                        fmt::format("there is no table {}; see GET /weir/v1/tables", table));
  }
  if (auto refused = refuse_reading(call, table)) return std::move(*refused);
  const Result<ReadQuery> query = read_query(*readable, call.request.query);
  if (!query.ok()) return net::refusal(400, "INVALID_QUERY", query.error().message);
  if (auto refused = wait_as_asked(call, {readable->name})) return std::move(*refused);
  const RowForm form = form_asked(call.request);
  auto rows = call.connection.query(query.value().sql, query.value().parameters);
  if (!rows.ok()) return net::refusal(rows.error());
  Result<RowsText> text = rows_text(*rows.value(), form, query.value().limit);
  if (!text.ok()) return net::refusal(text.error());
  return rows_response(form, text.value().text, page_json(query.value(), text.value().more));
}

}  // namespace weir::serve
