// What became of a request: a receipt, or why nothing of it was kept.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "collect/collector.h"
#include "core/result.h"
#include "net/http.h"

namespace weir::collect {

struct Receipt {
  Ingested counts;
  std::string errors = "[]";  // of the first refused rows, as JSON: row, code, reason
  bool is_repeat = false;     // of an earlier one: nothing was done
};

struct Refusal {
  int status = 500;
  std::string code;     // stable: SOURCE_NOT_FOUND
  std::string message;  // says how to mend it
};

using Outcome = std::variant<Receipt, Refusal>;

// The whole answer of each route; 429 and 503 with Retry-After, a repeat's with the header
// Idempotent-Replayed, as Stripe's has it.
net::Response ingest_answer(const Outcome& outcome);
net::Response watermark_answer(const Outcome& outcome);
net::Response beacon_answer(const Outcome& outcome);
net::Response answer(const Refusal& refusal);

// For callers without HTTP.
Error error_of(const Refusal& refusal);

}  // namespace weir::collect
