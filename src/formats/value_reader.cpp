#include "formats/value_reader.h"

#include <algorithm>
#include <utility>

#include "scalars/decimal_text.h"

namespace weir::formats {
namespace {

constexpr std::size_t excerpt_bytes_max = 60;

// A value's bytes, which are equal where the values are.
std::string_view key_bytes(const Column& keys, std::size_t row) {
  if (is_string(keys.type())) return keys.values<StringRef>()[row].view();
  const std::size_t width = value_width(keys.type());
  return {reinterpret_cast<const char*>(keys.values<std::byte>().data()) + row * width, width};
}

}  // namespace

bool ValueReader::refuse(std::string_view code, std::string reason) {
  refusal_ = {code, std::move(reason)};
  return false;
}

bool ValueReader::refuse_json(std::string_view what) {
  const auto left = static_cast<std::size_t>(cursor_.end() - cursor_.at());
  const std::string place = left == 0 ? "the end" : excerpt({cursor_.at(), left});
  return refuse("MALFORMED", "this is no JSON: " + std::string(what) + " at " + place);
}

std::string ValueReader::excerpt(std::string_view raw) {
  if (raw.size() <= excerpt_bytes_max) return std::string(raw);
  std::size_t length = excerpt_bytes_max;
  while (length > 0 && (raw[length] & 0xC0) == 0x80) --length;  // never half a character
  return std::string(raw.substr(0, length)) + "...";
}

bool ValueReader::refuse_value(const Column& column, Fit fit, TimeFormat format) {
  const bool is_outside = fit == Fit::out_of_range;
  return refuse(is_outside ? "OUT_OF_RANGE" : "WRONG_TYPE",
                excerpt(raw_since(token_begin_)) +
                    (is_outside ? " is out of range for " : " is no ") + to_string(column.type()) +
                    ": write " + wanted(column.type(), format));
}

bool ValueReader::take_token(Token& token) {
  using Kind = Token::Kind;
  cursor_.skip_space();
  token_begin_ = cursor_.at();
  bool has_escapes = false;
  switch (cursor_.next()) {
    case '{': token = {Kind::object, {}}; return true;
    case '[': token = {Kind::array, {}}; return true;
    case '"':
      token.kind = Kind::string;
      if (!cursor_.take_string(token.text, has_escapes)) {
        return refuse_json("a string does not close, or holds a control character,");
      }
      if (!has_escapes) return true;
      if (!unescape(token.text, text_)) return refuse_json("a string has a broken escape before");
      token.text = text_;
      return true;
    case 't':
    case 'f':
      token = {Kind::boolean, cursor_.next() == 't' ? "true" : "false"};
      return cursor_.take(token.text) || refuse_json("no value stands");
    case 'n':
      token = {Kind::null, "null"};
      return cursor_.take(token.text) || refuse_json("no value stands");
    default:
      token = {Kind::number, cursor_.take_number()};
      return !token.text.empty() || refuse_json("no value stands");
  }
}

bool ValueReader::take_name(std::string_view& name) {
  bool has_escapes = false;
  cursor_.skip_space();
  if (cursor_.next() != '"' || !cursor_.take_string(name, has_escapes)) {
    return refuse_json("no field's name stands");
  }
  if (has_escapes) {
    if (!unescape(name, name_)) return refuse_json("a field's name has a broken escape before");
    name = name_;
  }
  return cursor_.take(':') || refuse_json("a colon is missing");
}

bool ValueReader::check_number(std::string_view text) {
  return split_number(text) ||
         refuse("MALFORMED", "this is no JSON: " + excerpt(text) + " is no number");
}

bool ValueReader::append(Column& column, TimeFormat format, int depth) {
  Token token;
  return take_token(token) && append(column, token, format, depth);
}

bool ValueReader::append(Column& column, const Token& token, TimeFormat format, int depth) {
  const TypeId id = column.type().id;
  const bool is_container = token.kind >= Token::Kind::array;
  if (!is_container && id != TypeId::json) {
    const Fit fit = append_scalar(column, token, {format, zone_});
    if (fit == Fit::good) return true;
    if (token.kind == Token::Kind::number && !check_number(token.text)) return false;
    return refuse_value(column, fit, format);
  }
  if (id == TypeId::structure && token.kind == Token::Kind::object) {
    return append_structure(column, depth);
  }
  if (id == TypeId::list && token.kind == Token::Kind::array) return append_list(column, depth);
  if (id == TypeId::map && is_container) return append_map(column, token, depth);
  const char* begin = token_begin_;
  if (!check(token, depth)) return false;
  token_begin_ = begin;
  if (id != TypeId::json) return refuse_value(column, Fit::wrong_type, format);
  if (token.kind == Token::Kind::null) {
    column.append_null();
  } else {
    column.append_string(raw_since(begin));
  }
  return true;
}

bool ValueReader::append_structure(Column& column, int depth) {
  if (depth >= depth_max) return refuse_json("nested too deeply");
  const bool is_read = each_field([&] {
    std::string_view name;
    return take_name(name) && append_field(column, name, depth);
  });
  if (!is_read) return false;
  for (std::size_t i = 0; i < column.child_count(); ++i) {
    if (column.child(i).size() == column.size()) column.child(i).append_null();
  }
  column.append_structure();
  return true;
}

bool ValueReader::append_field(Column& column, std::string_view name, int depth) {
  const auto& fields = column.type().children;
  const auto found = std::ranges::find(fields, name, &Field::name);
  if (found == fields.end()) return pass_unknown(name, depth + 1);
  Column& child = column.child(static_cast<std::size_t>(found - fields.begin()));
  if (child.size() > column.size()) {
    return refuse("DUPLICATE_FIELD", "the field \"" + std::string(name) + "\" stands there twice");
  }
  const std::size_t noted = unknown_.size();
  if (!append(child, TimeFormat::iso, depth + 1)) return false;
  put_under(found->name, noted);
  return true;
}

bool ValueReader::pass_unknown(std::string_view name, int depth) {
  if (!notes_unknown_) return check(depth);
  UnknownMember member{.path = std::string(name)};
  Token token;
  if (!take_token(token)) return false;
  const char* begin = token_begin_;
  if (!check(token, depth)) return false;
  member.raw = raw_since(begin);
  unknown_.push_back(std::move(member));
  return true;
}

void ValueReader::put_under(std::string_view name, std::size_t from) {
  for (std::size_t i = from; i < unknown_.size(); ++i) {
    unknown_[i].path.insert(0, std::string(name) + ".");
  }
}

bool ValueReader::append_list(Column& column, int depth) {
  if (depth >= depth_max) return refuse_json("nested too deeply");
  if (!append_elements(column.child(0), depth)) return false;
  column.append_list();
  return true;
}

bool ValueReader::append_elements(Column& elements, int depth) {
  const std::size_t first = elements.size();
  return each_element([&] {
    const std::size_t noted = unknown_.size();
    if (!append(elements, TimeFormat::iso, depth + 1)) return false;
    if (noted < unknown_.size()) put_under(std::to_string(elements.size() - 1 - first), noted);
    return true;
  });
}

bool ValueReader::append_map(Column& column, const Token& token, int depth) {
  if (depth >= depth_max) return refuse_json("nested too deeply");
  if (token.kind == Token::Kind::array) {
    return append_elements(column.child(0), depth) && close_map(column);
  }
  if (column.type().children[0].type.id == TypeId::varchar) {
    return append_entries(column, depth) && close_map(column);
  }
  const char* begin = token_begin_;
  if (!check(token, depth)) return false;
  token_begin_ = begin;
  return refuse_value(column, Fit::wrong_type, TimeFormat::iso);
}

bool ValueReader::append_entries(Column& column, int depth) {
  Column& entries = column.child(0);
  return each_field([&] {
    std::string_view name;
    if (!take_name(name)) return false;
    Column& keys = entries.child(0);
    keys.append_string(name);
    const std::size_t noted = unknown_.size();
    if (!append(entries.child(1), TimeFormat::iso, depth + 1)) return false;
    put_under(keys.string(keys.size() - 1), noted);
    entries.append_structure();
    return true;
  });
}

// A map has each key once, and none that is null.
bool ValueReader::close_map(Column& column) {
  const Column& entries = column.child(0);
  const Column& keys = entries.child(0);
  const ListRef last = column.size() == 0 ? ListRef{} : column.values<ListRef>().back();
  keys_.clear();
  for (std::size_t row = last.offset + last.length; row < keys.size(); ++row) {
    if (entries.is_null(row) || keys.is_null(row)) {
      return refuse("WRONG_TYPE", "a map's key is null or missing");
    }
    keys_.push_back(key_bytes(keys, row));
  }
  std::ranges::sort(keys_);
  if (std::ranges::adjacent_find(keys_) != keys_.end()) {
    return refuse("DUPLICATE_FIELD", "a map has the same key twice");
  }
  column.append_list();
  return true;
}

bool ValueReader::check(int depth) {
  Token token;
  return take_token(token) && check(token, depth);
}

bool ValueReader::check(const Token& token, int depth) {
  if (token.kind == Token::Kind::number) return check_number(token.text);
  if (token.kind < Token::Kind::array) return true;
  if (depth >= depth_max) return refuse_json("nested too deeply");
  if (token.kind == Token::Kind::array) return each_element([&] { return check(depth + 1); });
  return each_field([&] {
    std::string_view name;
    return take_name(name) && check(depth + 1);
  });
}

}  // namespace weir::formats
