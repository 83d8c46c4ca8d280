// For libFuzzer: no body crashes the decoder, and every record of it is either a row or refused.
#include <cstddef>
#include <cstdint>
#include <string>

#include "formats/event_decoder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir;  // NOLINT(google-build-using-namespace)
  static const auto decoder = [] {
    EventRules rules;
    rules.unknown_fields = UnknownFields::keep;
    for (const char* type :
         {"bigint", "double", "decimal(20,3)", "varchar", "blob", "timestamp", "interval", "json",
          "int[]", "struct(a int, b varchar[])", "map(varchar, double)"}) {
      rules.columns.push_back({.name = type, .type = parse_type(type).value(), .path = {type}});
    }
    return formats::EventDecoder::make(rules).value();
  }();
  if (size == 0) return 0;
  const auto form = data[0] % 2 == 0 ? formats::BodyForm::json : formats::BodyForm::ndjson;
  std::string body(reinterpret_cast<const char*>(data + 1), size - 1);
  Batch batch(decoder->schema());
  const auto decoded = decoder->decode(body, form, {Instant(), Instant::max()}, batch);
  if (decoded.ok()) {
    ASSERT(decoded.value().rows == batch.rows() + decoded.value().refused.size());
  } else {
    ASSERT(batch.rows() == 0);
  }
  return 0;
}
