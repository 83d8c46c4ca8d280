#include "workspace/compiled_streams.h"

#include <algorithm>
#include <map>

#include "sql/sql_text.h"
#include "workspace/sql_places.h"

namespace weir::workspace {
namespace {

// Streams as a graph: which reads which.
class StreamOrder {
 public:
  StreamOrder(const std::vector<Stream>& streams, SqlReads& reads, std::vector<Mistake>& mistakes)
      : streams_(streams), mistakes_(mistakes), states_(streams.size(), State::unseen) {
    for (const Stream& stream : streams) uses_.push_back(reads.tables(stream.sql.text));
  }

  // Each behind those it reads, but for those on a cycle.
  std::vector<std::size_t> sorted() {
    for (std::size_t i = 0; i < streams_.size(); ++i) visit(i);
    std::erase_if(order_, [&](std::size_t stream) { return on_cycle_.contains(stream); });
    return order_;
  }
  const std::vector<sql::Use>& uses(std::size_t stream) const { return uses_[stream]; }

 private:
  enum class State : std::uint8_t { unseen, on_path, done };

  void visit(std::size_t stream) {
    if (states_[stream] != State::unseen) return;
    states_[stream] = State::on_path;
    path_.push_back(stream);
    for (const sql::Use& use : uses_[stream]) {
      const auto found = std::ranges::find(streams_, use.name, &Stream::name);
      if (found == streams_.end()) continue;
      const auto read = static_cast<std::size_t>(found - streams_.begin());
      if (states_[read] == State::on_path) note_cycle(read, use);
      visit(read);
    }
    path_.pop_back();
    states_[stream] = State::done;
    order_.push_back(stream);
  }
  // The last stream of the path reads one that stands further up.
  void note_cycle(std::size_t read, const sql::Use& use) {
    std::string way;
    for (auto at = std::ranges::find(path_, read); at != path_.end(); ++at) {
      way = " <- " + streams_[*at].name + way;
      on_cycle_.insert(*at);
    }
    const SqlText& sql = streams_[path_.back()].sql;
    mistakes_.push_back({place_of(sql, use.offset),
                         "a stream cannot read its own result: " + streams_[read].name + way});
  }

  const std::vector<Stream>& streams_;
  std::vector<Mistake>& mistakes_;
  std::vector<std::vector<sql::Use>> uses_;
  std::vector<State> states_;
  std::vector<std::size_t> path_;
  std::vector<std::size_t> order_;
  std::set<std::size_t> on_cycle_;
};

// The group of a plan, and whether its changes are held for the watermark.
struct PlanGroup {
  const sql::GroupNode* group = nullptr;
  bool until_watermark = false;
};

PlanGroup find_group(const sql::Node& node) {
  if (const auto* kernel = std::get_if<sql::KernelNode>(&node.kind)) {
    return find_group(*kernel->input);
  }
  if (const auto* group = std::get_if<sql::GroupNode>(&node.kind)) return {group, false};
  const auto* close = std::get_if<sql::CloseNode>(&node.kind);
  if (close == nullptr) return {};
  PlanGroup found = find_group(*close->input);
  found.until_watermark = close->until_watermark;
  return found;
}

Place place_of_group(const SqlText& sql) {
  std::size_t offset = sql::find_word(sql.text, "group");
  if (offset == 0) offset = sql::find_word(sql.text, "distinct");
  return place_of(sql, offset);
}

// What grows with a key's rows: ", and all rows of each for median()".
std::string kept_of_each(const sql::GroupNode& group) {
  const auto is_of_bag = [](const sql::Aggregate& aggregate) {
    return aggregate.algebra == sql::Algebra::none;
  };
  const auto first = std::ranges::find_if(group.aggregates, is_of_bag);
  if (first == group.aggregates.end()) return {};
  const std::string rows = group.bag_is_set ? "all different values" : "all rows";
  return ", and " + rows + " of each for " + first->name + "()";
}

void check_state(const Stream& stream, const PlanGroup& found, std::vector<Mistake>& mistakes) {
  if (found.group == nullptr || found.group->window) return;
  if (stream.emit == Emit::close) {
    mistakes.push_back({stream.places.at("emit"),
                        "emit: close needs a window that is over some time: group with tumble or "
                        "hop, or write changes"});
  }
  const bool has_window =
      sql::find_word(stream.sql.text, "tumble") > 0 || sql::find_word(stream.sql.text, "hop") > 0;
  const bool is_bounded = stream.state_ttl || stream.unbounded_state || found.group->keys == 0;
  if (is_bounded) return;
  mistakes.push_back(
      {place_of_group(stream.sql),
       "without a window this keeps every key for ever" + kept_of_each(*found.group) + ": " +
           (has_window ? "add window_start to GROUP BY" : "group with tumble or hop") +
           ", or set state_ttl, or write unbounded_state: allow"});
}

class StreamCompiler {
 public:
  StreamCompiler(const Workspace& workspace, std::vector<Mistake>& mistakes)
      : workspace_(workspace), mistakes_(mistakes) {}

  void know(const StaticTable& table) {
    names_.push_back({table.name, sql::Readable::Kind::static_table, table.schema, {}, true});
  }
  void know_sources_and_targets() {
    for (const Source& source : workspace_.sources) names_.push_back(readable_of(source));
    // A table that streams write is refused by its name alone, so its columns do not matter.
    auto any = std::make_shared<Schema>();
    any->columns.push_back({"any", {.id = TypeId::boolean}});
    for (const Stream& stream : workspace_.streams) {
      for (const std::string& target : stream.into) {
        const bool is_stream = std::ranges::find(workspace_.streams, target, &Stream::name) !=
                               workspace_.streams.end();
        const bool is_known =
            std::ranges::find(names_, target, &sql::Readable::name) != names_.end();
        if (!is_stream && !is_known) {
          names_.push_back({target, sql::Readable::Kind::table, any, {}, true});
        }
      }
    }
  }

  // False: it reads what has a mistake of its own.
  bool can_compile(const std::vector<sql::Use>& uses) const {
    return std::ranges::none_of(uses, [&](const sql::Use& use) {
      if (workspace_.broken.contains(use.name)) return true;
      const bool is_stream = std::ranges::find(workspace_.streams, use.name, &Stream::name) !=
                             workspace_.streams.end();
      return is_stream && std::ranges::find(names_, use.name, &sql::Readable::name) == names_.end();
    });
  }

  void compile(const Stream& stream) {
    const sql::CompileOptions options{workspace_.time_zone, stream.emit == Emit::changes};
    auto compiled = sql::compile(stream.sql.text, names_, options);
    if (const auto* found = std::get_if<std::vector<sql::SqlMistake>>(&compiled)) {
      note_all(stream.sql, *found, mistakes_);
      return;
    }
    CompiledStream result{stream, std::get<sql::Plan>(std::move(compiled)), false};
    const sql::Node& root = *result.plan.root;
    const PlanGroup found = find_group(root);
    check_state(stream, found, mistakes_);
    result.emit_changes = !found.until_watermark;
    sql::Readable readable{
        stream.name, sql::Readable::Kind::stream, root.output, {}, root.append_only};
    if (const auto time = result.plan.event_time) {
      readable.event_time = root.output->columns[*time].name;
    }
    names_.push_back(std::move(readable));
    compiled_.push_back(std::move(result));
  }

  std::vector<CompiledStream> take() && { return std::move(compiled_); }

 private:
  const Workspace& workspace_;
  std::vector<Mistake>& mistakes_;
  std::vector<sql::Readable> names_;
  std::vector<CompiledStream> compiled_;
};

}  // namespace

Result<SqlReads> SqlReads::open() {
  TRY(const auto database, engine::Database::open({}));
  TRY(auto connection, database->connect());
  return SqlReads(std::move(connection));
}

std::vector<sql::Use> SqlReads::tables(const std::string& sql) {
  sql::Refusals refusals(sql);
  const auto statement = sql::parse_select(*connection_, refusals);
  return statement.ok() ? sql::uses_of(statement.value()).tables : std::vector<sql::Use>{};
}

sql::Readable readable_of(const Source& source) {
  auto schema = std::make_shared<const Schema>(schema_of(source.rules));
  const std::string& time = schema->columns[event_time_column(source.rules)].name;
  return {source.name, sql::Readable::Kind::source, schema, time, true};
}

void note_all(const SqlText& sql, const std::vector<sql::SqlMistake>& found,
              std::vector<Mistake>& mistakes) {
  for (const sql::SqlMistake& mistake : found) {
    mistakes.push_back({place_of(sql, mistake.offset), mistake.message});
  }
}

std::vector<CompiledStream> compile_streams(const Workspace& workspace,
                                            const std::vector<StaticTable>& static_tables,
                                            SqlReads& reads, std::vector<Mistake>& mistakes) {
  StreamOrder order(workspace.streams, reads, mistakes);
  StreamCompiler compiler(workspace, mistakes);
  for (const StaticTable& table : static_tables) compiler.know(table);
  compiler.know_sources_and_targets();
  for (const std::size_t i : order.sorted()) {
    if (compiler.can_compile(order.uses(i))) compiler.compile(workspace.streams[i]);
  }
  return std::move(compiler).take();
}

}  // namespace weir::workspace
