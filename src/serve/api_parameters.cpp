#include "serve/api_parameters.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/suggestion.h"
#include "scalars/bytes_text.h"
#include "serve/url_value.h"

namespace weir::serve {
namespace {

Error unknown_parameter(const workspace::Api& api, const std::string& name) {
  std::vector<std::string> known;
  for (const workspace::ApiParameter& parameter : api.parameters) known.push_back(parameter.name);
  return {Fault::invalid, fmt::format("api {} has no parameter \"{}\"{}", api.name, name,
                                      did_you_mean(name, known))};
}

// SQL for the words of a value that is beyond its bound; nothing where there is no bound.
std::string beyond(const workspace::ApiParameter& parameter, const char* comparison,
                   const std::optional<std::string>& bound, const char* words) {
  if (!bound) return "";
  return fmt::format(" WHEN ${0} {1} CAST({2} AS {3}) THEN {4}", parameter.name, comparison,
                     engine::quote_text(*bound), to_string(parameter.type),
                     engine::quote_text(fmt::format("{} is {} {}", parameter.name, words, *bound)));
}

// The one cell, if it is not null.
Result<std::optional<std::string>> cell(engine::Connection& connection, const std::string& sql,
                                        const std::vector<engine::Parameter>& parameters) {
  TRY(const std::unique_ptr<engine::Rows> rows, connection.query(sql, parameters));
  TRY(const std::shared_ptr<const Batch> batch, rows->next());
  ASSERT(batch != nullptr && batch->rows() == 1);
  if (batch->column(0).is_null(0)) return std::optional<std::string>();
  return std::optional(std::string(batch->column(0).string(0)));
}

// Times of a declaration are in UTC already.
std::optional<std::string> engine_default(const workspace::ApiParameter& parameter) {
  const bool is_blob = parameter.type.id == TypeId::blob;
  if (!parameter.default_value || !is_blob) return parameter.default_value;
  return escapes_of_base64(*parameter.default_value);
}

}  // namespace

Result<std::vector<engine::Parameter>> api_parameters(
    const workspace::Api& api, const std::vector<std::pair<std::string, std::string>>& pairs,
    const TimeZone& zone) {
  std::vector<engine::Parameter> values;
  for (const workspace::ApiParameter& parameter : api.parameters) {
    values.push_back({parameter.name, parameter.type, std::nullopt});
  }
  for (const auto& [name, text] : pairs) {
    if (name == "wait" || name == "timeout") continue;
    const auto value = std::ranges::find(values, name, &engine::Parameter::name);
    if (value == values.end()) return unknown_parameter(api, name);
    if (value->text) return Error{Fault::invalid, fmt::format("{} is given twice", name)};
    TRY(value->text, engine_text(name, value->type, zone, text));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const workspace::ApiParameter& parameter = api.parameters[i];
    if (!values[i].text) values[i].text = engine_default(parameter);
    if (values[i].text || !parameter.required) continue;
    return Error{Fault::invalid,
                 fmt::format("parameter {} is missing: add ?{}=..., of type {}", parameter.name,
                             parameter.name, to_string(parameter.type))};
  }
  return values;
}

std::optional<Error> refuse_values(engine::Connection& connection, const workspace::Api& api,
                                   const std::vector<engine::Parameter>& values) {
  std::string cases;
  std::vector<engine::Parameter> bounded;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const workspace::ApiParameter& parameter = api.parameters[i];
    if (!values[i].text || (!parameter.min && !parameter.max)) continue;
    cases += beyond(parameter, "<", parameter.min, "at least");
    cases += beyond(parameter, ">", parameter.max, "at most");
    bounded.push_back(values[i]);
  }
  if (cases.empty()) return std::nullopt;
  const auto words = cell(connection, "SELECT CASE" + cases + " END", bounded);
  if (!words.ok()) {
    auto error = refuse_unreadable(connection, bounded);
    return error ? error : words.error();
  }
  if (!words.value()) return std::nullopt;
  return Error{Fault::invalid, *words.value()};
}

}  // namespace weir::serve
