// Reads a workspace's YAML and SQL files into declarations, with every mistake at once.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/result.h"
#include "workspace/declarations.h"

namespace weir::workspace {

// All **/*.yaml and *.yml outside the data folder and hidden ones; weir.yaml must be there. Checks
// form, names, types, bounds and references; SQL is checked by compile().
std::variant<Workspace, std::vector<Mistake>> load(const std::filesystem::path& folder);

// The same, as far as it goes: documents with mistakes are left out, and their names are broken.
struct Loaded {
  Workspace workspace;
  std::vector<Mistake> mistakes;  // in order
  bool is_whole = true;           // false: too much is missing to judge what is there
};
Loaded load_sound(const std::filesystem::path& folder);

// The data folder that weir.yaml names. No other file is read, so that a mistake in one does not
// keep anybody from a server that runs.
std::variant<std::filesystem::path, std::vector<Mistake>> find_data_folder(
    const std::filesystem::path& folder);

// The JSON Schema of all documents, from the same Specs that decode them.
std::string json_schema();
// The reference page of all settings, in Markdown, from the same Specs.
std::string settings_page();

// "file:line:column: message"
std::string to_string(const Mistake& mistake);
// [{"file", "line", "column", "message"}]
std::string mistakes_json(const std::vector<Mistake>& mistakes);
// By file, line and column.
void sort_by_place(std::vector<Mistake>& mistakes);

// Without a line's end behind the last.
std::string lines_of(const std::vector<Mistake>& mistakes);
// All of them, a line each.
Error error_of(const std::vector<Mistake>& mistakes);
// For those who go on only without any.
template <class T>
Result<T> unless_mistaken(std::variant<T, std::vector<Mistake>> read) {
  if (const auto* mistakes = std::get_if<1>(&read)) return error_of(*mistakes);
  return std::get<0>(std::move(read));
}

}  // namespace weir::workspace
