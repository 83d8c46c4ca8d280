#include "dataflow/poison.h"

#include <string>

#include "formats/json_rows.h"

namespace weir::dataflow {

namespace {

// DuckDB names a column of what the plan reads as the plan does: c2, or "input.v". The user knows
// it by its name in `schema`.
std::string in_users_words(std::string_view reason, const Schema& schema) {
  constexpr std::string_view words = "source column ";
  std::string text(reason);
  const std::size_t found = text.find(words);
  if (found == std::string::npos) return text;
  const std::size_t at = found + words.size();
  for (std::size_t i = schema.columns.size(); i-- > 0;) {
    const std::string& name = schema.columns[i].name;
    for (const std::string& ours : {"c" + std::to_string(i), "input." + name}) {
      const std::size_t end = at + ours.size();
      if (text.compare(at, ours.size(), ours) != 0) continue;
      if (end < text.size() && text[end] != ' ') continue;
      return text.replace(at, ours.size(), name);
    }
  }
  return text;
}

}  // namespace

void append_poison(Batch& poison, const Poisoning& poisoning, const Batch& rows, std::size_t row) {
  std::string json;
  formats::append_json_row(json, rows, row);
  poison.column(0).append(std::int64_t{poisoning.accepted.time_since_epoch().count()});
  poison.column(1).append_string("EXPRESSION_FAILED");
  poison.column(2).append_string(in_users_words(poisoning.reason, rows.schema()));
  poison.column(3).append_string(json);
}

}  // namespace weir::dataflow
