#include "net/chunked_body.h"

#include <algorithm>
#include <charconv>

namespace weir::net {
namespace {

constexpr std::size_t size_line_bytes_max = 1'000;

Refusal bad(std::string message) { return {.message = std::move(message)}; }

}  // namespace

std::optional<Refusal> ChunkedBody::feed(std::string_view& bytes, std::string& body) {
  while (!bytes.empty() && !is_done()) {
    if (part_ == Part::data) {
      take_data(bytes, body);
    } else if (auto refusal = take_line(bytes, body.size())) {
      return refusal;
    }
  }
  return std::nullopt;
}

void ChunkedBody::take_data(std::string_view& bytes, std::string& body) {
  const std::string_view taken = bytes.substr(0, left_);
  body += taken;
  bytes.remove_prefix(taken.size());
  left_ -= taken.size();
  if (left_ == 0) part_ = Part::data_end;
}

std::optional<Refusal> ChunkedBody::take_line(std::string_view& bytes, std::size_t body_bytes) {
  const std::size_t end = bytes.find('\n');
  const std::string_view taken = bytes.substr(0, end == std::string_view::npos ? end : end + 1);
  const bool is_trailer = part_ == Part::trailers;
  if (is_trailer) trailer_bytes_ += taken.size();
  if (trailer_bytes_ > limits_.header_bytes_max) {
    return Refusal{431, "HEADERS_TOO_LARGE", "The trailers are too long."};
  }
  if (!is_trailer && line_.size() + taken.size() > size_line_bytes_max) {
    return bad("The line of a chunk's size is too long.");
  }
  line_ += taken;
  bytes.remove_prefix(taken.size());
  if (end == std::string_view::npos) return std::nullopt;
  // A lone LF or CR ends a line for some readers only: the classic way to smuggle a request.
  if (!line_.ends_with("\r\n")) return bad("A line of the chunked body ends without CR.");
  line_.resize(line_.size() - 2);
  if (std::ranges::any_of(line_, is_control)) return bad("The chunked body holds a control byte.");
  auto refusal = end_line(body_bytes);
  line_.clear();
  return refusal;
}

std::optional<Refusal> ChunkedBody::end_line(std::size_t body_bytes) {
  if (part_ == Part::size) return read_size(body_bytes);
  if (part_ == Part::data_end) {
    if (!line_.empty()) return bad("A chunk is longer than its size says.");
    part_ = Part::size;
  } else if (line_.empty()) {
    part_ = Part::done;
  }
  return std::nullopt;
}

std::optional<Refusal> ChunkedBody::read_size(std::size_t body_bytes) {
  const char* const line_end = line_.data() + line_.size();
  const auto [end, error] = std::from_chars(line_.data(), line_end, left_, 16);
  const bool is_followed = end != line_end && *end != ';';
  if (error == std::errc::invalid_argument || is_followed) {
    return bad("A chunk must begin with its size in hex digits.");
  }
  if (error != std::errc() || left_ > limits_.body_bytes_max - body_bytes) {
    return Refusal{413, "BODY_TOO_LARGE", "The body is too large."};
  }
  part_ = left_ == 0 ? Part::trailers : Part::data;
  return std::nullopt;
}

}  // namespace weir::net
