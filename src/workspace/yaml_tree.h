// Reads YAML text into trees of settings. Nothing is decided of a scalar's type: each setting reads
// the text by our own rules, so that `yes` is no boolean and `017` no octal number.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "settings/setting_value.h"

namespace weir::workspace {

struct YamlDocuments {
  std::vector<SettingValue> documents;   // those with nothing in them left out
  std::optional<SettingMistake> broken;  // the text behind it was not read
};

YamlDocuments read_yaml(const std::string& text);

}  // namespace weir::workspace
