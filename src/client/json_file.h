// The rows of a JSON document: the elements of its array, or its values one after the other.
#pragma once

#include <cstddef>
#include <string>

#include "client/byte_file.h"
#include "formats/value_reader.h"

namespace weir::client {

// A row is a value on whatever lines it stands. Where the file is no JSON, what a value longer than
// batch_bytes is too, nothing behind it is read: Fault::invalid with the line.
class JsonFile final : public ByteFile {
 public:
  using ByteFile::ByteFile;

  Result<std::size_t> read(std::size_t rows_max, std::string& lines) override;

 private:
  enum class Form : char { unknown, array, values, ended };

  Result<void> begin();
  // To the first byte that is no white space. False: there is none.
  Result<bool> skip_space();
  // To the next value. False: there is none.
  Result<bool> find_value();
  Result<void> close();
  Result<void> take_value(std::string& lines);
  // Of the value that left() begins with.
  Result<std::size_t> value_bytes();
  void pass(std::size_t bytes);
  // `at` is the place in left().
  Error broken(std::size_t at, const std::string& reason) const;

  formats::ValueReader reader_{nullptr};
  Form form_ = Form::unknown;
  std::size_t rows_ = 0;
  std::size_t line_ = 1;  // where left() begins
};

}  // namespace weir::client
