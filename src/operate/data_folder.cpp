#include "operate/data_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/json_text.h"
#include "formats/json_value.h"
#include "journal/file.h"
#include "telemetry/log.h"

namespace weir::operate {
namespace {

namespace fs = std::filesystem;

constexpr const char* running_file = "run.json";
constexpr const char* admin_token_file = "admin.token";

Error not_written(const fs::path& file) {
  return {Fault::unavailable, fmt::format("{}: {}", file.string(), std::strerror(errno))};
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Readable by its user alone from the first byte; the old text or the new, never a half. The
// descriptor of the file, which is locked.
Result<int> write_private(const fs::path& file, const std::string& text) {
  const std::string draft = file.string() + ".new";
  const int descriptor = open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return not_written(file);
  if (write_all(descriptor, text) && fsync(descriptor) == 0 &&
      flock(descriptor, LOCK_EX | LOCK_NB) == 0 && rename(draft.c_str(), file.c_str()) == 0) {
    return descriptor;
  }
  Error error = not_written(file);
  close(descriptor);
  return error;
}

Error is_running(const RunningServer& server, const fs::path& data) {
  return {
      Fault::conflict,
      fmt::format("a server runs over {} already: {}, process {}; stop it with `weir stop`",
                  data.string(), server.url.empty() ? "it is starting" : server.url, server.pid)};
}

}  // namespace

Result<void> make_data_folder(const fs::path& data) {
  // SQLite and DuckDB make their files themselves, for everyone to read unless told otherwise.
  umask(S_IRWXG | S_IRWXO);
  std::error_code failed;
  fs::create_directories(data, failed);
  if (!failed) fs::permissions(data, fs::perms::owner_all, failed);
  if (!failed) return {};
  return Error{Fault::unavailable,
               fmt::format("cannot make the data folder {}: {}", data.string(), failed.message())};
}

Result<std::unique_ptr<RunningMark>> RunningMark::set(const fs::path& data,
                                                      const RunningServer& server) {
  std::unique_ptr<RunningMark> mark(new RunningMark(data / running_file));
  OK_OR_RETURN(mark->change(server));
  return mark;
}

Result<void> RunningMark::change(const RunningServer& server) {
  TRY(const int descriptor, write_private(file_, fmt::format("{{\"url\": {}, \"pid\": {}}}\n",
                                                             json_string(server.url), server.pid)));
  descriptors_.push_back(descriptor);
  return {};
}

RunningMark::~RunningMark() {
  if (descriptors_.empty()) return;
  std::error_code failed;
  fs::remove(file_, failed);  // left behind, it is not locked, and does not count
  for (const int descriptor : descriptors_) close(descriptor);
}

std::optional<RunningServer> read_running(const fs::path& data) {
  const int descriptor = open((data / running_file).c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  const bool is_locked = flock(descriptor, LOCK_SH | LOCK_NB) != 0;
  close(descriptor);
  const Result<std::string> text = journal::read_file(data / running_file);
  if (!is_locked || !text.ok()) return std::nullopt;
  const auto said = formats::JsonValue::parse(text.value());
  if (!said.ok()) return std::nullopt;
  return RunningServer{said.value()["url"].text(), static_cast<int>(said.value()["pid"].integer())};
}

// The journal's lock is what keeps a second program out; the mark says where the first one is.
Result<std::unique_ptr<journal::Journal>> open_journal(const fs::path& data,
                                                       const journal::JournalSettings& settings,
                                                       const Clock& clock) {
  const auto running = read_running(data);
  auto journal = journal::Journal::open(data, settings, clock);
  if (!journal.ok() && running) return is_running(*running, data);
  return journal;
}

Result<OpenedData> open_data(const fs::path& data, const journal::JournalSettings& settings,
                             const Clock& clock) {
  using store::BackupLock;
  TRY(auto changing_data, BackupLock::change(BackupLock::of_data(data)));
  OK_OR_RETURN(journal::make_folder(data / "tables"));
  TRY(auto changing_tables, BackupLock::change(BackupLock::of_tables(data / "tables")));
  TRY(auto journal, open_journal(data, settings, clock));
  // Neither wait was stopped.
  return OpenedData{*std::move(changing_data), *std::move(changing_tables), std::move(journal)};
}

Result<std::string> ensure_admin_token(const fs::path& data, govern::Tokens& tokens) {
  std::error_code failed;
  const fs::path file = data / admin_token_file;
  if (!tokens.list().empty() && fs::exists(file, failed)) {
    if (tokens.find(read_admin_token(data)) == nullptr) {
      telemetry::log(telemetry::LogCode::admin_token_unknown,
                     file.string() +
                         " holds no token that is valid here: remove it, and the next "
                         "start makes a new one",
                     {{"file", file.string()}});
    }
    return std::string();
  }
  TRY(const govern::NewToken made,
      tokens.create({{.action = govern::Action::administer}}, std::nullopt));
  TRY(const int descriptor, write_private(file, made.secret + "\n"));
  close(descriptor);
  return made.secret;
}

std::string read_admin_token(const fs::path& data) {
  const Result<std::string> text = journal::read_file(data / admin_token_file);
  std::string token = text.ok() ? text.value() : "";
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  return token;
}

}  // namespace weir::operate
