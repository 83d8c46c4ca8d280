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

Operation& Operation::query_list(std::string_view name, std::string_view description,
                                 std::string_view item_schema) {
  const std::string list = JsonObject()
                               .text("type", "array")
                               .raw("items", item_schema)
                               .raw("minItems", "1")
                               .raw("uniqueItems", "true")
                               .done();
  return parameter("query", name,
                   JsonObject()
                       .text("description", description)
                       .raw("explode", "false")
                       .text("style", "form")
                       .raw("schema", list));
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

Operation& Operation::path(std::string_view name, std::string_view description) {
  return parameter("path", name,
                   JsonObject()
                       .text("description", description)
                       .raw("required", "true")
                       .raw("schema", R"({"type":"string","minLength":1})"));
}

Operation& Operation::body(std::string_view media_type, std::string_view schema) {
  bodies_.raw(media_type, JsonObject().raw("schema", schema).done());
  has_body_ = true;
  return *this;
}

Operation& Operation::answers(const Answer& answer) {
  JsonObject content;
  if (!answer.schema.empty()) {
    content.raw("application/json", JsonObject().raw("schema", in_envelope(answer)).done());
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
  is_open_ = true;
  return *this;
}

std::string Operation::done() const {
  JsonObject whole = operation_;
  if (!parameters_.empty()) whole.raw("parameters", json_array(parameters_));
  if (has_body_) {
    whole.raw("requestBody",
              JsonObject().raw("required", "true").raw("content", bodies_.done()).done());
  }
  if (is_open_) whole.raw("security", "[]");
  return whole.raw("responses", responses_.done()).done();
}

}  // namespace weir::openapi
