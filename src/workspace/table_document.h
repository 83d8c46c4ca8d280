// A table: its key and indexes, how long rows stay, and the file of a static one.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "workspace/names.h"
#include "workspace/report.h"
#include "workspace/setting_types.h"

namespace weir::workspace {

struct TableInput {
  Placed<std::string> file;

  static const Spec<TableInput>& spec();
};

struct TableDocument {
  Placed<std::string> table;
  std::vector<Placed<std::string>> key;
  std::vector<std::vector<Placed<std::string>>> indexes;
  std::optional<std::chrono::seconds> retention;
  std::optional<TableInput> from;

  static const Spec<TableDocument>& spec();
};

Table declare_table(const Document<TableDocument>& document, const std::filesystem::path& folder,
                    const Names& names, Report& report);

}  // namespace weir::workspace
