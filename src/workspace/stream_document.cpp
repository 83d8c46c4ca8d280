#include "workspace/stream_document.h"

#include <algorithm>

#include "workspace/sql_places.h"

namespace weir {

bool SettingType<workspace::StartSetting>::read(const SettingValue& value,
                                                workspace::StartSetting& into,
                                                SettingMistakes& mistakes) {
  using Start = workspace::Stream::Start;
  const std::string* text = need_text(value, words(), mistakes);
  if (text == nullptr) return false;
  if (*text == "earliest" || *text == "latest") {
    into.from = *text == "earliest" ? Start::earliest : Start::latest;
    return true;
  }
  into = {Start::at, {*text, value.place}};
  return true;
}

bool SettingType<workspace::TargetSetting>::read(const SettingValue& value,
                                                 workspace::TargetSetting& into,
                                                 SettingMistakes& mistakes) {
  if (value.kind != SettingValue::Kind::map || value.entries.empty()) {
    return SettingType<Placed<std::string>>::read(value, into.table, mistakes);
  }
  mistakes.add(value.place, "there is no sink \"" + value.entries[0].key + "\": name a table");
  return false;
}

namespace workspace {

using namespace std::chrono_literals;

const Spec<StreamDocument>& StreamDocument::spec() {
  using C = StreamDocument;
  static const Spec<C> spec =
      Spec<C>("stream", "SQL over the changes of sources and other streams.")
          .field("stream", &C::stream, "Name of the stream.", required, example("delays_by_origin"))
          .field("sql", &C::sql, "One SELECT in DuckDB's dialect.")
          .field("sql_file", &C::sql_file, "A file of the workspace in place of sql.",
                 example("delays.sql"))
          .field("emit", &C::emit,
                 "close gives a window's rows once, when it is over: the default where a window is "
                 "grouped. changes gives each change: the default elsewhere.")
          .field("emit_interval", &C::emit_interval, "A key changes at most that often.",
                 between(0ms, 3'600'000ms))
          .field("state_ttl", &C::state_ttl, "Forgets keys silent that long.", example("7d"))
          .field("unbounded_state", &C::unbounded_state,
                 "Lets a group without a window keep every key for ever.")
          .field("parallelism", &C::parallelism, "Threads that share the keys.", between(1, 64))
          .field("start", &C::start, "Where a new stream begins in its input's history.")
          .field("into", &C::into,
                 "Tables that take the result. Without it no table is made, and other streams may "
                 "read the result.",
                 example("delays_by_origin"));
  return spec;
}

Stream declare_stream(const Document<StreamDocument>& document, const std::filesystem::path& folder,
                      const EngineFacts& facts, Report& report) {
  const StreamDocument& settings = document.settings;
  Stream stream{.name = settings.stream.value};
  stream.sql = declare_sql(settings.sql, settings.sql_file, folder, report);
  stream.emit = settings.emit;
  stream.emit_interval = settings.emit_interval;
  stream.state_ttl = settings.state_ttl;
  stream.unbounded_state = settings.unbounded_state == UnboundedState::allow;
  if (stream.state_ttl && stream.unbounded_state) {
    report.note_key("unbounded_state", "write it or state_ttl, not both");
  }
  stream.parallelism = settings.parallelism;
  stream.start = settings.start.from;
  if (stream.start == Stream::Start::at) {
    const auto at = facts.instant_of(settings.start.at.value);
    if (at.ok()) stream.start_at = at.value();
    if (!at.ok()) {
      report.note(settings.start.at.place, "start: \"" + settings.start.at.value +
                                               "\" is none of earliest, latest or a "
                                               "timestamp");
    }
  }
  for (const TargetSetting& target : settings.into.values) {
    const bool is_new = std::ranges::find(stream.into, target.table.value) == stream.into.end();
    if (!is_new)
      report.note(target.table.place, "into: \"" + target.table.value + "\" stands here twice");
    if (is_new) stream.into.push_back(target.table.value);
  }
  stream.place = report.document_place();
  stream.places = report.key_places();
  return stream;
}

}  // namespace workspace
}  // namespace weir
