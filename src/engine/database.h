// DuckDB, seen only through our types. No other room includes duckdb.h.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/batch.h"
#include "core/relation.h"
#include "core/result.h"

namespace weir::engine {

// What its statements hold together, as for a sort.
inline constexpr std::size_t memory_bytes_default = std::size_t{256} << 20;

struct DatabaseOptions {
  std::filesystem::path file;  // empty: in memory
  int threads = 1;
  std::size_t memory_bytes_max = memory_bytes_default;
  std::size_t wal_bytes_max = std::size_t{8} << 20;
  bool is_read_only = false;  // of a file that is there; nothing is written, nor its log cut
  // Off: SQL cannot read or write files, attach, load or set anything.
  bool external_access = false;
};

// One value in DuckDB's text form, with its type: what a parameter or a cell is bound from.
struct Parameter {
  std::string name;  // $name; empty: positional, in order
  Type type;
  std::optional<std::string> text;  // nothing: a null of the type
};

// The result of a query, read once, batch by batch.
class Rows : public Scan {
 public:
  virtual const std::shared_ptr<const Schema>& schema() const = 0;
};

// Prepared without parameters; run any number of times by its connection's thread.
class Statement {
 public:
  virtual ~Statement() = default;
  virtual const std::shared_ptr<const Schema>& schema() const = 0;
  // Fault::invalid: the data made an expression fail (overflow, bad cast).
  virtual Result<std::unique_ptr<Rows>> run() = 0;
};

// Used by one thread, but for interrupt(). Keeps its database open.
class Connection {
 public:
  virtual ~Connection() = default;
  // One or more statements whose rows nobody wants.
  virtual Result<void> run(const std::string& sql) = 0;
  virtual Result<std::unique_ptr<Rows>> query(const std::string& sql,
                                              const std::vector<Parameter>& parameters = {}) = 0;
  // The texts in a query's one column, in order. None may be null.
  Result<std::vector<std::string>> texts(const std::string& sql);
  // Of a table, or a view, of ours.
  Result<std::uint64_t> count_rows(const std::string& table);
  virtual Result<std::unique_ptr<Statement>> prepare(const std::string& sql) = 0;
  // Appends to an existing table whose columns have the batch's types, in order.
  virtual Result<void> append(const std::string& table, const Batch& batch) = 0;
  // From any thread: the running query fails with Fault::unavailable.
  virtual void interrupt() = 0;
};

class Database {
 public:
  static Result<std::shared_ptr<Database>> open(const DatabaseOptions& options);
  virtual ~Database() = default;
  virtual Result<std::unique_ptr<Connection>> connect() = 0;
  // `SELECT * FROM name()` reads the relation, with projection push-down, on any connection.
  // The relation's schema is asked when the call is bound. Names must be new.
  virtual Result<void> add_table_function(const std::string& name,
                                          std::shared_ptr<const Relation> relation) = 0;
  // Opens the file anew where a failure, as of a checkpoint on a full disk, made the engine refuse
  // everything; else does nothing. Connections go on in it, without what they had under way.
  // Fault::unavailable: not yet.
  virtual Result<void> revive() = 0;
};

// "name" with quotes doubled, for SQL text.
std::string quote_name(std::string_view name);
// "a" INTEGER, "b" VARCHAR: the columns of a CREATE TABLE.
std::string column_list(const Schema& schema);
// 'text' with quotes doubled, for SQL text.
std::string quote_text(std::string_view text);

}  // namespace weir::engine
