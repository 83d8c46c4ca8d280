// Finds where each byte of a SQL text stands in the user's files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "settings/setting_containers.h"
#include "workspace/declarations.h"
#include "workspace/report.h"

namespace weir::workspace {

// `value` is the scalar that begins at `start` of the YAML text `file`: plain, quoted, or a block.
std::vector<SqlRun> runs_of(std::string_view value, std::string_view file, SettingPlace start);

Place place_of(const SqlText& sql, std::size_t offset);

// The SQL that stands in the document, or in the file that it names. Neither or both is a mistake.
SqlText declare_sql(const std::optional<Placed<std::string>>& sql,
                    const std::optional<Placed<std::string>>& sql_file,
                    const std::filesystem::path& folder, Report& report);

// The file that a document names, from the document's own folder; a mistake where there is none, or
// where it is outside the workspace.
std::optional<std::filesystem::path> find_file(const Placed<std::string>& name,
                                               const std::filesystem::path& folder, Report& report);
// Its text; Fault::invalid where it cannot be read or is larger than `bytes_max`.
Result<std::string> read_text(const std::filesystem::path& file, std::size_t bytes_max);

}  // namespace weir::workspace
