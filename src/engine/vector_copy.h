// Values between our columns and DuckDB's vectors, which have the same layout.
#pragma once

#include <duckdb.h>

#include <cstddef>

#include "core/column.h"

namespace weir::engine {

// Rows `first` .. `first + count` of a column into a vector of its type. Long strings stay where
// they are: the column must live until nobody reads the vector any more.
void copy_to_vector(const Column& from, std::size_t first, std::size_t count, duckdb_vector to);

// Copies the long strings of the vector's first `count` rows, which were copied from a column like
// `from`, into the vector, so that nobody needs that column any more.
void own_strings(const Column& from, std::size_t count, duckdb_vector vector);

// The first `count` values of a flat vector appended to a column of its type. Strings are copied;
// an ENUM's values are appended to a varchar column as their names.
void append_vector(Column& to, duckdb_vector from, std::size_t count);

}  // namespace weir::engine
