// Rows of a query as the body of an answer: JSON in the envelope, CSV or NDJSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "engine/database.h"
#include "net/http.h"

namespace weir::serve {

enum class RowForm : std::uint8_t { json, csv, ndjson };

// What the Accept header prefers; JSON unless it names text/csv or application/x-ndjson.
RowForm form_asked(const net::Request& request);

constexpr std::size_t answer_bytes_max = std::size_t{64} << 20;

struct RowsText {
  std::string text;
  bool more = false;       // there were more than rows_max
  bool too_large = false;  // the rows take more than answer_bytes_max, and `text` is cut
};

// At most `rows_max` rows. Fault::invalid where an expression of the query fails on a row.
Result<RowsText> rows_text(engine::Rows& rows, RowForm form, std::size_t rows_max);

// `page` goes into the envelope; the other forms have a body of rows alone, and `page` in the
// header X-Page.
net::Response rows_response(RowForm form, std::string_view text, std::string_view page);

}  // namespace weir::serve
