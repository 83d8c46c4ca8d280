#include "serve/rows_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "formats/csv_rows.h"
#include "formats/json_rows.h"
#include "net/envelope.h"

namespace weir::serve {
namespace {

struct MediaType {
  std::string_view name;
  RowForm form;
};

constexpr auto media_types = std::to_array<MediaType>({{"application/json", RowForm::json},
                                                       {"application/*", RowForm::json},
                                                       {"*/*", RowForm::json},
                                                       {"text/csv", RowForm::csv},
                                                       {"text/*", RowForm::csv},
                                                       {"application/x-ndjson", RowForm::ndjson}});

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The part before the separator, cut off `rest`.
std::string_view take_part(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trimmed(part);
}

// How much it is liked, from 0 to 1: 1 unless a parameter q says otherwise.
double quality(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = take_part(parameters, ';');
    if (!parameter.starts_with("q=")) continue;
    double value = 0;
    std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), value);
    return value;
  }
  return 1;
}

void append_row(std::string& text, RowForm form, const Batch& batch, std::size_t row) {
  switch (form) {
    case RowForm::json:
      if (text.size() > 1) text += ',';
      formats::append_json_row(text, batch, row);
      break;
    case RowForm::csv: formats::append_csv_row(text, batch, row); break;
    case RowForm::ndjson:
      formats::append_json_row(text, batch, row);
      text += '\n';
      break;
  }
}

std::string begin_text(RowForm form, const Schema& schema) {
  std::string text;
  if (form == RowForm::json) text = "[";
  if (form == RowForm::csv) formats::append_csv_head(text, schema);
  return text;
}

}  // namespace

RowForm form_asked(const net::Request& request) {
  std::string_view accept = request.header("accept");
  RowForm best = RowForm::json;
  double best_quality = 0;
  while (!accept.empty()) {
    std::string_view item = take_part(accept, ',');
    const std::string_view name = take_part(item, ';');
    const auto known = std::ranges::find(media_types, name, &MediaType::name);
    if (known == media_types.end() || quality(item) <= best_quality) continue;
    best = known->form;
    best_quality = quality(item);
  }
  return best;
}

Result<RowsText> rows_text(engine::Rows& rows, RowForm form, std::size_t rows_max) {
  RowsText result{.text = begin_text(form, *rows.schema())};
  std::size_t count = 0;
  while (!result.more && !result.too_large) {
    TRY(const std::shared_ptr<const Batch> batch, rows.next());
    if (batch == nullptr) break;
    for (std::size_t row = 0; row < batch->rows(); ++row) {
      result.more = count == rows_max;
      result.too_large = result.text.size() > answer_bytes_max;
      if (result.more || result.too_large) break;
      append_row(result.text, form, *batch, row);
      ++count;
    }
  }
  result.too_large = result.text.size() > answer_bytes_max;
  if (form == RowForm::json) result.text += ']';
  return result;
}

net::Response rows_response(RowForm form, std::string_view text, std::string_view page) {
  if (form == RowForm::json) return net::success(text, page);
  net::Response response{.body = std::string(text)};
  response.content_type = form == RowForm::csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
  if (!page.empty()) response.headers.emplace_back("X-Page", page);
  return response;
}

}  // namespace weir::serve
