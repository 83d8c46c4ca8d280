#include "telemetry/log_code.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>

#include "core/result.h"

namespace weir::telemetry {
namespace {

using enum LogLevel;

constexpr auto codes = std::to_array<LogCodeInfo>({
    {LogCode::admin_token_unknown, "ADMIN_TOKEN_UNKNOWN", warning,
     "The `file` holds no token that is valid here: commands that take theirs from it are answered "
     "401.",
     "Remove it: the next start makes a new one. Where you revoked that token yourself, only "
     "remove it."},
    {LogCode::backup_awaited, "BACKUP_AWAITED", info,
     "A backup copies `file`'s folder; applying, tidying and a start wait for it. Events are "
     "accepted.",
     "Nothing. Where no `weir backup` runs any more, this ends by itself."},
    {LogCode::housekeeping_failed, "HOUSEKEEPING_FAILED", warning,
     "Snapshots or old parts of the journal could not be written or freed; it is tried again.",
     "Look at the room on the disk. Until it succeeds the journal grows."},
    {LogCode::journal_failed, "JOURNAL_FAILED", error,
     "A write or fdatasync failed: nothing is accepted until the next start.",
     "Look at the disk and the kernel's log, then restart. What was answered with 200 is there."},
    {LogCode::journal_full, "JOURNAL_FULL", error,
     "There is no room on the disk, or too many files are open, as `message` says: events are "
     "refused with 503, streams finish in a reserve.",
     "Free some room, or let it open more files; it goes on by itself."},
    {LogCode::journal_goes_on, "JOURNAL_GOES_ON", info, "There is room again: events are accepted.",
     "Nothing."},
    {LogCode::request_failed, "REQUEST_FAILED", error,
     "Requests were answered 500, for a reason of the server's: one of them, or `count` more of "
     "the same kind in the last `seconds`. CORRUPT: files of it are damaged or missing.",
     "CORRUPT: run `weir journal check`, which names every damaged place of journal and histories, "
     "and bring back a backup. INTERNAL: tell us, with the line."},
    {LogCode::request_refused, "REQUEST_REFUSED", info,
     "Requests were answered with 400 or more, but 500: one of them, or `count` more of the same "
     "kind in "
     "the last `seconds`.",
     "Nothing, unless they are yours: `error` and the answer say how to mend them. Many "
     "TOKEN_UNKNOWN may be someone who tries."},
    {LogCode::request_slow, "REQUEST_SLOW", info,
     "An answer took a second or more; reads with `wait=` may.",
     "See `weir explain` for the API or SQL; an index or a narrower filter may help."},
    {LogCode::server_cut_short, "SERVER_CUT_SHORT", warning,
     "The program ends though a query or a stream is still in a function that does not end, or a "
     "backup copies.",
     "Nothing: what was acknowledged is kept, and the next start goes on from the last snapshots. "
     "Bound the lengths of what such a function, like levenshtein(), is given."},
    {LogCode::server_failed, "SERVER_FAILED", error,
     "The server does not start, or ended with a failure.",
     "Mend what `message` names; a workspace's mistakes come with file, line and column."},
    {LogCode::server_started, "SERVER_STARTED", info, "The workspace is served at `url`.",
     "Nothing."},
    {LogCode::server_stopped, "SERVER_STOPPED", info,
     "All that was accepted is processed and applied; the program ends.", "Nothing."},
    {LogCode::server_stopping, "SERVER_STOPPING", info,
     "It was told to stop: what is under way is answered, processed and applied first.",
     "Give it time; a second signal ends it at once, and loses nothing that was acknowledged."},
    {LogCode::snapshot_passed_over, "SNAPSHOT_PASSED_OVER", warning,
     "A stream's newest snapshot is damaged or cannot be read; it started from the one before.",
     "Nothing now. Look at the disk, and at who may read the file that `message` names."},
    {LogCode::stream_failed, "STREAM_FAILED", error,
     "A stream stopped; its input waits in the journal, other streams go on.",
     "Mend what `message` names and restart; it goes on where it was."},
    {LogCode::stream_goes_on, "STREAM_GOES_ON", info, "What kept a stream waiting is over.",
     "Nothing."},
    {LogCode::stream_waits, "STREAM_WAITS", warning,
     "A stream has no room for its results or snapshot, or cannot read its input; it tries again.",
     "Free some room; it goes on by itself."},
    {LogCode::tables_go_on, "TABLES_GO_ON", info, "Results are applied to the tables again.",
     "Nothing."},
    {LogCode::tables_stopped, "TABLES_STOPPED", error,
     "Applying to the tables failed for good; they are read as they are, results wait in the "
     "journal.",
     "Mend what `message` names and restart; they go on where they were."},
    {LogCode::tables_wait, "TABLES_WAIT", warning,
     "There is no room to apply results; they wait in the journal, and it is tried again.",
     "Free some room; they go on by themselves."},
    {LogCode::table_indexes_made_anew, "TABLE_INDEXES_MADE_ANEW", info,
     "The indexes of a table are new, or their file was lost or damaged: they are made from its "
     "rows.",
     "Nothing; for a million rows with four indexes the start takes 7 to 15 seconds longer. "
     "`/healthz` "
     "answers 200 meanwhile, all else 503."},
    {LogCode::table_lacks_results, "TABLE_LACKS_RESULTS", warning,
     "Earlier results of a stream were no longer kept when its table was to get them.",
     "Where you need them, `weir drop STREAM --restart`: it makes anew what its input still "
     "holds."},
    {LogCode::token_created, "TOKEN_CREATED", info,
     "An administrator made a token with these `scopes`; `token` is its id.",
     "Nothing, if it was you; else `weir token revoke` it, and the one it was made with."},
    {LogCode::token_revoked, "TOKEN_REVOKED", info, "The `token` of that id is worthless now.",
     "Nothing."},
    {LogCode::workspace_refused, "WORKSPACE_REFUSED", error,
     "Changed files were not taken up; what was served before is served on.",
     "Mend what `message` names, or undo the change; `weir validate` tells beforehand."},
    {LogCode::workspace_taken_up, "WORKSPACE_TAKEN_UP", info, "The changed files are served now.",
     "Nothing."},
});

constexpr bool stand_in_order() {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (static_cast<std::size_t>(codes[i].code) != i) return false;
  }
  return true;
}
static_assert(stand_in_order(), "a line for each LogCode, in its order");

}  // namespace

const LogCodeInfo& info_of(LogCode code) {
  const auto at = static_cast<std::size_t>(code);
  ASSERT(at < codes.size());
  return codes[at];
}

std::span<const LogCodeInfo> log_codes() { return codes; }

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "error";
}

std::string log_codes_markdown() {
  std::string page =
      "# What the log says\n\n"
      "Each line of `weir run` on stderr has one of these codes. On a terminal a line is text; "
      "else it is a JSON\nobject with `time`, `level`, `code`, `message` and what the event is "
      "about: "
      "`stream`, `table`, `file` ...\n`--log-format text` or `json` and `--log-level` decide "
      "otherwise.\n\n"
      "| code | level | what it means | what to do |\n|---|---|---|---|\n";
  for (const LogCodeInfo& info : codes) {
    page += fmt::format("| `{}` | {} | {} | {} |\n", info.text, to_string(info.level), info.means,
                        info.what_to_do);
  }
  return page;
}

}  // namespace weir::telemetry
