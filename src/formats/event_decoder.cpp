#include "formats/event_decoder.h"

#include <fmt/format.h>
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
constexpr std::size_t rows_between_measures = 1024;

class JsonDecoder final : public EventDecoder {
 public:
  JsonDecoder(std::shared_ptr<const Schema> schema, std::unique_ptr<RowReader> reader)
      : schema_(std::move(schema)), reader_(std::move(reader)) {
    for (const Field& column : schema_->columns) row_bytes_ += value_width(column.type);
  }

  const std::shared_ptr<const Schema>& schema() const override { return schema_; }

  Result<DecodedBody> decode(std::string_view body, BodyForm form, const Acceptance& acceptance,
                             Batch& rows) override {
    ASSERT(rows.column_count() == schema_->columns.size());
    is_text_ = simdjson::validate_utf8(body);
    if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
    rows_before_ = rows.rows();
    refused_bytes_ = 0;
    decoded_ = {};
    const Result<void> read = form == BodyForm::ndjson ? read_lines(body, acceptance, rows)
                                                       : read_json(body, acceptance, rows);
    if (read.ok()) return std::move(decoded_);
    rows.truncate(rows_before_);
    return read.error();
  }

 private:
  Result<void> read_lines(std::string_view body, const Acceptance& acceptance, Batch& rows) {
    reserve(rows, body.size() / std::max(body.find('\n'), record_bytes_min));
    for (std::string_view line; take_line(body, line);) {
      OK_OR_RETURN(read(line, acceptance, rows));
    }
    return {};
  }

  Result<void> read_json(std::string_view body, const Acceptance& acceptance, Batch& rows) {
    body = trimmed(body);
    if (body.empty()) return Error{Fault::invalid, "the body is empty: send a JSON object"};
    if (body.front() != '[') return read(body, acceptance, rows);
    TRY(const auto records, split_array(body, body_rows_max));
    if (records.size() > body_rows_max) return too_many();
    reserve(rows, records.size());
    for (const std::string_view record : records) OK_OR_RETURN(read(record, acceptance, rows));
    return {};
  }

  void reserve(Batch& rows, std::size_t more) {
    const std::size_t size = rows.rows() + std::min(more, rows_reserved_max);
    for (std::size_t i = 0; i < rows.column_count(); ++i) rows.column(i).reserve(size);
    bytes_before_ = rows.bytes();
  }

  Result<void> read(std::string_view record, const Acceptance& acceptance, Batch& rows) {
    const std::size_t row = decoded_.rows++;
    if (row >= body_rows_max) return too_many();
    if (row % rows_between_measures == rows_between_measures - 1) OK_OR_RETURN(measure(rows));
    if (!is_text_ && !simdjson::validate_utf8(record)) {
      refuse({row, "MALFORMED", "the record is not UTF-8", std::string(record)});
    } else if (!reader_->read(record, acceptance, rows)) {
      const Refusal& refusal = reader_->refusal();
      refuse({row, std::string(refusal.code), refusal.reason, std::string(record)});
    }
    return {};
  }

  void refuse(RefusedRow row) {
    refused_bytes_ += sizeof row + row.reason.size() + row.bytes.size();
    decoded_.refused.push_back(std::move(row));
  }

  // What lies in columns that had room, and what these have grown by.
  Result<void> measure(const Batch& rows) const {
    const std::size_t values = (rows.rows() - rows_before_) * row_bytes_;
    const std::size_t bytes = std::max(values, rows.bytes() - bytes_before_) + refused_bytes_;
    if (bytes <= decoded_bytes_max) return {};
    return Error{Fault::denied,
                 fmt::format("the body's first {} rows take more than {} MB in columns: send it in "
                             "parts",
                             decoded_.rows, decoded_bytes_max >> 20)};
  }

  static Error too_many() {
    return {Fault::denied,
            fmt::format("a body is at most {} rows: send it in parts", body_rows_max)};
  }

  std::shared_ptr<const Schema> schema_;
  std::unique_ptr<RowReader> reader_;
  std::size_t row_bytes_ = 0;  // of a row's values, less what they point to
  // Of the body being decoded, as are all that follow.
  bool is_text_ = true;  // all of it is UTF-8, so that no record needs to be asked
  std::size_t rows_before_ = 0;
  std::size_t bytes_before_ = 0;
  std::size_t refused_bytes_ = 0;
  DecodedBody decoded_;
};

}  // namespace

Result<std::unique_ptr<EventDecoder>> EventDecoder::make(EventRules rules) {
  auto schema = std::make_shared<const Schema>(schema_of(rules));
  TRY(std::unique_ptr<RowReader> reader, RowReader::make(std::move(rules)));
  return std::make_unique<JsonDecoder>(std::move(schema), std::move(reader));
}

}  // namespace weir::formats
