#include "workspace/table_document.h"

#include <algorithm>

#include "workspace/sql_places.h"

namespace weir::workspace {
namespace {

std::vector<std::string> distinct_columns(const std::vector<Placed<std::string>>& columns,
                                          const std::string& key, Report& report) {
  std::vector<std::string> names;
  for (const Placed<std::string>& column : columns) {
    if (std::ranges::find(names, column.value) != names.end()) {
      report.note(column.place, key + ": \"" + column.value + "\" stands here twice");
    }
    names.push_back(column.value);
  }
  return names;
}

}  // namespace

const Spec<TableInput>& TableInput::spec() {
  static const Spec<TableInput> spec =
      Spec<TableInput>("a map with file", "What a static table is read from.")
          .field("file", &TableInput::file,
                 "A .csv, .tsv, .json, .ndjson or .parquet file of the workspace, read whole at "
                 "start.",
                 required, example("airports.csv"));
  return spec;
}

const Spec<TableDocument>& TableDocument::spec() {
  using C = TableDocument;
  static const Spec<C> spec =
      Spec<C>("table",
              "A table that streams write, or a static one of a file. The first needs no document: "
              "it is made from the stream's result.")
          .field("table", &C::table, "Name of the table.", required, example("delays_by_origin"))
          .field("key", &C::key,
                 "Columns that tell its rows apart. Without it, a grouped result is keyed by its "
                 "group columns, and any other only grows.",
                 example("[window_start, origin]"))
          .field("indexes", &C::indexes,
                 "Columns to find rows by, a list each: rows with one value in the first of them "
                 "and, in the column after those, a range.",
                 example("[[origin, window_start]]"))
          .field("retention", &C::retention,
                 "Rows that much older than the newest event time in it are dropped.",
                 example("365d"))
          .field("from", &C::from, "The file of a static table.", example("{file: airports.csv}"));
  return spec;
}

Table declare_table(const Document<TableDocument>& document, const std::filesystem::path& folder,
                    const Names& names, Report& report) {
  const TableDocument& settings = document.settings;
  Table table{.name = settings.table.value};
  table.key = distinct_columns(settings.key, "key", report);
  for (const auto& index : settings.indexes) {
    table.indexes.push_back(distinct_columns(index, "indexes", report));
    if (index.empty()) report.note_key("indexes", "an index has one column at least");
  }
  table.retention = settings.retention;
  const bool is_written = names.is_target(table.name);
  if (names.is_stream(table.name) && !is_written) {
    report.note(settings.table.place,
                "\"" + table.name + "\" is a stream too: only a table that it writes has its name");
  }
  if (settings.from) {
    const Placed<std::string>& name = settings.from->file;
    const auto file = name.value.empty() ? std::nullopt : find_file(name, folder, report);
    if (file) table.file = *file;
    if (is_written)
      report.note_key("from", "a static table is not written, and a stream has it under into");
    if (table.retention) report.note_key("retention", "a static table keeps what its file has");
  } else if (!report.has_key("from") && !is_written && !names.is_stream(table.name)) {
    report.note(settings.table.place, "no stream writes \"" + table.name +
                                          "\": name it under a stream's into, or give it a file "
                                          "with from: {file: ...}");
  }
  table.place = report.document_place();
  table.places = report.key_places();
  return table;
}

}  // namespace weir::workspace
