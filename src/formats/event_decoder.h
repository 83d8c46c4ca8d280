// Decodes the body of a request into typed rows, once: nothing behind it sees JSON.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/batch.h"
#include "core/clock.h"
#include "core/event_rules.h"
#include "core/result.h"

namespace weir::formats {

enum class BodyForm { json, ndjson };  // json: one object, or an array of them

// A record that did not parse or fit, as it came.
struct RefusedRow {
  std::size_t row = 0;  // from 0, in the body
  std::string code;     // one of refusal_codes
  std::string reason;   // names the column, the value and what would be right
  std::string bytes;    // the record's, exactly as they came
};

// Stable.
inline constexpr auto refusal_codes =
    std::to_array<std::string_view>({"MALFORMED", "TOO_LARGE", "MISSING", "WRONG_TYPE",
                                     "OUT_OF_RANGE", "TOO_FAR_AHEAD", "UNKNOWN_FIELD",
                                     // A field that is read stands there twice.
                                     "DUPLICATE_FIELD"});

struct DecodedBody {
  std::size_t rows = 0;  // in the body; rows = appended + refused
  std::vector<RefusedRow> refused;
};

struct Acceptance {
  Instant now;     // `_accepted` of every row, where no event time is declared
  Instant latest;  // an event time after it is refused
};

// A short body can become a large one, as where each of its records is `{}`.
constexpr std::size_t body_rows_max = 1'000'000;
constexpr std::size_t decoded_bytes_max = std::size_t{112} << 20;  // refused rows' too

// Owned by one thread. A record is at most 1 MB long and 64 deep; what is more is refused. Fields
// that come in the order of the record before are found fastest.
class EventDecoder {
 public:
  // Fault::invalid where a rule contradicts itself: min above max, a default that does not parse.
  static Result<std::unique_ptr<EventDecoder>> make(EventRules rules);
  virtual ~EventDecoder() = default;
  // schema_of(rules).
  virtual const std::shared_ptr<const Schema>& schema() const = 0;
  // Appends the rows that fit. Fault::invalid when the body cannot be split into records,
  // Fault::denied when it becomes more than the bounds above; then nothing was appended.
  virtual Result<DecodedBody> decode(std::string_view body, BodyForm form,
                                     const Acceptance& acceptance, Batch& rows) = 0;
};

}  // namespace weir::formats
