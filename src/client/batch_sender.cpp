#include "client/batch_sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <random>
#include <thread>
#include <utility>

namespace weir::client {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::minutes patience{1};
constexpr milliseconds first_pause{50};
constexpr milliseconds longest_pause{5'000};
constexpr std::size_t errors_shown = 5;

// FNV-1a over words of 8 bytes with a final mixing (MurmurHash3's): cheap, and stable for ever.
std::uint64_t content_hash(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const std::size_t count = std::min(bytes.size(), sizeof(word));
    std::memcpy(&word, bytes.data(), count);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32;
    bytes.remove_prefix(count);
  }
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  return hash ^ (hash >> 33);
}

bool is_for_now(int status) { return status == 429 || status == 503; }

// Empty where there is none. `name` is in lower case, as the client has them.
std::string header_of(const net::Response& response, std::string_view name) {
  const auto found =
      std::ranges::find(response.headers, name,
                        [](const auto& header) -> const std::string& { return header.first; });
  return found == response.headers.end() ? "" : found->second;
}

// What the server asks for, else `planned`.
milliseconds pause_of(const net::Response& response, milliseconds planned) {
  const std::string value = header_of(response, "retry-after");
  int seconds = 0;
  std::from_chars(value.data(), value.data() + value.size(), seconds);
  return std::max<milliseconds>(planned, std::chrono::seconds(std::min(seconds, 60)));
}

}  // namespace

std::string idempotency_key(const std::string& source, std::size_t number,
                            const std::string& lines) {
  return fmt::format("weir-send-{}-{}-{}-{:016x}", source, number, lines.size(),
                     content_hash(lines));
}

std::string new_run_mark() {
  std::random_device random;
  return fmt::format("-run-{:08x}{:08x}", random(), random());
}

BatchSender::BatchSender(ServerClient client, const std::string& source)
    : client_(std::move(client)), target_("/ingest/" + net::percent_encode(source)) {}

Result<BatchSender::Taken> BatchSender::post_until_taken(const std::string& target,
                                                         const EventBatch& batch) {
  const ServerClient::Headers headers{{"Content-Type", "application/x-ndjson"},
                                      {"Idempotency-Key", batch.key}};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  milliseconds pause = first_pause;
  for (bool is_first_try = true;; is_first_try = false) {
    Result<net::Response> answer = client_.ask("POST", target, batch.lines, headers);
    const bool again = answer.ok() ? is_for_now(answer.value().status)
                                   : answer.error().fault == Fault::unavailable;
    if (!again || std::chrono::steady_clock::now() > deadline) {
      if (!answer.ok()) return answer.error();
      return Taken{std::move(answer).value(), is_first_try};
    }
    std::this_thread::sleep_for(answer.ok() ? pause_of(answer.value(), pause) : pause);
    pause = std::min(pause * 2, longest_pause);
  }
}

Result<void> BatchSender::send(const EventBatch& batch) {
  TRY(const Taken taken, post_until_taken(target_, batch));
  return count(taken, batch.rows);
}

Result<void> BatchSender::count(const Taken& taken, std::size_t rows) {
  const net::Response& response = taken.response;
  if (response.status != 200) return refusal_of(response);
  TRY(const formats::JsonValue answer, formats::JsonValue::parse(response.body));
  const formats::JsonValue& data = answer["data"];
  totals_.rows += rows;
  // A later try may repeat an earlier one, whose answer was lost.
  const bool is_repeat = header_of(response, "idempotent-replayed") == "true";
  if (is_repeat && taken.is_first_try) totals_.repeated_rows += rows;
  totals_.accepted += data["accepted"].unsigned_integer();
  totals_.late += data["late"].unsigned_integer();
  totals_.quarantined += data["quarantined"].unsigned_integer();
  totals_.position = std::max(totals_.position, data["position"].unsigned_integer());
  for (const formats::JsonValue& error : data["errors"].array()) {
    if (totals_.first_errors.size() == errors_shown) break;
    const std::string& reason = error["reason"].text();
    totals_.first_errors.push_back(reason.empty() ? error.text() : reason);
  }
  return {};
}

Result<void> BatchSender::end() {
  TRY(const formats::JsonValue data,
      client_.data("POST", target_ + "/watermark", R"({"watermark":"end"})",
                   {{"Content-Type", "application/json"}}));
  totals_.position = std::max(totals_.position, data["position"].unsigned_integer());
  return {};
}

}  // namespace weir::client
