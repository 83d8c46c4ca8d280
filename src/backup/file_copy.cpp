#include "backup/file_copy.h"

#include <fcntl.h>

#include <algorithm>
#include <functional>
#include <string_view>
#include <vector>

#include "journal/bytes.h"
#include "journal/file.h"

namespace weir::backup {
namespace {

using journal::File;

constexpr std::uint64_t piece_bytes = std::uint64_t{1} << 20;
using Take = std::function<Result<void>(std::string_view piece, std::uint64_t offset)>;

Result<FileSum> read_all(const File& file, std::uint64_t bytes_max, const Take& take) {
  std::vector<char> piece(piece_bytes);
  FileSum sum;
  while (sum.bytes < bytes_max) {
    const std::uint64_t wanted = std::min(piece_bytes, bytes_max - sum.bytes);
    TRY(const std::size_t read, file.read(piece.data(), wanted, sum.bytes));
    if (read == 0) break;
    const std::string_view came(piece.data(), read);
    OK_OR_RETURN(take(came, sum.bytes));
    sum.sum = journal::checksum(came, sum.sum);
    sum.bytes += read;
  }
  return sum;
}

}  // namespace

Result<FileSum> copy_file(const std::filesystem::path& from, const std::filesystem::path& to,
                          std::uint64_t bytes_max) {
  TRY(const File source, File::open(from, O_RDONLY));
  TRY(const File copy, File::open(to, O_RDWR | O_CREAT | O_EXCL));
  const auto write = [&](std::string_view piece, std::uint64_t offset) {
    return copy.write(piece, offset);
  };
  TRY(const FileSum sum, read_all(source, bytes_max, write));
  OK_OR_RETURN(copy.sync());
  return sum;
}

Result<FileSum> sum_file(const std::filesystem::path& file) {
  TRY(const File opened, File::open(file, O_RDONLY));
  const auto pass = [](std::string_view, std::uint64_t) { return Result<void>(); };
  return read_all(opened, ~std::uint64_t{0}, pass);
}

}  // namespace weir::backup
