// Compiles the streams of a workspace in the order in which they read each other.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "engine/database.h"
#include "sql/syntax.h"
#include "workspace/compiled.h"

namespace weir::workspace {

// Finds which names a SQL text reads, before it is compiled. Owned by one thread.
class SqlReads {
 public:
  static Result<SqlReads> open();
  // Empty where the text is no SELECT, which compiling it will say.
  std::vector<sql::Use> tables(const std::string& sql);

 private:
  explicit SqlReads(std::unique_ptr<engine::Connection> connection)
      : connection_(std::move(connection)) {}

  std::unique_ptr<engine::Connection> connection_;
};

// Each stream behind those it reads. One that reads itself, one that does not compile, and those
// that read such a one are left out; the mistakes say why.
std::vector<CompiledStream> compile_streams(const Workspace& workspace,
                                            const std::vector<StaticTable>& static_tables,
                                            SqlReads& reads, std::vector<Mistake>& mistakes);

// What SQL may read of a source.
sql::Readable readable_of(const Source& source);
void note_all(const SqlText& sql, const std::vector<sql::SqlMistake>& found,
              std::vector<Mistake>& mistakes);

}  // namespace weir::workspace
