// For tests: a workspace of files that stand in the test, gone when it ends.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "workspace/loader.h"

namespace weir::workspace {

class TemporaryWorkspace {
 public:
  explicit TemporaryWorkspace(const std::map<std::string, std::string>& files) {
    std::string name = (std::filesystem::temp_directory_path() / "weir_test_XXXXXX").string();
    ASSERT(mkdtemp(name.data()) != nullptr);
    path_ = name;
    for (const auto& [file, text] : files) {
      std::filesystem::create_directories((path_ / file).parent_path());
      std::ofstream(path_ / file, std::ios::binary) << text;
    }
  }
  ~TemporaryWorkspace() { std::filesystem::remove_all(path_); }
  TemporaryWorkspace(const TemporaryWorkspace&) = delete;
  TemporaryWorkspace& operator=(const TemporaryWorkspace&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A mistake a line.
inline std::string text_of(const std::vector<Mistake>& mistakes) {
  std::string text;
  for (const Mistake& mistake : mistakes) text += to_string(mistake) + "\n";
  return text;
}

inline std::string mistakes_of(const std::map<std::string, std::string>& files) {
  const TemporaryWorkspace folder(files);
  const auto loaded = load(folder.path());
  const auto* mistakes = std::get_if<std::vector<Mistake>>(&loaded);
  return mistakes == nullptr ? "" : text_of(*mistakes);
}

// Of weir.yaml, and a file a.yaml of these documents.
inline std::string mistakes_of(const std::string& documents) {
  return mistakes_of({{"weir.yaml", "weir: 1\nname: t\n"}, {"a.yaml", documents}});
}

}  // namespace weir::workspace
