#include "net/http_parser.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/result.h"

namespace weir::net {
namespace {

// A body's memory grows with what has come, not with what its sender announces.
constexpr std::size_t body_room_min = 64 << 10;

Refusal bad(std::string message) { return {.message = std::move(message)}; }

Refusal too_large(const HttpLimits& limits) {
  return {413, "BODY_TOO_LARGE",
          "The body is larger than " + std::to_string(limits.body_bytes_max) +
              " bytes: send it in parts."};
}

}  // namespace

Parsed HttpParser::feed(std::string_view& bytes) {
  switch (part_) {
    case Part::head: return feed_head(bytes);
    case Part::head_end: {
      const Parsed begun = begin_body();
      return begun == Parsed::more ? feed(bytes) : begun;
    }
    case Part::fixed: return feed_fixed(bytes);
    case Part::chunked: return feed_chunked(bytes);
    case Part::refused: return Parsed::refused;
  }
  return Parsed::refused;
}

Parsed HttpParser::feed_head(std::string_view& bytes) {
  if (head_text_.empty()) {
    // RFC 9112, 2.2: an empty line before a request is overlooked.
    bytes.remove_prefix(std::min(bytes.find_first_not_of("\r\n"), bytes.size()));
    if (bytes.empty()) return Parsed::more;
    if (!is_token_character(bytes.front())) {
      return refuse(bad("This is no HTTP request; a client that speaks TLS must not do so here."));
    }
  }
  const std::size_t kept = head_text_.size();
  std::string_view text = bytes;
  if (kept > 0) text = head_text_.append(bytes.substr(0, limits_.header_bytes_max + 1 - kept));
  if (auto refusal = find_head_end(text)) return refuse(std::move(*refusal));
  if (!is_head_whole_) {
    if (kept == 0) head_text_ = bytes;
    bytes = {};
    return Parsed::more;
  }
  if (auto refusal = parse_head(text.substr(0, looked_at_), head_)) {
    return refuse(std::move(*refusal));
  }
  bytes.remove_prefix(looked_at_ - kept);
  part_ = Part::head_end;
  return Parsed::head;
}

std::optional<Refusal> HttpParser::find_head_end(std::string_view text) {
  while (!is_head_whole_) {
    const std::size_t end = text.find('\n', looked_at_);
    looked_at_ = std::min(end, text.size() - 1) + 1;
    if (looked_at_ > limits_.header_bytes_max) {
      return Refusal{
          431, "HEADERS_TOO_LARGE",
          "The head is longer than " + std::to_string(limits_.header_bytes_max) + " bytes."};
    }
    if (end == std::string_view::npos) return std::nullopt;
    if (end == 0 || text[end - 1] != '\r') return bad("A line of the head ends without CR.");
    is_head_whole_ = end == line_ + 1;
    line_ = looked_at_;
  }
  return std::nullopt;
}

Parsed HttpParser::begin_body() {
  const std::string& method = head_.request.method;
  if (head_.is_chunked) {
    chunks_.emplace(limits_);
    part_ = Part::chunked;
    return Parsed::more;
  }
  if (!head_.content_length && (method == "POST" || method == "PUT")) {
    return refuse({411, "LENGTH_REQUIRED", "Say by Content-Length how long the body is."});
  }
  if (head_.content_length.value_or(0) > limits_.body_bytes_max) return refuse(too_large(limits_));
  part_ = Part::fixed;
  return Parsed::more;
}

Parsed HttpParser::feed_fixed(std::string_view& bytes) {
  const std::size_t length = head_.content_length.value_or(0);
  const std::string_view taken = bytes.substr(0, length - body_bytes_);
  std::string& body = head_.request.body;
  body.resize(body_bytes_);
  body += taken;
  bytes.remove_prefix(taken.size());
  return body_arrived(taken.size());
}

Parsed HttpParser::feed_chunked(std::string_view& bytes) {
  if (auto refusal = chunks_->feed(bytes, head_.request.body)) {
    return refuse(refusal->status == 413 ? too_large(limits_) : std::move(*refusal));
  }
  return chunks_->is_done() ? Parsed::request : Parsed::more;
}

std::span<char> HttpParser::body_room() {
  if (part_ != Part::fixed) return {};
  std::string& body = head_.request.body;
  if (body.size() == body_bytes_) {
    const std::size_t left = head_.content_length.value_or(0) - body_bytes_;
    body.resize(body_bytes_ + std::min(left, std::max(body_bytes_, body_room_min)));
  }
  return {body.data() + body_bytes_, body.size() - body_bytes_};
}

Parsed HttpParser::body_arrived(std::size_t bytes) {
  body_bytes_ += bytes;
  ASSERT(part_ == Part::fixed && body_bytes_ <= head_.request.body.size());
  return body_bytes_ == head_.content_length.value_or(0) ? Parsed::request : Parsed::more;
}

Parsed HttpParser::refuse(Refusal refusal) {
  refusal_ = std::move(refusal);
  part_ = Part::refused;
  return Parsed::refused;
}

HttpHead HttpParser::take() {
  HttpHead taken = std::exchange(head_, {});
  part_ = Part::head;
  std::string().swap(head_text_);
  line_ = looked_at_ = body_bytes_ = 0;
  is_head_whole_ = false;
  chunks_.reset();
  return taken;
}

}  // namespace weir::net
