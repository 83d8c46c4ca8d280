#include "collect/recovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "core/fit_columns.h"

namespace weir::collect {
namespace {

Result<void> check_type(const SourceIntake& source, const Field& wanted, const Type& stored) {
  if (holds_all_of(wanted.type, stored)) return {};
  return Error{Fault::conflict,
               fmt::format("source {}: column {} is {}, and its events are stored as {}, which "
                           "cannot all be read so: keep {}, or start it anew, without its history: "
                           "`weir drop {} --restart`",
                           source.name, wanted.name, to_string(wanted.type), to_string(stored),
                           to_string(stored), source.name)};
}

Result<void> check_types(const SourceIntake& source, const Schema& stored) {
  for (const Field& wanted : source.decoder->schema()->columns) {
    const auto column = stored.find(wanted.name);
    if (column) OK_OR_RETURN(check_type(source, wanted, stored.columns[*column].type));
  }
  return {};
}

// Of rows that no entry after the snapshot shows; and says as what the next ones will be stored.
Result<void> take_types(const SourceIntake& source, Progress& progress) {
  auto& types = progress.types[source.name];
  const bool has_rows = progress.marks[source.name].newest != journal::no_watermark;
  for (const Field& wanted : source.decoder->schema()->columns) {
    const auto stored = types.find(wanted.name);
    if (has_rows && stored != types.end()) {
      TRY(const Type type, parse_type(stored->second));
      OK_OR_RETURN(check_type(source, wanted, type));
    }
    types[wanted.name] = to_string(wanted.type);
  }
  return {};
}

class Replay {
 public:
  Replay(Snapshot& known, std::vector<SourceIntake>& sources) : known_(known) {
    for (SourceIntake& source : sources) sources_.emplace(source.name, &source);
  }

  Result<void> apply(const journal::Placed& placed) {
    const journal::Entry& entry = *placed.entry;
    if (entry.kind == journal::Kind::idempotency) {
      TRY(std::vector<KeyRecord> records, decode_keys(entry.head, placed.end));
      for (KeyRecord& record : records) {
        known_.keys.push_back(std::make_shared<const KeyRecord>(std::move(record)));
      }
      return {};
    }
    const auto found = sources_.find(entry.topic);
    if (found == sources_.end()) return remember_undeclared(entry);
    if (entry.kind == journal::Kind::events) return follow(*found->second, entry);
    TRY(const journal::WatermarkHead head, journal::decode_watermark_head(entry.head));
    found->second->watermark.raise(head);
    return {};
  }

 private:
  Result<void> follow(SourceIntake& source, const journal::Entry& entry) {
    TRY(const journal::EventsHead head, journal::decode_events_head(entry.head));
    const Field& wanted = source.decoder->schema()->columns[source.time_column];
    for (const auto& rows : entry.batches) {
      OK_OR_RETURN(check_types(source, rows->schema()));
      const std::optional<std::size_t> column = rows->schema().find(wanted.name);
      if (!column || rows->schema().columns[*column].type != wanted.type) {
        // Rows from before the event time was this column: the next entry's head says how far
        // they came.
        source.watermark.restore(std::max(source.watermark.value(), head.watermark_before),
                                 std::max(source.watermark.newest(), head.newest_before));
        continue;
      }
      source.watermark.follow(head, rows->column(*column));
    }
    return {};
  }

  // How far a source came whose declaration is gone, should it come back: all but its last rows.
  Result<void> remember_undeclared(const journal::Entry& entry) {
    if (entry.kind != journal::Kind::events) return {};
    TRY(const journal::EventsHead head, journal::decode_events_head(entry.head));
    SourceMark& mark = known_.progress.marks[entry.topic];
    mark.watermark = std::max(mark.watermark, head.watermark_before);
    mark.newest = std::max(mark.newest, head.newest_before);
    return {};
  }

  Snapshot& known_;
  std::unordered_map<std::string, SourceIntake*> sources_;
};

Result<void> check_fits(const Progress& progress, const journal::Journal& journal,
                        const std::vector<SourceIntake>& sources) {
  Position retained = 0;
  for (const SourceIntake& source : sources) {
    retained = std::max(retained, journal.retained_from(source.name));
  }
  if (progress.journal == journal.id() && progress.through <= journal.end() &&
      progress.through >= retained) {
    return {};
  }
  return Error{
      Fault::conflict,
      fmt::format("the sources' snapshot is of journal {} through {}, but this is journal "
                  "{} from {} to {}: restore both from the same backup",
                  progress.journal, progress.through, journal.id(), retained, journal.end())};
}

// Of "token source key".
std::string source_of(const std::string& key_id) {
  const std::size_t begin = key_id.find(' ') + 1;
  return key_id.substr(begin, key_id.find(' ', begin) - begin);
}

// A source that was dropped since begins anew, and so do the keys of its senders.
void forget_dropped(const journal::Journal& journal, Snapshot& known) {
  std::vector<std::string> dropped;
  for (const auto& [source, mark] : known.progress.marks) {
    if (journal.dropped_before(source) >= std::max<Position>(known.progress.through, 1)) {
      dropped.push_back(source);
    }
  }
  for (const std::string& source : dropped) {
    known.progress.marks.erase(source);
    known.progress.types.erase(source);
  }
}

void forget_dropped_keys(const journal::Journal& journal, KeyRecords& keys) {
  std::erase_if(keys, [&](const auto& record) {
    const Position dropped_before = journal.dropped_before(source_of(record->id));
    return dropped_before > 0 && record->receipt.counts.position <= dropped_before;
  });
}

}  // namespace

Result<Snapshot> recover(const journal::Journal& journal, Snapshot known,
                         std::vector<SourceIntake>& sources) {
  Progress& progress = known.progress;
  if (!progress.journal.empty()) OK_OR_RETURN(check_fits(progress, journal, sources));
  progress.journal = journal.id();
  forget_dropped(journal, known);
  for (SourceIntake& source : sources) {
    const SourceMark& mark = progress.marks[source.name];
    source.watermark.restore(mark.watermark, mark.newest);
    OK_OR_RETURN(take_types(source, progress));
  }
  using journal::Kind;
  Replay replay(known, sources);
  const auto reader =
      journal.read({{}, {Kind::events, Kind::watermark, Kind::idempotency}}, progress.through);
  while (true) {
    TRY(const std::optional<journal::Placed> placed, reader->next());
    if (!placed) break;
    OK_OR_RETURN(replay.apply(*placed));
  }
  forget_dropped_keys(journal, known.keys);
  progress.through = std::max(progress.through, reader->place());
  for (const SourceIntake& source : sources) {
    progress.marks[source.name] = {source.watermark.value(), source.watermark.newest()};
  }
  return known;
}

}  // namespace weir::collect
