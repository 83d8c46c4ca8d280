#include "formats/decompress.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>

namespace weir::formats {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;
// A sender names the memory its zstd window takes; 32 MB covers every level but the "long" ones.
constexpr int zstd_window_log_max = 25;

Error too_large(std::size_t bytes_max) {
  return {Fault::denied,
          "the body is larger than " + std::to_string(bytes_max) + " bytes once decompressed"};
}

Error broken(std::string_view encoding, std::string_view why) {
  return {Fault::invalid,
          "the body is no whole " + std::string(encoding) + " stream: " + std::string(why)};
}

// What comes out, piece by piece, and never more than one piece beyond the bound.
class Output {
 public:
  explicit Output(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  char* piece() { return piece_.data(); }
  Result<void> take(std::size_t bytes) {
    if (bytes > bytes_max_ - text_.size()) return too_large(bytes_max_);
    text_.append(piece_.data(), bytes);
    return {};
  }
  std::string text() && { return std::move(text_); }

 private:
  std::array<char, piece_bytes> piece_;
  std::size_t bytes_max_;
  std::string text_;
};

struct InflateEnd {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

// One member after the other, as RFC 1952 allows.
Result<std::string> gunzip(std::string_view body, std::size_t bytes_max) {
  constexpr int gzip_only = 16 + MAX_WBITS;
  if (body.size() > std::numeric_limits<uInt>::max()) return too_large(bytes_max);
  z_stream state{};
  if (inflateInit2(&state, gzip_only) != Z_OK) return Error{Fault::internal, "zlib has no memory"};
  const std::unique_ptr<z_stream, InflateEnd> stream(&state);
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  state.avail_in = static_cast<uInt>(body.size());
  const auto output = std::make_unique<Output>(bytes_max);
  int status = Z_OK;
  do {
    if (status == Z_STREAM_END) inflateReset(&state);
    state.next_out = reinterpret_cast<Bytef*>(output->piece());
    state.avail_out = piece_bytes;
    status = inflate(&state, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) {
      return broken("gzip", status == Z_BUF_ERROR  ? "it ends too early"
                            : state.msg != nullptr ? state.msg
                                                   : zError(status));
    }
    OK_OR_RETURN(output->take(piece_bytes - state.avail_out));
  } while (status != Z_STREAM_END || state.avail_in > 0);
  return std::move(*output).text();
}

struct ZstdFree {
  void operator()(ZSTD_DCtx* stream) const { ZSTD_freeDCtx(stream); }
};

Result<std::string> unzstd(std::string_view body, std::size_t bytes_max) {
  const std::unique_ptr<ZSTD_DCtx, ZstdFree> stream(ZSTD_createDCtx());
  if (stream == nullptr) return Error{Fault::internal, "zstd has no memory"};
  ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, zstd_window_log_max);
  const auto output = std::make_unique<Output>(bytes_max);
  ZSTD_inBuffer in{body.data(), body.size(), 0};
  std::size_t wanted = 0;  // 0: at the end of a frame
  bool is_full = false;
  do {
    ZSTD_outBuffer out{output->piece(), piece_bytes, 0};
    wanted = ZSTD_decompressStream(stream.get(), &out, &in);
    if (ZSTD_isError(wanted) != 0) return broken("zstd", ZSTD_getErrorName(wanted));
    OK_OR_RETURN(output->take(out.pos));
    is_full = out.pos == out.size && wanted != 0;
  } while (in.pos < in.size || is_full);
  if (wanted != 0) return broken("zstd", "it ends too early");
  return std::move(*output).text();
}

}  // namespace

Result<std::string> decompress(std::string_view body, std::string_view encoding,
                               std::size_t bytes_max) {
  if (encoding == "gzip") return gunzip(body, bytes_max);
  if (encoding == "zstd") return unzstd(body, bytes_max);
  if (!encoding.empty() && encoding != "identity") {
    return Error{Fault::invalid, "we cannot undo the encoding \"" + std::string(encoding) +
                                     "\": send gzip, zstd or none"};
  }
  if (body.size() > bytes_max) return too_large(bytes_max);
  return std::string(body);
}

}  // namespace weir::formats
