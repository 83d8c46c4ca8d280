#include <fmt/chrono.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"
#include "client/argument_checks.h"
#include "client/text_table.h"
#include "client/workspace_folder.h"
#include "core/json_text.h"
#include "formats/json_rows.h"
#include "journal/inspect.h"

namespace weir::cli {
namespace {

using client::Exit;
using client::find_data;
using client::Session;
using client::text_table;
using client::TextRow;

std::string stat_json(const journal::JournalStat& stat) {
  std::string topics;
  for (const journal::TopicStat& t : stat.topics) {
    topics += fmt::format(R"({}{{"topic":{},"kind":"{}","entries":{},"rows":{},"bytes":{}}})",
                          topics.empty() ? "" : ",", json_string(t.topic),
                          journal::to_string(t.kind), t.entries, t.rows, t.bytes);
  }
  return fmt::format(
      R"({{"id":{},"epoch":{},"oldest":{},"end":{},"segments":{},"segment_bytes":{},)"
      R"("history_files":{},"history_bytes":{},"topics":[{}]}})"
      "\n",
      json_string(stat.id), stat.epoch, stat.oldest, stat.end, stat.segments, stat.segment_bytes,
      stat.history_files, stat.history_bytes, topics);
}

Result<void> stat(const Session& session) {
  TRY(const auto data, find_data("."));
  TRY(const journal::JournalStat stat, journal::stat_journal(data));
  if (session.json) {
    session.print(stat_json(stat));
    return {};
  }
  session.print(
      fmt::format("journal {}, opened {} times, positions {} to {}\n"
                  "{} segments of {} bytes, {} history files of {} bytes\n\n",
                  stat.id, stat.epoch, stat.oldest, stat.end, stat.segments, stat.segment_bytes,
                  stat.history_files, stat.history_bytes));
  std::vector<TextRow> rows{{"topic", "kind", "entries", "rows", "bytes"}};
  for (const journal::TopicStat& t : stat.topics) {
    rows.push_back({t.topic, journal::to_string(t.kind), std::to_string(t.entries),
                    std::to_string(t.rows), std::to_string(t.bytes)});
  }
  session.print(text_table(rows));
  return {};
}

Result<void> check(Session& session) {
  TRY(const auto data, find_data("."));
  TRY(const journal::JournalCheck check, journal::check_journal(data));
  if (!check.damage.empty()) session.exit = Exit::failed;
  if (session.json) {
    session.print(fmt::format("{{\"entries\":{},\"bytes\":{},\"damage\":{}}}\n", check.entries,
                              check.bytes, json_strings(check.damage)));
    return {};
  }
  for (const std::string& line : check.damage) session.print("DAMAGED  " + line + "\n");
  session.print(fmt::format("{} entries of {} bytes are whole, {} places are damaged\n",
                            check.entries, check.bytes, check.damage.size()));
  return {};
}

struct DumpOptions {
  std::string topic;
  Position from = 0;
  std::size_t limit = 20;
  bool with_rows = false;
};

void print_entry(const journal::Placed& placed, const DumpOptions& options,
                 const Session& session) {
  const journal::Entry& entry = *placed.entry;
  const bool has_rows = !entry.batches.empty() && entry.batches[0] != nullptr;
  const std::size_t rows = has_rows ? entry.batches[0]->rows() : 0;
  const std::string accepted = fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", entry.accepted);
  if (session.json) {
    session.print(
        fmt::format(R"({{"begin":{},"end":{},"kind":"{}","topic":{},"accepted":"{}","rows":{}}})"
                    "\n",
                    placed.begin, placed.end, journal::to_string(entry.kind),
                    json_string(entry.topic), accepted, rows));
  } else {
    session.print(fmt::format("{:>12}  {}  {:<11}  {}  {} rows\n", placed.begin, accepted,
                              journal::to_string(entry.kind), entry.topic, rows));
  }
  if (!options.with_rows) return;
  std::string lines;
  for (const auto& batch : entry.batches) {
    for (std::size_t row = 0; batch != nullptr && row < batch->rows(); ++row) {
      formats::append_json_row(lines, *batch, row);
      lines += '\n';
    }
  }
  session.print(lines);
}

Result<void> dump(const DumpOptions& options, const Session& session) {
  TRY(const auto data, find_data("."));
  journal::Filter filter;
  if (!options.topic.empty()) filter.topics.push_back(options.topic);
  TRY(const auto entries, journal::dump_journal(data, filter, options.from, options.limit));
  for (const journal::Placed& placed : entries) print_entry(placed, options, session);
  return {};
}

}  // namespace

void add_journal(CLI::App& app, Session& session) {
  auto* command =
      app.add_subcommand("journal", "Looks into the journal, whether the server runs or not");
  command->require_subcommand(1);
  command->add_subcommand("stat", "What it holds")->callback([&session] {
    session.conclude(stat(session));
  });
  command->add_subcommand("check", "Compares every checksum")->callback([&session] {
    session.conclude(check(session));
  });
  auto* dump_command = command->add_subcommand("dump", "Its entries, an entry a line");
  auto options = std::make_shared<DumpOptions>();
  dump_command->add_option("--topic", options->topic, "Of one source or stream");
  dump_command->add_option("--from", options->from, "Position to begin at")
      ->check(client::whole_number(0));
  dump_command->add_option("--limit", options->limit, "Entries at most")
      ->check(client::whole_number(1), "[1 or more]")
      ->capture_default_str();
  dump_command->add_flag("--rows", options->with_rows, "Their rows too, as NDJSON");
  dump_command->callback([options, &session] { session.conclude(dump(*options, session)); });
}

}  // namespace weir::cli
