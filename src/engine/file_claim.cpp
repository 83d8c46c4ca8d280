#include "engine/file_claim.h"

#include <mutex>
#include <set>
#include <system_error>

namespace weir::engine {
namespace {

struct Claimed {
  std::mutex mutex;
  std::set<std::string> files;
};

Claimed& claimed() {
  static Claimed all;
  return all;
}

}  // namespace

Result<FileClaim> FileClaim::take(const std::filesystem::path& file) {
  std::error_code failed;
  const std::string name = std::filesystem::weakly_canonical(file, failed).string();
  if (failed) return Error{Fault::unavailable, file.string() + ": " + failed.message()};
  const std::lock_guard lock(claimed().mutex);
  if (!claimed().files.insert(name).second) {
    return Error{Fault::conflict, file.string() + " is open already: share its Database"};
  }
  return FileClaim(name);
}

FileClaim::~FileClaim() {
  if (file_.empty()) return;
  const std::lock_guard lock(claimed().mutex);
  claimed().files.erase(file_);
}

}  // namespace weir::engine
