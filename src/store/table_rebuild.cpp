#include "store/table_rebuild.h"

#include <fmt/format.h>

#include <chrono>
#include <system_error>
#include <utility>

#include "journal/file.h"
#include "journal/heads.h"
#include "store/applier.h"
#include "store/table_store.h"

namespace weir::store {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours patience{24};

Result<KeptResults> kept_of(const journal::Journal& journal, const Target& target) {
  KeptResults kept{.target = target};
  const auto reader = journal.read({{target.stream}, {journal::Kind::commit}}, 0);
  TRY(const std::optional<journal::Placed> first, reader->next());
  if (!first) {
    kept.is_whole = journal.retained_from(target.stream) == 0;
    return kept;
  }
  kept.since = first->entry->accepted;
  TRY(kept.is_whole, is_first_result(*first->entry));
  return kept;
}

Result<fs::path> move_aside(const fs::path& folder) {
  std::error_code failed;
  if (!fs::exists(folder, failed)) return fs::path();
  fs::path aside;
  for (int number = 1; aside.empty() || fs::exists(aside, failed); ++number) {
    aside = folder.string() + fmt::format("-damaged-{}", number);
  }
  fs::rename(folder, aside, failed);
  if (failed) {
    return Error{Fault::unavailable,
                 fmt::format("moving {} aside: {}", folder.string(), failed.message())};
  }
  OK_OR_RETURN(journal::sync_folder(folder.parent_path()));
  return aside;
}

}  // namespace

Result<bool> is_first_result(const journal::Entry& oldest_commit) {
  TRY(const journal::CommitHead head, journal::decode_commit_head(oldest_commit.head));
  return head.generation == 1 && head.sequence == 1 && head.part == 0;
}

Result<std::vector<KeptResults>> kept_results(const journal::Journal& journal,
                                              const std::vector<Target>& targets) {
  std::vector<KeptResults> all;
  for (const Target& target : targets) {
    TRY(KeptResults kept, kept_of(journal, target));
    all.push_back(std::move(kept));
  }
  return all;
}

Result<fs::path> rebuild_tables(const fs::path& folder, const std::vector<TableSpec>& tables,
                                const journal::Journal& journal,
                                const std::vector<Target>& targets) {
  TRY(fs::path aside, move_aside(folder));
  TRY(const auto store, TableStore::open(folder, tables));
  // What is missing was told of before.
  const auto silent = [](telemetry::LogCode, const std::string&) {};
  TRY(const auto applier, Applier::open(*store, journal, targets, silent));
  applier->start();
  const auto deadline = std::chrono::steady_clock::now() + patience;
  if (applier->wait_applied(journal.end(), deadline)) return aside;
  OK_OR_RETURN(applier->health());
  return Error{Fault::unavailable, "the tables were not written within a day"};
}

}  // namespace weir::store
