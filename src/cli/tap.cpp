#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "cli/command_line.h"
#include "client/argument_checks.h"
#include "client/server_client.h"
#include "client/text_table.h"
#include "formats/json_value.h"

namespace weir::cli {
namespace {

using client::GrowingTable;
using client::ServerClient;
using client::Session;
using client::TextRow;
using std::chrono::steady_clock;

constexpr std::uint64_t rows_a_request_max = 10'000;

struct TapOptions {
  std::string name;
  bool late = false;
  bool quarantine = false;
  std::uint64_t limit = 0;  // 0: none
  double rows_a_second = 100;
};

std::string flow_of(const TapOptions& options) {
  if (options.late) return "late(" + options.name + ")";
  if (options.quarantine) return "quarantine(" + options.name + ")";
  return options.name;
}

struct Sample {
  std::vector<std::string> rows;  // JSON objects
  std::string next;
  std::uint64_t dropped = 0;
  std::uint64_t skipped_bytes = 0;
};

Sample sample_of(const net::Response& response) {
  Sample sample;
  const auto number = [](const std::string& text) {
    return std::strtoull(text.c_str(), nullptr, 10);
  };
  for (const auto& [name, value] : response.headers) {
    if (name == "weir-next") sample.next = value;
    if (name == "weir-dropped") sample.dropped = number(value);
    if (name == "weir-skipped-bytes") sample.skipped_bytes = number(value);
  }
  for (std::size_t begin = 0; begin < response.body.size();) {
    const std::size_t end = std::min(response.body.find('\n', begin), response.body.size());
    sample.rows.push_back(response.body.substr(begin, end - begin));
    begin = end + 1;
  }
  return sample;
}

// Prints rows as they come, and tells once a second how many passed unseen.
class Printer {
 public:
  explicit Printer(const Session& session) : session_(session) {}

  Result<void> print(const Sample& sample) {
    if (session_.json) {
      for (const std::string& row : sample.rows) session_.print(row + "\n");
    } else {
      OK_OR_RETURN(print_table(sample.rows));
    }
    dropped_ += sample.dropped;
    skipped_bytes_ += sample.skipped_bytes;
    if (steady_clock::now() >= tell_next_) tell();
    return {};
  }

  void tell() {
    if (dropped_ > 0) session_.say(fmt::format("{} more rows passed unseen", dropped_));
    if (skipped_bytes_ > 0) {
      session_.say(
          fmt::format("{} bytes of the journal passed unread: they came faster than they "
                      "could be shown",
                      skipped_bytes_));
    }
    dropped_ = skipped_bytes_ = 0;
    tell_next_ = steady_clock::now() + std::chrono::seconds(1);
  }

 private:
  Result<void> print_table(const std::vector<std::string>& rows) {
    if (rows.empty()) return {};
    std::vector<TextRow> table{{}};
    for (const std::string& row : rows) {
      TRY(const auto members, formats::member_texts(row));
      TextRow cells;
      for (const auto& [column, text] : members) {
        if (table.size() == 1) table.front().push_back(column);
        cells.push_back(text);
      }
      table.push_back(std::move(cells));
    }
    session_.print(table_.add(std::move(table)));
    return {};
  }

  const Session& session_;
  GrowingTable table_;
  std::uint64_t dropped_ = 0;
  std::uint64_t skipped_bytes_ = 0;
  steady_clock::time_point tell_next_ = steady_clock::now() + std::chrono::seconds(1);
};

// How many rows to ask for next.
std::uint64_t wish(const TapOptions& options, std::uint64_t shown) {
  auto limit = static_cast<std::uint64_t>(std::max(options.rows_a_second, 1.0));
  if (options.limit > 0) limit = std::min(limit, options.limit - shown);
  return std::min(limit, rows_a_request_max);
}

Result<void> tap(const TapOptions& options, const Session& session) {
  TRY(ServerClient server, ServerClient::find(session));
  client::end_when_interrupted();
  const std::string target = "/weir/v1/tap/" + net::percent_encode(flow_of(options)) + "?limit=";
  Printer printer(session);
  std::string after;
  std::uint64_t shown = 0;
  while (true) {
    const std::string limit = std::to_string(wish(options, shown));
    TRY(const net::Response response,
        server.ask("GET", target + limit + after, {}, {{"Accept", "application/x-ndjson"}}));
    if (response.status != 200) return client::refusal_of(response);
    const Sample sample = sample_of(response);
    OK_OR_RETURN(printer.print(sample));
    shown += sample.rows.size();
    if (shown == options.limit && options.limit > 0) break;
    after = "&after=" + sample.next;
    std::this_thread::sleep_for(std::chrono::duration<double>(
        static_cast<double>(sample.rows.size()) / options.rows_a_second));
  }
  printer.tell();
  return {};
}

}  // namespace

void add_tap(CLI::App& app, Session& session) {
  auto* command =
      app.add_subcommand("tap", "A sample of what flows through a source or stream, as it flows");
  auto options = std::make_shared<TapOptions>();
  command->add_option("NAME", options->name, "A source or stream")->required();
  auto* late = command->add_flag("--late", options->late, "What comes late to the stream");
  command->add_flag("--quarantine", options->quarantine, "What the source or stream sets aside")
      ->excludes(late);
  command->add_option("--limit", options->limit, "Ends after so many rows; else at Ctrl-C")
      ->check(client::whole_number(1), "[1 or more]");
  command->add_option("--rate", options->rows_a_second, "Rows a second at most; others pass unseen")
      ->check(client::number(0.01, 10'000), "[0.01 to 10000]")
      ->capture_default_str();
  command->callback([options, &session] { session.conclude(tap(*options, session)); });
}

}  // namespace weir::cli
