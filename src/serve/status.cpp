#include "serve/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/json_text.h"

namespace weir::serve {
namespace {

using telemetry::Metric;
using telemetry::MetricKind;
using telemetry::Sample;

constexpr std::int64_t no_watermark = std::numeric_limits<std::int64_t>::min();

std::string watermark_json(std::int64_t watermark) {
  if (watermark == no_watermark) return "null";
  return fmt::format("{}", static_cast<double>(watermark) / 1e6);
}

// [{...}, {...}] of whatever `one` says of each.
template <class T, class One>
std::string json_list(const std::vector<T>& items, One one) {
  std::string json = "[";
  for (const T& item : items) {
    if (json.size() > 1) json += ',';
    json += one(item);
  }
  return json + "]";
}

std::string source_json(const SourceStatus& s) {
  return fmt::format(
      R"({{"name":{},"rows_in":{},"accepted":{},"quarantined":{},"late":{},"watermark_seconds":{}}})",
      json_string(s.name), s.rows_in, s.accepted, s.quarantined, s.late,
      watermark_json(s.watermark));
}

std::string stream_json(const StreamStatus& s) {
  return fmt::format(
      R"({{"name":{},"rows_in":{},"rows_out":{},"late":{},"quarantined":{},"watermark_seconds":{},)"
      R"("processed_through":{},"failure":{},"trouble":{}}})",
      json_string(s.name), s.rows_in, s.rows_out, s.late, s.quarantined,
      watermark_json(s.watermark), s.processed_through,
      s.failure.empty() ? "null" : json_string(s.failure),
      s.trouble.empty() ? "null" : json_string(s.trouble));
}

std::string table_json(const TableStatus& t) {
  return fmt::format(
      R"({{"name":{},"rows_applied":{},"index_rows":{},"index_bytes":{},"index_seconds":{}}})",
      json_string(t.name), t.rows_applied, t.index_rows, t.index_bytes, t.index_seconds);
}

// A sample for each named thing.
template <class T, class Value>
std::vector<Sample> samples_of(const char* label, const std::vector<T>& items, Value value) {
  std::vector<Sample> samples;
  for (const T& item : items) {
    samples.push_back({{{label, item.name}}, static_cast<double>(value(item))});
  }
  return samples;
}

Metric gauge(std::string name, std::string help, double value) {
  return {std::move(name), std::move(help), MetricKind::gauge, {{{}, value}}};
}

// The figures are read one after the other, so the reader may seem ahead of the journal.
Position lag(Position end, Position reached) { return end > reached ? end - reached : 0; }

// No sample for a stream that has seen no event: it lags behind nothing yet.
std::vector<Sample> event_lags(const PlatformStatus& status) {
  std::vector<Sample> samples;
  for (const StreamStatus& stream : status.streams) {
    if (stream.watermark == no_watermark) continue;
    samples.push_back(
        {{{"stream", stream.name}}, static_cast<double>(status.now - stream.watermark) / 1e6});
  }
  return samples;
}

}  // namespace

PlatformStatus visible_part(PlatformStatus status, const MayRead& may_read) {
  std::erase_if(status.sources, [&](const SourceStatus& one) { return !may_read(one.name); });
  std::erase_if(status.tables, [&](const TableStatus& one) { return !may_read(one.name); });
  std::erase_if(status.streams,
                [&](const StreamStatus& one) { return !std::ranges::all_of(one.reads, may_read); });
  return status;
}

PlatformStatus without_reasons(PlatformStatus status) {
  for (std::string* reason : {&status.reload_refused, &status.not_ready, &status.tables_failure}) {
    if (!reason->empty()) *reason = "a token with the scope admin is told why";
  }
  return status;
}

std::string status_json(const PlatformStatus& status) {
  return fmt::format(
      R"({{"workspace":{},"serving_since_seconds":{},"reload_refused":{},"ready":{},"not_ready":{},)"
      R"("journal_end":{},"tables_applied":{},"memory_bytes":{},"tables_failure":{},"sources":{},"streams":{},)"
      R"("tables":{}}})",
      json_string(status.workspace), static_cast<double>(status.serving_since) / 1e6,
      status.reload_refused.empty() ? "null" : json_string(status.reload_refused),
      status.not_ready.empty(), status.not_ready.empty() ? "null" : json_string(status.not_ready),
      status.journal_end, status.tables_applied, status.memory_bytes,
      status.tables_failure.empty() ? "null" : json_string(status.tables_failure),
      json_list(status.sources, source_json), json_list(status.streams, stream_json),
      json_list(status.tables, table_json));
}

std::vector<Metric> status_metrics(const PlatformStatus& status) {
  constexpr MetricKind counter = MetricKind::counter;
  const auto& sources = status.sources;
  const auto& streams = status.streams;
  const auto& tables = status.tables;
  const Position journal_end = status.journal_end;
  return {
      gauge("weir_ready", "1 while events can be made durable.", status.not_ready.empty() ? 1 : 0),
      gauge("weir_serving_since_seconds", "When the workspace of now was taken up, since 1970.",
            static_cast<double>(status.serving_since) / 1e6),
      gauge("weir_reload_refused", "1 when changed files were not taken up.",
            status.reload_refused.empty() ? 0 : 1),
      gauge("weir_journal_end_bytes", "Position after the newest durable record.",
            static_cast<double>(journal_end)),
      gauge("weir_memory_bytes", "Memory of the program that is resident.",
            static_cast<double>(status.memory_bytes)),
      gauge("weir_memory_limit_bytes", "Memory that the program may have.",
            static_cast<double>(status.memory_limit_bytes)),
      gauge("weir_tables_lag_bytes", "Journal not yet applied to the tables.",
            static_cast<double>(lag(journal_end, status.tables_applied))),
      gauge("weir_tables_failed", "1 when applying to the tables stopped with a failure.",
            status.tables_failure.empty() ? 0 : 1),
      Metric{"weir_source_rows_total", "Rows received: accepted and quarantined.", counter,
             samples_of("source", sources, [](const auto& s) { return s.rows_in; })},
      Metric{"weir_source_accepted_rows_total", "Rows made durable as events.", counter,
             samples_of("source", sources, [](const auto& s) { return s.accepted; })},
      Metric{"weir_source_quarantined_rows_total", "Rows set aside with reason and bytes.", counter,
             samples_of("source", sources, [](const auto& s) { return s.quarantined; })},
      Metric{"weir_source_late_rows_total", "Accepted rows behind the watermark.", counter,
             samples_of("source", sources, [](const auto& s) { return s.late; })},
      Metric{"weir_stream_rows_read_total", "Rows read by the stream.", counter,
             samples_of("stream", streams, [](const auto& s) { return s.rows_in; })},
      Metric{"weir_stream_rows_written_total", "Rows the stream decided.", counter,
             samples_of("stream", streams, [](const auto& s) { return s.rows_out; })},
      Metric{"weir_stream_late_rows_total", "Rows left out of a closed window.", counter,
             samples_of("stream", streams, [](const auto& s) { return s.late; })},
      Metric{"weir_stream_quarantined_rows_total", "Rows an expression failed on.", counter,
             samples_of("stream", streams, [](const auto& s) { return s.quarantined; })},
      Metric{
          "weir_stream_lag_bytes", "Journal not yet processed by the stream.", MetricKind::gauge,
          samples_of("stream", streams,
                     [end = journal_end](const auto& s) { return lag(end, s.processed_through); })},
      Metric{"weir_stream_event_lag_seconds", "Wall time less the stream's watermark.",
             MetricKind::gauge, event_lags(status)},
      Metric{
          "weir_stream_failed", "1 when the stream stopped with a failure.", MetricKind::gauge,
          samples_of("stream", streams, [](const auto& s) { return s.failure.empty() ? 0 : 1; })},
      Metric{
          "weir_stream_waiting", "1 while the stream waits for room on the disk.",
          MetricKind::gauge,
          samples_of("stream", streams, [](const auto& s) { return s.trouble.empty() ? 0 : 1; })},
      Metric{"weir_table_rows_applied_total", "Rows written to the table.", counter,
             samples_of("table", tables, [](const auto& t) { return t.rows_applied; })},
      Metric{"weir_table_index_rows_total", "Rows put into the table's indexes.", counter,
             samples_of("table", tables, [](const auto& t) { return t.index_rows; })},
      Metric{"weir_table_index_bytes_total", "Bytes put into the table's indexes.", counter,
             samples_of("table", tables, [](const auto& t) { return t.index_bytes; })},
      Metric{"weir_table_index_seconds_total", "Time that putting them took.", counter,
             samples_of("table", tables, [](const auto& t) { return t.index_seconds; })},
  };
}

}  // namespace weir::serve
