#include "formats/json_rows.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <random>

#include "formats/csv_rows.h"
#include "formats/event_decoder_test.h"

namespace weir::formats {
namespace {

template <class Value>
Column column_of(const char* type, Value value) {
  Column column(parse_type(type).value());
  if constexpr (std::is_convertible_v<Value, std::string_view>) {
    column.append_string(value);
  } else {
    column.append(value);
  }
  return column;
}

std::string json_of(const Column& column, std::size_t row = 0) {
  std::string json;
  append_json_value(json, column, row);
  return json;
}

TEST(JsonRows, write_every_type_as_the_contract_says) {
  using std::int64_t;
  constexpr int64_t exact = int64_t{1} << 53;
  const std::pair<Column, const char*> cases[] = {
      {column_of("boolean", std::uint8_t{1}), "true"},
      {column_of("boolean", std::uint8_t{0}), "false"},
      {column_of("tinyint", std::int8_t{-128}), "-128"},
      {column_of("smallint", std::int16_t{-5}), "-5"},
      {column_of("integer", std::int32_t{5}), "5"},
      {column_of("utinyint", std::uint8_t{255}), "255"},
      {column_of("usmallint", std::uint16_t{65535}), "65535"},
      {column_of("uinteger", std::uint32_t{4294967295}), "4294967295"},
      {column_of("bigint", exact), "9007199254740992"},
      {column_of("bigint", -exact), "-9007199254740992"},
      {column_of("bigint", exact + 1), "\"9007199254740993\""},
      {column_of("ubigint", ~std::uint64_t{0}), "\"18446744073709551615\""},
      {column_of("hugeint", Huge{7, 0}), "7"},
      {column_of("hugeint", Huge{0, std::numeric_limits<int64_t>::min()}),
       "\"-170141183460469231731687303715884105728\""},
      {column_of("uhugeint", Huge{~std::uint64_t{0}, -1}),
       "\"340282366920938463463374607431768211455\""},
      {column_of("float", 0.1F), "0.1"},
      {column_of("double", 0.1), "0.1"},
      {column_of("double", 5e-324), "5e-324"},
      {column_of("double", std::numeric_limits<double>::quiet_NaN()), "\"NaN\""},
      {column_of("double", std::numeric_limits<double>::infinity()), "\"Infinity\""},
      {column_of("float", -std::numeric_limits<float>::infinity()), "\"-Infinity\""},
      {column_of("decimal(4,2)", std::int16_t{150}), "1.50"},
      {column_of("decimal(4,2)", std::int16_t{-5}), "-0.05"},
      {column_of("decimal(9,0)", std::int32_t{7}), "7"},
      {column_of("decimal(18,18)", int64_t{1}), "0.000000000000000001"},
      {column_of("decimal(38,1)", Huge{0, 1}), "1844674407370955161.6"},
      {column_of("varchar", "a\"\n\x01é"), R"("a\"\n\u0001é")"},
      {column_of("blob", std::string_view("\0\xff", 2)), "\"AP8=\""},
      {column_of("date", std::int32_t{0}), "\"1970-01-01\""},
      {column_of("date", std::int32_t{-719529}), "\"-0001-12-31\""},
      {column_of("date", date_infinity), "\"infinity\""},
      {column_of("date", -date_infinity), "\"-infinity\""},
      {column_of("time", int64_t{46'800'000'000}), "\"13:00:00\""},
      {column_of("time", int64_t{1}), "\"00:00:00.000001\""},
      {column_of("timestamp", int64_t{978'307'200'000'000}), "\"2001-01-01T00:00:00Z\""},
      {column_of("timestamp", int64_t{-500'000}), "\"1969-12-31T23:59:59.5Z\""},
      {column_of("timestamp", timestamp_infinity), "\"infinity\""},
      {column_of("timestamptz", -timestamp_infinity), "\"-infinity\""},
      {column_of("timestamptz", int64_t{253'402'300'800'000'000}), "\"10000-01-01T00:00:00Z\""},
      {column_of("interval", IntervalValue{}), "\"PT0S\""},
      {column_of("interval", IntervalValue{14, -2, 3'661'500'000}), "\"P1Y2M-2DT1H1M1.5S\""},
      {column_of("interval", IntervalValue{0, 0, -90'000'001}), "\"PT-1M-30.000001S\""},
      {column_of("interval", IntervalValue{-1, 0, 0}), "\"P-1M\""},
      {column_of("uuid", Huge{0xa76500a0c91e6bf6, 0x781d4fae7dec11d0}),
       "\"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\""},
      {column_of("json", "{\"a\":\n1}"), "{\"a\": 1}"},
  };
  for (const auto& [column, expected] : cases) {
    EXPECT_EQ(json_of(column), expected) << to_string(column.type());
  }
}

TEST(JsonRows, write_structure_and_nulls) {
  Column map(parse_type("map(varchar, int[])").value());
  Column& entry = map.child(0);
  entry.child(0).append_string("k");
  entry.child(1).child(0).append(std::int32_t{1});
  entry.child(1).child(0).append_null();
  entry.child(1).append_list();
  entry.append_structure();
  map.append_list();
  map.append_null();
  map.append_list();
  EXPECT_EQ(json_of(map, 0), R"([{"key":"k","value":[1,null]}])");
  EXPECT_EQ(json_of(map, 1), "null");
  EXPECT_EQ(json_of(map, 2), "[]");
}

Huge random_huge(std::mt19937_64& random) {
  return {random(), static_cast<std::int64_t>(random()) >> (random() % 64)};
}

void append_random(Column& column, std::mt19937_64& random) {
  const Type& type = column.type();
  const std::uint64_t bits = random() >> (random() % 64);
  if (random() % 8 == 0) return column.append_null();
  switch (type.id) {
    case TypeId::boolean: return column.append(static_cast<std::uint8_t>(bits & 1));
    case TypeId::real: {
      float value = 0;
      std::memcpy(&value, &bits, sizeof value);
      return column.append(value);
    }
    case TypeId::decimal: return column.append(static_cast<std::int64_t>(bits % 1'000'000));
    case TypeId::varchar: return column.append_string(std::string(bits % 30, '"'));
    case TypeId::blob:
      return column.append_string({reinterpret_cast<const char*>(&bits), bits % 8});
    case TypeId::date:
      return column.append(static_cast<std::int32_t>(bits % 4'000'000) - 2'000'000);
    case TypeId::time: return column.append(static_cast<std::int64_t>(bits % 86'400'000'000));
    case TypeId::timestamp:
    case TypeId::timestamp_tz: return column.append(static_cast<std::int64_t>(bits) / 2);
    case TypeId::interval:
      return column.append(IntervalValue{static_cast<std::int32_t>(random()) / 2,
                                         static_cast<std::int32_t>(random()),
                                         static_cast<std::int64_t>(random()) / 8});
    case TypeId::json: return column.append_string("[" + std::to_string(bits) + "]");
    case TypeId::list: {
      for (std::uint64_t n = bits % 4; n > 0; --n) append_random(column.child(0), random);
      return column.append_list();
    }
    case TypeId::structure: {
      for (std::size_t i = 0; i < column.child_count(); ++i) append_random(column.child(i), random);
      return column.append_structure();
    }
    default: break;
  }
  if (value_width(type) == 16) return column.append(random_huge(random));
  if (value_width(type) == 8) return column.append(bits);
  if (value_width(type) == 4) return column.append(static_cast<std::uint32_t>(bits));
  if (value_width(type) == 2) return column.append(static_cast<std::uint16_t>(bits));
  column.append(static_cast<std::uint8_t>(bits));
}

TEST(JsonRows, are_decoded_to_the_rows_they_were) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  std::vector<ColumnRule> columns;
  for (const char* type :
       {"boolean",  "tinyint",  "smallint",  "integer",       "bigint",
        "hugeint",  "utinyint", "usmallint", "uinteger",      "ubigint",
        "uhugeint", "float",    "double",    "decimal(18,3)", "varchar",
        "blob",     "date",     "time",      "timestamp",     "timestamptz",
        "interval", "uuid",     "json",      "double[]",      "struct(a bigint, b varchar[])"}) {
    columns.push_back(column(type, type));
  }
  const auto decoder = EventDecoder::make(rules_of(columns)).value();
  Batch sent(decoder->schema());
  constexpr std::size_t rows = 500;
  std::string body;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < columns.size(); ++i) append_random(sent.column(i), random);
    sent.column(columns.size()).append(acceptance.now.time_since_epoch().count());
    append_json_row(body, sent, row);
    body += '\n';
  }
  Batch came(decoder->schema());
  const auto decoded = decoder->decode(body, BodyForm::ndjson, acceptance, came).value();
  for (const RefusedRow& refused : decoded.refused) FAIL() << refused.reason;
  std::string again;
  for (std::size_t row = 0; row < rows; ++row) {
    append_json_row(again, came, row);
    again += '\n';
  }
  EXPECT_EQ(again, body.substr(0, again.size()));
  for (std::size_t i = 0; i < came.column_count(); ++i) {
    const Type& type = came.column(i).type();
    // There are many NaNs, and JSON knows one.
    const bool is_float = type.id == TypeId::double_precision || type.id == TypeId::real;
    if (is_string(type) || !type.children.empty() || is_float) continue;
    EXPECT_EQ(std::memcmp(came.column(i).values<std::byte>().data(),
                          sent.column(i).values<std::byte>().data(), rows * value_width(type)),
              0)
        << to_string(type);
  }
}

TEST(CsvRows, quote_what_needs_it_and_tell_null_from_empty) {
  const auto schema =
      std::make_shared<const Schema>(Schema{{{"a,b", parse_type("varchar").value()},
                                             {"n", parse_type("int[]").value()},
                                             {"t", parse_type("timestamp").value()}}});
  Batch batch(schema);
  const auto append = [&](const char* text) {
    text == nullptr ? batch.column(0).append_null() : batch.column(0).append_string(text);
    batch.column(1).child(0).append(std::int32_t{1});
    batch.column(1).child(0).append(std::int32_t{2});
    batch.column(1).append_list();
    batch.column(2).append(std::int64_t{0});
  };
  std::string csv;
  append_csv_head(csv, *schema);
  for (const char* text : {"x", "", "say \"a\"\nb"}) append(text);
  append(nullptr);
  for (std::size_t row = 0; row < batch.rows(); ++row) append_csv_row(csv, batch, row);
  EXPECT_EQ(csv,
            "\"a,b\",n,t\r\n"
            "x,\"[1,2]\",1970-01-01T00:00:00Z\r\n"
            "\"\",\"[1,2]\",1970-01-01T00:00:00Z\r\n"
            "\"say \"\"a\"\"\nb\",\"[1,2]\",1970-01-01T00:00:00Z\r\n"
            ",\"[1,2]\",1970-01-01T00:00:00Z\r\n");
}

TEST(ReadableText, keeps_text_and_spells_out_bytes_that_are_none) {
  EXPECT_EQ(readable_text("{\"city\":\"Z\xc3\xbcrich\"}"), "{\"city\":\"Z\xc3\xbcrich\"}");
  EXPECT_EQ(readable_text("a\xff\xc3"), "a\\xff\\xc3");
}

}  // namespace
}  // namespace weir::formats
