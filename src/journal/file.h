// One open file and the calls that make it durable, each answer checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace weir::journal {

// What a file opened with O_DIRECT takes is so many bytes from memory that begins at a multiple of
// them, or several times as many.
constexpr std::uint64_t page_bytes = 4096;
constexpr std::uint64_t whole_pages(std::uint64_t bytes) {
  return (bytes + page_bytes - 1) / page_bytes * page_bytes;
}

// Movable; closed when it goes. Messages name the path it was opened by.
// A disk or quota without room, or too many open files, is Fault::unavailable; a file that is not
// there Fault::not_found.
class File {
 public:
  enum class Lock { alone, shared };

  // `flags` of open(2).
  static Result<File> open(std::filesystem::path path, int flags);
  // To write and read whole pages past the page cache. Nothing: the file system cannot do so, with
  // pages of that size, or it cannot be opened.
  static std::optional<File> open_past_cache(const std::filesystem::path& path);
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  // All of it.
  Result<void> write(std::string_view bytes, std::uint64_t offset) const;
  // How many bytes there were: fewer than asked only at the file's end.
  Result<std::size_t> read(char* into, std::size_t bytes, std::uint64_t offset) const;
  Result<void> sync() const;  // fdatasync
  // Claims the disk's room up to `bytes`. Nothing changed when it fails.
  Result<void> allocate(std::uint64_t bytes) const;
  Result<void> truncate(std::uint64_t bytes) const;
  Result<std::uint64_t> size() const;
  // False: another open file holds the lock. It is held until this one closes.
  Result<bool> lock(Lock kind = Lock::alone) const;
  // Whether the name it was opened by still leads to it.
  bool is_still_there() const;

  const std::filesystem::path& path() const { return path_; }
  Result<void> rename(std::filesystem::path to);

 private:
  File(std::filesystem::path path, int descriptor);

  std::filesystem::path path_;
  int descriptor_ = -1;
};

// Writes bytes that lie anywhere as whole pages, zeros behind them, for files opened with O_DIRECT.
// Owned by one thread.
class PageWriter {
 public:
  PageWriter();
  // All of the parts, one after another. `offset` is a multiple of page_bytes.
  Result<void> write(const File& file, std::span<const std::string_view> parts,
                     std::uint64_t offset);

 private:
  struct alignas(page_bytes) Page {
    char bytes[page_bytes];
  };

  const std::unique_ptr<Page[]> pages_;
};

// Makes names that were made, changed or removed in the folder durable.
Result<void> sync_folder(const std::filesystem::path& folder);
Result<void> make_folder(const std::filesystem::path& folder);
Result<void> remove_file(const std::filesystem::path& path);
Result<std::vector<std::filesystem::path>> list_folder(const std::filesystem::path& folder);
// All of it.
Result<std::string> read_file(const std::filesystem::path& path);
// Durably replaces the file by one of these bytes: old or new, never half. One writer a folder.
Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace weir::journal
