// Sends batches of events in their order: each is durable before the next is sent, and one that
// was sent before under the same key counts once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "client/server_client.h"

namespace weir::client {

struct EventBatch {
  std::string lines;  // NDJSON
  std::string key;    // Idempotency-Key
  std::size_t rows = 0;
};

// What the server answered, all batches together.
struct SendTotals {
  std::uint64_t rows = 0, accepted = 0, late = 0, quarantined = 0;
  std::uint64_t repeated_rows = 0;  // of these, which an earlier command had sent
  std::uint64_t position = 0;
  std::vector<std::string> first_errors;  // of quarantined rows, as JSON values' messages
};

// Names the batch by its place and content: the same rows of the same command have the same key.
std::string idempotency_key(const std::string& source, std::size_t number,
                            const std::string& lines);
// For the end of every key of a command that sends once more what was sent before: no other one has
// it, so that its rows count, and count once.
std::string new_run_mark();

// Owned by one thread.
class BatchSender {
 public:
  BatchSender(ServerClient client, const std::string& source);

  // Tries again while the server is full or out of reach, waiting as long as it asks, and gives up
  // after a minute without success: Fault::unavailable.
  Result<void> send(const EventBatch& batch);
  // Closes every window open so far.
  Result<void> end();

  const SendTotals& totals() const { return totals_; }

 private:
  struct Taken {
    net::Response response;
    bool is_first_try = true;
  };
  Result<Taken> post_until_taken(const std::string& target, const EventBatch& batch);
  Result<void> count(const Taken& taken, std::size_t rows);

  ServerClient client_;
  std::string target_;
  SendTotals totals_;
};

}  // namespace weir::client
