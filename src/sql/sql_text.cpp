#include "sql/sql_text.h"

#include <algorithm>
#include <cctype>

namespace weir::sql {
namespace {

bool is_word_byte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

}  // namespace

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::size_t token_end(std::string_view sql, std::size_t at) {
  const auto behind = [&](std::string_view closing, std::size_t from) {
    const std::size_t found = sql.find(closing, from);
    return found == std::string_view::npos ? sql.size() : found + closing.size();
  };
  if (sql[at] == '\'') return behind("'", at + 1);
  if (sql[at] == '"') return behind("\"", at + 1);
  if (sql.substr(at, 2) == "--") return behind("\n", at);
  if (sql.substr(at, 2) == "/*") return behind("*/", at + 2);
  // $tag$ a text $tag$
  if (const std::size_t closing = sql.find('$', at + 1);
      sql[at] == '$' && closing != std::string_view::npos &&
      std::all_of(sql.begin() + at + 1, sql.begin() + closing, is_word_byte)) {
    return behind(sql.substr(at, closing + 1 - at), closing + 1);
  }
  std::size_t end = sql[at] == '$' ? at + 1 : at;
  while (end < sql.size() && is_word_byte(sql[end])) ++end;
  return std::max(end, at + 1);
}

std::size_t find_word(std::string_view sql, std::string_view word, std::size_t after) {
  for (std::size_t at = 0; at < sql.size();) {
    const std::size_t end = token_end(sql, at);
    std::string_view token = sql.substr(at, end - at);
    if (token.size() > 2 && token.front() == '"') token = token.substr(1, token.size() - 2);
    if (at >= after && same_word(token, word)) return at;
    at = end;
  }
  return after;
}

std::string line_and_column(std::string_view sql, std::size_t offset) {
  const std::string_view before = sql.substr(0, std::min(offset, sql.size()));
  const auto line = 1 + std::ranges::count(before, '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return std::to_string(line) + ":" + std::to_string(before.size() - line_start + 1);
}

std::size_t TypedText::original_offset(std::size_t typed_offset) const {
  std::size_t typed_end = 0;
  std::size_t original_end = 0;
  for (const Place& place : places) {
    if (typed_offset < place.typed_start) break;
    if (typed_offset < place.typed_end) return place.original_start;
    typed_end = place.typed_end;
    original_end = place.original_end;
  }
  return original_end + (typed_offset - typed_end);
}

TypedText with_typed_parameters(std::string_view sql, const std::vector<Field>& parameters) {
  TypedText typed;
  for (std::size_t at = 0; at < sql.size();) {
    const std::size_t end = token_end(sql, at);
    const std::string_view token = sql.substr(at, end - at);
    const auto parameter = std::ranges::find_if(parameters, [&](const Field& field) {
      return token.starts_with('$') && token.substr(1) == field.name;
    });
    const std::size_t typed_start = typed.text.size();
    if (parameter == parameters.end()) {
      typed.text += token;
    } else {
      typed.text += "CAST(NULL AS " + to_string(parameter->type) + ")";
      typed.places.push_back({typed.text.size(), end, at, typed_start});
    }
    at = end;
  }
  return typed;
}

void Refusals::note(std::size_t offset, const std::string& message) {
  const std::size_t place = offset < sql_.size() ? offset : 0;
  const bool known = std::ranges::any_of(mistakes_, [&](const SqlMistake& mistake) {
    return mistake.offset == place && mistake.message == message;
  });
  if (known || mistakes_.size() == mistakes_max) return;
  const auto behind = std::ranges::upper_bound(mistakes_, place, {}, &SqlMistake::offset);
  mistakes_.insert(behind, {message, place});
}

}  // namespace weir::sql
