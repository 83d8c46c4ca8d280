#include "journal/column_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>

#include "core/batch.h"

namespace weir {
namespace {

using journal::ByteReader;

void expect_same(const Column& a, const Column& b) {
  ASSERT_EQ(a.size(), b.size());
  ASSERT_EQ(a.child_count(), b.child_count());
  for (std::size_t row = 0; row < a.size(); ++row) {
    ASSERT_EQ(a.is_null(row), b.is_null(row)) << row;
    if (is_string(a.type())) {
      ASSERT_EQ(a.string(row), b.string(row)) << row;
    }
  }
  const std::size_t width = value_width(a.type());
  if (width > 0 && !is_string(a.type())) {
    const auto bytes = a.values<std::byte>().data();
    ASSERT_TRUE(std::equal(bytes, bytes + width * a.size(), b.values<std::byte>().data()));
  }
  for (std::size_t i = 0; i < a.child_count(); ++i) expect_same(a.child(i), b.child(i));
}

void append_random(Column& column, std::mt19937& random) {
  if (random() % 5 == 0) {
    column.append_null();
  } else if (is_string(column.type())) {
    column.append_string(std::string(random() % 40, static_cast<char>('a' + random() % 26)));
  } else if (column.type().id == TypeId::structure) {
    for (std::size_t i = 0; i < column.child_count(); ++i) append_random(column.child(i), random);
    column.append_structure();
  } else if (column.child_count() > 0) {
    const std::size_t elements = random() % 4;
    for (std::size_t i = 0; i < elements; ++i) append_random(column.child(0), random);
    column.append_list();
  } else {
    switch (value_width(column.type())) {
      case 1: column.append(static_cast<std::int8_t>(random() % 2)); break;
      case 2: column.append(static_cast<std::int16_t>(random())); break;
      case 4: column.append(static_cast<std::int32_t>(random())); break;
      case 8: column.append(static_cast<std::int64_t>(random()) << 20); break;
      default: column.append(Huge{random(), static_cast<std::int64_t>(random())}); break;
    }
  }
}

constexpr const char* every_type[] = {"boolean",
                                      "tinyint",
                                      "smallint",
                                      "int",
                                      "bigint",
                                      "hugeint",
                                      "utinyint",
                                      "usmallint",
                                      "uinteger",
                                      "ubigint",
                                      "uhugeint",
                                      "float",
                                      "double",
                                      "decimal(4,1)",
                                      "decimal(38,10)",
                                      "varchar",
                                      "blob",
                                      "date",
                                      "time",
                                      "timestamp",
                                      "timestamptz",
                                      "interval",
                                      "uuid",
                                      "json",
                                      "varchar[]",
                                      "struct(a int, b varchar[])",
                                      "map(varchar, decimal(12,2))",
                                      "struct(k varchar, v map(int, varchar[]))[]"};

TEST(ColumnCodec, gives_back_columns_of_every_type_with_nulls_and_long_strings) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (const char* type : every_type) {
    for (const std::size_t rows : {0, 1, 63, 64, 65, 500}) {
      SCOPED_TRACE(std::string(type) + " rows " + std::to_string(rows));
      Column column(parse_type(type).value());
      while (column.size() < rows) append_random(column, random);
      std::string bytes;
      ColumnCodec::encode(column, bytes);
      Column decoded(column.type());
      ByteReader from(bytes);
      ASSERT_TRUE(ColumnCodec::decode(from, decoded));
      EXPECT_TRUE(from.finished());
      expect_same(column, decoded);
      // It goes on like any other column.
      append_random(column, random);
      decoded.append_rows(column, std::array{static_cast<std::uint32_t>(rows)});
      expect_same(column, decoded);
    }
  }
}

TEST(ColumnCodec, bytes_cut_or_changed_never_read_beyond_their_bounds) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (const char* type : every_type) {
    Column column(parse_type(type).value());
    while (column.size() < 70) append_random(column, random);
    std::string bytes;
    ColumnCodec::encode(column, bytes);
    for (int i = 0; i < 200; ++i) {
      std::string broken = bytes;
      const std::size_t at = random() % bytes.size();
      const bool is_cut = random() % 2 == 0;
      if (is_cut) broken.resize(at);
      if (!is_cut) broken[at] = static_cast<char>(random());
      Column decoded(column.type());
      ByteReader from(broken);
      const bool is_column = ColumnCodec::decode(from, decoded);
      EXPECT_FALSE(is_cut && is_column);
      if (!is_column) continue;
      Column copy(column.type());  // touches all that the decoded one points to
      copy.append_range(decoded, 0, decoded.size());
    }
  }
}

TEST(ColumnCodec, gives_back_schemas) {
  Schema schema;
  for (const char* type : every_type) {
    schema.columns.push_back({std::string("c_") + type, parse_type(type).value()});
  }
  std::string bytes;
  journal::encode_schema(schema, bytes);
  EXPECT_EQ(*journal::decode_schema(bytes), schema);
  for (std::size_t cut = 1; cut < 10; ++cut) {
    EXPECT_EQ(journal::decode_schema(std::string_view(bytes).substr(0, bytes.size() - cut)),
              nullptr);
  }
}

}  // namespace
}  // namespace weir
