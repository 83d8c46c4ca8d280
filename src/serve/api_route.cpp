#include "serve/api_route.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "net/envelope.h"
#include "serve/api_parameters.h"
#include "serve/url_value.h"

namespace weir::serve {
namespace {

std::string cache_key(const workspace::Api& api, const std::vector<engine::Parameter>& values,
                      RowForm form) {
  // Lengths keep values that hold separators apart.
  std::string key = fmt::format("{}/{}", api.name, static_cast<int>(form));
  for (const engine::Parameter& value : values) {
    key += value.text ? fmt::format("/{}:{}", value.text->size(), *value.text) : "/-";
  }
  return key;
}

net::Response refuse_parameter(const Error& error) {
  return net::refusal(400, "INVALID_PARAMETER", error.message);
}

bool is_used(const CheckedApi& api, const engine::Parameter& value) {
  return std::ranges::find(api.parameters, value.name) != api.parameters.end();
}

net::Response answer_afresh(const Call& call, const CheckedApi& api,
                            const std::vector<engine::Parameter>& values, RowForm form) {
  std::vector<engine::Parameter> bound;
  std::vector<engine::Parameter> unused;
  std::ranges::partition_copy(values, std::back_inserter(bound), std::back_inserter(unused),
                              [&](const engine::Parameter& value) { return is_used(api, value); });
  if (const auto wrong = refuse_values(call.connection, api.declared, values)) {
    return refuse_parameter(*wrong);
  }
  if (const auto wrong = refuse_unreadable(call.connection, unused)) {
    return refuse_parameter(*wrong);
  }
  auto read =
      read_rows(call, {api.declared.sql.text, bound, form, answer_rows_max, &api.conditions});
  if (auto* refused = std::get_if<net::Response>(&read)) {
    // Reading the values is part of the query; only where it fails is it asked which one it was.
    const auto wrong =
        refused->status == 400 ? refuse_unreadable(call.connection, bound) : std::nullopt;
    return wrong ? refuse_parameter(*wrong) : std::move(*refused);
  }
  const RowsText& rows = std::get<RowsText>(read);
  return rows.more ? refuse_more_rows() : rows_response(form, rows.text, "");
}

}  // namespace

net::Response answer_api(const Call& call, const CheckedApi& api, AnswerCache& cache) {
  if (auto refused = refuse_reading(call, api.declared.name)) return std::move(*refused);
  const auto values = api_parameters(api.declared, call.request.query, call.zone);
  if (!values.ok()) return refuse_parameter(values.error());
  const RowForm form = form_asked(call.request);
  const std::string key = cache_key(api.declared, values.value(), form);
  if (api.declared.cache && !asks_to_wait(call.request)) {
    if (auto kept = cache.find(key)) return *std::move(kept);
  }
  if (auto refused = wait_as_asked(call, api.reads)) return std::move(*refused);
  net::Response response = answer_afresh(call, api, values.value(), form);
  if (!api.declared.cache || response.status != 200) return response;
  cache.put(key, response, *api.declared.cache);
  response.headers.emplace_back("X-Cache", "miss");
  return response;
}

}  // namespace weir::serve
