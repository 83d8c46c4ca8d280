// Makes requests of the bytes of a connection, in pieces of any size. No socket, no clock: what it
// gives depends on the bytes alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "net/chunked_body.h"
#include "net/http_head.h"
#include "net/http_limits.h"

namespace weir::net {

// What the bytes came to.
enum class Parsed : std::uint8_t {
  more,     // nothing is whole; all bytes are taken
  head,     // head() is whole; feed again, even nothing, to go on with the body
  request,  // take() it; the bytes that are left belong to the next
  refused,  // refusal() says why; the place of the next request is unknown
};

class HttpParser {
 public:
  explicit HttpParser(const HttpLimits& limits) : limits_(limits) {}

  // Takes bytes off the front until something is whole.
  Parsed feed(std::string_view& bytes);
  // Where the next bytes of the body may be put without a copy; empty: feed them. To be followed by
  // body_arrived() with how many there are.
  std::span<char> body_room();
  Parsed body_arrived(std::size_t bytes);

  // No byte of a request has come.
  bool is_idle() const { return part_ == Part::head && head_text_.empty(); }
  // Bytes of the body are to come.
  bool awaits_body() const { return part_ == Part::fixed || part_ == Part::chunked; }
  // What the body takes so far.
  std::size_t body_bytes() const { return head_.request.body.size(); }
  const HttpHead& head() const { return head_; }
  const Refusal& refusal() const { return refusal_; }
  // The request, or its head where its body is not wanted. The parser is then as new.
  HttpHead take();

 private:
  enum class Part : std::uint8_t { head, head_end, fixed, chunked, refused };

  Parsed feed_head(std::string_view& bytes);
  std::optional<Refusal> find_head_end(std::string_view text);
  Parsed begin_body();
  Parsed feed_fixed(std::string_view& bytes);
  Parsed feed_chunked(std::string_view& bytes);
  Parsed refuse(Refusal refusal);

  const HttpLimits& limits_;
  Part part_ = Part::head;
  std::string head_text_;      // of a head that comes in pieces
  std::size_t line_ = 0;       // where the line begins that is being looked at
  std::size_t looked_at_ = 0;  // of the head's text
  bool is_head_whole_ = false;
  std::size_t body_bytes_ = 0;  // that have come; the string may have room for more
  HttpHead head_;
  std::optional<ChunkedBody> chunks_;
  Refusal refusal_;
};

}  // namespace weir::net
