#include "serve/indexed_read.h"

#include <algorithm>
#include <utility>

#include "formats/scalar_value.h"
#include "index/order_bytes.h"
#include "serve/url_value.h"

namespace weir::serve {
namespace {

using formats::Token;

bool is_number(const Type& type) {
  return type.id >= TypeId::tinyint && type.id <= TypeId::decimal;
}

// As JSON has it: of numbers only what all read alike.
std::optional<Token> token_of(const Type& type, const std::string& text) {
  if (type.id == TypeId::boolean) {
    if (text != "true" && text != "false") return std::nullopt;
    return Token{Token::Kind::boolean, text};
  }
  if (!is_number(type)) return Token{Token::Kind::string, text};
  const bool is_plain = std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || c == '-' || c == '.'; });
  return is_plain ? std::optional(Token{Token::Kind::number, text}) : std::nullopt;
}

// The batches of a query's rows that are in memory.
class KeptRows final : public engine::Rows {
 public:
  explicit KeptRows(std::shared_ptr<const Batch> rows) : rows_(std::move(rows)) {}
  const std::shared_ptr<const Schema>& schema() const override { return schema_; }
  Result<std::shared_ptr<const Batch>> next() override { return std::exchange(rows_, nullptr); }

 private:
  std::shared_ptr<const Batch> rows_;
  const std::shared_ptr<const Schema> schema_ = rows_->shared_schema();
};

std::shared_ptr<const Batch> only(const std::vector<std::size_t>& columns,
                                  std::shared_ptr<const Batch> rows) {
  if (columns.empty()) return rows;
  Schema schema;
  for (const std::size_t column : columns) schema.columns.push_back(rows->schema().columns[column]);
  auto selected = std::make_shared<Batch>(std::make_shared<const Schema>(std::move(schema)));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    selected->column(i).append_range(rows->column(columns[i]), 0, rows->rows());
  }
  return selected;
}

}  // namespace

std::optional<std::string> order_value(const Type& type, const TimeZone& zone,
                                       const std::string& text) {
  const auto read = engine_text("", type, zone, text);
  if (!read.ok()) return std::nullopt;
  // What bytes are in the engine's form is another text.
  const auto token = token_of(type, type.id == TypeId::blob ? text : read.value());
  Column column(type);
  if (!token || formats::append_scalar(column, *token, {.zone = &zone}) != Fit::good) {
    return std::nullopt;
  }
  std::string bytes;
  index::append_order_bytes(bytes, column, 0);
  return bytes;
}

Result<std::optional<RowsText>> read_by_index(const Call& call, std::string_view table,
                                              const ReadQuery& query, RowForm form) {
  const auto* indexed = call.indexes == nullptr ? nullptr : call.indexes->find(table);
  if (indexed == nullptr || !query.rows) return std::optional<RowsText>();
  const auto choice = index::choose(*indexed, *query.rows);
  if (!choice) return std::optional<RowsText>();
  TRY(auto found, call.indexes->read(*indexed, *query.rows, *choice));
  if (!found) return std::optional<RowsText>();
  KeptRows rows(only(query.columns, std::move(found->rows)));
  TRY(RowsText text, rows_text(rows, form, query.limit));
  if (text.too_large) return std::optional<RowsText>();
  return std::optional(std::move(text));
}

}  // namespace weir::serve
