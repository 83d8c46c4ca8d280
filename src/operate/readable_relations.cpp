#include "operate/readable_relations.h"

#include "flow/refused_rows.h"
#include "journal/topic_relation.h"
#include "sql/batch_names.h"
#include "store/static_table.h"

namespace weir::operate {
namespace {

using workspace::CompiledWorkspace;
using SharedSchema = std::shared_ptr<const Schema>;
using Kind = sql::Readable::Kind;

// Gathers what is readable, under its names.
class Gathering {
 public:
  explicit Gathering(const journal::Journal& journal) : journal_(journal) {}

  void add(serve::Readable readable, std::optional<std::string> event_time = {}) {
    all_.names.push_back(
        {readable.name, readable.kind, readable.schema, std::move(event_time), true});
    all_.readables.all.push_back(std::move(readable));
  }

  void add_topic(serve::Readable readable, journal::TopicRows rows,
                 std::optional<std::string> event_time = {}) {
    std::vector<std::string> reads;
    if (!readable.rows_of.empty()) reads.push_back(readable.rows_of);
    add_flow({readable.name, std::move(reads), rows});
    relations_.push_back({readable.name, std::make_shared<journal::TopicRelation>(
                                             journal_, std::move(rows), readable.schema)});
    readable.kind = Kind::source;
    add(std::move(readable), std::move(event_time));
  }

  void add_refused(const std::string& source) {
    serve::Readable readable{.name = "quarantine(" + source + ")",
                             .schema = refused_rows_schema(),
                             .kind = Kind::source,
                             .rows_of = source};
    add_flow({readable.name, {source}, {source, journal::Kind::quarantine, 0}});
    relations_.push_back({readable.name, std::make_shared<flow::RefusedRows>(journal_, source)});
    add(std::move(readable));
  }

  void add_flow(flow::Flow flow) { all_.flows.push_back(std::move(flow)); }

  const std::vector<sql::NamedRelation>& relations() const { return relations_; }
  ReadableRelations take() { return std::move(all_); }

 private:
  const journal::Journal& journal_;
  std::vector<sql::NamedRelation> relations_;
  ReadableRelations all_;
};

Result<void> put_tables(Gathering& gathering, engine::Database& database,
                        const CompiledWorkspace& workspace) {
  for (const workspace::StreamTable& table : workspace.tables) {
    gathering.add({table.name, table.schema, table.key, Kind::table});
  }
  for (const workspace::StaticTable& table : workspace.static_tables) {
    OK_OR_RETURN(store::put_static_table(database, table));
    gathering.add({table.name, table.schema, table.key, Kind::static_table});
  }
  return {};
}

void add_sources(Gathering& gathering, const CompiledWorkspace& workspace) {
  for (const workspace::Source& source : workspace.declared.sources) {
    const auto schema = std::make_shared<const Schema>(schema_of(source.rules));
    gathering.add_topic({.name = source.name, .schema = schema},
                        {source.name, journal::Kind::events, 0},
                        schema->columns[event_time_column(source.rules)].name);
    gathering.add_refused(source.name);
  }
}

// The rows that a stream left out are whole rows of what it reads.
void add_streams(Gathering& gathering, const std::vector<process::StreamSpec>& streams) {
  const SharedSchema poisoned = sql::poison_schema();
  for (const process::StreamSpec& stream : streams) {
    gathering.add_flow({stream.name, stream.plan.reads, {stream.name, journal::Kind::commit, 0}});
    gathering.add_topic({.name = "late(" + stream.name + ")",
                         .schema = stream.input.schema,
                         .rows_of = stream.input.topic},
                        {stream.name, journal::Kind::commit, 1});
    gathering.add_topic({.name = "quarantine(" + stream.name + ")",
                         .schema = poisoned,
                         .rows_of = stream.input.topic},
                        {stream.name, journal::Kind::commit, 2});
  }
}

}  // namespace

Result<ReadableRelations> put_readable_relations(engine::Database& database,
                                                 const journal::Journal& journal,
                                                 const CompiledWorkspace& workspace,
                                                 const std::vector<process::StreamSpec>& streams) {
  Gathering gathering(journal);
  OK_OR_RETURN(put_tables(gathering, database, workspace));
  add_sources(gathering, workspace);
  add_streams(gathering, streams);
  OK_OR_RETURN(
      sql::publish_batch_names(database, gathering.relations(), workspace.declared.time_zone));
  return gathering.take();
}

}  // namespace weir::operate
