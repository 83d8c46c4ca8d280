// A workspace whose SQL was understood: what operate starts, and validate checks.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/batch.h"
#include "sql/plan.h"
#include "workspace/declarations.h"

namespace weir::workspace {

struct CompiledStream {
  Stream declared;
  sql::Plan plan;
  bool emit_changes = false;  // `emit` worked out
};

// A table that streams write: declared, or made from a stream's result.
struct StreamTable {
  std::string name;
  std::shared_ptr<const Schema> schema;
  std::vector<std::size_t> key;  // columns; empty: every row is kept
  bool rows_are_final = false;   // each key comes once and is never taken back
  std::vector<std::string> streams;
  std::vector<std::vector<std::size_t>> indexes;  // columns of each
  std::optional<std::chrono::seconds> retention;
  std::optional<std::size_t> event_time;  // column that retention counts by
};

// A table of a file of the workspace, read whole.
struct StaticTable {
  std::string name;
  std::shared_ptr<const Schema> schema;
  std::vector<std::size_t> key;
  std::vector<std::shared_ptr<const Batch>> batches;
};

struct CompiledApi {
  Api declared;
  std::vector<std::string> reads;  // names of tables and sources
};

struct CompiledWorkspace {
  Workspace declared;
  std::vector<CompiledStream> streams;  // one that reads another comes after it
  std::vector<StreamTable> tables;
  std::vector<StaticTable> static_tables;
  std::vector<CompiledApi> apis;
};

// Mistakes inside SQL are placed in the user's file.
std::variant<CompiledWorkspace, std::vector<Mistake>> compile(Workspace workspace);
// Loads and compiles. Where documents have mistakes, the SQL of the others is checked all the same.
std::variant<CompiledWorkspace, std::vector<Mistake>> compile_folder(
    const std::filesystem::path& folder);

}  // namespace weir::workspace
