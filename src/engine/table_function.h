// Lets SQL read rows of ours as `FROM name()`.
#pragma once

#include <duckdb.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/schema.h"

namespace weir::engine {

// One pass over the rows, by one thread. What it wrote into chunks is good until it is destroyed.
class ChunkReader {
 public:
  virtual ~ChunkReader() = default;
  // Fills the chunk's vectors, one each column that was asked for; the rows written, 0 at the end.
  virtual Result<std::size_t> read(duckdb_data_chunk chunk) = 0;
};

// Read any number of times, from any thread.
class ChunkSource {
 public:
  virtual ~ChunkSource() = default;
  virtual const Schema& schema() const = 0;
  // `columns` are indexes into the schema, those past its end want no values (count(*)).
  virtual Result<std::unique_ptr<ChunkReader>> open(std::vector<std::size_t> columns) const = 0;
};

// For all connections of the connection's database, as long as it lives.
Result<void> add_table_function(duckdb_connection connection, const std::string& name,
                                std::shared_ptr<const ChunkSource> source);

}  // namespace weir::engine
