#include "openapi/source_paths.h"

#include "openapi/type_schema.h"

namespace weir::openapi {
namespace {

const std::vector<int> refusals_of_events{400, 401, 403, 408, 411, 413, 415, 422, 429, 500, 503};

Operation& add_key(Operation& operation) {
  return operation.header("Idempotency-Key",
                          "A repeat with the same key answers the same and does nothing",
                          R"({"minLength":1,"maxLength":255,"pattern":"^[!-~]+$"})");
}

Operation& add_beacon_key(Operation& operation, std::string_view when) {
  return operation.query(
      "key", std::string("A token that may write here, in place of the header") + std::string(when),
      R"({"type":"string"})");
}

Operation& add_json_bodies(Operation& operation, const workspace::Source& source) {
  // What does not fit is set aside and counted, which is no refusal: any JSON is sound.
  const std::string event = schema_named("event_" + source.name);
  const std::string events =
      JsonObject().raw("anyOf", json_array({event, array_of(event), "true"})).done();
  return operation.body("application/json", events)
      .body("application/x-ndjson", R"({"type":"string"})");
}

Operation& answer_receipt(Operation& operation) {
  return operation.answers(
      {200, "They are durable; what did not fit was set aside", schema_named("receipt")});
}

Operation& answer_nothing(Operation& operation) {
  return operation.answers({204, "It is durable; whether a row fits is not told", "", ""});
}

Operation ingest(const workspace::Source& source) {
  Operation ingest("ingest_" + source.name, "Makes events of " + source.name + " durable",
                   "events");
  return answer_receipt(add_json_bodies(add_key(ingest), source)).refuses(refusals_of_events);
}

// Pages of the source's origins need no token.
Operation& let_pages_in(Operation& operation, const workspace::Source& source) {
  return source.browser_origins.empty() ? operation : operation.open_to_some();
}

Operation beacon(const workspace::Source& source) {
  Operation beacon("beacon_" + source.name, "Takes events of " + source.name + " from pages",
                   "events");
  add_json_bodies(add_beacon_key(add_key(beacon), ""), source)
      .body("text/plain", R"({"type":"string"})");
  return let_pages_in(answer_nothing(beacon), source).refuses(refusals_of_events);
}

Operation own_path(const workspace::Source& source) {
  Operation both("own_path_" + source.name,
                 "A second address of " + source.name +
                     ": of plain text as its beacons', of JSON as its ingest address",
                 "events");
  add_json_bodies(add_beacon_key(add_key(both), ", of plain text"), source)
      .body("text/plain", R"({"type":"string"})");
  answer_nothing(answer_receipt(both));
  return let_pages_in(both, source).refuses(refusals_of_events);
}

Operation watermark(const workspace::Source& source) {
  Operation watermark("watermark_" + source.name,
                      "Closes the windows of " + source.name + " before a time", "events");
  return watermark
      .body("application/json",
            R"({"type":"object","properties":{"watermark":{"const":"end"}},)"
            R"("required":["watermark"],"additionalProperties":false,)"
            R"("description":"end closes every window open so far; a time such as )"
            R"(2001-07-01T00:00:00Z those that end before it"})")
      .answers({200, "It is durable",
                R"({"type":"object","properties":{"position":)"
                R"({"type":"integer"}},"required":["position"]})"})
      .refuses({400, 401, 403, 408, 411, 413, 415, 429, 500, 503});
}

}  // namespace

void add_source(Paths& paths, const workspace::Source& source) {
  paths.add_schema("event_" + source.name, event_schema(source.rules));
  paths.add("/ingest/" + source.name, "post", ingest(source));
  paths.add("/ingest/" + source.name + "/watermark", "post", watermark(source));
  paths.add("/beacon/" + source.name, "post", beacon(source));
  if (!source.path.empty()) paths.add(source.path, "post", own_path(source));
}

}  // namespace weir::openapi
