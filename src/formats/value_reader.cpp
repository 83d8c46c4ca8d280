#include "formats/value_reader.h"

#include <algorithm>
#include <cstring>

#include "formats/decimal_text.h"

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

bool ValueReader::refuse_json(simdjson::error_code error) {
  return refuse("MALFORMED", std::string("this is no JSON: ") + simdjson::error_message(error));
}

std::string ValueReader::excerpt(std::string_view raw) const {
  // A container's text is known by its beginning alone.
  std::size_t length = raw.size();
  if (!raw.empty() && (raw.front() == '{' || raw.front() == '[')) {
    length = static_cast<std::size_t>(end_ - raw.data());
  }
  if (length <= excerpt_bytes_max) return {raw.data(), length};
  length = excerpt_bytes_max;
  while (length > 0 && (raw.data()[length] & 0xC0) == 0x80) --length;  // never half a character
  return std::string(raw.data(), length) + "...";
}

bool ValueReader::refuse_value(const Column& column, std::string_view value, Fit fit,
                               TimeFormat format) {
  const bool is_outside = fit == Fit::out_of_range;
  return refuse(is_outside ? "OUT_OF_RANGE" : "WRONG_TYPE",
                excerpt(value) + (is_outside ? " is out of range for " : " is no ") +
                    to_string(column.type()) + ": write " + wanted(column.type(), format));
}

bool ValueReader::deep(int depth) {
  if (depth < depth_max) return false;
  refuse("MALFORMED", "nested more than " + std::to_string(depth_max) + " deep");
  return true;
}

bool ValueReader::token(Value& value, Token& token) {
  token = token_of(value, scratch_);
  if (token.kind != Token::Kind::broken) return true;
  return refuse("MALFORMED", "this is no JSON: a value cannot be read at " + excerpt(token.raw));
}

bool ValueReader::append_token(Column& column, const Token& token, TimeFormat format) {
  const Fit fit = append_scalar(column, token, {format, zone_});
  if (fit == Fit::good) return true;
  if (token.kind == Token::Kind::number && !split_number(token.text)) {
    return refuse("MALFORMED", "this is no JSON: " + excerpt(token.raw) + " is no number");
  }
  return refuse_value(column, token.raw, fit, format);
}

bool ValueReader::append(Column& column, Value& value, TimeFormat format, int depth) {
  Token found;
  if (!token(value, found)) return false;
  if (found.kind == Token::Kind::object) {
    Object object;
    return open(value, object) && append_object(column, object, depth);
  }
  if (found.kind == Token::Kind::array) {
    Array array;
    return open(value, array) && append_array(column, array, depth);
  }
  return append_token(column, found, format);
}

bool ValueReader::append_object(Column& column, Object& object, int depth) {
  if (deep(depth)) return false;
  const Type& type = column.type();
  if (type.id == TypeId::map && type.children[0].type.id == TypeId::varchar) {
    return append_entries(column, object, depth);
  }
  std::string_view text;
  if (type.id != TypeId::structure) {
    if (!raw_container(object, text) || !check(object, depth)) return false;
    if (type.id != TypeId::json) return refuse_value(column, text, Fit::wrong_type, {});
    column.append_string(text);
    return true;
  }
  const bool is_read = each_field(object, [&](const char* key, Value& value) {
    std::string_view name;
    return name_of(key, name) && append_field(column, name, value, depth);
  });
  if (!is_read) return false;
  for (std::size_t i = 0; i < column.child_count(); ++i) {
    if (column.child(i).size() == column.size()) column.child(i).append_null();
  }
  column.append_structure();
  return true;
}

bool ValueReader::append_field(Column& column, std::string_view name, Value& value, int depth) {
  const auto& fields = column.type().children;
  const auto found = std::ranges::find(fields, name, &Field::name);
  if (found == fields.end()) return check(value, depth + 1);
  Column& child = column.child(static_cast<std::size_t>(found - fields.begin()));
  if (child.size() > column.size()) {
    return refuse("DUPLICATE_FIELD", "the field \"" + std::string(name) + "\" stands there twice");
  }
  return append(child, value, TimeFormat::iso, depth + 1);
}

bool ValueReader::append_entries(Column& column, Object& object, int depth) {
  Column& entries = column.child(0);
  const bool is_read = each_field(object, [&](const char* key, Value& value) {
    std::string_view name;
    if (!name_of(key, name)) return false;
    entries.child(0).append_string(name);
    if (!append(entries.child(1), value, TimeFormat::iso, depth + 1)) return false;
    entries.append_structure();
    return true;
  });
  return is_read && close_map(column);
}

bool ValueReader::append_array(Column& column, Array& array, int depth) {
  if (deep(depth)) return false;
  const TypeId id = column.type().id;
  std::string_view text;
  if (id != TypeId::list && id != TypeId::map) {
    if (!raw_container(array, text) || !check(array, depth)) return false;
    if (id != TypeId::json) return refuse_value(column, text, Fit::wrong_type, {});
    column.append_string(text);
    return true;
  }
  for (auto next : array) {
    Value element;
    const auto error = std::move(next).get(element);
    if (error != simdjson::SUCCESS) return refuse_json(error);
    if (!append(column.child(0), element, TimeFormat::iso, depth + 1)) return false;
  }
  if (id == TypeId::map) return close_map(column);
  column.append_list();
  return true;
}

// A map has each key once, and none that is null.
bool ValueReader::close_map(Column& column) {
  const Column& entries = column.child(0);
  const Column& keys = entries.child(0);
  const std::size_t first = column.size() == 0 ? 0
                                               : column.values<ListRef>().back().offset +
                                                     column.values<ListRef>().back().length;
  keys_.clear();
  for (std::size_t row = first; row < keys.size(); ++row) {
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

bool ValueReader::check(Value& value, int depth) {
  Token found;
  if (!token(value, found)) return false;
  if (found.kind == Token::Kind::object) {
    Object object;
    return open(value, object) && check(object, depth);
  }
  if (found.kind == Token::Kind::array) {
    Array array;
    return open(value, array) && check(array, depth);
  }
  if (found.kind != Token::Kind::number || split_number(found.text)) return true;
  return refuse("MALFORMED", "this is no JSON: " + excerpt(found.raw) + " is no number");
}

bool ValueReader::check(Object& object, int depth) {
  if (deep(depth)) return false;
  return each_field(object, [&](const char* key, Value& value) {
    std::string_view name;
    return name_of(key, name) && check(value, depth + 1);
  });
}

bool ValueReader::check(Array& array, int depth) {
  if (deep(depth)) return false;
  for (auto next : array) {
    Value element;
    const auto error = std::move(next).get(element);
    if (error != simdjson::SUCCESS) return refuse_json(error);
    if (!check(element, depth + 1)) return false;
  }
  return true;
}

bool ValueReader::raw(Value& value, int depth, std::string_view& text) {
  Token found;
  if (!token(value, found)) return false;
  if (found.kind == Token::Kind::object) {
    Object object;
    return open(value, object) && raw_container(object, text) && check(object, depth);
  }
  if (found.kind == Token::Kind::array) {
    Array array;
    return open(value, array) && raw_container(array, text) && check(array, depth);
  }
  text = found.raw;
  return check(value, depth);
}

std::string_view ValueReader::raw_name(const char* key) const {
  const char* quote = key;
  while (quote < end_ && *quote != '"') quote += *quote == '\\' ? 2 : 1;
  return {key, static_cast<std::size_t>(std::min(quote, end_) - key)};
}

bool ValueReader::name_of(const char* key, std::string_view& name) {
  name = raw_name(key);
  if (name.find('\\') == std::string_view::npos) return true;
  if (!unescape(name, name_scratch_)) {
    return refuse("MALFORMED", "this is no JSON: a field's name has a broken escape");
  }
  name = name_scratch_;
  return true;
}

}  // namespace weir::formats
