#include "formats/csv_rows.h"

#include <string_view>

#include "formats/json_rows.h"

namespace weir::formats {
namespace {

constexpr std::string_view line_end = "\r\n";

void append_field(std::string& csv, std::string_view field) {
  if (!field.empty() && field.find_first_of("\",\r\n") == std::string_view::npos) {
    csv += field;
    return;
  }
  csv += '"';
  for (const char c : field) {
    if (c == '"') csv += '"';
    csv += c;
  }
  csv += '"';
}

// What JSON writes, without the quotes of a string: none of these has an escape in it.
void append_as_json(std::string& csv, const Column& column, std::size_t row) {
  std::string json;
  append_json_value(json, column, row);
  std::string_view field = json;
  if (field.starts_with('"')) field = field.substr(1, field.size() - 2);
  append_field(csv, field);
}

void append_value(std::string& csv, const Column& column, std::size_t row) {
  if (column.is_null(row)) return;
  const TypeId id = column.type().id;
  if (id == TypeId::varchar || id == TypeId::json) {
    append_field(csv, column.string(row));
  } else {
    append_as_json(csv, column, row);
  }
}

}  // namespace

void append_csv_head(std::string& csv, const Schema& schema) {
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    if (i > 0) csv += ',';
    append_field(csv, schema.columns[i].name);
  }
  csv += line_end;
}

void append_csv_row(std::string& csv, const Batch& rows, std::size_t row) {
  for (std::size_t i = 0; i < rows.column_count(); ++i) {
    if (i > 0) csv += ',';
    append_value(csv, rows.column(i), row);
  }
  csv += line_end;
}

}  // namespace weir::formats
