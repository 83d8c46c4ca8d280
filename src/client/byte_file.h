// The bytes of a file of rows, read on as rows are taken from them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "client/row_file.h"
#include "core/result.h"

namespace weir::client {

// Owned by one thread; owns the file unless that is stdin.
class ByteFile : public RowFile {
 public:
  // `size` 0: unknown.
  ByteFile(std::FILE* file, std::uintmax_t size) : file_(file), size_(size) {}
  ~ByteFile() override;
  ByteFile(const ByteFile&) = delete;
  ByteFile& operator=(const ByteFile&) = delete;

  double share_read() const override {
    return size_ == 0 ? -1 : static_cast<double>(read_) / static_cast<double>(size_);
  }

 protected:
  // What was read and not taken; good until the next fill() or take().
  std::string_view left() const { return std::string_view(buffer_).substr(at_); }
  void take(std::size_t bytes) { at_ += bytes; }
  // Adds to left(). False: the file is at its end.
  Result<bool> fill();

 private:
  std::FILE* file_;
  std::uintmax_t size_;
  std::uintmax_t read_ = 0;
  std::string buffer_;
  std::size_t at_ = 0;  // of what is left, in the buffer
};

}  // namespace weir::client
