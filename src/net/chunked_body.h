// Takes a body apart that is sent in chunks (RFC 9112, 7.1), from bytes in pieces of any size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/http_head.h"
#include "net/http_limits.h"

namespace weir::net {

class ChunkedBody {
 public:
  explicit ChunkedBody(const HttpLimits& limits) : limits_(limits) {}

  // Takes bytes off the front and appends what they carry. 400, 413, or 431 for long trailers.
  std::optional<Refusal> feed(std::string_view& bytes, std::string& body);
  // Whether the last chunk and the trailers, which are skipped, are over.
  bool is_done() const { return part_ == Part::done; }

 private:
  enum class Part : std::uint8_t { size, data, data_end, trailers, done };

  void take_data(std::string_view& bytes, std::string& body);
  std::optional<Refusal> take_line(std::string_view& bytes, std::size_t body_bytes);
  std::optional<Refusal> end_line(std::size_t body_bytes);
  std::optional<Refusal> read_size(std::size_t body_bytes);

  const HttpLimits& limits_;
  Part part_ = Part::size;
  std::size_t left_ = 0;           // of this chunk
  std::size_t trailer_bytes_ = 0;  // so far
  std::string line_;               // as far as it has come
};

}  // namespace weir::net
