#include "engine/file_rows.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace weir::engine {
namespace {

// A file in a folder of its own, gone when the test ends.
class DataFile {
 public:
  DataFile(const std::string& name, const std::string& text) {
    std::string folder = (std::filesystem::temp_directory_path() / "weir_test_XXXXXX").string();
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    path_ = std::filesystem::path(folder) / name;
    std::ofstream(path_) << text;
  }
  ~DataFile() { std::filesystem::remove_all(path_.parent_path()); }
  DataFile(const DataFile&) = delete;
  DataFile& operator=(const DataFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

TEST(FileRows, gives_the_rows_of_csv_and_json_with_the_columns_found_there) {
  const DataFile csv("it's.csv", "code,size\nSFO,4\nLAX,5\n");
  const DataFile json("a.ndjson", "{\"code\": \"SFO\", \"size\": 4}\n{\"code\": \"LAX\"}\n");
  for (const auto* file : {&csv, &json}) {
    const auto rows = read_file_rows(file->path());
    ASSERT_TRUE(rows.ok()) << rows.error().message;
    ASSERT_EQ(rows.value().schema->columns.size(), 2U);
    EXPECT_EQ(rows.value().schema->columns[1].type.id, TypeId::bigint);
    ASSERT_EQ(rows.value().batches.size(), 1U);
    EXPECT_EQ(rows.value().batches[0]->column(0).string(1), "LAX");
  }
}

TEST(FileRows, finds_a_key_that_stands_in_several_rows) {
  const DataFile csv("a.csv", "a,b,c\n1,x,1\n1,y,2\n1,y,3\n");
  const auto repeated = find_repeated(csv.path(), {"a", "b"});
  ASSERT_TRUE(repeated.ok()) << repeated.error().message;
  EXPECT_EQ(repeated.value(), "1, y");
  const auto unique = find_repeated(csv.path(), {"a", "c"});
  ASSERT_TRUE(unique.ok()) << unique.error().message;
  EXPECT_EQ(unique.value(), std::nullopt);
}

TEST(FileRows, refuses_other_files_with_words) {
  const DataFile text("a.txt", "x\n");
  const auto rows = read_file_rows(text.path());
  ASSERT_FALSE(rows.ok());
  EXPECT_EQ(rows.error().fault, Fault::invalid);
  EXPECT_EQ(rows.error().message, "it is no .csv, .tsv, .json, .ndjson or .parquet file");
  EXPECT_FALSE(read_file_rows(text.path().parent_path() / "none.csv").ok());
}

}  // namespace
}  // namespace weir::engine
