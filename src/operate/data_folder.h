// The folder of all that a workspace remembers: private to its user, and where client commands find
// the running server and its token.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "govern/tokens.h"
#include "journal/journal.h"
#include "store/backup_lock.h"

namespace weir::operate {

// What `run.json` says while a server runs over the folder.
struct RunningServer {
  std::string url;  // empty: it does not serve yet
  int pid = 0;
};

// Makes the folder, open to its user alone (0700), as is every file that the program makes from now
// on.
Result<void> make_data_folder(const std::filesystem::path& data);

// Says in `run.json` that a server runs, for as long as the mark and its process live: the file is
// locked, so that one left behind by a crash is known for what it is, whoever has its pid now.
class RunningMark {
 public:
  static Result<std::unique_ptr<RunningMark>> set(const std::filesystem::path& data,
                                                  const RunningServer& server);
  // From now on it says this.
  Result<void> change(const RunningServer& server);
  ~RunningMark();
  RunningMark(const RunningMark&) = delete;
  RunningMark& operator=(const RunningMark&) = delete;

 private:
  explicit RunningMark(std::filesystem::path file) : file_(std::move(file)) {}

  const std::filesystem::path file_;
  // Of each that it was: who has just opened a former one finds it locked.
  std::vector<int> descriptors_;
};

// Nothing where none runs.
std::optional<RunningServer> read_running(const std::filesystem::path& data);

// Fault::conflict where a server runs over it, with where that is.
Result<std::unique_ptr<journal::Journal>> open_journal(const std::filesystem::path& data,
                                                       const journal::JournalSettings& settings,
                                                       const Clock& clock);

// The folder with its journal, and no backup while it lives: opening the journal rewrites what a
// crash left, as a drop does what it gives up.
struct OpenedData {
  store::BackupLock changing_data;
  store::BackupLock changing_tables;
  std::unique_ptr<journal::Journal> journal;
};
// As open_journal().
Result<OpenedData> open_data(const std::filesystem::path& data,
                             const journal::JournalSettings& settings, const Clock& clock);

// Makes an admin token in `admin.token` (mode 0600) where there is no token yet, or no such file.
// One that is there and holds no valid token is logged and left, as it may be revoked on purpose.
// The secret of the one just made, else empty.
Result<std::string> ensure_admin_token(const std::filesystem::path& data, govern::Tokens& tokens);
// Empty where there is none to read.
std::string read_admin_token(const std::filesystem::path& data);

}  // namespace weir::operate
