#include "workspace/starting_point.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <ranges>
#include <string>
#include <string_view>
#include <system_error>

#include "workspace/documents.h"

namespace weir::workspace {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t names_shown = 5;

struct StartingFile {
  const char* path;
  std::string_view text;
};

constexpr auto files = std::to_array<StartingFile>({
    {"weir.yaml",
     R"(# What holds for the whole workspace. `weir validate` says every mistake in it, `weir test` runs
# its tests, `weir run` serves it.
weir: 1
name: pages
)"},
    {"pages.yaml", R"(# Where events come in: POST them as JSON to /ingest/page_views.
source: page_views
from: http
schema:
  seen: timestamp
  page: {type: varchar, required: true}              # a row without it goes to quarantine
  seconds: {type: integer, min: 0, max: 86400}       # and one outside the bounds too
event_time: seen                                     # when it happened; windows go by it
lateness: 10s                                        # how far behind the newest event one may come
---
# What is made of them, while they come: one row a page and hour, given out when the hour is over.
stream: views_by_page
sql: |
  SELECT window_start, page, count(*) AS views, avg(seconds) AS seconds_avg
  FROM tumble(page_views, seen, INTERVAL 1 HOUR)
  GROUP BY window_start, window_end, page
into: views_by_page
---
# The table is made from the stream's result. It needs a document only for what is not the default.
table: views_by_page
key: [window_start, page]
retention: 365d                                      # counts from the newest window in the table
---
# GET /api/v1/pages/top?since=2001-01-01
api: top_pages
path: /pages/top
parameters:
  since: {type: timestamp, required: true}
  limit: {type: integer, default: 10, min: 1, max: 1000}
sql: |
  SELECT page, sum(views) AS views
  FROM views_by_page
  WHERE window_start >= $since
  GROUP BY page
  ORDER BY views DESC, page
  LIMIT $limit
---
# `weir test` sends these events and compares what comes of them.
test: views_are_counted_by_hour
steps:
  - send:
      page_views:
        - {seen: 2001-01-01 00:10:00, page: /, seconds: 4}
        - {seen: 2001-01-01 00:20:00, page: /, seconds: 6}
        - {seen: 2001-01-01 00:30:00, page: /news, seconds: 1}
  - watermark: {page_views: end}
  - expect:
      views_by_page:
        - {window_start: 2001-01-01 00:00:00, page: /, views: 2, seconds_avg: 5}
        - {window_start: 2001-01-01 00:00:00, page: /news, views: 1}
)"},
    {".gitignore", "# What Weir keeps: the journal, tables and tokens.\n/data/\n"},
});

Result<void> check_room(const fs::path& folder) {
  TRY(const std::vector<std::string> found, find_files(folder, "data"));
  if (found.empty()) return {};
  std::string names;
  for (const std::string& name : found | std::views::take(names_shown)) {
    names += (names.empty() ? "" : ", ") + name;
  }
  if (found.size() > names_shown) names += ", ...";
  return Error{Fault::conflict,
               folder.string() + " holds YAML files already, which all would be the workspace's: " +
                   names + "; name a new folder"};
}

// False: there is such a file, and it is left as it is.
Result<bool> write_new(const fs::path& path, std::string_view text) {
  std::FILE* file = std::fopen(path.c_str(), "wxb");
  if (file == nullptr && errno == EEXIST) return false;
  bool is_written = file != nullptr;
  if (is_written) {
    is_written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    is_written = std::fclose(file) == 0 && is_written;
  }
  if (is_written) return true;
  return Error{Fault::unavailable,
               path.string() + " cannot be written: " + std::generic_category().message(errno)};
}

}  // namespace

Result<std::vector<fs::path>> write_starting_point(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) {
    return Error{Fault::invalid,
                 folder.string() + " cannot be made a folder: " + failure.message()};
  }
  OK_OR_RETURN(check_room(folder));
  std::vector<fs::path> left;
  for (const StartingFile& file : files) {
    TRY(const bool is_new, write_new(folder / file.path, file.text));
    if (!is_new) left.push_back(folder / file.path);
  }
  return left;
}

}  // namespace weir::workspace
