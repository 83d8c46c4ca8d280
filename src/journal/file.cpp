#include "journal/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <system_error>
#include <utility>

namespace weir::journal {
namespace {

Error failed(std::string_view doing, const std::filesystem::path& path, int code = errno) {
  const bool no_room =
      code == ENOSPC || code == EDQUOT || code == EFBIG || code == EMFILE || code == ENFILE;
  const Fault fault = no_room          ? Fault::unavailable
                      : code == ENOENT ? Fault::not_found
                                       : Fault::internal;
  return {fault, fmt::format("{} {}: {}", doing, path.string(), std::strerror(code))};
}

constexpr std::size_t pages_max = 256;  // a megabyte: about what a disk takes at once

}  // namespace

std::optional<File> File::open_past_cache(const std::filesystem::path& path) {
  Result<File> opened = open(path, O_RDWR | O_DIRECT);
  if (!opened.ok()) return std::nullopt;
  // What it takes for a read is what it takes for a write.
  alignas(page_bytes) char page[page_bytes];
  if (!opened.value().read(page, page_bytes, 0).ok()) return std::nullopt;
  return std::move(opened).value();
}

File::File(std::filesystem::path path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {}

File::File(File&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<File> File::open(std::filesystem::path path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (descriptor < 0) return failed("opening", path);
  return File(std::move(path), descriptor);
}

Result<void> File::write(std::string_view bytes, std::uint64_t offset) const {
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("writing", path_);
    offset += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::size_t> File::read(char* into, std::size_t bytes, std::uint64_t offset) const {
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t got =
        ::pread(descriptor_, into + done, bytes - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("reading", path_);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Result<void> File::sync() const {
  if (::fdatasync(descriptor_) != 0) return failed("syncing", path_);
  return {};
}

Result<void> File::allocate(std::uint64_t bytes) const {
  if (::fallocate(descriptor_, 0, 0, static_cast<off_t>(bytes)) != 0) {
    return failed("making room for", path_);
  }
  return {};
}

Result<void> File::truncate(std::uint64_t bytes) const {
  if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) return failed("cutting", path_);
  return {};
}

Result<std::uint64_t> File::size() const {
  struct stat found{};
  if (::fstat(descriptor_, &found) != 0) return failed("looking at", path_);
  return static_cast<std::uint64_t>(found.st_size);
}

Result<bool> File::lock(Lock kind) const {
  const int how = kind == Lock::shared ? LOCK_SH : LOCK_EX;
  if (::flock(descriptor_, how | LOCK_NB) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  return failed("locking", path_);
}

bool File::is_still_there() const {
  struct stat mine{};
  struct stat named{};
  return ::fstat(descriptor_, &mine) == 0 && ::stat(path_.c_str(), &named) == 0 &&
         mine.st_ino == named.st_ino && mine.st_dev == named.st_dev;
}

Result<void> File::rename(std::filesystem::path to) {
  if (::rename(path_.c_str(), to.c_str()) != 0) return failed("renaming", path_);
  path_ = std::move(to);
  return {};
}

PageWriter::PageWriter() : pages_(std::make_unique_for_overwrite<Page[]>(pages_max)) {}

Result<void> PageWriter::write(const File& file, std::span<const std::string_view> parts,
                               std::uint64_t offset) {
  char* const into = pages_[0].bytes;
  std::size_t filled = 0;
  for (std::string_view part : parts) {
    while (!part.empty()) {
      const std::size_t taken = std::min(part.size(), pages_max * page_bytes - filled);
      std::memcpy(into + filled, part.data(), taken);
      part.remove_prefix(taken);
      filled += taken;
      if (filled < pages_max * page_bytes) continue;
      OK_OR_RETURN(file.write({into, filled}, offset));
      offset += filled;
      filled = 0;
    }
  }
  if (filled == 0) return {};
  const std::size_t padding = whole_pages(filled) - filled;
  std::memset(into + filled, 0, padding);
  return file.write({into, filled + padding}, offset);
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  TRY(const File opened, File::open(folder, O_RDONLY | O_DIRECTORY));
  return opened.sync();
}

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.empty() || std::filesystem::is_directory(folder, error)) return {};
  OK_OR_RETURN(make_folder(folder.parent_path()));
  if (!std::filesystem::create_directory(folder, error) && error) {
    return failed("making", folder, error.value());
  }
  return sync_folder(folder.has_parent_path() ? folder.parent_path() : ".");
}

Result<void> remove_file(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("removing", path);
  return {};
}

Result<std::vector<std::filesystem::path>> list_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> found;
  std::filesystem::directory_iterator at(folder, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    found.push_back(at->path());
  }
  if (error) return failed("listing", folder, error.value());
  std::ranges::sort(found);
  return found;
}

Result<std::string> read_file(const std::filesystem::path& path) {
  TRY(const File file, File::open(path, O_RDONLY));
  TRY(const std::uint64_t size, file.size());
  std::string bytes(size, '\0');
  TRY(const std::size_t read, file.read(bytes.data(), bytes.size(), 0));
  bytes.resize(read);
  return bytes;
}

Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes) {
  // One name a folder, so that drafts of crashed writers do not gather.
  TRY(File file, File::open(path.parent_path() / "draft", O_RDWR | O_CREAT | O_TRUNC));
  OK_OR_RETURN(file.write(bytes, 0));
  OK_OR_RETURN(file.sync());
  OK_OR_RETURN(file.rename(path));
  return sync_folder(path.parent_path());
}

}  // namespace weir::journal
