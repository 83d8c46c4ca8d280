// How many events of 100 bytes and six fields one thread decodes. Prints one line of JSON, in which
// cpu_seconds leave out what other programs took and id_sum proves what was read; with
// --write FILE the same events go to a file as NDJSON, for another system to read.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "formats/event_decoder.h"

namespace weir::formats {
namespace {

constexpr std::size_t rows_per_body = 1'000;
constexpr std::size_t bodies_kept = 1'000;  // decoded again and again; 100 MB, far beyond any cache
constexpr unsigned seed = 7;
constexpr std::size_t event_bytes = 100;
constexpr std::size_t millions_max = 100;  // 10 GB written

EventRules rules() {
  EventRules rules;
  for (const auto& [name, type] : {std::pair{"ts", "timestamp"},
                                   {"id", "bigint"},
                                   {"kind", "varchar"},
                                   {"page", "varchar"},
                                   {"price", "double"},
                                   {"ok", "boolean"}}) {
    rules.columns.push_back({.name = name, .type = parse_type(type).value(), .path = {name}});
  }
  rules.event_time = 0;
  return rules;
}

// The page's number is padded so that every event, its line's end included, has the same length.
void append_event(std::string& body, std::mt19937_64& random) {
  constexpr std::string_view kinds[] = {"click", "view", "buy", "scroll"};
  const auto bits = static_cast<std::uint32_t>(random());
  const std::string before = fmt::format(
      R"({{"ts":"2024-01-{:02}T{:02}:{:02}:{:02}Z","id":{},"kind":"{}","page":"/)", bits % 28 + 1,
      bits % 24, bits / 24 % 60, bits / 1440 % 60, bits % 10'000'000, kinds[bits % 4]);
  const std::string after = fmt::format(R"(","price":{}.{:02},"ok":{}}})"
                                        "\n",
                                        bits % 400, bits / 11 % 100, bits % 3 == 0);
  const std::size_t begin = body.size();
  fmt::format_to(std::back_inserter(body), "{}{:0{}}{}", before, bits / 7 % 10'000,
                 event_bytes - before.size() - after.size(), after);
  ASSERT(body.size() - begin == event_bytes);
}

std::vector<std::string> bodies(std::size_t count) {
  std::mt19937_64 random(seed);
  std::vector<std::string> bodies(count);
  for (std::string& body : bodies) {
    for (std::size_t i = 0; i < rows_per_body; ++i) append_event(body, random);
  }
  return bodies;
}

int write(const char* path, const std::vector<std::string>& bodies, std::size_t count) {
  std::FILE* file = std::fopen(path, "wb");
  bool is_good = file != nullptr;
  for (std::size_t i = 0; is_good && i < count; ++i) {
    const std::string& body = bodies[i % bodies.size()];
    is_good = std::fwrite(body.data(), 1, body.size(), file) == body.size();
  }
  if (file != nullptr) is_good = std::fclose(file) == 0 && is_good;
  if (!is_good) std::perror(path);
  return is_good ? 0 : 1;
}

int decode(std::vector<std::string>& bodies, std::size_t count) {
  const auto decoder = EventDecoder::make(rules()).value();
  const Acceptance acceptance{Instant::max(), Instant::max()};
  std::size_t rows = 0;
  std::int64_t id_sum = 0;
  const auto begin = std::chrono::steady_clock::now();
  const std::clock_t cpu_begin = std::clock();
  for (std::size_t i = 0; i < count; ++i) {
    Batch batch(decoder->schema());
    const auto decoded =
        decoder->decode(bodies[i % bodies.size()], BodyForm::ndjson, acceptance, batch);
    if (!decoded.ok() || !decoded.value().refused.empty()) {
      fmt::print(stderr, "json_decode: a row was refused\n");
      return 1;
    }
    rows += batch.rows();
    for (const std::int64_t id : batch.column(1).values<std::int64_t>()) id_sum += id;
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  const double cpu = static_cast<double>(std::clock() - cpu_begin) / CLOCKS_PER_SEC;
  fmt::print(R"({{"rows":{},"id_sum":{},"seconds":{:.4f},"cpu_seconds":{:.4f}}})"
             "\n",
             rows, id_sum, seconds.count(), cpu);
  return 0;
}

}  // namespace
}  // namespace weir::formats

// json_decode_bench [MILLIONS OF ROWS] [--write FILE]
int main(int argc, char** argv) {
  std::size_t millions = 4;
  const char* path = nullptr;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--write" && i + 1 < argc) {
      path = argv[++i];
    } else {
      millions = std::strtoul(argv[i], nullptr, 10);
    }
  }
  if (millions == 0 || millions > weir::formats::millions_max) {
    fmt::print(stderr, "json_decode: MILLIONS is a number from 1 to {}\n",
               weir::formats::millions_max);
    return 2;
  }
  const std::size_t count = millions * 1'000'000 / weir::formats::rows_per_body;
  auto bodies = weir::formats::bodies(std::min(count, weir::formats::bodies_kept));
  return path != nullptr ? weir::formats::write(path, bodies, count)
                         : weir::formats::decode(bodies, count);
}
