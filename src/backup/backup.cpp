#include "backup/backup.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "backup/file_copy.h"
#include "govern/tokens.h"
#include "journal/file.h"
#include "journal/identity.h"
#include "journal/inspect.h"
#include "store/backup_lock.h"

namespace weir::backup {
namespace {

namespace fs = std::filesystem;
using store::BackupLock;

constexpr std::uint64_t whole_file = std::numeric_limits<std::uint64_t>::max();
// Beside the files themselves: folders, the manifest, what a disk keeps for itself.
constexpr std::uint64_t room_bytes_beyond = std::uint64_t{16} << 20;
// What others write to take the place of a file, and locks.
constexpr std::string_view passing_names[] = {"draft", "lock", "backup.lock", "backup.lock.line"};

bool is_passing(const fs::path& file) {
  const std::string name = file.filename().string();
  return std::ranges::find(passing_names, name) != std::end(passing_names) ||
         name.ends_with(".half") || name.ends_with(".tmp");
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

Result<void> check_room(const fs::path& folder, std::uint64_t bytes) {
  std::error_code failed;
  const fs::space_info space = fs::space(folder, failed);
  if (failed) {
    return Error{Fault::unavailable,
                 fmt::format("looking at {}: {}", folder.string(), failed.message())};
  }
  const std::uint64_t needed = bytes + room_bytes_beyond;
  if (space.available >= needed) return {};
  return Error{Fault::unavailable,
               fmt::format("the disk of {} has {} MB free, and {} MB are needed", folder.string(),
                           space.available >> 20, (needed >> 20) + 1)};
}

// The files below a folder; none where there is no such folder.
Result<std::vector<fs::path>> files_below(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code failed;
  if (!fs::exists(folder, failed)) return found;
  fs::recursive_directory_iterator at(folder, failed);
  for (; !failed && at != fs::recursive_directory_iterator(); at.increment(failed)) {
    std::error_code gone;  // a snapshot that took its time
    if (at->is_regular_file(gone) && !is_passing(at->path())) found.push_back(at->path());
  }
  if (failed) {
    return Error{Fault::unavailable,
                 fmt::format("listing {}: {}", folder.string(), failed.message())};
  }
  std::ranges::sort(found);
  return found;
}

std::uint64_t bytes_of(const std::vector<fs::path>& files) {
  std::uint64_t bytes = 0;
  for (const fs::path& file : files) {
    std::error_code gone;
    const std::uint64_t size = fs::file_size(file, gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

// One backup being taken. What is copied first refers to nothing in the journal that the copy of
// the journal, which comes last, does not hold.
class Copying {
 public:
  Copying(const fs::path& data, const fs::path& backup) : data_(data), backup_(backup) {}

  Result<Manifest> run(const Clock& clock);

 private:
  Result<void> check_room_for_all() const;
  Result<void> copy(const fs::path& file, std::uint64_t bytes_max = whole_file);
  Result<void> copy_tables();
  Result<void> copy_state();
  Result<void> copy_folder(const std::string& name);
  Result<void> copy_catalogue();
  Result<void> copy_segments();
  Result<void> sync_folders() const;
  void note(const fs::path& relative, const FileSum& sum) {
    manifest_.files.push_back({relative.generic_string(), sum.bytes, sum.sum});
  }

  const fs::path& data_;
  const fs::path& backup_;
  Manifest manifest_;
};

Result<Manifest> Copying::run(const Clock& clock) {
  TRY(const BackupLock unfreed, BackupLock::copy(BackupLock::of_data(data_)));
  OK_OR_RETURN(check_room_for_all());
  manifest_.taken_at =
      fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::floor<std::chrono::seconds>(clock.now()));
  OK_OR_RETURN(copy_tables());
  OK_OR_RETURN(copy_state());
  OK_OR_RETURN(copy_catalogue());
  if (is_there(data_ / "admin.token")) OK_OR_RETURN(copy(data_ / "admin.token"));
  OK_OR_RETURN(copy_folder("history"));
  OK_OR_RETURN(copy_segments());
  OK_OR_RETURN(sync_folders());
  OK_OR_RETURN(write_manifest(backup_, manifest_));
  return manifest_;
}

Result<void> Copying::check_room_for_all() const {
  std::uint64_t bytes = 0;
  for (const char* folder : {"journal", "history", "state", "tables"}) {
    TRY(const auto files, files_below(data_ / folder));
    bytes += bytes_of(files);
  }
  return check_room(backup_, bytes);
}

Result<void> Copying::copy(const fs::path& file, std::uint64_t bytes_max) {
  const fs::path relative = file.lexically_relative(data_);
  OK_OR_RETURN(journal::make_folder((backup_ / relative).parent_path()));
  TRY(const FileSum sum, copy_file(file, backup_ / relative, bytes_max));
  note(relative, sum);
  return {};
}

// Between two transactions the file and its log are all that was committed.
Result<void> Copying::copy_tables() {
  if (!is_there(data_ / "tables")) return {};
  TRY(const BackupLock unchanged, BackupLock::copy(BackupLock::of_tables(data_ / "tables")));
  for (const char* name : {"weir.duckdb", "weir.duckdb.wal"}) {
    const fs::path file = data_ / "tables" / name;
    if (is_there(file)) OK_OR_RETURN(copy(file));
  }
  return {};
}

// A stream goes on writing snapshots, the newest two of which it keeps: what is gone had a
// successor.
Result<void> Copying::copy_state() {
  std::set<fs::path> copied;
  for (bool is_all = false; !is_all;) {
    is_all = true;
    TRY(const auto files, files_below(data_ / "state"));
    for (const fs::path& file : files) {
      if (copied.contains(file)) continue;
      const Result<void> done = copy(file);
      if (done.ok()) {
        copied.insert(file);
      } else if (done.error().fault == Fault::not_found) {
        is_all = false;
      } else {
        return done;
      }
    }
  }
  return {};
}

Result<void> Copying::copy_folder(const std::string& name) {
  TRY(const auto files, files_below(data_ / name));
  for (const fs::path& file : files) OK_OR_RETURN(copy(file));
  return {};
}

Result<void> Copying::copy_catalogue() {
  const fs::path name = "catalogue.sqlite";
  if (!is_there(data_ / name)) return {};
  OK_OR_RETURN(govern::copy_catalogue(data_, backup_ / name));
  TRY(const FileSum sum, sum_file(backup_ / name));
  note(name, sum);
  return {};
}

Result<void> Copying::copy_segments() {
  // First what is known of the end, then the end: it may only be further by then.
  OK_OR_RETURN(copy(data_ / "journal/identity"));
  TRY(const auto identity, journal::read_identity(data_ / "journal"));
  TRY(const auto segments, journal::whole_segments(data_));
  if (!identity) return Error{Fault::not_found, data_.string() + ": there is no journal"};
  manifest_.journal = identity->id;
  manifest_.end = identity->durable;
  for (const journal::WholeSegment& segment : segments) {
    OK_OR_RETURN(copy(segment.path, segment.bytes));
    manifest_.end = segment.end;
  }
  return {};
}

Result<void> Copying::sync_folders() const {
  std::set<fs::path> folders{backup_};
  for (const CopiedFile& file : manifest_.files)
    folders.insert((backup_ / file.path).parent_path());
  for (const fs::path& folder : folders) OK_OR_RETURN(journal::sync_folder(folder));
  return {};
}

Result<void> be_new_or_empty(const fs::path& folder) {
  std::error_code failed;
  if (!fs::exists(folder, failed)) return journal::make_folder(folder);
  if (fs::is_directory(folder, failed) && fs::is_empty(folder, failed) && !failed) return {};
  return Error{Fault::conflict,
               folder.string() + " is there and not empty: name a new folder for the backup"};
}

std::optional<std::string> difference(const fs::path& backup, const CopiedFile& file) {
  const Result<FileSum> sum = sum_file(backup / file.path);
  if (!sum.ok()) return sum.error().message;
  if (sum.value().bytes == file.bytes && sum.value().sum == file.sum) return std::nullopt;
  return fmt::format("{}: changed since the backup was taken: {} bytes, taken were {}",
                     (backup / file.path).string(), sum.value().bytes, file.bytes);
}

Result<void> restore_files(const fs::path& backup, const Manifest& manifest, const fs::path& into) {
  std::set<fs::path> folders{into};
  for (const CopiedFile& file : manifest.files) {
    const fs::path to = into / file.path;
    OK_OR_RETURN(journal::make_folder(to.parent_path()));
    folders.insert(to.parent_path());
    TRY(const FileSum sum, copy_file(backup / file.path, to, whole_file));
    if (sum.bytes == file.bytes && sum.sum == file.sum) continue;
    return Error{Fault::corrupt, fmt::format("{}: changed since the backup was taken; nothing was "
                                             "restored",
                                             (backup / file.path).string())};
  }
  for (const fs::path& folder : folders) OK_OR_RETURN(journal::sync_folder(folder));
  return {};
}

}  // namespace

Result<Manifest> take_backup(const fs::path& data, const fs::path& backup, const Clock& clock) {
  if (!is_there(data / "journal/identity")) {
    return Error{Fault::not_found, data.string() + " holds nothing yet: no server has run over it"};
  }
  std::error_code failed;
  const fs::path inside =
      fs::weakly_canonical(backup, failed).lexically_relative(fs::weakly_canonical(data, failed));
  if (failed || (!inside.empty() && *inside.begin() != "..")) {
    return Error{Fault::invalid, fmt::format("{} is in the data folder itself: name one elsewhere, "
                                             "best on another disk",
                                             backup.string())};
  }
  // It holds all the rows: open to its user alone.
  umask(S_IRWXG | S_IRWXO);
  OK_OR_RETURN(be_new_or_empty(backup));
  return Copying(data, backup).run(clock);
}

Result<std::vector<std::string>> check_backup(const fs::path& backup) {
  TRY(const Manifest manifest, read_manifest(backup));
  std::vector<std::string> found;
  std::set<fs::path> known{backup / Manifest::file_name};
  for (const CopiedFile& file : manifest.files) {
    known.insert(backup / file.path);
    if (auto words = difference(backup, file)) found.push_back(std::move(*words));
  }
  TRY(const auto files, files_below(backup));
  for (const fs::path& file : files) {
    if (!known.contains(file)) found.push_back(file.string() + ": is not of the backup");
  }
  return found;
}

Result<Manifest> restore_backup(const fs::path& backup, const fs::path& data) {
  TRY(Manifest manifest, read_manifest(backup));
  if (is_there(data)) {
    return Error{Fault::conflict,
                 data.string() + " is there: move it away first, nothing is restored over it"};
  }
  std::error_code failed;
  const fs::path around = fs::absolute(data, failed).parent_path();
  if (failed) return Error{Fault::unavailable, data.string() + ": " + failed.message()};
  umask(S_IRWXG | S_IRWXO);
  OK_OR_RETURN(journal::make_folder(around));
  // Whole before it has its name; one that a crash left is done again.
  const fs::path half = data.string() + ".restoring";
  fs::remove_all(half, failed);
  OK_OR_RETURN(journal::make_folder(half));
  Result<void> restored = check_room(half, manifest.bytes());
  if (restored.ok()) restored = restore_files(backup, manifest, half);
  if (restored.ok()) {
    fs::rename(half, data, failed);
    if (failed) restored = Error{Fault::unavailable, data.string() + ": " + failed.message()};
  }
  if (!restored.ok()) {
    fs::remove_all(half, failed);  // should that fail, it still is no data folder
    return restored.error();
  }
  OK_OR_RETURN(journal::sync_folder(around));
  return manifest;
}

}  // namespace weir::backup
