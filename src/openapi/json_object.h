// Puts a JSON object together, member by member, in the order they are added.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "core/json_text.h"

namespace weir::openapi {

class JsonObject {
 public:
  // `json` is a value as it stands.
  JsonObject& raw(std::string_view name, std::string_view json) {
    if (!members_.empty()) members_ += ',';
    append_json_string(members_, name);
    members_ += ':';
    members_ += json;
    return *this;
  }
  JsonObject& text(std::string_view name, std::string_view text) {
    return raw(name, json_string(text));
  }
  std::string done() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

}  // namespace weir::openapi
