// The document's paths as they are gathered, with the schemas that they name.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "openapi/json_object.h"
#include "openapi/operation.h"

namespace weir::openapi {

class Paths {
 public:
  // Operations of one path are added one after the other.
  Paths& add(const std::string& path, std::string_view method, const Operation& operation) {
    if (paths_.empty() || paths_.back().first != path) paths_.emplace_back(path, JsonObject());
    paths_.back().second.raw(method, operation.done());
    return *this;
  }
  Paths& add_schema(std::string_view name, std::string_view schema) {
    schemas_.raw(name, schema);
    return *this;
  }

  std::string paths() const {
    JsonObject all;
    for (const auto& [path, methods] : paths_) all.raw(path, methods.done());
    return all.done();
  }
  std::string schemas() const { return schemas_.done(); }

 private:
  std::vector<std::pair<std::string, JsonObject>> paths_;
  JsonObject schemas_;
};

// Of one that was added.
inline std::string schema_named(const std::string& name) {
  return JsonObject().text("$ref", "#/components/schemas/" + name).done();
}

inline std::string array_of(std::string_view schema) {
  return JsonObject().text("type", "array").raw("items", schema).done();
}

constexpr std::string_view object_schema = R"({"type":"object"})";
constexpr std::string_view objects_schema = R"({"type":"array","items":{"type":"object"}})";
// A position, and whatever else JSON has exactly.
constexpr std::string_view position_schema =
    R"({"type":"integer","minimum":0,"maximum":9007199254740991})";

}  // namespace weir::openapi
