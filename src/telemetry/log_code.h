// What the running program tells its operator: every event has a stable code to search for.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace weir::telemetry {

enum class LogLevel : std::uint8_t { info, warning, error };

// Their texts, in capitals, are part of what users rely on: a code may come, none changes its
// meaning.
enum class LogCode : std::uint8_t {
  admin_token_unknown,
  backup_awaited,
  housekeeping_failed,
  journal_failed,
  journal_full,
  journal_goes_on,
  request_failed,
  request_refused,
  request_slow,
  server_cut_short,
  server_failed,
  server_started,
  server_stopped,
  server_stopping,
  snapshot_passed_over,
  stream_failed,
  stream_goes_on,
  stream_waits,
  tables_go_on,
  tables_stopped,
  tables_wait,
  table_indexes_made_anew,
  table_lacks_results,
  token_created,
  token_revoked,
  workspace_refused,
  workspace_taken_up,
};

struct LogCodeInfo {
  LogCode code;
  std::string_view text;  // "STREAM_WAITS"
  LogLevel level;
  std::string_view means;
  std::string_view what_to_do;
};

const LogCodeInfo& info_of(LogCode code);
// In the order of their texts.
std::span<const LogCodeInfo> log_codes();
std::string_view to_string(LogLevel level);

// The reference page.
std::string log_codes_markdown();

}  // namespace weir::telemetry
