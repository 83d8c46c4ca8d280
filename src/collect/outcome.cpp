#include "collect/outcome.h"

#include <fmt/format.h>

#include "net/envelope.h"

namespace weir::collect {
namespace {

constexpr int retry_after_seconds = 1;

net::Response answer_with(const Outcome& outcome, net::Response (*receipt_answer)(const Receipt&)) {
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) return answer(*refusal);
  const Receipt& receipt = *std::get_if<Receipt>(&outcome);
  net::Response response = receipt_answer(receipt);
  if (receipt.is_repeat) response.headers.emplace_back("Idempotent-Replayed", "true");
  return response;
}

}  // namespace

net::Response ingest_answer(const Outcome& outcome) {
  return answer_with(outcome, [](const Receipt& receipt) {
    const Ingested& counts = receipt.counts;
    return net::success(fmt::format(
        R"({{"accepted":{},"late":{},"quarantined":{},"position":{},"errors":{}}})",
        counts.accepted, counts.late, counts.quarantined, counts.position, receipt.errors));
  });
}

net::Response watermark_answer(const Outcome& outcome) {
  return answer_with(outcome, [](const Receipt& receipt) {
    return net::success(fmt::format(R"({{"position":{}}})", receipt.counts.position));
  });
}

net::Response beacon_answer(const Outcome& outcome) {
  return answer_with(
      outcome, [](const Receipt&) { return net::Response{.status = 204, .content_type = {}}; });
}

net::Response answer(const Refusal& refusal) {
  if (refusal.status == 429 || refusal.status == 503) {
    return net::refusal_for_now(refusal.status, refusal.code, refusal.message, retry_after_seconds);
  }
  return net::refusal(refusal.status, refusal.code, refusal.message);
}

Error error_of(const Refusal& refusal) {
  switch (refusal.status) {
    case 401:
    case 403: return {Fault::denied, refusal.message};
    case 404: return {Fault::not_found, refusal.message};
    case 409:
    case 422: return {Fault::conflict, refusal.message};
    case 429:
    case 503: return {Fault::unavailable, refusal.message};
    case 500: return {Fault::internal, refusal.message};
    default: return {Fault::invalid, refusal.message};
  }
}

}  // namespace weir::collect
