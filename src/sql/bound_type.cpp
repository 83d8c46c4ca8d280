#include "sql/bound_type.h"

#include "engine/database.h"

namespace weir::sql {
namespace {

using formats::JsonValue;

// Each `first`, a name, with its `second`, a type: the form of STRUCT and UNION.
std::string members_text(const JsonValue& members) {
  std::string text;
  for (const JsonValue& member : members.array()) {
    const std::string& name = member["first"].text();
    if (name.empty() && member["second"]["id"].text() == "UTINYINT") continue;  // a union's tag
    if (!text.empty()) text += ", ";
    text += engine::quote_name(name) + " " + type_text(member["second"]);
  }
  return "(" + text + ")";
}

std::string enum_text(const JsonValue& values) {
  std::string text;
  for (const JsonValue& value : values.array()) {
    if (!text.empty()) text += ", ";
    text += engine::quote_text(value.text());
  }
  return "ENUM(" + text + ")";
}

}  // namespace

std::string type_text(const JsonValue& type) {
  const std::string& id = type["id"].text();
  const JsonValue& info = type["type_info"];
  if (!info["alias"].text().empty()) return info["alias"].text();
  if (id == "DECIMAL") {
    return "DECIMAL(" + std::to_string(info["width"].integer()) + "," +
           std::to_string(info["scale"].integer()) + ")";
  }
  if (id == "LIST") return type_text(info["child_type"]) + "[]";
  if (id == "ARRAY") {
    return type_text(info["child_type"]) + "[" + std::to_string(info["size"].integer()) + "]";
  }
  if (id == "STRUCT" || id == "UNION") return id + members_text(info["child_types"]);
  if (id == "MAP") {
    const auto& entry = info["child_type"]["type_info"]["child_types"].array();
    if (entry.size() != 2) return id;
    return "MAP(" + type_text(entry[0]["second"]) + ", " + type_text(entry[1]["second"]) + ")";
  }
  if (id == "ENUM") return enum_text(info["values"]);
  if (id == "NULL") return "\"NULL\"";
  return id;
}

std::string type_of(const JsonValue& expression) {
  if (expression.has("return_type")) return type_text(expression["return_type"]);
  if (expression.has("value")) return type_text(expression["value"]["type"]);
  return "BOOLEAN";  // comparisons and what they are joined to
}

}  // namespace weir::sql
