// Decides by a request's head alone whether its body may come in, and as what.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "collect/addresses.h"
#include "collect/outcome.h"
#include "formats/event_decoder.h"
#include "govern/tokens.h"
#include "net/http.h"
#include "workspace/declarations.h"

namespace weir::collect {

struct Admitted {
  std::size_t source = 0;
  Route route = Route::ingest;            // ingest, watermark or beacon
  std::optional<formats::BodyForm> form;  // nothing: the body itself shows it
  std::string encoding;                   // gzip, zstd or empty
  std::string token;                      // its id; empty: let in by its origin
  std::string origin;                     // of the page that may read the answer; or empty
  std::optional<std::string> idempotency_key;
};

// Never changes. Any thread may call.
class Gate {
 public:
  Gate(const std::vector<workspace::Source>& sources, const govern::Tokens& tokens)
      : sources_(sources), tokens_(tokens), addresses_(sources) {}

  const Addresses& addresses() const { return addresses_; }
  // What was let in; or the answer: a refusal, a preflight's, the snippet.
  std::variant<Admitted, net::Response> admit(const net::Request& request) const;
  // With the names that come near, of those that the scopes allow.
  Refusal unknown_source(std::string_view name, const std::vector<govern::Scope>& scopes) const;

 private:
  struct Allowance {
    std::string token, origin;
  };

  net::Response preflight(const net::Request& request, const Address& address) const;
  std::variant<Allowance, Refusal> allow(const net::Request& request, const Address& address,
                                         bool is_beacon) const;
  std::variant<Allowance, Refusal> allow_by_token(const net::Request& request,
                                                  const Address& address,
                                                  std::string_view secret) const;

  const std::vector<workspace::Source>& sources_;
  const govern::Tokens& tokens_;
  Addresses addresses_;
};

}  // namespace weir::collect
