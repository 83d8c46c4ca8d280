#include "operate/drop.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <system_error>

#include "core/json_text.h"
#include "core/suggestion.h"
#include "formats/json_value.h"
#include "journal/file.h"
#include "journal/inspect.h"
#include "process/snapshot.h"
#include "store/backup_lock.h"
#include "store/kept_tables.h"
#include "store/table_rebuild.h"
#include "workspace/loader.h"

namespace weir::operate {
namespace {

namespace fs = std::filesystem;
using workspace::CompiledWorkspace;
using workspace::Place;

fs::path intent_file(const fs::path& data) { return data / "drop.json"; }

// All that the folder keeps.
struct Kept {
  std::vector<journal::TopicStat> topics;  // those that were asked for
  std::vector<store::KeptTable> tables;
  std::vector<std::string> states;  // streams that have a snapshot
};

Result<std::vector<std::string>> streams_with_state(const fs::path& data) {
  std::vector<std::string> streams;
  const auto folders = journal::list_folder(data / "state");
  if (!folders.ok() && folders.error().fault == Fault::not_found) return streams;
  if (!folders.ok()) return folders.error();
  for (const fs::path& folder : folders.value()) {
    const std::string name = folder.filename().string();
    std::error_code ignored;
    if (name.starts_with('_') || !fs::is_directory(folder, ignored)) continue;
    TRY(const bool has_state, process::SnapshotFolder::has_any(folder));
    if (has_state) streams.push_back(name);
  }
  return streams;
}

Result<Kept> look_at(const fs::path& data, const DropWish& wish, store::KeptTables tables) {
  Kept kept;
  auto stat = journal::stat_journal(data, wish.names);
  if (!stat.ok() && stat.error().fault != Fault::not_found) return stat.error();
  if (stat.ok()) kept.topics = std::move(stat).value().topics;
  TRY(kept.tables, tables.list());
  TRY(kept.states, streams_with_state(data));
  return kept;
}

// Its stream may put another snapshot in a file's place meanwhile.
std::uint64_t bytes_of_state(const fs::path& folder) {
  std::uint64_t bytes = 0;
  const auto files = journal::list_folder(folder);
  for (const fs::path& file : files.ok() ? files.value() : std::vector<fs::path>()) {
    std::error_code gone;
    const std::uint64_t size = fs::file_size(file, gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

// Where sources and streams are declared, and tables.
struct Declared {
  std::map<std::string, Place> topics;
  std::set<std::string> tables;

  explicit Declared(const CompiledWorkspace& workspace) {
    for (const auto& source : workspace.declared.sources) topics[source.name] = source.place;
    for (const auto& stream : workspace.streams)
      topics[stream.declared.name] = stream.declared.place;
    for (const auto& table : workspace.tables) tables.insert(table.name);
    for (const auto& table : workspace.static_tables) tables.insert(table.name);
  }
};

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

class Planning {
 public:
  Planning(const CompiledWorkspace& workspace, const DropWish& wish, Kept kept)
      : data_(workspace.declared.data), declared_(workspace), wish_(wish), kept_(std::move(kept)) {}

  Result<DropPlan> plan() {
    for (const std::string& name : wish_.names) OK_OR_RETURN(take(name));
    take_results();
    OK_OR_RETURN(check_readers());
    OK_OR_RETURN(check_writers());
    list_parts();
    return std::move(plan_);
  }

 private:
  bool has_topic(const std::string& name) const {
    return contains(kept_.states, name) ||
           std::ranges::find(kept_.topics, name, &journal::TopicStat::topic) != kept_.topics.end();
  }
  bool has_table(const std::string& name) const {
    return std::ranges::find(kept_.tables, name, &store::KeptTable::name) != kept_.tables.end();
  }

  Result<void> take(const std::string& name) {
    const bool is_topic = has_topic(name);
    const bool is_table = has_table(name);
    if (!is_topic && !is_table) return nothing_kept(name);
    const bool takes_topic = is_topic && (wish_.restart || !declared_.topics.contains(name));
    const bool takes_table = is_table && (wish_.restart || !declared_.tables.contains(name));
    if (takes_topic) plan_.topics.push_back(name);
    if (takes_table) plan_.tables.push_back(name);
    if (takes_topic || takes_table) return {};
    const auto place = declared_.topics.find(name);
    return Error{
        Fault::invalid,
        fmt::format("{} is declared{}: take it out of the workspace first, or start it "
                    "anew with --restart",
                    name,
                    place == declared_.topics.end()
                        ? ", or a stream writes it"
                        : fmt::format(" ({}:{})", place->second.file, place->second.line))};
  }

  Error nothing_kept(const std::string& name) const {
    std::vector<std::string> names = kept_.states;
    for (const auto& [topic, place] : declared_.topics) names.push_back(topic);
    for (const auto& table : kept_.tables) names.push_back(table.name);
    return {Fault::not_found,
            fmt::format("nothing is kept of \"{}\"{}", name, did_you_mean(name, names))};
  }

  // A stream's results in its tables go with it.
  void take_results() {
    for (const store::KeptTable& table : kept_.tables) {
      const bool holds_some = std::ranges::any_of(
          table.writers, [&](const auto& writer) { return contains(plan_.topics, writer.stream); });
      if (holds_some && !contains(plan_.tables, table.name)) {
        plan_.tables.push_back(table.name);
        shared_.insert(table.name);
      }
    }
  }

  // What a stream that stays has made of it would be made a second time.
  Result<void> check_readers() const {
    for (const std::string& stream : kept_.states) {
      if (contains(plan_.topics, stream)) continue;
      TRY(const auto folder, process::SnapshotFolder::open(data_ / "state" / stream));
      TRY(const std::optional<process::Snapshot> snapshot, folder->load());
      if (!snapshot) continue;
      for (const auto& [what, value] : snapshot->surroundings) {
        const auto read = std::ranges::find_if(
            plan_.topics, [&](const std::string& topic) { return what.ends_with(" of " + topic); });
        if (read == plan_.topics.end()) continue;
        return Error{Fault::conflict,
                     fmt::format("stream {0} has read {1} and keeps what it made of it: drop both "
                                 "with `weir drop {2} {0}{3}`",
                                 stream, *read, fmt::join(wish_.names, " "),
                                 wish_.restart ? " --restart" : "")};
      }
    }
    return {};
  }

  // A table that stays is written anew from what the journal keeps of its other streams: all of it,
  // or the table would lose rows that nobody wanted dropped.
  Result<void> check_writers() const {
    for (const store::KeptTable& table : kept_.tables) {
      if (!shared_.contains(table.name) || !declared_.tables.contains(table.name)) continue;
      for (const auto& [stream, commits] : table.writers) {
        if (commits == 0 || contains(plan_.topics, stream)) continue;
        TRY(const bool is_whole, keeps_all_commits(stream));
        if (is_whole) continue;
        return Error{Fault::conflict,
                     fmt::format("table {0} also holds results of stream {1}, whose rows cannot be "
                                 "told from the others and are not all kept any more, so that the "
                                 "table cannot be written anew: drop {1} too, which starts it anew",
                                 table.name, stream)};
      }
    }
    return {};
  }

  Result<bool> keeps_all_commits(const std::string& stream) const {
    const journal::Filter commits{{stream}, {journal::Kind::commit}};
    TRY(const auto first, journal::dump_journal(data_, commits, 0, 1));
    if (first.empty()) return false;
    return store::is_first_result(*first.front().entry);
  }

  void list_parts() {
    for (const journal::TopicStat& topic : kept_.topics) {
      if (!contains(plan_.topics, topic.topic)) continue;
      plan_.parts.push_back(
          {fmt::format("{} of {}", words_of(topic.kind), topic.topic), topic.rows, topic.bytes});
    }
    for (const std::string& stream : kept_.states) {
      if (!contains(plan_.topics, stream)) continue;
      plan_.parts.push_back(
          {"state of stream " + stream, 0, bytes_of_state(data_ / "state" / stream)});
    }
    for (const store::KeptTable& table : kept_.tables) {
      if (!contains(plan_.tables, table.name)) continue;
      std::string others;
      for (const auto& [stream, commits] : table.writers) {
        if (commits > 0 && !contains(plan_.topics, stream)) others += " and " + stream;
      }
      if (!others.empty()) others = ", with those of" + others.substr(4);
      plan_.parts.push_back({"rows of table " + table.name + others, table.rows, 0});
    }
  }

  static const char* words_of(journal::Kind kind) {
    switch (kind) {
      case journal::Kind::events: return "events";
      case journal::Kind::quarantine: return "refused rows";
      case journal::Kind::replay: return "marks of replayed rows";
      case journal::Kind::watermark: return "watermarks";
      case journal::Kind::idempotency: return "idempotency keys";
      case journal::Kind::commit: return "results";
    }
    return "";
  }

  const fs::path data_;
  const Declared declared_;
  const DropWish& wish_;
  const Kept kept_;
  std::set<std::string> shared_;  // tables that go for a stream's sake alone
  DropPlan plan_;
};

std::vector<std::string> names_of(const formats::JsonValue& list) {
  std::vector<std::string> names;
  for (const formats::JsonValue& name : list.array()) names.push_back(name.text());
  return names;
}

// What drop.json says.
struct Intent {
  std::vector<std::string> topics;
  std::vector<std::string> tables;
  Position end = 0;  // of the journal when it was first set about; 0: it was not yet
};

Result<std::optional<Intent>> read_intent(const fs::path& data) {
  const Result<std::string> text = journal::read_file(intent_file(data));
  if (!text.ok() && text.error().fault == Fault::not_found) return std::optional<Intent>();
  if (!text.ok()) return text.error();
  TRY(const formats::JsonValue intent,
      within(intent_file(data).string(), formats::JsonValue::parse(text.value())));
  return std::optional(Intent{names_of(intent["topics"]), names_of(intent["tables"]),
                              intent["end"].unsigned_integer()});
}

Result<void> write_intent(const fs::path& data, const Intent& intent) {
  return journal::replace_file(
      intent_file(data),
      fmt::format("{{\"topics\":{},\"tables\":{},\"end\":{}}}\n", json_strings(intent.topics),
                  json_strings(intent.tables), intent.end));
}

Result<void> remove_intent(const fs::path& data) {
  OK_OR_RETURN(journal::remove_file(intent_file(data)));
  return journal::sync_folder(data);
}

Result<void> remove_folder(const fs::path& folder) {
  std::error_code failed;
  fs::remove_all(folder, failed);
  if (!failed) return {};
  return Error{Fault::unavailable, fmt::format("{}: {}", folder.string(), failed.message())};
}

// What came after `end` is not to be lost, where the workspace was served again in between: a
// source's events. A stream that has given more then gives it anew. Its state goes last: without
// it, and with what it gave, the stream could not be served again where this fails.
Result<void> drop_topic(const fs::path& data, const std::string& topic, Position end,
                        journal::Journal& journal) {
  TRY(const std::optional<journal::Placed> more,
      journal.read({{topic}, {journal::Kind::commit}}, end)->next());
  OK_OR_RETURN(journal.drop(topic, more ? journal.end() : end));
  return remove_folder(data / "state" / topic);
}

}  // namespace

Result<DropPlan> plan_drop(const CompiledWorkspace& workspace, const DropWish& wish,
                           store::KeptTables tables) {
  TRY(Kept kept, look_at(workspace.declared.data, wish, std::move(tables)));
  return Planning(workspace, wish, std::move(kept)).plan();
}

Result<DropPlan> plan_stopped_drop(const CompiledWorkspace& workspace, const DropWish& wish) {
  using store::BackupLock;
  const fs::path folder = workspace.declared.data / "tables";
  OK_OR_RETURN(journal::make_folder(folder));
  TRY(const auto changing, BackupLock::change(BackupLock::of_tables(folder)));
  TRY(auto tables, store::KeptTables::open(folder));
  return plan_drop(workspace, wish, std::move(tables));
}

Result<void> begin_drop(const fs::path& data, const DropPlan& plan) {
  return write_intent(data, {plan.topics, plan.tables});
}

Result<void> abandon_drop(const fs::path& data) {
  TRY(const std::optional<Intent> begun, read_intent(data));
  if (!begun || begun->end > 0) return {};
  return remove_intent(data);
}

std::string parts_json(const DropPlan& plan) {
  std::string parts;
  for (const DropPart& part : plan.parts) {
    parts += fmt::format(R"({}{{"what":{},"rows":{},"bytes":{}}})", parts.empty() ? "" : ",",
                         json_string(part.what), part.rows, part.bytes);
  }
  return "[" + parts + "]";
}

Result<std::vector<std::string>> begun_drop(const fs::path& data) {
  TRY(const std::optional<Intent> begun, read_intent(data));
  if (!begun) return std::vector<std::string>();
  std::vector<std::string> names = begun->topics;
  std::ranges::copy_if(begun->tables, std::back_inserter(names), [&](const std::string& table) {
    return std::ranges::find(begun->topics, table) == begun->topics.end();
  });
  return names;
}

// Each step may have been done before. Tables come first: where they cannot be dropped, all else is
// as it was.
Result<void> finish_drop(const fs::path& data, journal::Journal& journal) {
  TRY(std::optional<Intent> begun, read_intent(data));
  if (!begun) return {};
  if (begun->end == 0) {
    begun->end = journal.end();
    OK_OR_RETURN(write_intent(data, *begun));
  }
  TRY(auto tables, store::KeptTables::open(data / "tables"));
  OK_OR_RETURN(tables.drop(begun->tables));
  for (const std::string& topic : begun->topics) {
    OK_OR_RETURN(drop_topic(data, topic, begun->end, journal));
  }
  return remove_intent(data);
}

}  // namespace weir::operate
