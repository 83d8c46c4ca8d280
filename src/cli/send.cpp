#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "cli/command_line.h"
#include "client/argument_checks.h"
#include "client/batch_sender.h"
#include "client/row_file.h"
#include "core/queue.h"
#include "core/schema.h"

namespace weir::cli {
namespace {

using client::BatchSender;
using client::EventBatch;
using client::Exit;
using client::idempotency_key;
using client::is_typeless;
using client::RowFile;
using client::SendTotals;
using client::ServerClient;
using client::Session;
using client::Written;
using client::WrittenColumns;

using Moment = std::chrono::steady_clock::time_point;

constexpr std::size_t batches_ahead = 4;  // encoded and not yet sent
constexpr std::chrono::milliseconds draw_every{200};

struct SendOptions {
  std::string source;
  std::vector<std::string> files;
  std::size_t batch_rows = 10'000;
  double rows_a_second = 0;  // 0: as fast as it goes
  std::string watermark;
  bool again = false;
  bool strict = false;
};

struct Encoded {
  EventBatch batch;
  double share_read = 0;
};

Written written_of(TypeId type) {
  const bool is_text = type == TypeId::varchar || type == TypeId::blob || type == TypeId::json;
  if (is_text) return Written::text;
  return type <= TypeId::decimal ? Written::bare : Written::quoted;  // truth values, numbers first
}

// As the source reads the fields: CSV does not tell.
Result<WrittenColumns> written_columns(ServerClient& client, const SendOptions& options) {
  WrittenColumns columns;
  if (std::ranges::none_of(options.files, is_typeless)) return columns;
  TRY(const formats::JsonValue sources, client.data("GET", "/weir/v1/sources"));
  for (const formats::JsonValue& source : sources.array()) {
    if (source["name"].text() != options.source) continue;
    for (const formats::JsonValue& column : source["columns"].array()) {
      TRY(const Type type, parse_type(column["type"].text()));
      const auto& path = column["from"].array();
      if (path.size() == 1) note_reader(columns, path.front().text(), written_of(type.id));
    }
  }
  return columns;
}

// Reads and encodes on a thread of its own while batches are on their way.
class Encoder {
 public:
  Encoder(const SendOptions& options, WrittenColumns columns)
      : options_(options),
        columns_(std::move(columns)),
        thread_([this](const std::stop_token& stop) {
          if (Result<void> done = run(stop); !done.ok()) {
            ready_.push(std::move(done).error(), stop);
          }
          ready_.close();
        }) {}

  // Nothing: all was read.
  std::optional<Result<Encoded>> next() { return ready_.pop(); }

 private:
  Result<void> run(const std::stop_token& stop) {
    std::size_t number = 0;
    for (const std::string& name : options_.files) {
      TRY(const auto file, within(name, RowFile::open(name, columns_)));
      while (!stop.stop_requested()) {
        Encoded encoded;
        TRY(encoded.batch.rows, within(name, file->read(options_.batch_rows, encoded.batch.lines)));
        if (encoded.batch.rows == 0) break;
        encoded.batch.key =
            idempotency_key(options_.source, number++, encoded.batch.lines) + run_mark_;
        encoded.share_read = file->share_read();
        if (!ready_.push(std::move(encoded), stop)) return {};
      }
    }
    return {};
  }

  const SendOptions& options_;
  const std::string run_mark_ = options_.again ? client::new_run_mark() : "";
  const WrittenColumns columns_;
  Queue<Result<Encoded>> ready_{batches_ahead};
  std::jthread thread_;
};

// A line on a terminal that says how far it has come.
class Progress {
 public:
  explicit Progress(bool quiet) : shown_(!quiet && isatty(STDERR_FILENO) != 0) {}

  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  void draw(std::uint64_t rows, double share) {
    const Moment now = std::chrono::steady_clock::now();
    if (!shown_ || now < next_) return;
    next_ = now + draw_every;
    const std::string part = share < 0 ? "" : fmt::format("{:3.0f} %  ", share * 100);
    fmt::print(stderr, "\r{}{} rows  {:.0f} rows/s\x1b[K", part, rows,
               static_cast<double>(rows) / seconds());
  }
  void clear() const {
    if (shown_) fmt::print(stderr, "\r\x1b[K");
  }

 private:
  bool shown_;
  Moment start_ = std::chrono::steady_clock::now();
  Moment next_ = start_;
};

void hold_rate(const SendOptions& options, const Progress& progress, std::uint64_t rows) {
  if (options.rows_a_second <= 0) return;
  const double ahead = static_cast<double>(rows) / options.rows_a_second - progress.seconds();
  if (ahead > 0) std::this_thread::sleep_for(std::chrono::duration<double>(ahead));
}

Result<void> send_all(Encoder& encoder, const SendOptions& options, BatchSender& sender,
                      Progress& progress) {
  while (auto next = encoder.next()) {
    TRY(const Encoded encoded, std::move(*next));
    OK_OR_RETURN(sender.send(encoded.batch));
    progress.draw(sender.totals().rows, encoded.share_read);
    hold_rate(options, progress, sender.totals().rows);
  }
  return options.watermark.empty() ? Result<void>() : sender.end();
}

void print_totals(const SendTotals& totals, double seconds, const Session& session) {
  if (session.json) {
    session.print(fmt::format(
        R"({{"rows":{},"repeated":{},"accepted":{},"late":{},"quarantined":{},"position":{},)"
        R"("seconds":{:.3f}}})"
        "\n",
        totals.rows, totals.repeated_rows, totals.accepted, totals.late, totals.quarantined,
        totals.position, seconds));
    return;
  }
  session.print(fmt::format(
      "{} rows in {:.1f} s: {} accepted ({} late), {} quarantined; position "
      "{}\n",
      totals.rows, seconds, totals.accepted, totals.late, totals.quarantined, totals.position));
  if (totals.repeated_rows > 0) {
    session.say(
        fmt::format("{} of these rows had been sent before, by the same command or a try whose "
                    "answer was lost, and did not count again: --again makes them",
                    totals.repeated_rows));
  }
  for (const std::string& error : totals.first_errors) session.say("quarantined: " + error);
}

Result<void> send(const SendOptions& options, Session& session) {
  // Before any row is on its way.
  for (const std::string& name : options.files) OK_OR_RETURN(within(name, RowFile::check(name)));
  TRY(ServerClient client, ServerClient::find(session));
  TRY(WrittenColumns columns, written_columns(client, options));
  Encoder encoder(options, std::move(columns));
  BatchSender sender(std::move(client), options.source);
  Progress progress(session.json);
  Result<void> sent = send_all(encoder, options, sender, progress);
  progress.clear();
  const SendTotals& totals = sender.totals();
  if (!sent.ok()) {
    if (totals.rows > 0) {
      session.say(fmt::format("{} rows were taken before this went wrong; {}", totals.rows,
                              options.again
                                  ? "with --again the same command sends them once more"
                                  : "the same command goes on without sending them twice"));
    }
    return sent;
  }
  print_totals(totals, progress.seconds(), session);
  if (totals.rows == 0) {
    session.say(fmt::format("there is no row in {}", fmt::join(options.files, ", ")));
  }
  if (options.strict && totals.quarantined > 0) session.exit = Exit::failed;
  return {};
}

}  // namespace

void add_send(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("send", "Sends the rows of files as events, in their order");
  auto options = std::make_shared<SendOptions>();
  command->add_option("SOURCE", options->source)->required();
  command
      ->add_option("FILE", options->files,
                   "NDJSON, JSON (an array, or values), CSV or Parquet; - is NDJSON on stdin")
      ->required();
  command->add_option("--batch", options->batch_rows, "Rows a request; 8 MB of them end it too")
      ->check(client::whole_number(1, 1'000'000), "[1 to 1000000]")
      ->capture_default_str();
  command->add_option("--rate", options->rows_a_second, "Rows a second at most")
      ->check(client::number(0.01, 1e9), "[0.01 to 1000000000]");
  command->add_option("--watermark", options->watermark, "end: close every window at the end")
      ->check(client::one_of({"end"}));
  command->add_flag("--again", options->again, "Send what was sent before once more");
  command->add_flag("--strict", options->strict, "Fail when a row was quarantined");
  command->callback([options, &session] { session.conclude(send(*options, session)); });
}

}  // namespace weir::cli
