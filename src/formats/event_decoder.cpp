#include "formats/event_decoder.h"

#include <simdjson.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "formats/record_split.h"
#include "formats/row_reader.h"

namespace weir::formats {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
// Room is made for as many rows as there would be if all records were as long as the first; from
// an empty line nothing follows.
constexpr std::size_t rows_reserved_max = 65'536;
constexpr std::size_t record_bytes_min = 16;

class JsonDecoder final : public EventDecoder {
 public:
  JsonDecoder(std::shared_ptr<const Schema> schema, std::unique_ptr<RowReader> reader)
      : schema_(std::move(schema)), reader_(std::move(reader)) {}

  const std::shared_ptr<const Schema>& schema() const override { return schema_; }

  Result<DecodedBody> decode(std::string_view body, BodyForm form, const Acceptance& acceptance,
                             Batch& rows) override {
    ASSERT(rows.column_count() == schema_->columns.size());
    is_text_ = simdjson::validate_utf8(body);
    if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
    DecodedBody decoded;
    const auto read = [&](std::string_view record) { decode(record, acceptance, rows, decoded); };
    if (form == BodyForm::ndjson) {
      reserve(rows, body.size() / std::max(body.find('\n'), record_bytes_min));
      for (std::string_view line; take_line(body, line);) read(line);
      return decoded;
    }
    body = trimmed(body);
    if (body.empty()) return Error{Fault::invalid, "the body is empty: send a JSON object"};
    if (body.front() != '[') {
      read(body);
      return decoded;
    }
    TRY(const auto records, split_array(body));
    reserve(rows, records.size());
    std::ranges::for_each(records, read);
    return decoded;
  }

 private:
  static void reserve(Batch& rows, std::size_t more) {
    const std::size_t size = rows.rows() + std::min(more, rows_reserved_max);
    for (std::size_t i = 0; i < rows.column_count(); ++i) rows.column(i).reserve(size);
  }

  void decode(std::string_view record, const Acceptance& acceptance, Batch& rows,
              DecodedBody& decoded) {
    const std::size_t row = decoded.rows++;
    if (!is_text_ && !simdjson::validate_utf8(record)) {
      decoded.refused.push_back({row, "MALFORMED", "the record is not UTF-8", std::string(record)});
      return;
    }
    if (reader_->read(record, acceptance, rows)) return;
    const Refusal& refusal = reader_->refusal();
    decoded.refused.push_back(
        {row, std::string(refusal.code), refusal.reason, std::string(record)});
  }

  std::shared_ptr<const Schema> schema_;
  std::unique_ptr<RowReader> reader_;
  bool is_text_ = true;  // the whole body is UTF-8, so that no record needs to be asked
};

}  // namespace

Result<std::unique_ptr<EventDecoder>> EventDecoder::make(EventRules rules) {
  auto schema = std::make_shared<const Schema>(schema_of(rules));
  TRY(std::unique_ptr<RowReader> reader, RowReader::make(std::move(rules)));
  return std::make_unique<JsonDecoder>(std::move(schema), std::move(reader));
}

}  // namespace weir::formats
