#include "openapi/operation.h"

#include <map>

namespace weir::openapi {
namespace {

std::string_view words_of(int status) {
  static const std::map<int, std::string_view> words{
      {400, "The request is wrong; the message says where"},
      {401, "No token, or none that is known"},
      {403, "The token's scopes do not allow it"},
      {404, "There is no such thing"},
      {405, "Another method is meant"},
      {408, "The request did not end in time"},
      {409, "It conflicts with what there is"},
      {411, "The length of the body is missing"},
      {413, "The body is too large"},
      {415, "The body is of another type than is read here"},
      {422, "The key came with another body before"},
      {429, "More waits than can be taken: try again"},
      {431, "The head of the request is too large"},
      {500, "A mistake of the server"},
      {503, "Not now: try again after Retry-After"},
      {504, "It took too long: try again"}};
  return words.at(status);
}

std::string in_envelope(const Answer& answer) {
  JsonObject properties;
  properties.raw("code", R"({"type":"integer"})")
      .raw("message", R"({"type":"string"})")
      .raw("data", answer.schema);
  if (answer.has_page) properties.raw("page", R"({"$ref":"#/components/schemas/page"})");
  return JsonObject()
      .text("type", "object")
      .raw("properties", properties.done())
      .raw("required", R"(["code","message","data"])")
      .done();
}

}  // namespace

Operation::Operation(std::string_view id, std::string_view summary, std::string_view tag) {
  operation_.text("operationId", id)
      .text("summary", summary)
      .raw("tags", json_strings({std::string(tag)}));
}

Operation& Operation::parameter(std::string_view in, std::string_view name,
                                const JsonObject& rest) {
  std::string written = rest.done();
  written.insert(1, fmt::format("\"in\":{},\"name\":{},", json_string(in), json_string(name)));
  parameters_.push_back(std::move(written));
  return *this;
}

Operation& Operation::query(std::string_view name, std::string_view description,
                            std::string_view schema) {
  return parameter("query", name,
                   JsonObject().text("description", description).raw("schema", schema));
}

Operation& Operation::list(std::string_view name, std::string_view description,
                           const JsonObject& schema) {
  return parameter("query", name,
                   JsonObject()
                       .text("description", description)
                       .raw("explode", "false")
                       .text("style", "form")
                       .raw("schema", schema.done()));
}

Operation& Operation::query_list(std::string_view name, std::string_view description,
                                 std::string_view item_schema) {
  return list(name, description,
              JsonObject().text("type", "array").raw("items", item_schema).raw("minItems", "1"));
}

Operation& Operation::query_set(std::string_view name, std::string_view description,
                                std::string_view item_schema) {
  return list(name, description,
              JsonObject()
                  .text("type", "array")
                  .raw("items", item_schema)
                  .raw("minItems", "1")
                  .raw("uniqueItems", "true"));
}

Operation& Operation::required_query(std::string_view name, std::string_view description,
                                     std::string_view schema) {
  return parameter(
      "query", name,
      JsonObject().text("description", description).raw("required", "true").raw("schema", schema));
}

Operation& Operation::header(std::string_view name, std::string_view description,
                             std::string_view schema) {
  return parameter("header", name,
                   JsonObject().text("description", description).raw("schema", schema));
}

Operation& Operation::path(std::string_view name, std::string_view description,
                           std::string_view schema) {
  return parameter(
      "path", name,
      JsonObject().text("description", description).raw("required", "true").raw("schema", schema));
}

Operation& Operation::optional_body(std::string_view media_type, std::string_view schema) {
  bodies_.raw(media_type, JsonObject().raw("schema", schema).done());
  return *this;
}

Operation& Operation::body(std::string_view media_type, std::string_view schema) {
  must_have_body_ = true;
  return optional_body(media_type, schema);
}

Operation& Operation::answers(const Answer& answer) {
  return this->answer(answer, answer.schema.empty() ? "" : in_envelope(answer));
}

Operation& Operation::answers_as_it_is(const Answer& answer) {
  return this->answer(answer, answer.schema);
}

Operation& Operation::answer(const Answer& answer, const std::string& json_schema) {
  JsonObject content;
  if (!json_schema.empty()) {
    content.raw("application/json", JsonObject().raw("schema", json_schema).done());
  }
  if (!answer.other_type.empty()) {
    content.raw(answer.other_type, R"({"schema":{"type":"string"}})");
  }
  JsonObject response;
  response.text("description", answer.description);
  if (content.done() != "{}") response.raw("content", content.done());
  responses_.raw(std::to_string(answer.status), response.done());
  return *this;
}

Operation& Operation::refuses(const std::vector<int>& statuses) {
  for (const int status : statuses) {
    JsonObject response;
    response.text("description", words_of(status));
    if (status == 503 || status == 429 || status == 504) {
      response.raw("headers", R"({"Retry-After":{"schema":{"type":"integer"}}})");
    }
    response.raw("content",
                 R"({"application/json":{"schema":{"$ref":"#/components/schemas/refusal"}}})");
    responses_.raw(std::to_string(status), response.done());
  }
  return *this;
}

Operation& Operation::open() {
  security_ = "[]";
  return *this;
}

Operation& Operation::open_to_some() {
  security_ = R"([{"token":[]},{}])";
  return *this;
}

std::string Operation::done() const {
  JsonObject whole = operation_;
  if (!parameters_.empty()) whole.raw("parameters", json_array(parameters_));
  if (const std::string bodies = bodies_.done(); bodies != "{}") {
    whole.raw("requestBody", JsonObject()
                                 .raw("required", must_have_body_ ? "true" : "false")
                                 .raw("content", bodies)
                                 .done());
  }
  if (!security_.empty()) whole.raw("security", security_);
  return whole.raw("responses", responses_.done()).done();
}

}  // namespace weir::openapi
