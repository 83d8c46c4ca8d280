#include "engine/parameters.h"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/column.h"
#include "engine/duckdb_statement.h"
#include "engine/failure.h"
#include "engine/handle.h"
#include "engine/logical_type.h"
#include "engine/vector_copy.h"

namespace weir::engine {
namespace {

// The value in a column's row as DuckDB's own.
Value to_value(const Column& column, std::size_t row);

duckdb_hugeint huge_of(const Huge& value) { return {value.lower, value.upper}; }

duckdb_uhugeint unsigned_of(const Huge& value) {
  return {value.lower, static_cast<std::uint64_t>(value.upper)};
}

// The layout keeps UUIDs with the top bit flipped, so that they sort as signed numbers.
duckdb_uhugeint uuid_of(const Huge& value) {
  return {value.lower, static_cast<std::uint64_t>(value.upper) ^ (std::uint64_t{1} << 63)};
}

Huge decimal_digits(const Column& column, std::size_t row) {
  const auto wide = [](std::int64_t digits) {
    return Huge{static_cast<std::uint64_t>(digits), digits < 0 ? -1 : 0};
  };
  switch (value_width(column.type())) {
    case 2: return wide(column.values<std::int16_t>()[row]);
    case 4: return wide(column.values<std::int32_t>()[row]);
    case 8: return wide(column.values<std::int64_t>()[row]);
    default: return column.values<Huge>()[row];
  }
}

duckdb_value decimal_value(const Column& column, std::size_t row) {
  return duckdb_create_decimal({.width = column.type().width,
                                .scale = column.type().scale,
                                .value = huge_of(decimal_digits(column, row))});
}

duckdb_value interval_value(const IntervalValue& value) {
  return duckdb_create_interval({value.months, value.days, value.micros});
}

duckdb_value blob_value(std::string_view bytes) {
  return duckdb_create_blob(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

// Values of one or more columns, in an array as the C API wants them.
class Values {
 public:
  // The C API takes no null pointer, not even for none.
  Values() { raw_.reserve(1); }
  void add(const Column& column, std::size_t row) {
    owned_.push_back(to_value(column, row));
    raw_.push_back(owned_.back().get());
  }
  duckdb_value* data() { return raw_.data(); }
  std::size_t size() const { return raw_.size(); }

 private:
  std::vector<Value> owned_;
  std::vector<duckdb_value> raw_;
};

duckdb_value list_value(const Column& column, std::size_t row) {
  const ListRef list = column.values<ListRef>()[row];
  Values elements;
  for (std::size_t i = 0; i < list.length; ++i) elements.add(column.child(0), list.offset + i);
  const LogicalType type = to_duckdb(column.child(0).type());
  return duckdb_create_list_value(type.get(), elements.data(), elements.size());
}

duckdb_value map_value(const Column& column, std::size_t row) {
  const ListRef list = column.values<ListRef>()[row];
  Values keys, values;
  for (std::size_t i = 0; i < list.length; ++i) {
    keys.add(column.child(0).child(0), list.offset + i);
    values.add(column.child(0).child(1), list.offset + i);
  }
  const LogicalType type = to_duckdb(column.type());
  return duckdb_create_map_value(type.get(), keys.data(), values.data(), keys.size());
}

duckdb_value structure_value(const Column& column, std::size_t row) {
  Values fields;
  for (std::size_t i = 0; i < column.child_count(); ++i) fields.add(column.child(i), row);
  const LogicalType type = to_duckdb(column.type());
  return duckdb_create_struct_value(type.get(), fields.data());
}

template <class T>
T at(const Column& column, std::size_t row) {
  return column.values<T>()[row];
}

duckdb_value make(const Column& c, std::size_t row) {
  switch (c.type().id) {
    case TypeId::boolean: return duckdb_create_bool(at<std::uint8_t>(c, row) != 0);
    case TypeId::tinyint: return duckdb_create_int8(at<std::int8_t>(c, row));
    case TypeId::smallint: return duckdb_create_int16(at<std::int16_t>(c, row));
    case TypeId::integer: return duckdb_create_int32(at<std::int32_t>(c, row));
    case TypeId::bigint: return duckdb_create_int64(at<std::int64_t>(c, row));
    case TypeId::hugeint: return duckdb_create_hugeint(huge_of(at<Huge>(c, row)));
    case TypeId::utinyint: return duckdb_create_uint8(at<std::uint8_t>(c, row));
    case TypeId::usmallint: return duckdb_create_uint16(at<std::uint16_t>(c, row));
    case TypeId::uinteger: return duckdb_create_uint32(at<std::uint32_t>(c, row));
    case TypeId::ubigint: return duckdb_create_uint64(at<std::uint64_t>(c, row));
    case TypeId::uhugeint: return duckdb_create_uhugeint(unsigned_of(at<Huge>(c, row)));
    case TypeId::real: return duckdb_create_float(at<float>(c, row));
    case TypeId::double_precision: return duckdb_create_double(at<double>(c, row));
    case TypeId::decimal: return decimal_value(c, row);
    case TypeId::date: return duckdb_create_date({at<std::int32_t>(c, row)});
    case TypeId::time: return duckdb_create_time({at<std::int64_t>(c, row)});
    case TypeId::timestamp: return duckdb_create_timestamp({at<std::int64_t>(c, row)});
    case TypeId::timestamp_tz: return duckdb_create_timestamp_tz({at<std::int64_t>(c, row)});
    case TypeId::interval: return interval_value(at<IntervalValue>(c, row));
    case TypeId::uuid: return duckdb_create_uuid(uuid_of(at<Huge>(c, row)));
    case TypeId::blob: return blob_value(c.string(row));
    case TypeId::list: return list_value(c, row);
    case TypeId::structure: return structure_value(c, row);
    case TypeId::map: return map_value(c, row);
    case TypeId::varchar:
    case TypeId::json: break;
  }
  return duckdb_create_varchar_length(c.string(row).data(), c.string(row).size());
}

Value to_value(const Column& column, std::size_t row) {
  return Value(column.is_null(row) ? duckdb_create_null_value() : make(column, row));
}

std::string label(const Parameter& parameter, std::size_t index) {
  return parameter.name.empty() ? fmt::format("parameter {}", index + 1)
                                : fmt::format("parameter {}", parameter.name);
}

// The text as a value of its type, read by DuckDB's own cast.
Result<Value> cast(duckdb_connection connection, const Type& type, const std::string& text) {
  TRY(const Prepared prepared, prepare(connection, "SELECT CAST($1 AS " + to_string(type) + ")"));
  duckdb_bind_varchar_length(prepared.get(), 1, text.data(), text.size());
  duckdb_result result;
  const duckdb_state state = duckdb_execute_prepared(prepared.get(), &result);
  if (state != DuckDBSuccess) {
    const Error error = failure(duckdb_result_error(&result));
    duckdb_destroy_result(&result);
    return error;
  }
  const DataChunk chunk(duckdb_fetch_chunk(result));
  Column column(type);
  append_vector(column, duckdb_data_chunk_get_vector(chunk.get(), 0), 1);
  duckdb_destroy_result(&result);
  return to_value(column, 0);
}

// A null that has a type, without which a call is of no function in particular. The C API gives one
// only out of a structure that has it.
Value null_of(const Type& type) {
  const LogicalType field = to_duckdb(type);
  duckdb_logical_type types[] = {field.get()};
  const char* names[] = {"value"};
  const LogicalType structure(duckdb_create_struct_type(types, names, 1));
  const Value null(duckdb_create_null_value());
  duckdb_value values[] = {null.get()};
  const Value holder(duckdb_create_struct_value(structure.get(), values));
  return Value(duckdb_get_struct_child(holder.get(), 0));
}

Result<Value> value_of(duckdb_connection connection, const Parameter& parameter) {
  const TypeId id = parameter.type.id;
  if (!parameter.text) return null_of(parameter.type);
  if (id == TypeId::varchar || id == TypeId::json) {
    return Value(duckdb_create_varchar_length(parameter.text->data(), parameter.text->size()));
  }
  return cast(connection, parameter.type, *parameter.text);
}

Result<idx_t> place_of(duckdb_prepared_statement prepared, const Parameter& parameter,
                       std::size_t index) {
  if (parameter.name.empty()) return idx_t{index + 1};
  idx_t place = 0;
  if (duckdb_bind_parameter_index(prepared, &place, parameter.name.c_str()) == DuckDBSuccess) {
    return place;
  }
  return Error{Fault::invalid, fmt::format("the SQL has no parameter ${}", parameter.name)};
}

}  // namespace

Result<void> bind_parameters(duckdb_connection connection, duckdb_prepared_statement prepared,
                             const std::vector<Parameter>& parameters) {
  if (duckdb_nparams(prepared) != parameters.size()) {
    return Error{Fault::invalid, fmt::format("the SQL has {} parameters, and {} values are given",
                                             duckdb_nparams(prepared), parameters.size())};
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& parameter = parameters[i];
    TRY(const idx_t place, place_of(prepared, parameter, i));
    TRY(const Value value, within(label(parameter, i), value_of(connection, parameter)));
    if (duckdb_bind_value(prepared, place, value.get()) != DuckDBSuccess) {
      return within(label(parameter, i), Result<void>(failure(duckdb_prepare_error(prepared))));
    }
  }
  return {};
}

}  // namespace weir::engine
