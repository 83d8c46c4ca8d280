#include "formats/decompress.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

namespace weir::formats {
namespace {

constexpr std::size_t bytes_max = 1 << 20;

std::string gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string packed(std::string_view encoding, std::string_view text) {
  return encoding == "gzip" ? gzip(text) : zstd(text);
}

Fault fault_of(std::string_view body, std::string_view encoding) {
  const auto result = decompress(body, encoding, bytes_max);
  EXPECT_FALSE(result.ok());
  return result.ok() ? Fault::internal : result.error().fault;
}

TEST(Decompress, gives_back_what_was_packed_also_in_several_members) {
  const std::string text(300'000, 'x');
  for (const char* encoding : {"gzip", "zstd"}) {
    EXPECT_EQ(decompress(packed(encoding, text), encoding, bytes_max).value(), text);
    EXPECT_EQ(decompress(packed(encoding, ""), encoding, bytes_max).value(), "");
    const std::string two = packed(encoding, "a\n") + packed(encoding, "b\n");
    EXPECT_EQ(decompress(two, encoding, bytes_max).value(), "a\nb\n");
  }
  EXPECT_EQ(decompress(text, "identity", bytes_max).value(), text);
  EXPECT_EQ(decompress(text, "", bytes_max).value(), text);
}

TEST(Decompress, refuses_bytes_that_are_broken_anywhere) {
  for (const char* encoding : {"gzip", "zstd"}) {
    const std::string whole = packed(encoding, "some text, some more text");
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
      EXPECT_EQ(fault_of(whole.substr(0, cut), encoding), Fault::invalid) << encoding << cut;
    }
    EXPECT_EQ(fault_of(whole + "x", encoding), Fault::invalid) << encoding;
    EXPECT_EQ(fault_of("{\"v\":1}", encoding), Fault::invalid) << encoding;
  }
  EXPECT_EQ(fault_of("x", "br"), Fault::invalid);
}

TEST(Decompress, stops_at_the_bound) {
  const std::string most(bytes_max, 'x');
  const std::string bomb(64 * bytes_max, 'x');
  for (const char* encoding : {"gzip", "zstd"}) {
    EXPECT_EQ(decompress(packed(encoding, most), encoding, bytes_max).value().size(), bytes_max);
    EXPECT_EQ(fault_of(packed(encoding, most + "x"), encoding), Fault::denied) << encoding;
    EXPECT_EQ(fault_of(packed(encoding, bomb), encoding), Fault::denied) << encoding;
  }
  EXPECT_EQ(fault_of(most + "x", ""), Fault::denied);
}

}  // namespace
}  // namespace weir::formats
