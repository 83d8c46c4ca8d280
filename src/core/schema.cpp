#include "core/schema.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace weir {
namespace {

struct TypeName {
  std::string_view name;
  TypeId id;
};

// The first name of an id is the one we print.
constexpr auto type_names = std::to_array<TypeName>({
    {"BOOLEAN", TypeId::boolean},
    {"BOOL", TypeId::boolean},
    {"LOGICAL", TypeId::boolean},
    {"TINYINT", TypeId::tinyint},
    {"INT1", TypeId::tinyint},
    {"SMALLINT", TypeId::smallint},
    {"INT2", TypeId::smallint},
    {"SHORT", TypeId::smallint},
    {"INTEGER", TypeId::integer},
    {"INT", TypeId::integer},
    {"INT4", TypeId::integer},
    {"SIGNED", TypeId::integer},
    {"BIGINT", TypeId::bigint},
    {"INT8", TypeId::bigint},
    {"LONG", TypeId::bigint},
    {"HUGEINT", TypeId::hugeint},
    {"INT128", TypeId::hugeint},
    {"UTINYINT", TypeId::utinyint},
    {"UINT8", TypeId::utinyint},
    {"USMALLINT", TypeId::usmallint},
    {"UINT16", TypeId::usmallint},
    {"UINTEGER", TypeId::uinteger},
    {"UINT32", TypeId::uinteger},
    {"UBIGINT", TypeId::ubigint},
    {"UINT64", TypeId::ubigint},
    {"UHUGEINT", TypeId::uhugeint},
    {"UINT128", TypeId::uhugeint},
    {"FLOAT", TypeId::real},
    {"FLOAT4", TypeId::real},
    {"REAL", TypeId::real},
    {"DOUBLE", TypeId::double_precision},
    {"FLOAT8", TypeId::double_precision},
    {"DECIMAL", TypeId::decimal},
    {"DEC", TypeId::decimal},
    {"NUMERIC", TypeId::decimal},
    {"VARCHAR", TypeId::varchar},
    {"TEXT", TypeId::varchar},
    {"STRING", TypeId::varchar},
    {"CHAR", TypeId::varchar},
    {"BPCHAR", TypeId::varchar},
    {"BLOB", TypeId::blob},
    {"BYTEA", TypeId::blob},
    {"BINARY", TypeId::blob},
    {"VARBINARY", TypeId::blob},
    {"DATE", TypeId::date},
    {"TIME", TypeId::time},
    {"TIMESTAMP", TypeId::timestamp},
    {"DATETIME", TypeId::timestamp},
    {"TIMESTAMP WITH TIME ZONE", TypeId::timestamp_tz},
    {"TIMESTAMPTZ", TypeId::timestamp_tz},
    {"INTERVAL", TypeId::interval},
    {"UUID", TypeId::uuid},
    {"JSON", TypeId::json},
    {"STRUCT", TypeId::structure},
    {"ROW", TypeId::structure},
    {"MAP", TypeId::map},
});

constexpr int depth_max = 16;

Error bad_type(std::string_view text, std::string_view why) {
  return {Fault::invalid, "\"" + std::string(text) + "\" is no type: " + std::string(why)};
}

// A recursive-descent reader of one type. Positions only move forward.
class TypeReader {
 public:
  explicit TypeReader(std::string_view text) : text_(text) {}

  Result<Type> read() {
    TRY(Type type, read_type(0));
    skip_space();
    if (at_ != text_.size()) return bad_type(text_, "unexpected " + rest());
    return type;
  }

 private:
  Result<Type> read_type(int depth) {
    if (depth > depth_max) return bad_type(text_, "nested too deeply");
    TRY(Type type, read_base(depth));
    while (take('[')) {
      if (++depth > depth_max) return bad_type(text_, "nested too deeply");
      if (!take(']')) return bad_type(text_, "a list is written with empty brackets, int[]");
      Type list{.id = TypeId::list};
      list.children.push_back({"", std::move(type)});
      type = std::move(list);
    }
    return type;
  }

  Result<Type> read_base(int depth) {
    const std::string word = upper_words();
    const auto found = std::ranges::find(type_names, std::string_view(word), &TypeName::name);
    if (found == type_names.end()) {
      return bad_type(text_, "use one of DuckDB's, such as bigint, double, varchar, timestamp");
    }
    Type type{.id = found->id};
    if (type.id == TypeId::decimal) return read_decimal();
    if (type.id == TypeId::structure) return read_structure(depth);
    if (type.id == TypeId::map) return read_map(depth);
    if (type.id == TypeId::varchar && take('(')) {  // varchar(20): DuckDB ignores the length too
      number();
      if (!take(')')) return bad_type(text_, "a closing parenthesis is missing");
    }
    return type;
  }

  Result<Type> read_decimal() {
    Type type{.id = TypeId::decimal, .width = 18, .scale = 3};  // DuckDB's default
    if (!take('(')) return type;
    const int width = number();
    const int scale = take(',') ? number() : 0;
    if (!take(')') || width < 1 || width > 38 || scale < 0 || scale > width) {
      return bad_type(text_, "decimal(digits, fraction) has 1 to 38 digits");
    }
    type.width = static_cast<std::uint8_t>(width);
    type.scale = static_cast<std::uint8_t>(scale);
    return type;
  }

  Result<Type> read_structure(int depth) {
    Type type{.id = TypeId::structure};
    if (!take('(')) return bad_type(text_, "write its fields: struct(a int, b varchar)");
    do {
      TRY(std::string name, read_name());
      TRY(Type field, read_type(depth + 1));
      type.children.push_back({std::move(name), std::move(field)});
    } while (take(','));
    if (!take(')')) return bad_type(text_, "a closing parenthesis is missing");
    return type;
  }

  Result<Type> read_map(int depth) {
    Type type{.id = TypeId::map};
    if (!take('(')) return bad_type(text_, "write map(varchar, int)");
    TRY(Type key, read_type(depth + 1));
    if (!take(',')) return bad_type(text_, "write map(varchar, int)");
    TRY(Type value, read_type(depth + 1));
    if (!take(')')) return bad_type(text_, "a closing parenthesis is missing");
    type.children.push_back({"key", std::move(key)});
    type.children.push_back({"value", std::move(value)});
    return type;
  }

  Result<std::string> read_name() {
    skip_space();
    std::string name;
    if (take('"')) {
      while (at_ < text_.size()) {
        if (text_[at_] == '"') {
          ++at_;
          if (at_ >= text_.size() || text_[at_] != '"') return name;
        }
        name += text_[at_++];
      }
      return bad_type(text_, "a closing quote is missing");
    }
    while (at_ < text_.size() && is_word(text_[at_])) name += text_[at_++];
    if (name.empty()) return bad_type(text_, "a field's name is missing");
    return name;
  }

  // One word, or the words of TIMESTAMP WITH TIME ZONE; DOUBLE PRECISION reads as DOUBLE.
  std::string upper_words() {
    std::string words = upper_word();
    if (words == "DOUBLE" && next_is("PRECISION")) upper_word();
    if (words == "TIMESTAMP" && next_is("WITH")) {
      for (int i = 0; i < 3; ++i) words += " " + upper_word();
    }
    return words;
  }

  bool next_is(std::string_view word) {
    const std::size_t before = at_;
    const bool same = upper_word() == word;
    at_ = before;
    return same;
  }

  std::string upper_word() {
    skip_space();
    std::string word;
    while (at_ < text_.size() && is_word(text_[at_])) {
      word += static_cast<char>(std::toupper(static_cast<unsigned char>(text_[at_++])));
    }
    return word;
  }

  // -1 where no number stands.
  int number() {
    skip_space();
    int value = -1;
    const char* begin = text_.data() + at_;
    const auto read = std::from_chars(begin, text_.data() + text_.size(), value);
    at_ += static_cast<std::size_t>(read.ptr - begin);
    return value;
  }

  bool take(char wanted) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }

  static bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

  std::string rest() const { return "\"" + std::string(text_.substr(at_)) + "\""; }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

}  // namespace

bool operator==(const Type& a, const Type& b) {
  return a.id == b.id && a.width == b.width && a.scale == b.scale && a.children == b.children;
}

std::optional<std::size_t> Schema::find(std::string_view name) const {
  const auto found = std::ranges::find(columns, name, &Field::name);
  if (found == columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns.begin());
}

Result<Type> parse_type(std::string_view text) { return TypeReader(text).read(); }

std::string to_string(const Type& type) {
  if (type.id == TypeId::list) return to_string(type.children[0].type) + "[]";
  if (type.id == TypeId::decimal) {
    return "DECIMAL(" + std::to_string(type.width) + "," + std::to_string(type.scale) + ")";
  }
  if (type.id == TypeId::map) {
    return "MAP(" + to_string(type.children[0].type) + ", " + to_string(type.children[1].type) +
           ")";
  }
  if (type.id == TypeId::structure) {
    std::string text = "STRUCT(";
    for (const Field& field : type.children) {
      if (text.back() != '(') text += ", ";
      text += quoted(field.name) + " " + to_string(field.type);
    }
    return text + ")";
  }
  return std::string(std::ranges::find(type_names, type.id, &TypeName::id)->name);
}

std::size_t value_width(const Type& type) {
  switch (type.id) {
    case TypeId::boolean:
    case TypeId::tinyint:
    case TypeId::utinyint: return 1;
    case TypeId::smallint:
    case TypeId::usmallint: return 2;
    case TypeId::integer:
    case TypeId::uinteger:
    case TypeId::real:
    case TypeId::date: return 4;
    case TypeId::bigint:
    case TypeId::ubigint:
    case TypeId::double_precision:
    case TypeId::time:
    case TypeId::timestamp:
    case TypeId::timestamp_tz: return 8;
    case TypeId::decimal:
      return type.width <= 4 ? 2 : type.width <= 9 ? 4 : type.width <= 18 ? 8 : 16;
    case TypeId::structure: return 0;
    default: return 16;
  }
}

bool has_order(const Type& type) {
  return type.children.empty() && type.id != TypeId::interval && type.id != TypeId::json;
}

bool is_string(const Type& type) {
  return type.id == TypeId::varchar || type.id == TypeId::blob || type.id == TypeId::json;
}

}  // namespace weir
