// For libFuzzer: no text of a workspace's file crashes what reads and decodes it.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "workspace/documents.h"
#include "workspace/loader.h"

namespace {

// In memory where the system has such a folder; one of each process, removed when it ends.
class Folder {
 public:
  Folder() {
    const std::filesystem::path memory = "/dev/shm";
    const auto parent =
        std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
    path_ = parent / ("weir-fuzz-" + std::to_string(getpid()));
    std::filesystem::create_directories(path_);
    write("weir.yaml", "weir: 1\nname: fuzz\n");
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  const std::filesystem::path& path() const { return path_; }
  void write(const char* name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary | std::ios::trunc) << text;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  folder.write("all.yaml", {reinterpret_cast<const char*>(data), size});
  std::vector<weir::workspace::Mistake> mistakes;
  (void)weir::workspace::read_documents(folder.path(), mistakes);
  for (const auto& mistake : mistakes) (void)weir::workspace::to_string(mistake);
  return 0;
}
