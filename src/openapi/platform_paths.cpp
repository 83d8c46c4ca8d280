#include "openapi/platform_paths.h"

#include "openapi/data_paths.h"

namespace weir::openapi {
namespace {

constexpr std::string_view string_schema = R"({"type":"string"})";
constexpr std::string_view strings_schema = R"({"type":"array","items":{"type":"string"}})";
constexpr std::string_view boolean_schema = R"({"type":"boolean"})";

std::string object_of(const JsonObject& properties, const std::vector<std::string>& required) {
  return JsonObject()
      .text("type", "object")
      .raw("properties", properties.done())
      .raw("required", json_strings(required))
      .done();
}

// {"NAME": "..."} and nothing else.
std::string text_body(std::string_view name) {
  return fmt::format(R"({{"type":"object","properties":{{"{0}":{{"type":"string"}}}},)"
                     R"("required":["{0}"],"additionalProperties":false}})",
                     name);
}

// How each relation of a query is read, as explain tells it.
std::string reads_schema() {
  constexpr std::string_view names_or_null =
      R"({"type":["array","null"],"items":{"type":"string"}})";
  constexpr std::string_view count_or_null = R"({"type":["integer","null"]})";
  const std::string read =
      JsonObject()
          .text("type", "object")
          .raw("properties", JsonObject()
                                 .raw("name", string_schema)
                                 .raw("rows", count_or_null)
                                 .raw("index", names_or_null)
                                 .raw("index_columns_bound", R"({"type":"integer"})")
                                 .raw("ranges", R"({"type":["string","null"]})")
                                 .raw("rows_scanned", count_or_null)
                                 .raw("passed_over_index", names_or_null)
                                 .raw("helpful_index", names_or_null)
                                 .done())
          .done();
  return object_of(JsonObject().raw("reads", array_of(read)), {"reads"});
}

std::string sample_schema() {
  return object_of(JsonObject()
                       .raw("rows", objects_schema)
                       .raw("next", position_schema)
                       .raw("dropped", R"({"type":"integer"})")
                       .raw("skipped_bytes", R"({"type":"integer"})"),
                   {"rows", "next", "dropped", "skipped_bytes"});
}

// Where a replay goes on.
std::string replay_place_schema() {
  return object_of(JsonObject()
                       .raw("position", position_schema)
                       .raw("row", R"({"type":"integer","minimum":0,"maximum":4294967295})"),
                   {"position", "row"});
}

std::string replay_body() {
  return JsonObject()
      .text("type", "object")
      .raw("properties", JsonObject()
                             .raw("code", string_schema)
                             .raw("since", string_schema)
                             .raw("until", string_schema)
                             .raw("again", boolean_schema)
                             .raw("dry_run", boolean_schema)
                             .raw("late", boolean_schema)
                             .raw("into", string_schema)
                             .raw("next", replay_place_schema())
                             .done())
      .raw("additionalProperties", "false")
      .done();
}

std::string replay_answer() {
  JsonObject properties;
  for (const char* count :
       {"rows", "accepted", "late", "refused", "replayed_before", "still_late"}) {
    properties.raw(count, R"({"type":"integer"})");
  }
  properties.raw("errors", objects_schema)
      .raw("next", JsonObject()
                       .raw("anyOf", json_array({replay_place_schema(), R"({"type":"null"})"}))
                       .done());
  return JsonObject().text("type", "object").raw("properties", properties.done()).done();
}

std::string drop_body() {
  return JsonObject()
      .text("type", "object")
      .raw("properties",
           JsonObject()
               .raw("names", R"({"type":"array","minItems":1,"items":{"type":"string"}})")
               .raw("restart", boolean_schema)
               .raw("dry_run", boolean_schema)
               .done())
      .raw("required", R"(["names"])")
      .raw("additionalProperties", "false")
      .done();
}

Operation look(std::string_view id, std::string_view summary, std::string_view schema) {
  Operation look(id, summary, "platform");
  return look.answers({200, "The answer", std::string(schema)}).refuses({401, 403, 500, 503});
}

void add_queries(Paths& paths) {
  Operation sql("sql", "Runs one SELECT over what the token may read", "platform");
  add_wait(sql)
      .body("application/json", text_body("sql"))
      .answers({200, "The rows", std::string(objects_schema), "text/csv"})
      .refuses({400, 401, 403, 404, 408, 409, 411, 413, 415, 500, 503, 504});
  paths.add("/weir/v1/sql", "post", sql);
  Operation explain("explain", "Tells by which indexes a SELECT, or an api, is read", "platform");
  explain
      .body("application/json",
            JsonObject().raw("oneOf", json_array({text_body("sql"), text_body("api")})).done())
      .answers({200, "The reads", reads_schema()})
      .refuses({400, 401, 403, 404, 408, 411, 413, 415, 500, 503, 504});
  paths.add("/weir/v1/explain", "post", explain);
}

void add_tokens(Paths& paths) {
  Operation list("list_tokens", "The tokens, without their secrets", "administration");
  list.answers({200, "The tokens", std::string(objects_schema)}).refuses({401, 403, 500, 503});
  Operation create("create_token", "Makes a token; its secret is shown once", "administration");
  create
      .body("application/json",
            R"({"type":"object","properties":{"scopes":{"type":"array","minItems":1,)"
            R"("items":{"type":"string"}},"expires_in":{"type":"string"}},"required":["scopes"]})")
      .answers({200, "The token", std::string(object_schema)})
      .refuses({400, 401, 403, 408, 411, 413, 415, 500, 503});
  paths.add("/weir/v1/tokens", "get", list).add("/weir/v1/tokens", "post", create);
  Operation revoke("revoke_token", "Takes a token's rights away", "administration");
  revoke.path("id", "As the list has it", R"({"type":"string","minLength":1})")
      .answers({200, "It is revoked", R"({"type":["object","null"]})"})
      .refuses({400, 401, 403, 404, 500, 503});
  paths.add("/weir/v1/tokens/{id}", "delete", revoke);
}

void add_drop(Paths& paths) {
  Operation begun("begun_drop", "The names whose drop is under way", "administration");
  begun.answers({200, "The names", std::string(strings_schema)}).refuses({401, 403, 500, 503});
  Operation drop("drop", "Gives up what is kept of sources, streams and tables, for good",
                 "administration");
  drop.body("application/json", drop_body())
      .answers({200, "What goes; begun unless dry_run",
                R"({"type":"object","properties":{"begun":{"type":"boolean"},)"
                R"("parts":{"type":"array","items":{"type":"object"}}},)"
                R"("required":["begun","parts"]})"})
      .refuses({400, 401, 403, 404, 408, 409, 411, 413, 500, 503});
  paths.add("/weir/v1/drop", "get", begun).add("/weir/v1/drop", "post", drop);
}

}  // namespace

void add_catalogue(Paths& paths, const std::string& kind) {
  paths.add("/weir/v1/" + kind, "get",
            look(kind, "What there is, and of which form", objects_schema));
}

void add_looks(Paths& paths) {
  add_queries(paths);
  paths.add("/weir/v1/status", "get", look("status", "Every row accounted for", object_schema));
  for (const char* kind : {"streams", "tables", "apis"}) add_catalogue(paths, kind);
  Operation metrics("metrics", "Figures for Prometheus", "platform");
  metrics.answers({200, "The figures", "", "text/plain"}).refuses({401, 403, 500, 503});
  paths.add("/metrics", "get", metrics);
}

void add_tap(Paths& paths, const std::vector<std::string>& names) {
  Operation tap("tap", "A sample of what flows through a source or stream, as it does", "platform");
  tap.path("name", "A source, a stream, late(STREAM), or quarantine(SOURCE or STREAM)",
           JsonObject().text("type", "string").raw("enum", json_strings(names)).done())
      .query("after", "Looks behind that position; else at what comes from now on", position_schema)
      .query("limit", "Rows of a sample",
             R"({"type":"integer","minimum":1,"maximum":10000,"default":100})")
      .query("timeout", "How long it waits for rows: a duration of 10s at most",
             R"({"type":"string","pattern":"^[0-9]+(us|ms|s)$","default":"1s"})")
      .answers({200, "The sample; next is where to go on", sample_schema(), "application/x-ndjson"})
      .refuses({400, 401, 403, 404, 431, 500, 503});
  paths.add("/weir/v1/tap/{name}", "get", tap);
}

void add_replay(Paths& paths) {
  Operation replay("replay", "Sends rows that were set aside again, some thousand at a time",
                   "events");
  replay.path("name", "A source; of late rows a stream too", R"({"type":"string","minLength":1})")
      .optional_body("application/json", replay_body())
      .answers({200, "What came of it; give next along until it is null", replay_answer()})
      .refuses({400, 401, 403, 404, 408, 411, 413, 429, 500, 503, 504});
  paths.add("/weir/v1/quarantine/{name}/replay", "post", replay);
}

void add_administration(Paths& paths) {
  add_tokens(paths);
  add_drop(paths);
  Operation validate("validate", "What a reload of the workspace's files of now would refuse",
                     "administration");
  validate
      .answers({200, "Their folder, and the mistakes",
                R"({"type":"object","properties":{"folder":{"type":"string"},)"
                R"("mistakes":{"type":"array","items":{"type":"object"}}},)"
                R"("required":["folder","mistakes"]})"})
      .refuses({401, 403, 500, 503});
  paths.add("/weir/v1/validate", "get", validate);
  Operation stop("stop", "Drains and stops the server", "administration");
  stop.answers({200, "It stops", std::string(object_schema)})
      .refuses({401, 403, 408, 411, 500, 503});
  paths.add("/weir/v1/stop", "post", stop);
}

void add_open(Paths& paths) {
  for (const auto& [path, words] : {std::pair{"/healthz", "Whether the process answers"},
                                    {"/readyz", "Whether events can be made durable"}}) {
    Operation health(path + 1, words, "platform");
    health.open().answers({200, "Yes", std::string(object_schema)}).refuses({500, 503});
    paths.add(path, "get", health);
  }
  Operation snippet("beacon_script", "The script by which pages send events", "events");
  snippet.open().answers({200, "The script", "", "application/javascript"}).refuses({400, 500});
  paths.add("/beacon.js", "get", snippet);
  Operation page("explorer", "A page that shows this document and calls what is in it", "platform");
  page.open().answers({200, "The page", "", "text/html"}).refuses({500, 503});
  paths.add("/docs", "get", page);
  Operation document("document", "What this token may call: this document", "platform");
  document.answers_as_it_is({200, "The document", std::string(object_schema)})
      .refuses({401, 500, 503});
  paths.add("/openapi.json", "get", document);
}

}  // namespace weir::openapi
