#include "client/row_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/database.h"

namespace weir::client {
namespace {

class RowFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "row_file_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  // Rows of the first batch.
  static Result<std::size_t> read_some(const std::string& file) {
    TRY(const auto opened, RowFile::open(file, {}));
    std::string lines;
    return opened->read(10, lines);
  }

  // Batches of at most `rows_max` rows until the end.
  static std::vector<std::string> batches(const std::string& file, std::size_t rows_max,
                                          const WrittenColumns& columns = {}) {
    const auto opened = RowFile::open(file, columns);
    EXPECT_TRUE(opened.ok());
    std::vector<std::string> all;
    while (true) {
      std::string lines;
      const auto read = opened.value()->read(rows_max, lines);
      EXPECT_TRUE(read.ok());
      if (!read.ok() || read.value() == 0) return all;
      all.push_back(lines);
    }
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(RowFileTest, GivesLinesAsTheyStandWithoutEmptyOnes) {
  const std::string file = write("a.ndjson", "{\"a\": 1}\n\n{broken\n  \n{\"a\":2}");
  EXPECT_EQ(batches(file, 2), (std::vector<std::string>{"{\"a\": 1}\n{broken\n", "{\"a\":2}\n"}));
}

TEST_F(RowFileTest, GivesTheElementsOfAnArrayOnWhateverLinesTheyStand) {
  const std::string file = write("a.json", R"(
[{"a": 1,
  "b": "],\"{"}, [2, 3] ,{"a":{"c":[]}}]
)");
  EXPECT_EQ(batches(file, 2), (std::vector<std::string>{R"({"a": 1,   "b": "],\"{"})"
                                                        "\n[2, 3]\n",
                                                        "{\"a\":{\"c\":[]}}\n"}));
  EXPECT_TRUE(batches(write("empty.json", " [ ] "), 2).empty());
  const std::string text(3 << 20, 'x');
  EXPECT_EQ(batches(write("long.json", "[\"" + text + "\",1]"), 10),
            (std::vector<std::string>{"\"" + text + "\"\n1\n"}));
}

TEST_F(RowFileTest, GivesTheValuesOfAJsonFileOnWhateverLinesTheyStand) {
  const struct {
    const char *text, *rows;
  } cases[] = {
      {"\n{\"a\":1}\n{\"a\":[2]}", "{\"a\":1}\n{\"a\":[2]}\n"},
      {"{\r\n  \"a\": 1,\r\n  \"b\": \"}\"\r\n}\r\n", "{\r   \"a\": 1,\r   \"b\": \"}\"\r }\n"},
      {"{\n\"a\": 1\n}\n{\n\"a\": 2\n}{}", "{ \"a\": 1 }\n{ \"a\": 2 }\n{}\n"},
      {"\xEF\xBB\xBF{}", "{}\n"},
      {"12 \"x\" null", "12\n\"x\"\nnull\n"},
      {"{\"a\": 123456789012345678901234567890}", "{\"a\": 123456789012345678901234567890}\n"},
  };
  for (const auto& [text, rows] : cases) {
    EXPECT_EQ(batches(write("a.json", text), 10), std::vector<std::string>{rows}) << text;
  }
}

TEST_F(RowFileTest, EndsABatchOfLargeRowsBeforeItsRowsAreEnough) {
  const std::string text(RowFile::batch_bytes / 8, 'x');
  std::string lines;
  std::string array;
  std::string csv = "a\n";
  for (int row = 0; row < 9; ++row) {
    lines += R"({"a":")" + text + "\"}\n";
    array += (row == 0 ? "[" : ",") + (R"({"a":")" + text + "\"}");
    csv += text + "\n";
  }
  const std::size_t one = lines.size() / 9;
  const std::vector<std::string> expected{lines.substr(one), lines.substr(8 * one)};
  EXPECT_EQ(batches(write("a.ndjson", lines), 10), expected);
  EXPECT_EQ(batches(write("a.json", array + "]"), 10), expected);
  EXPECT_EQ(batches(write("a.csv", csv), 10), expected);
}

TEST_F(RowFileTest, SaysWhereAJsonFileIsBroken) {
  const struct {
    std::string text;
    const char* said;
  } cases[] = {
      {R"([{"a":1},{"a":2})", "line 1, behind row 2: the array does not close"},
      {R"([{"a":1},])", "line 1, behind row 1: this is no JSON: no value stands at ]"},
      {R"([{"a":1},,3])", "line 1, behind row 1: this is no JSON: no value stands at ,3]"},
      {"[{\"a\":1}\n{}]", "line 2, behind row 1: a comma or ] is missing"},
      {"[{\"a\":1}]\n[2]", "line 2, behind row 1: something stands behind the array's end"},
      {"{\n\"a\":1}\n{\n\"a\" 2}\n{}",
       "line 4, behind row 1: this is no JSON: a colon is missing at 2}\\n{}"},
      {"{\"a\":1},{}", "line 1, behind row 1: this is no JSON: no value stands at ,{}"},
      {"{\"a\":1", "line 1, behind row 0: this is no JSON: a comma or } is missing at the end"},
      {"a,b\n1,2\n", "line 1, behind row 0: this is no JSON: no value stands at a,b\\n1,2\\n"},
      {"\"" + std::string(2 * RowFile::batch_bytes, 'x'),
       "line 1, behind row 0: a value does not close within 8 MB"},
      {std::string("\xff\xfe{\0", 4),
       "line 1, behind row 0: this is no JSON: no value stands at "
       "\\xff\\xfe{\\x00"},
  };
  for (const auto& [text, said] : cases) {
    const Result<std::size_t> read = read_some(write("b.json", text));
    ASSERT_FALSE(read.ok()) << said;
    EXPECT_EQ(read.error().fault, Fault::invalid);
    EXPECT_EQ(read.error().message, said);
  }
}

TEST_F(RowFileTest, GivesLinesLongerThanItReadsAtOnce) {
  const std::string line(3 << 20, 'x');
  EXPECT_EQ(batches(write("a.jsonl", line + "\ny\n"), 10),
            (std::vector<std::string>{line + "\ny\n"}));
}

TEST_F(RowFileTest, RefusesAnEndingItDoesNotKnow) {
  const auto opened = RowFile::open(write("a.xlsx", "?"), {});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().fault, Fault::invalid);
}

TEST_F(RowFileTest, SaysThatAFileIsNotThereOrAFolder) {
  const std::string folder = std::filesystem::path(write("x", "")).parent_path();
  for (const char* ending : {".csv", ".ndjson", ".parquet"}) {
    const auto opened = RowFile::open(std::string("/nowhere/a") + ending, {});
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().fault, Fault::not_found);
    EXPECT_EQ(opened.error().message, "No such file or directory");
    const std::string name = folder + "/folder" + ending;
    std::filesystem::create_directory(name);
    EXPECT_NE(RowFile::open(name, {}).error().message.find("a folder"), std::string::npos);
  }
}

TEST_F(RowFileTest, SaysThatACsvIsEmptyAndThatLinesMayBe) {
  const auto opened = RowFile::open(write("a.csv", ""), {});
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message.find("the file is empty"), std::string::npos);
  EXPECT_TRUE(batches(write("heads.csv", "a,b\n"), 10).empty());
  EXPECT_TRUE(batches(write("a.ndjson", ""), 10).empty());
  EXPECT_TRUE(batches(write("a.json", ""), 10).empty());
}

TEST_F(RowFileTest, NamesTheLineOfACsvThatIsNotUtf8) {
  const struct {
    const char *text, *said;
  } cases[] = {{"a,b\n1,2\ncaf\xe9,4\n", "line 3 is not UTF-8: convert the file first"},
               {"a,caf\xe9\n1,2\n", "line 1 is not UTF-8: convert the file first"}};
  for (const auto& [text, said] : cases) {
    const Result<std::size_t> read = read_some(write("a.csv", text));
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().fault, Fault::corrupt);
    EXPECT_TRUE(read.error().message.starts_with(said)) << read.error().message;
  }
}

TEST_F(RowFileTest, GivesTheValuesOfCsvAsTheyAreWritten) {
  EXPECT_EQ(batches(write("a.csv", "zip,n\n00123,4.50\n,\n"), 10),
            (std::vector<std::string>{"{\"zip\":\"00123\",\"n\":\"4.50\"}\n"
                                      "{\"zip\":null,\"n\":null}\n"}));
}

TEST_F(RowFileTest, TakesCsvPartedOtherwiseWithQuotesAndLinesOfWindows) {
  EXPECT_EQ(batches(write("a.csv", "a;b\r\n1,5;\"x\r\ny\"\r\n\"q\"\"\";z\r\n"), 10),
            (std::vector<std::string>{"{\"a\":\"1,5\",\"b\":\"x\\r\\ny\"}\n"
                                      "{\"a\":\"q\\\"\",\"b\":\"z\"}\n"}));
}

TEST_F(RowFileTest, NamesTheLineOfACsvThatHasTooFewOrTooManyValues) {
  for (const char* line : {"3", "3,4,5"}) {
    std::string text = "a,b\n1,2\n" + std::string(line) + "\n5,6\n7,8\n";
    const Result<std::size_t> read = read_some(write("a.csv", text));
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().fault, Fault::corrupt);
    EXPECT_NE(read.error().message.find("Line: 3"), std::string::npos) << read.error().message;
    EXPECT_EQ(read.error().message.find("strict_mode"), std::string::npos) << read.error().message;
  }
}

TEST_F(RowFileTest, WritesTimesOfParquetWithAZoneOnlyWhereTheFileHasOne) {
  const std::string file = write("a.parquet", "");
  const auto database = engine::Database::open({.external_access = true});
  ASSERT_TRUE(database.ok());
  const auto connection = database.value()->connect();
  ASSERT_TRUE(connection.ok());
  const auto copied = connection.value()->query(
      "COPY (SELECT TIMESTAMP '2024-06-01 08:00:00' AS local,"
      " TIMESTAMPTZ '2024-06-01 08:00:00-04:00' AS instant, DATE '2024-06-01' AS day,"
      " TIME '08:00:00' AS clock, [{'local': local, 'instant': instant}] AS inside,"
      " MAP {local: instant} AS mapped, TIMESTAMP 'infinity' AS never,"
      " TIMESTAMP_NS '2024-06-01 08:00:00.123456789' AS fine,"
      " [TIMESTAMP_NS '2024-06-01 08:00:00.5'] AS fine_inside,"
      " {'TIMESTAMP_MS': 7, 'k': TIMESTAMP_MS '2024-06-01 08:00:00'} AS named) TO '" +
      file + "' (FORMAT parquet)");
  ASSERT_TRUE(copied.ok()) << copied.error().message;
  const std::string local = R"("2024-06-01T08:00:00")", instant = R"("2024-06-01T12:00:00Z")";
  EXPECT_EQ(batches(file, 10),
            (std::vector<std::string>{
                R"({"local":)" + local + R"(,"instant":)" + instant +
                R"(,"day":"2024-06-01","clock":"08:00:00","inside":[{"local":)" + local +
                R"(,"instant":)" + instant + R"(}],"mapped":[{"key":)" + local + R"(,"value":)" +
                instant + R"(}],"never":"infinity","fine":"2024-06-01T08:00:00.123456",)" +
                R"("fine_inside":["2024-06-01T08:00:00.5"],"named":{"TIMESTAMP_MS":7,"k":)" +
                local + "}}\n"}));
}

TEST_F(RowFileTest, WritesNumbersOfCsvWithoutQuotesWhereTheSourceHasThem) {
  const std::string file = write("a.csv", "zip,n\n123,-4.50e+1\n123,007\n123,x\n123,true\n");
  EXPECT_EQ(batches(file, 10, {{"n", Written::bare}}),
            (std::vector<std::string>{"{\"zip\":\"123\",\"n\":-4.50e+1}\n"
                                      "{\"zip\":\"123\",\"n\":\"007\"}\n"
                                      "{\"zip\":\"123\",\"n\":\"x\"}\n"
                                      "{\"zip\":\"123\",\"n\":true}\n"}));
}

TEST_F(RowFileTest, TakesAnEmptyTextOfCsvForNothingWhereItIsNoText) {
  const WrittenColumns columns{{"n", Written::bare}, {"at", Written::quoted}};
  EXPECT_EQ(batches(write("a.csv", "text,n,at\n\"\",\"\",\"\"\nx,\"1\",2001\n"), 10, columns),
            (std::vector<std::string>{"{\"text\":\"\",\"n\":null,\"at\":null}\n"
                                      "{\"text\":\"x\",\"n\":1,\"at\":\"2001\"}\n"}));
}

TEST_F(RowFileTest, WritesAColumnOfCsvForAllThatReadItAndATextFirst) {
  const std::string file = write("a.csv", "a,b,c,d\n\"\",\"\",\"\",\"\"\n1,1,1,1\n");
  WrittenColumns columns;
  const std::pair<const char*, Written> readers[] = {
      {"a", Written::text}, {"a", Written::bare},   {"b", Written::quoted}, {"b", Written::text},
      {"c", Written::bare}, {"c", Written::quoted}, {"d", Written::quoted}, {"d", Written::bare}};
  for (const auto& [name, written] : readers) note_reader(columns, name, written);
  EXPECT_EQ(batches(file, 10, columns),
            (std::vector<std::string>{R"({"a":"","b":"","c":null,"d":null})"
                                      "\n"
                                      R"({"a":"1","b":"1","c":1,"d":1})"
                                      "\n"}));
}

}  // namespace
}  // namespace weir::client
