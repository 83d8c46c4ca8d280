#include "workspace/compiled_tables.h"

#include <algorithm>
#include <set>

#include "core/suggestion.h"
#include "engine/file_rows.h"

namespace weir::workspace {
namespace {

Place place_of_key(const KeyPlaces& places, const std::string& key, const Place& otherwise) {
  const auto found = places.find(key);
  return found == places.end() ? otherwise : found->second;
}

// The columns' places in the schema; those that are not there are mistakes, and left out.
std::vector<std::size_t> find_columns(const std::vector<std::string>& names, const Schema& schema,
                                      const Mistake& missing, std::vector<Mistake>& mistakes) {
  std::vector<std::string> known;
  for (const Field& column : schema.columns) known.push_back(column.name);
  std::vector<std::size_t> columns;
  for (const std::string& name : names) {
    if (const auto column = schema.find(name)) {
      columns.push_back(*column);
      continue;
    }
    mistakes.push_back({missing.place, missing.message + ": there is no column \"" + name + "\"" +
                                           did_you_mean(name, known)});
  }
  return columns;
}

bool holds_all(const std::vector<std::size_t>& columns, const std::vector<std::size_t>& wanted) {
  return std::ranges::all_of(wanted, [&](std::size_t column) {
    return std::ranges::find(columns, column) != columns.end();
  });
}

std::string difference(const Schema& first, const Schema& second) {
  for (std::size_t i = 0; i < std::min(first.columns.size(), second.columns.size()); ++i) {
    const Field& there = first.columns[i];
    const Field& here = second.columns[i];
    if (there == here) continue;
    return "column " + std::to_string(i + 1) + " is " + there.name + " " + to_string(there.type) +
           " there, and " + here.name + " " + to_string(here.type) + " here";
  }
  return std::to_string(first.columns.size()) + " columns there, and " +
         std::to_string(second.columns.size()) + " here";
}

std::string names_of(const std::vector<std::size_t>& columns, const Schema& schema) {
  std::string names;
  for (const std::size_t column : columns) {
    names += (names.empty() ? "" : ", ") + schema.columns[column].name;
  }
  return names;
}

// One table on its way: what is declared of it, if anything, and the streams that write it.
class TableCompiler {
 public:
  TableCompiler(const Table* declared, std::vector<const CompiledStream*> writers,
                std::vector<Mistake>& mistakes)
      : declared_(declared), writers_(std::move(writers)), mistakes_(mistakes) {}

  StreamTable compile(const std::string& name) {
    table_.name = name;
    table_.schema = first().plan.root->output;
    for (const CompiledStream* writer : writers_) table_.streams.push_back(writer->declared.name);
    check_schemas();
    find_event_time();
    if (declared_ != nullptr) take_declared();
    if (declared_ == nullptr || declared_->key.empty()) table_.key = derived_key();
    check_key();
    const sql::Plan& plan = first().plan;
    table_.rows_are_final = !table_.key.empty() && plan.windowed && plan.root->append_only &&
                            !plan.key.empty() && holds_all(table_.key, plan.key);
    return std::move(table_);
  }

 private:
  const CompiledStream& first() const { return *writers_.front(); }

  void check_schemas() {
    for (const CompiledStream* writer : writers_) {
      const Schema& schema = *writer->plan.root->output;
      if (schema == *table_.schema) continue;
      note_into(*writer, "stream \"" + first().declared.name + "\" gives \"" + table_.name +
                             "\" other columns: " + difference(*table_.schema, schema));
    }
  }
  void find_event_time() {
    table_.event_time = first().plan.event_time;
    for (const CompiledStream* writer : writers_) {
      if (writer->plan.event_time != table_.event_time) table_.event_time.reset();
    }
  }
  void take_declared() {
    const Place key = place("key");
    table_.key = find_columns(declared_->key, *table_.schema, {key, "key"}, mistakes_);
    for (const auto& index : declared_->indexes) take_index(index);
    table_.retention = declared_->retention;
    if (!table_.retention || table_.event_time) return;
    mistakes_.push_back({place("retention"),
                         "retention: it counts by event time, and this result has none: select "
                         "window_start, or the source's event_time"});
  }
  void take_index(const std::vector<std::string>& names) {
    const Mistake missing{place("indexes"), "indexes"};
    table_.indexes.push_back(find_columns(names, *table_.schema, missing, mistakes_));
    for (const std::size_t column : table_.indexes.back()) {
      const Field& field = table_.schema->columns[column];
      if (has_order(field.type)) continue;
      mistakes_.push_back({missing.place, "indexes: \"" + field.name + "\" is " +
                                              to_string(field.type) +
                                              ", whose values an index cannot keep in order"});
    }
  }
  // Of several writers each only adds rows, or there is a key, which check_key refuses.
  std::vector<std::size_t> derived_key() const {
    for (const CompiledStream* writer : writers_) {
      if (!writer->plan.key.empty()) return writer->plan.key;
    }
    return {};
  }
  void check_key() {
    for (const std::size_t column : table_.key) {
      const Field& field = table_.schema->columns[column];
      if (field.type.children.empty()) continue;
      note_key("\"" + field.name + "\" is " + to_string(field.type) + ": a key has no lists, " +
               "structures or maps");
    }
    if (!table_.key.empty() && writers_.size() > 1) {
      note_into(*writers_[1],
                "\"" + table_.name + "\" is keyed by " + names_of(table_.key, *table_.schema) +
                    ", so one stream alone writes it, and \"" + first().declared.name + "\" does");
    }
    for (const CompiledStream* writer : writers_) check_group(*writer);
  }
  // A result whose rows are taken back must say which row; and the rows of a group have no order,
  // by which one could stand for another.
  void check_group(const CompiledStream& writer) {
    const sql::Plan& plan = writer.plan;
    const bool changes = !plan.root->append_only;
    if (!changes && !plan.windowed) return;
    const bool is_declared = declared_ != nullptr && !declared_->key.empty();
    if (changes && table_.key.empty() && !is_declared) {
      note_into(writer,
                "rows of this result change, and nothing tells them apart: group by a "
                "column, or give table \"" +
                    table_.name + "\" a key");
    }
    const bool all_found = is_declared && table_.key.size() == declared_->key.size();
    if (!all_found) return;
    if (plan.windowed && plan.key.empty()) {
      note_key(
          "nothing that this grouped result selects is unique: select all columns of its "
          "GROUP BY, and put a join or unnest behind it into a stream of its own");
    } else if (!holds_all(table_.key, plan.key)) {
      note_key((changes ? "rows of this result change" : "rows of a group have no order") +
               std::string(", so the key must have ") + names_of(plan.key, *table_.schema));
    }
  }

  Place place(const std::string& key) const {
    return place_of_key(declared_->places, key, declared_->place);
  }
  void note_key(const std::string& message) {
    const Place at = declared_ != nullptr ? place("key") : first().declared.places.at("into");
    mistakes_.push_back({at, "key: " + message});
  }
  void note_into(const CompiledStream& writer, const std::string& message) {
    mistakes_.push_back({writer.declared.places.at("into"), "into: " + message});
  }

  const Table* declared_;
  std::vector<const CompiledStream*> writers_;
  std::vector<Mistake>& mistakes_;
  StreamTable table_;
};

// Nothing: one of the streams that write it has a mistake.
std::vector<const CompiledStream*> find_writers(const std::string& table,
                                                const Workspace& workspace,
                                                const std::vector<CompiledStream>& streams) {
  std::vector<const CompiledStream*> writers;
  for (const Stream& stream : workspace.streams) {
    if (std::ranges::find(stream.into, table) == stream.into.end()) continue;
    const auto found = std::ranges::find_if(streams, [&](const CompiledStream& compiled) {
      return compiled.declared.name == stream.name;
    });
    if (found == streams.end()) return {};
    writers.push_back(&*found);
  }
  return writers;
}

Result<StaticTable> read_static_table(const Table& declared, std::vector<Mistake>& mistakes) {
  TRY(engine::FileRows rows, engine::read_file_rows(declared.file));
  StaticTable table{declared.name, rows.schema, {}, std::move(rows.batches)};
  const Place place = place_of_key(declared.places, "key", declared.place);
  table.key = find_columns(declared.key, *table.schema, {place, "key"}, mistakes);
  if (!declared.indexes.empty()) {
    mistakes.push_back({place_of_key(declared.places, "indexes", declared.place),
                        "indexes: a table of a file is read whole, so it has none"});
  }
  if (table.key.empty() || table.key.size() != declared.key.size()) return table;
  TRY(const auto repeated, engine::find_repeated(declared.file, declared.key));
  if (repeated) {
    mistakes.push_back({place, "key: \"" + *repeated + "\" stands in several rows of " +
                                   declared.file.filename().string()});
  }
  return table;
}

}  // namespace

std::vector<StreamTable> compile_tables(const Workspace& workspace,
                                        const std::vector<CompiledStream>& streams,
                                        std::vector<Mistake>& mistakes) {
  std::vector<StreamTable> tables;
  std::set<std::string> seen;
  for (const Stream& stream : workspace.streams) {
    for (const std::string& name : stream.into) {
      auto writers = find_writers(name, workspace, streams);
      if (!seen.insert(name).second || writers.empty()) continue;
      const auto declared = std::ranges::find(workspace.tables, name, &Table::name);
      const Table* table = declared == workspace.tables.end() ? nullptr : &*declared;
      tables.push_back(TableCompiler(table, std::move(writers), mistakes).compile(name));
    }
  }
  return tables;
}

std::vector<StaticTable> read_static_tables(const Workspace& workspace,
                                            std::vector<Mistake>& mistakes) {
  std::vector<StaticTable> tables;
  for (const Table& declared : workspace.tables) {
    if (declared.file.empty()) continue;
    auto table = read_static_table(declared, mistakes);
    if (table.ok()) {
      tables.push_back(std::move(table).value());
    } else {
      mistakes.push_back(
          {place_of_key(declared.places, "from", declared.place),
           "from: " + declared.file.filename().string() + ": " + table.error().message});
    }
  }
  return tables;
}

}  // namespace weir::workspace
