#include "client/byte_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace weir::client {
namespace {

constexpr std::size_t read_bytes = std::size_t{1} << 20;

}  // namespace

ByteFile::~ByteFile() {
  if (file_ != stdin) std::fclose(file_);
}

Result<bool> ByteFile::fill() {
  buffer_.erase(0, at_);
  at_ = 0;
  const std::size_t kept = buffer_.size();
  buffer_.resize(kept + read_bytes);
  const std::size_t got = std::fread(buffer_.data() + kept, 1, read_bytes, file_);
  buffer_.resize(kept + got);
  read_ += got;
  if (got > 0) return true;
  if (std::ferror(file_) == 0) return false;
  return Error{Fault::unavailable, fmt::format("cannot read on: {}", std::strerror(errno))};
}

}  // namespace weir::client
