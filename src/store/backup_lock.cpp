#include "store/backup_lock.h"

#include <fcntl.h>

#include <chrono>

#include "core/rest.h"
#include "telemetry/log.h"

namespace weir::store {
namespace {

using journal::File;

constexpr std::chrono::milliseconds look_every{5};

// Where everyone stands in line, so that changes that overlap cannot keep a backup out for ever.
std::filesystem::path line_of(std::filesystem::path file) { return file += ".line"; }

// False: it was stopped.
Result<bool> wait_for(const File& file, File::Lock kind, const std::stop_token& stop) {
  bool is_told = false;
  while (true) {
    TRY(const bool is_ours, file.lock(kind));
    if (is_ours) return true;
    if (stop.stop_requested()) return false;
    if (!is_told && kind == File::Lock::shared) {
      telemetry::log(telemetry::LogCode::backup_awaited,
                     "what changes its files waits for a backup", {{"file", file.path().string()}});
    }
    is_told = true;
    rest(look_every, stop);
  }
}

}  // namespace

Result<std::optional<BackupLock>> BackupLock::change(const std::filesystem::path& file,
                                                     const std::stop_token& stop) {
  TRY(const File line, File::open(line_of(file), O_RDWR | O_CREAT));
  TRY(const bool is_next, wait_for(line, File::Lock::shared, stop));
  if (!is_next) return std::optional<BackupLock>();
  TRY(File held, File::open(file, O_RDWR | O_CREAT));
  TRY(const bool is_ours, wait_for(held, File::Lock::shared, stop));
  if (!is_ours) return std::optional<BackupLock>();
  return std::optional(BackupLock(std::move(held)));
}

Result<BackupLock> BackupLock::copy(const std::filesystem::path& file) {
  TRY(const File line, File::open(line_of(file), O_RDWR | O_CREAT));
  TRY([[maybe_unused]] const bool is_next, wait_for(line, File::Lock::alone, {}));
  TRY(File held, File::open(file, O_RDWR | O_CREAT));
  TRY([[maybe_unused]] const bool is_ours, wait_for(held, File::Lock::alone, {}));
  return BackupLock(std::move(held));
}

}  // namespace weir::store
