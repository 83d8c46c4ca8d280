// Owns what DuckDB's C API hands out, so that every way out of a function gives it back.
#pragma once

#include <duckdb.h>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "engine/file_claim.h"

namespace weir::engine {

template <class Handle, auto destroy>
struct HandleCloser {
  void operator()(Handle handle) const { destroy(&handle); }
};
template <class Handle, auto destroy>
using OwnedHandle = std::unique_ptr<std::remove_pointer_t<Handle>, HandleCloser<Handle, destroy>>;

using LogicalType = OwnedHandle<duckdb_logical_type, duckdb_destroy_logical_type>;
using DataChunk = OwnedHandle<duckdb_data_chunk, duckdb_destroy_data_chunk>;
using Value = OwnedHandle<duckdb_value, duckdb_destroy_value>;
using Prepared = OwnedHandle<duckdb_prepared_statement, duckdb_destroy_prepare>;
using Appender = OwnedHandle<duckdb_appender, duckdb_appender_destroy>;
using Config = OwnedHandle<duckdb_config, duckdb_destroy_config>;
using TableFunction = OwnedHandle<duckdb_table_function, duckdb_destroy_table_function>;

struct TextCloser {
  void operator()(char* text) const { duckdb_free(text); }
};
using Text = std::unique_ptr<char, TextCloser>;

// Keeps a database open, and its file ours, as long as anything reads through it.
struct DatabaseHandle {
  std::optional<FileClaim> claim;  // none in memory; given back after the database is closed
  duckdb_database database = nullptr;

  DatabaseHandle() = default;
  DatabaseHandle(const DatabaseHandle&) = delete;
  DatabaseHandle& operator=(const DatabaseHandle&) = delete;
  ~DatabaseHandle() { duckdb_close(&database); }
};

// Outlived by nothing that was made on it.
struct ConnectionHandle {
  std::shared_ptr<DatabaseHandle> database;
  duckdb_connection connection = nullptr;

  explicit ConnectionHandle(std::shared_ptr<DatabaseHandle> of) : database(std::move(of)) {}
  ConnectionHandle(const ConnectionHandle&) = delete;
  ConnectionHandle& operator=(const ConnectionHandle&) = delete;
  ~ConnectionHandle() { duckdb_disconnect(&connection); }
};

}  // namespace weir::engine
