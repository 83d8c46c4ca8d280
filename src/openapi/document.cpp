#include "openapi/document.h"

#include <fmt/format.h>

#include "openapi/operation.h"
#include "openapi/type_schema.h"

namespace weir::openapi {
namespace {

constexpr const char* object_schema = R"({"type":"object"})";
constexpr const char* objects_schema = R"({"type":"array","items":{"type":"object"}})";

std::string component(const std::string& name) {
  return JsonObject().text("$ref", "#/components/schemas/" + name).done();
}

std::string array_of(const std::string& schema) {
  return JsonObject().text("type", "array").raw("items", schema).done();
}

// Gathers the paths, and the schemas that they name.
class Document {
 public:
  explicit Document(const Described& described) : described_(described) {}

  std::string write() {
    schemas_.raw("refusal", R"({"type":"object","properties":{"code":{"type":"integer"},)"
                            R"("message":{"type":"string"},"data":{"type":"null"},)"
                            R"("error":{"type":"string","pattern":"^[A-Z][A-Z0-9_]+$"}},)"
                            R"("required":["code","message","data","error"]})");
    schemas_.raw("page", R"({"type":"object","properties":{"limit":{"type":"integer"},)"
                         R"("offset":{"type":"integer"},"next":{"type":["integer","null"]}}})");
    schemas_.raw("receipt", R"({"type":"object","properties":{"accepted":{"type":"integer"},)"
                            R"("late":{"type":"integer"},"quarantined":{"type":"integer"},)"
                            R"("position":{"type":"integer"},"errors":{"type":"array"}},)"
                            R"("required":["accepted","late","quarantined","position"]})");
    for (const workspace::Source* source : described_.sources) add_source(*source);
    for (const DescribedTable& table : described_.tables) add_table(table);
    for (const DescribedApi& api : described_.apis) add_api(api);
    if (described_.may_look || !described_.sources.empty()) add_list("sources");
    if (described_.may_look) add_looks();
    if (described_.may_administer) add_administration();
    add_health();
    return whole_document();
  }

 private:
  void add(const std::string& path, const char* method, const Operation& operation) {
    paths_.raw(path, JsonObject().raw(method, operation.done()).done());
  }

  void add_source(const workspace::Source& source) {
    const std::string& name = source.name;
    schemas_.raw("event_" + name, event_schema(source.rules));
    // What does not fit is set aside and counted, which is no refusal: any JSON is sound.
    const std::string event = component("event_" + name);
    const std::string events =
        JsonObject().raw("anyOf", json_array({event, array_of(event), "true"})).done();
    Operation ingest("ingest_" + name, "Makes events of " + name + " durable", "events");
    ingest
        .header("Idempotency-Key", "A repeat with the same key answers the same and does nothing",
                R"({"minLength":1,"maxLength":255,"pattern":"^[!-~]+$"})")
        .body("application/json", events)
        .body("application/x-ndjson", R"({"type":"string"})")
        .answers({200, "They are durable; what did not fit was set aside", component("receipt")})
        .refuses({400, 401, 403, 408, 411, 413, 415, 422, 429, 500, 503});
    add("/ingest/" + name, "post", ingest);
    Operation watermark("watermark_" + name, "Closes the windows of " + name + " before a time",
                        "events");
    watermark
        .body("application/json",
              R"({"type":"object","properties":{"watermark":{"const":"end"}},)"
              R"("required":["watermark"],"additionalProperties":false,)"
              R"("description":"end closes every window open so far; a time such as )"
              R"(2001-07-01T00:00:00Z those that end before it"})")
        .answers({200, "It is durable",
                  R"({"type":"object","properties":{"position":)"
                  R"({"type":"integer"}},"required":["position"]})"})
        .refuses({400, 401, 403, 408, 411, 413, 415, 429, 500, 503});
    add("/ingest/" + name + "/watermark", "post", watermark);
  }

  Operation& add_wait(Operation& operation) const {
    return operation.query(
        "wait",
        "Answers once everything up to that position is in what is read; with timeout, 10s unless "
        "said otherwise, as the longest that it may take",
        R"({"type":"integer","minimum":0,"maximum":9007199254740991})");
  }

  void add_filters(Operation& operation, const Field& column) const {
    const auto value = url_schema(column.type);
    operation.query(column.name + ".is", column.name + " is null or not",
                    R"({"type":"string","enum":["null","notnull"]})");
    if (!value) return;
    operation.query(column.name, column.name + " has this value", *value);
    for (const auto& [name, words] : {std::pair{"ne", "differs from"},
                                      {"lt", "is less than"},
                                      {"lte", "is at most"},
                                      {"gt", "is more than"},
                                      {"gte", "is at least"}}) {
      operation.query(column.name + "." + name, fmt::format("{} {} this value", column.name, words),
                      *value);
    }
    if (column.type.id == TypeId::varchar) {
      operation.query(column.name + ".like", "A pattern of % and _", *value);
    }
  }

  void add_table(const DescribedTable& table) {
    schemas_.raw("row_" + table.name, row_schema(*table.schema));
    std::vector<std::string> names, orders;
    for (const Field& column : table.schema->columns) {
      if (column.name.find(',') != std::string::npos) continue;
      names.push_back(column.name);
      if (column.name.starts_with('-')) continue;
      orders.push_back(column.name);
    }
    const std::string name_schema =
        JsonObject().text("type", "string").raw("enum", json_strings(names)).done();
    const std::string order_schema =
        JsonObject().text("type", "string").raw("enum", json_strings(orders)).done();
    Operation rows("rows_of_" + table.name, "Rows of " + table.name, "tables");
    rows.query("limit", "Rows of a page",
               R"({"type":"integer","minimum":1,"maximum":10000,"default":100})")
        .query("offset", "Rows before the page",
               R"({"type":"integer","minimum":0,"maximum":9007199254740991})")
        .query_list("select", "Columns to give", name_schema)
        .query_list("order", "Columns to sort by; -name for descending order", order_schema);
    add_wait(rows);
    for (const Field& column : table.schema->columns) add_filters(rows, column);
    rows.answers({200, "The rows", array_of(component("row_" + table.name)), "text/csv", true})
        .refuses({400, 401, 403, 409, 500, 503, 504});
    add("/api/v1/data/" + table.name, "get", rows);
  }

  void add_api(const DescribedApi& api) {
    const workspace::Api& declared = *api.declared;
    const std::string name = fmt::format("{}_v{}", declared.name, declared.version);
    schemas_.raw("row_of_api_" + name, row_schema(*api.result));
    Operation call("api_" + name, "The published query " + declared.name, "apis");
    for (const workspace::ApiParameter& parameter : declared.parameters) {
      const auto schema = url_schema(parameter.type, parameter.min, parameter.max);
      const std::string words =
          "Of type " + to_string(parameter.type) +
          (parameter.default_value ? "; " + *parameter.default_value + " unless given" : "");
      const std::string known = schema.value_or(R"({"type":"string"})");
      if (parameter.required && !parameter.default_value) {
        call.required_query(parameter.name, words, known);
      } else {
        call.query(parameter.name, words, known);
      }
    }
    add_wait(call);
    call.answers({200, "The rows", array_of(component("row_of_api_" + name)), "text/csv"})
        .refuses({400, 401, 403, 409, 500, 503, 504});
    add(fmt::format("/api/v{}{}", declared.version, declared.path), "get", call);
  }

  void add_text_route(const std::string& path, const char* summary, const char* member,
                      const std::string& answer) {
    Operation query(path.substr(path.rfind('/') + 1), summary, "platform");
    query
        .body("application/json",
              fmt::format(R"({{"type":"object","properties":{{"{0}":{{"type":"string"}}}},)"
                          R"("required":["{0}"],"additionalProperties":false}})",
                          member))
        .answers({200, "The answer", answer, path.ends_with("sql") ? "text/csv" : ""})
        .refuses({400, 401, 403, 404, 408, 411, 413, 415, 500, 503, 504});
    add(path, "post", query);
  }

  void add_list(const std::string& kind) {
    add_look("/weir/v1/" + kind, "What there is, and of which form", objects_schema);
  }

  void add_looks() {
    add_text_route("/weir/v1/sql", "Runs one SELECT over what the token may read", "sql",
                   objects_schema);
    add_text_route("/weir/v1/explain", "Tells by which index a SELECT is read", "sql",
                   object_schema);
    add_look("/weir/v1/status", "Every row accounted for", object_schema);
    for (const char* kind : {"streams", "tables", "apis"}) add_list(kind);
    Operation metrics("metrics", "Figures for Prometheus", "platform");
    metrics.answers({200, "The figures", "", "text/plain"}).refuses({401, 403, 500, 503});
    add("/metrics", "get", metrics);
  }

  void add_look(const std::string& path, const char* summary, const char* schema) {
    Operation look(path.substr(path.rfind('/') + 1), summary, "platform");
    look.answers({200, "The answer", schema}).refuses({401, 403, 500, 503});
    add(path, "get", look);
  }

  void add_administration() {
    Operation list("list_tokens", "The tokens, without their secrets", "administration");
    list.answers({200, "The tokens", objects_schema}).refuses({401, 403, 500, 503});
    Operation create("create_token", "Makes a token; its secret is shown once", "administration");
    create
        .body(
            "application/json",
            R"({"type":"object","properties":{"scopes":{"type":"array","minItems":1,)"
            R"("items":{"type":"string"}},"expires_in":{"type":"string"}},"required":["scopes"]})")
        .answers({200, "The token", object_schema})
        .refuses({400, 401, 403, 408, 411, 413, 415, 500, 503});
    paths_.raw("/weir/v1/tokens",
               JsonObject().raw("get", list.done()).raw("post", create.done()).done());
    Operation revoke("revoke_token", "Takes a token's rights away", "administration");
    revoke.path("id", "As the list has it")
        .answers({200, "It is revoked", R"({"type":["object","null"]})"})
        .refuses({400, 401, 403, 404, 500, 503});
    add("/weir/v1/tokens/{id}", "delete", revoke);
    Operation stop("stop", "Drains and stops the server", "administration");
    stop.answers({200, "It stops", object_schema}).refuses({401, 403, 408, 411, 500, 503});
    add("/weir/v1/stop", "post", stop);
  }

  void add_health() {
    for (const auto& [path, words] : {std::pair{"/healthz", "Whether the process answers"},
                                      {"/readyz", "Whether events can be made durable"}}) {
      Operation health(path + 1, words, "platform");
      health.open().answers({200, "Yes", object_schema}).refuses({500, 503});
      add(path, "get", health);
    }
  }

  std::string whole_document() const {
    const std::string info = JsonObject()
                                 .text("title", described_.workspace)
                                 .text("version", "1")
                                 .text("description", "What this token may call of the workspace " +
                                                          described_.workspace + ", served by Weir")
                                 .done();
    const std::string security =
        R"({"token":{"type":"http","scheme":"bearer","description":"weir token create"}})";
    return JsonObject()
        .text("openapi", "3.1.0")
        .raw("info", info)
        .raw("security", R"([{"token":[]}])")
        .raw("paths", paths_.done())
        .raw("components",
             JsonObject().raw("schemas", schemas_.done()).raw("securitySchemes", security).done())
        .done();
  }

  const Described& described_;
  JsonObject paths_;
  JsonObject schemas_;
};

}  // namespace

std::string document(const Described& described) { return Document(described).write(); }

}  // namespace weir::openapi
