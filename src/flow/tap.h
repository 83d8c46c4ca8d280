// A sample of what flows through a source or stream, as it flows: GET /weir/v1/tap/{name}.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "govern/tokens.h"
#include "journal/journal.h"
#include "journal/topic_relation.h"
#include "net/http.h"

namespace weir::flow {

// What can be tapped: a source, a stream, late(stream), quarantine(source or stream).
struct Flow {
  std::string name;
  std::vector<std::string> reads;  // whoever may read all of them may tap it too; empty: no one
  journal::TopicRows rows;
};

// A request, who makes it, and whether he prefers lines of JSON to one document.
struct TapRequest {
  const net::Request& request;
  const govern::Token& token;
  bool as_lines = false;
};

// Reads what is durable, so that nothing that flows waits for it. Any thread may call.
class Taps {
 public:
  // The journal outlives it; null where `flows` is empty.
  Taps(const journal::Journal* journal, std::vector<Flow> flows)
      : journal_(journal), flows_(std::move(flows)) {}

  // What may be tapped with it.
  std::vector<std::string> names_for(const govern::Token& token) const;

  // Waits up to `timeout` (1s) for rows behind the position `after` (now), and gives the first of
  // them, `limit` (100) and 4 MB at most. Those that came with them are counted as dropped; what
  // the caller is too far behind to be given is passed over, and its bytes are told. As lines, the
  // figures stand in the headers Weir-Next, Weir-Dropped and Weir-Skipped-Bytes.
  net::Response answer(const TapRequest& asked, const std::string& name,
                       const std::stop_token& stop) const;

 private:
  const journal::Journal* journal_;
  std::vector<Flow> flows_;
};

}  // namespace weir::flow
