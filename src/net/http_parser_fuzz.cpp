// For libFuzzer: no bytes may crash the parser, and where they are cut must not matter. The first
// byte says where.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "net/http_parser.h"

namespace {

using weir::net::HttpLimits;
using weir::net::HttpParser;
using weir::net::Parsed;
using weir::net::Request;

// Adds what the bytes come to, as text. Whether the next ones may follow.
bool follow(HttpParser& parser, std::string_view bytes, std::string& said) {
  for (;;) {
    const Parsed parsed = parser.feed(bytes);
    if (parsed == Parsed::more) return true;
    if (parsed == Parsed::refused) {
      said += std::to_string(parser.refusal().status);
      return false;
    }
    if (parsed == Parsed::head) continue;
    const Request request = parser.take().request;
    said += request.method + " " + request.path + "\n" + request.body + "\n";
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const HttpLimits limits{.header_bytes_max = 1'000, .body_bytes_max = 1'000};
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t cut = bytes.size() * data[0] / 255;
  HttpParser whole(limits);
  std::string said;
  follow(whole, bytes, said);
  HttpParser pieces(limits);
  std::string said_of_pieces;
  if (follow(pieces, bytes.substr(0, cut), said_of_pieces)) {
    follow(pieces, bytes.substr(cut), said_of_pieces);
  }
  ASSERT(said == said_of_pieces);
  return 0;
}
