#include "operate/readable_relations.h"

#include "collect/collector.h"
#include "journal/topic_relation.h"
#include "store/static_table.h"

namespace weir::operate {
namespace {

using engine::quote_name;
using engine::quote_text;
using workspace::CompiledWorkspace;
using SharedSchema = std::shared_ptr<const Schema>;

// A macro's argument picks one of these by its name.
constexpr const char* late_prefix = "weir_late_";
constexpr const char* quarantine_prefix = "weir_quarantine_";

class RelationBoard {
 public:
  RelationBoard(engine::Database& database, const journal::Journal& journal,
                engine::Connection& connection)
      : database_(database), journal_(journal), connection_(connection) {}

  // Views of an earlier start read functions that are not there any more.
  Result<void> drop_old_views() {
    TRY(auto rows, connection_.query("SELECT view_name FROM duckdb_views() WHERE NOT internal"));
    std::string drops;
    while (true) {
      TRY(const auto batch, rows->next());
      if (batch == nullptr) break;
      for (std::size_t row = 0; row < batch->rows(); ++row) {
        drops += "DROP VIEW " + quote_name(batch->column(0).string(row)) + ";";
      }
    }
    rows.reset();
    return drops.empty() ? Result<void>() : connection_.run(drops);
  }

  Result<void> put_topic(const std::string& view, journal::TopicRows rows, SharedSchema schema) {
    const std::string function = "weir_rows_of_" + view;
    OK_OR_RETURN(database_.add_table_function(
        function,
        std::make_shared<journal::TopicRelation>(journal_, std::move(rows), std::move(schema))));
    return connection_.run("CREATE VIEW " + quote_name(view) + " AS SELECT * FROM " +
                           quote_name(function) + "()");
  }

  Result<void> put_macros() {
    for (const auto& [macro, prefix] :
         {std::pair("late", late_prefix), std::pair("quarantine", quarantine_prefix)}) {
      OK_OR_RETURN(connection_.run(std::string("CREATE OR REPLACE MACRO ") + macro +
                                   "(name) AS TABLE SELECT * FROM query_table(" +
                                   quote_text(prefix) + " || name)"));
    }
    return {};
  }

  void name(serve::Readable readable, sql::Readable::Kind kind,
            std::optional<std::string> event_time = {}) {
    all_.names.push_back({readable.name, kind, readable.schema, std::move(event_time), true});
    all_.readables.all.push_back(std::move(readable));
  }

  ReadableRelations take() { return std::move(all_); }

 private:
  engine::Database& database_;
  const journal::Journal& journal_;
  engine::Connection& connection_;
  ReadableRelations all_;
};

Result<void> put_tables(RelationBoard& board, engine::Database& database,
                        const CompiledWorkspace& workspace) {
  using Kind = sql::Readable::Kind;
  for (const workspace::StreamTable& table : workspace.tables) {
    board.name({table.name, table.schema, table.key, "table"}, Kind::table);
  }
  for (const workspace::StaticTable& table : workspace.static_tables) {
    OK_OR_RETURN(store::put_static_table(database, {table.name, table.schema, table.batches}));
    board.name({table.name, table.schema, table.key, "static table"}, Kind::static_table);
  }
  return {};
}

Result<void> put_sources(RelationBoard& board, const CompiledWorkspace& workspace) {
  using Kind = sql::Readable::Kind;
  for (const workspace::Source& source : workspace.declared.sources) {
    const auto schema = std::make_shared<const Schema>(schema_of(source.rules));
    OK_OR_RETURN(board.put_topic(source.name, {source.name, journal::Kind::events, 0}, schema));
    board.name({source.name, schema, {}, "source"}, Kind::source,
               schema->columns[event_time_column(source.rules)].name);
    const auto refused = collect::quarantine_schema();
    OK_OR_RETURN(board.put_topic(quarantine_prefix + source.name,
                                 {source.name, journal::Kind::quarantine, 0}, refused));
    board.name({"quarantine(" + source.name + ")", refused, {}, "source"}, Kind::source);
  }
  return {};
}

Result<void> put_streams(RelationBoard& board, const std::vector<process::StreamSpec>& streams) {
  using Kind = sql::Readable::Kind;
  for (const process::StreamSpec& stream : streams) {
    OK_OR_RETURN(board.put_topic(late_prefix + stream.name, {stream.name, journal::Kind::commit, 1},
                                 stream.input.schema));
    board.name({"late(" + stream.name + ")", stream.input.schema, {}, "source"}, Kind::source);
    const auto poisoned = process::poison_schema();
    OK_OR_RETURN(board.put_topic(quarantine_prefix + stream.name,
                                 {stream.name, journal::Kind::commit, 2}, poisoned));
    board.name({"quarantine(" + stream.name + ")", poisoned, {}, "source"}, Kind::source);
  }
  return {};
}

}  // namespace

Result<ReadableRelations> put_readable_relations(const std::shared_ptr<engine::Database>& database,
                                                 const journal::Journal& journal,
                                                 const CompiledWorkspace& workspace,
                                                 const std::vector<process::StreamSpec>& streams) {
  TRY(const auto connection, database->connect());
  RelationBoard board(*database, journal, *connection);
  OK_OR_RETURN(board.drop_old_views());
  OK_OR_RETURN(put_tables(board, *database, workspace));
  OK_OR_RETURN(put_sources(board, workspace));
  OK_OR_RETURN(put_streams(board, streams));
  OK_OR_RETURN(board.put_macros());
  return board.take();
}

}  // namespace weir::operate
