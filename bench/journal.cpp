// How many records of 250 bytes the durable journal takes: four writers, each with up to five
// calls of 64 records under way, a record counted when its Durable callback said that it is on
// disk. Afterwards the journal is opened anew and everything is read back. Prints one line of JSON.
#include "journal/journal.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <semaphore>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace weir::journal {
namespace {

constexpr std::size_t record_bytes = 250;
constexpr std::size_t records_per_call = 64;  // 16 KB
constexpr std::ptrdiff_t calls_under_way = 5;
constexpr std::size_t writers = 4;
constexpr std::uint64_t records_max = 32'000'000;  // about 9 GB on disk
constexpr double seconds_max = 60;

// Order does not count, so that the writers may add up theirs and the reader its own.
struct Tally {
  std::uint64_t records = 0;
  std::uint64_t checksum = 0;

  void add(std::string_view record) {
    ++records;
    checksum += XXH3_64bits(record.data(), record.size());
  }
  void add(const Tally& other) {
    records += other.records;
    checksum += other.checksum;
  }
  friend bool operator==(const Tally&, const Tally&) = default;
};

class Writer {
 public:
  Writer(Journal& journal, std::size_t number)
      : journal_(journal), topic_(fmt::format("records_{}", number)) {
    record_.fill(static_cast<char>('a' + number));
  }

  // Until `end`, or as many records as the disk is given to.
  void run(std::chrono::steady_clock::time_point end) {
    while (!is_broken_ && sent_.records < records_max / writers &&
           std::chrono::steady_clock::now() < end) {
      room_.acquire();
      write();
    }
    for (std::ptrdiff_t i = 0; i < calls_under_way; ++i) room_.acquire();
  }
  bool is_broken() const { return is_broken_; }
  std::uint64_t durable() const { return durable_; }
  const Tally& sent() const { return sent_; }

 private:
  void write() {
    std::vector<Entry> entries;
    entries.push_back({.topic = topic_, .accepted = {}, .head = {}, .batches = {records()}});
    const auto taken = journal_.append(std::move(entries), [this](const Result<Position>& end) {
      if (end.ok()) {
        durable_ += records_per_call;
      } else {
        fail(end.error());
      }
      room_.release();
    });
    if (taken.ok()) return;
    fail(taken.error());
    room_.release();
  }
  // Each record is another one: it begins with its number.
  std::shared_ptr<const Batch> records() {
    static const auto schema =
        std::make_shared<const Schema>(Schema{{{"record", {.id = TypeId::blob}}}});
    auto batch = std::make_shared<Batch>(schema);
    batch->column(0).reserve(records_per_call);
    for (std::size_t i = 0; i < records_per_call; ++i) {
      std::memcpy(record_.data(), &sent_.records, sizeof(sent_.records));
      const std::string_view record(record_.data(), record_.size());
      batch->column(0).append_string(record);
      sent_.add(record);
    }
    return batch;
  }
  void fail(const Error& error) {
    is_broken_ = true;
    fmt::print(stderr, "journal: {}: {}\n", topic_, error.message);
  }

  Journal& journal_;
  std::string topic_;
  std::array<char, record_bytes> record_{};
  Tally sent_;
  std::counting_semaphore<calls_under_way> room_{calls_under_way};
  std::atomic<std::uint64_t> durable_ = 0;
  std::atomic<bool> is_broken_ = false;
};

struct Written {
  Tally sent;
  std::uint64_t durable = 0;
  double seconds = 0;
  double cpu_seconds = 0;
};

Result<Written> write(const std::filesystem::path& folder, std::chrono::duration<double> time) {
  const SystemClock clock;
  TRY(const auto journal, Journal::open(folder, {}, clock));
  std::vector<std::unique_ptr<Writer>> all;
  for (std::size_t i = 0; i < writers; ++i) all.push_back(std::make_unique<Writer>(*journal, i));
  const std::clock_t cpu_begin = std::clock();
  const auto begin = std::chrono::steady_clock::now();
  const auto end = begin + std::chrono::duration_cast<std::chrono::nanoseconds>(time);
  {
    std::vector<std::jthread> threads;
    for (const auto& writer : all) threads.emplace_back([&writer, end] { writer->run(end); });
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  Written written{.seconds = took.count(),
                  .cpu_seconds = static_cast<double>(std::clock() - cpu_begin) / CLOCKS_PER_SEC};
  for (const auto& writer : all) {
    if (writer->is_broken()) return Error{Fault::internal, "a writer failed"};
    written.sent.add(writer->sent());
    written.durable += writer->durable();
  }
  return written;
}

// From the files, as the journal that wrote them is closed.
Result<Tally> read_back(const std::filesystem::path& folder) {
  const SystemClock clock;
  TRY(const auto journal, Journal::open(folder, {}, clock));
  const auto reader = journal->read({}, 0);
  Tally kept;
  while (true) {
    TRY(const auto placed, reader->next());
    if (!placed) return kept;
    for (const auto& batch : placed->entry->batches) {
      for (std::size_t row = 0; row < batch->rows(); ++row) kept.add(batch->column(0).string(row));
    }
  }
}

Result<Written> race(const std::filesystem::path& folder, double seconds) {
  TRY(const Written written, write(folder, std::chrono::duration<double>(seconds)));
  TRY(const Tally kept, read_back(folder));
  if (written.durable == written.sent.records && kept == written.sent) return written;
  return Error{Fault::corrupt,
               fmt::format("{} records sent, {} said to be durable, {} read back, checksums {}",
                           written.sent.records, written.durable, kept.records,
                           kept.checksum == written.sent.checksum ? "equal" : "different")};
}

}  // namespace
}  // namespace weir::journal

// journal_bench FOLDER SECONDS
int main(int argc, char** argv) {
  const double seconds = argc == 3 ? std::strtod(argv[2], nullptr) : 0;
  if (!(seconds > 0 && seconds <= weir::journal::seconds_max)) {
    fmt::print(stderr, "usage: journal_bench FOLDER SECONDS (at most {})\n",
               weir::journal::seconds_max);
    return 2;
  }
  const auto raced = weir::journal::race(argv[1], seconds);
  if (!raced.ok()) {
    fmt::print(stderr, "journal: {}\n", raced.error().message);
    return 1;
  }
  const auto& [sent, durable, took, cpu_seconds] = raced.value();
  fmt::print(R"({{"records":{},"seconds":{:.4f},"cpu_seconds":{:.4f}}})"
             "\n",
             durable, took, cpu_seconds);
  return 0;
}
