#include "operate/expected_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "core/json_text.h"
#include "formats/json_rows.h"
#include "formats/json_value.h"
#include "scalars/decimal_text.h"
#include "scalars/utc_text.h"

namespace weir::operate {
namespace {

// Sums of doubles depend on the order of their parts. Of the number, or of 1 where it is smaller.
constexpr double tolerance = 1e-9;

bool is_structured(const Type& type) {
  return type.id == TypeId::list || type.id == TypeId::structure || type.id == TypeId::map;
}

// RFC 6901.
std::string json_pointer(std::string_view name) {
  std::string pointer = "/";
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

// Behind its point, or nothing where the type is no such number.
std::optional<int> digits_kept(const Type& type) {
  if (type.id >= TypeId::tinyint && type.id <= TypeId::uhugeint) return 0;
  return type.id == TypeId::decimal ? std::optional<int>(type.scale) : std::nullopt;
}

Error wrong_type(const Field& column, const std::string& shown) {
  return {Fault::invalid,
          fmt::format("{} is of type {}, not {}", column.name, to_string(column.type), shown)};
}

// With all its digits: the engine would round what has more than the column holds, and reads a long
// number in JSON by way of a double.
Result<std::string> exact_sql(const Field& column, int digits, std::string text) {
  Int128 value = 0;
  const Fit fit = read_exact(text, digits, Excess::refuse, value);
  if (fit == Fit::wrong_type) return wrong_type(column, text);
  if (fit == Fit::good) {
    text.clear();
    append_decimal(text, value, digits);
  }
  return engine::quote_text(text);
}

// SQL for the value, which is written as `text` and of which `whole.row` is the object that it is
// in.
Result<std::string> value_sql(const Field& column, const TimeZone& zone,
                              const formats::JsonValue& value, std::string text) {
  const std::optional<int> digits = digits_kept(column.type);
  if (digits && !value.is_null()) return exact_sql(column, *digits, std::move(text));
  if (!value.is_text() || is_structured(column.type)) {
    return fmt::format("{}(whole.row, {})",
                       is_structured(column.type) ? "json_extract" : "json_extract_string",
                       engine::quote_text(json_pointer(column.name)));
  }
  if (put_in_utc(column.type, zone, text) == Fit::good) return engine::quote_text(text);
  return wrong_type(column, "\"" + text + "\"");
}

Error unknown_column(const Schema& schema, std::string_view name) {
  std::string known;
  for (const Field& column : schema.columns) known += (known.empty() ? "" : ", ") + column.name;
  return {Fault::invalid, fmt::format("there is no column {}; there are {}", name, known)};
}

std::optional<double> number_of(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  return end == text.c_str() + text.size() && !text.empty() ? std::optional(number) : std::nullopt;
}

bool are_close(const std::string& expected, const std::string& actual) {
  const auto left = number_of(expected);
  const auto right = number_of(actual);
  if (!left || !right) return false;
  return std::abs(*left - *right) <= tolerance * std::max(std::abs(*left), 1.0);
}

bool matches(const RowText& expected, const RowText& actual) {
  for (std::size_t i = 0; i < expected.columns.size(); ++i) {
    const std::string* value = actual.find(expected.columns[i]);
    if (value == nullptr) return false;
    const bool is_same = expected.values[i] == *value;
    if (!is_same && !(expected.are_floats[i] && are_close(expected.values[i], *value))) {
      return false;
    }
  }
  return true;
}

// Pairs as many expected rows with actual ones as can be: a row that names few columns must not
// take the only partner of one that names more.
class Pairing {
 public:
  Pairing(const std::vector<RowText>& expected, const std::vector<RowText>& actual)
      : expected_(expected), actual_(actual), partner_(actual.size()) {}

  bool pair(std::size_t row) {
    std::vector<bool> asked(actual_.size());
    return pair(row, asked);
  }
  bool is_paired(std::size_t actual) const { return partner_[actual].has_value(); }

 private:
  bool pair(std::size_t row, std::vector<bool>& asked) {
    for (std::size_t i = 0; i < actual_.size(); ++i) {
      if (asked[i] || !matches(expected_[row], actual_[i])) continue;
      asked[i] = true;
      if (!partner_[i] || pair(*partner_[i], asked)) {
        partner_[i] = row;
        return true;
      }
    }
    return false;
  }

  const std::vector<RowText>& expected_;
  const std::vector<RowText>& actual_;
  std::vector<std::optional<std::size_t>> partner_;  // by actual row
};

std::string line_of(const RowText& row) {
  std::string line;
  for (std::size_t i = 0; i < row.columns.size(); ++i) {
    line += fmt::format("{}{}: {}", i == 0 ? "" : ", ", row.columns[i], row.values[i]);
  }
  return "{" + line + "}";
}

}  // namespace

const std::string* RowText::find(std::string_view column) const {
  const auto found = std::ranges::find(columns, column);
  return found == columns.end() ? nullptr : &values[found - columns.begin()];
}

Result<RowText> expected_row(engine::Connection& connection, const Schema& schema,
                             const TimeZone& zone, const std::string& json) {
  TRY(const formats::JsonValue row, formats::JsonValue::parse(json));
  TRY(const auto written, formats::member_texts(json));
  std::string list;
  for (std::size_t i = 0; i < written.size(); ++i) {
    const auto& [name, value] = row.object()[i];
    const auto column = schema.find(name);
    if (!column) return unknown_column(schema, name);
    const Field& field = schema.columns[*column];
    TRY(const std::string expected, value_sql(field, zone, value, written[i].second));
    list += fmt::format("{}CAST({} AS {}) AS {}", list.empty() ? "" : ", ", expected,
                        to_string(field.type), engine::quote_name(name));
  }
  if (list.empty()) return RowText{};
  TRY(auto rows, connection.query(fmt::format("SELECT {} FROM (SELECT {}::JSON AS row) AS whole",
                                              list, engine::quote_text(json))));
  TRY(const auto batch, rows->next());
  ASSERT(batch != nullptr && batch->rows() == 1);
  return actual_row(*batch, 0);
}

RowText actual_row(const Batch& rows, std::size_t row) {
  RowText text;
  for (std::size_t i = 0; i < rows.column_count(); ++i) {
    std::string value;
    formats::append_json_value(value, rows.column(i), row);
    text.columns.push_back(rows.schema().columns[i].name);
    text.values.push_back(std::move(value));
    const TypeId type = rows.schema().columns[i].type.id;
    text.are_floats.push_back(type == TypeId::real || type == TypeId::double_precision);
  }
  return text;
}

std::string row_difference(const std::vector<RowText>& expected,
                           const std::vector<RowText>& actual) {
  Pairing pairing(expected, actual);
  std::string difference;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (!pairing.pair(i)) difference += "  - missing:  " + line_of(expected[i]) + "\n";
  }
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (!pairing.is_paired(i)) difference += "  + too much: " + line_of(actual[i]) + "\n";
  }
  return difference;
}

}  // namespace weir::operate
