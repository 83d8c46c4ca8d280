#include <fmt/format.h>

#include <cctype>
#include <filesystem>
#include <fstream>

#include "cli/commands.h"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* workspace_yaml =
    R"(# A Weir workspace: keep this folder under version control.
weir: 1
name: {}
# data: data                            # what it remembers; nothing to keep in git
# http: {{listen: 127.0.0.1:8080}}
# time_zone: UTC                        # of days and weeks, and of times written without one
# checkpoint_interval: 5s
)";

constexpr const char* page_views_yaml = R"(# Where events come in: POST /ingest/page_views
source: page_views
from: http
schema:
  at: {type: timestamp, required: true}
  page: {type: varchar, required: true}
  visitor: varchar
event_time: at                          # the clock that windows follow
lateness: 10s                           # how far behind the newest event one may come
---
# What becomes of them: one row an hour and page, once the hour is over.
stream: views_by_page
sql: |
  SELECT window_start, page, count(*) AS views, count(DISTINCT visitor) AS visitors
  FROM tumble(page_views, at, INTERVAL 1 HOUR)
  GROUP BY ALL
into: views_by_page
---
# Where the rows go: GET /api/v1/data/views_by_page
table: views_by_page
key: [window_start, page]
---
# Run it with `weir test`.
test: an_hour_is_counted
steps:
  - send: {page_views: [{at: 2026-01-01 10:05:00, page: /, visitor: ann}, {at: 2026-01-01 10:50:00, page: /, visitor: bob}]}
  - watermark: {page_views: end}
  - expect:
      views_by_page: [{window_start: 2026-01-01 10:00:00, page: /, views: 2, visitors: 2}]
)";

// A folder's name as a resource's: lower case, digits and underscores.
std::string resource_name(const fs::path& folder) {
  std::string name;
  for (const char c : fs::absolute(folder / ".").parent_path().filename().string()) {
    const auto byte = static_cast<unsigned char>(c);
    name += std::isalnum(byte) != 0 ? static_cast<char>(std::tolower(byte)) : '_';
  }
  if (name.empty() || std::isalpha(static_cast<unsigned char>(name.front())) == 0) {
    name = "workspace_" + name;
  }
  return name;
}

Result<void> write_new(const fs::path& file, const std::string& text) {
  if (fs::exists(file)) {
    return Error{Fault::conflict, file.string() + " is there already and was not touched"};
  }
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (stream.fail()) return Error{Fault::unavailable, file.string() + " cannot be written"};
  return {};
}

Result<void> init(const fs::path& folder, const Session& session) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return Error{Fault::unavailable, folder.string() + ": " + failed.message()};
  OK_OR_RETURN(write_new(folder / "weir.yaml",
                         fmt::format(fmt::runtime(workspace_yaml), resource_name(folder))));
  OK_OR_RETURN(write_new(folder / "page_views.yaml", page_views_yaml));
  OK_OR_RETURN(write_new(folder / ".gitignore", "/data/\n"));
  session.say(
      fmt::format("{0} is a workspace now; next: weir test {0}, weir run {0}", folder.string()));
  return {};
}

}  // namespace

void add_init(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("init", "Makes a workspace to start from");
  auto folder = std::make_shared<std::string>();
  command->add_option("DIR", *folder)->required();
  command->callback([folder, &session] { session.conclude(init(*folder, session)); });
}

}  // namespace weir::cli
