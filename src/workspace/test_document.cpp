#include "workspace/test_document.h"

#include "core/suggestion.h"

namespace weir {

bool SettingType<workspace::WatermarkSetting>::read(const SettingValue& value,
                                                    workspace::WatermarkSetting& into,
                                                    SettingMistakes& mistakes) {
  const std::string* text = need_text(value, words(), mistakes);
  if (text == nullptr) return false;
  if (*text != "end") into.at = {*text, value.place};
  return true;
}

namespace workspace {
namespace {

std::vector<std::string> json_of(const std::vector<JsonRow>& rows) {
  std::vector<std::string> json;
  for (const JsonRow& row : rows) json.push_back(row.json);
  return json;
}

// What is wrong with a relation that a test names; empty: nothing.
std::string wrong_relation(const std::string& relation, const Names& names) {
  const auto inside = [&](std::string_view opening) {
    return relation.starts_with(opening) && relation.ends_with(')')
               ? relation.substr(opening.size(), relation.size() - opening.size() - 1)
               : std::string();
  };
  if (const std::string stream = inside("late("); !stream.empty()) {
    if (names.is_stream(stream)) return "";
    return "there is no stream \"" + stream + "\"" +
           did_you_mean(stream, names.all(Names::Kind::stream));
  }
  if (const std::string source = inside("quarantine("); !source.empty()) {
    if (names.is_source(source)) return "";
    return "there is no source \"" + source + "\"" +
           did_you_mean(source, names.all(Names::Kind::source));
  }
  if (names.is_table(relation)) return "";
  if (names.is_stream(relation))
    return "\"" + relation + "\" is a stream without a table: give it into";
  return "there is no table \"" + relation + "\"" + did_you_mean(relation, names.all_tables());
}

class StepReader {
 public:
  StepReader(const Names& names, const EngineFacts& facts, Report& report, Test& test)
      : names_(names), facts_(facts), report_(report), test_(test) {}

  void read(const Placed<StepDocument>& step) {
    const StepDocument& document = step.value;
    const int count =
        document.send.has_value() + document.watermark.has_value() + document.expect.has_value();
    if (count != 1) report_.note(step.place, "a step is one of send, watermark and expect");
    if (document.send) send(*document.send);
    if (document.watermark) mark(*document.watermark);
    if (document.expect) expect(*document.expect);
  }

 private:
  void send(const NamedSettings<std::vector<JsonRow>>& sent) {
    for (const auto& [source, place, rows] : sent) {
      need_source("send", source, place);
      test_.steps.emplace_back(TestSend{source, json_of(rows)});
    }
  }
  void mark(const NamedSettings<WatermarkSetting>& marks) {
    for (const auto& [source, place, setting] : marks) {
      need_source("watermark", source, place);
      test_.steps.emplace_back(TestWatermark{source, instant_of(source, setting)});
    }
  }
  // Nothing: the end.
  std::optional<Instant> instant_of(const std::string& source, const WatermarkSetting& setting) {
    if (!setting.at) return std::nullopt;
    const auto at = facts_.instant_of(setting.at->value);
    if (at.ok()) return at.value();
    report_.note(setting.at->place, "steps.watermark." + source + ": " + at.error().message);
    return std::nullopt;
  }
  void expect(const NamedSettings<std::vector<JsonRow>>& expected) {
    for (const auto& [relation, place, rows] : expected) {
      const std::string wrong = wrong_relation(relation, names_);
      if (!wrong.empty()) report_.note(place, "expect: " + wrong);
      test_.steps.emplace_back(TestExpect{relation, json_of(rows)});
    }
  }
  void need_source(const std::string& key, const std::string& source, SettingPlace place) {
    if (names_.is_source(source)) return;
    report_.note(place, key + ": there is no source \"" + source + "\"" +
                            did_you_mean(source, names_.all(Names::Kind::source)));
  }

  const Names& names_;
  const EngineFacts& facts_;
  Report& report_;
  Test& test_;
};

}  // namespace

const Spec<StepDocument>& StepDocument::spec() {
  using C = StepDocument;
  static const Spec<C> spec =
      Spec<C>("a map with send, watermark or expect", "One step of a test.")
          .field("send", &C::send, "Events to sources.",
                 example("{flights: [{origin: SFO, delay: 4}]}"))
          .field("watermark", &C::watermark,
                 "Moves a source's watermark, or to the end of every window open so far.",
                 example("{flights: end}"))
          .field("expect", &C::expect,
                 "Exactly these rows of a table, late(stream) or quarantine(source), in any order; "
                 "columns not named are not compared.",
                 example("{delays_by_origin: [{origin: SFO, flights: 1}]}"));
  return spec;
}

const Spec<TestDocument>& TestDocument::spec() {
  using C = TestDocument;
  static const Spec<C> spec =
      Spec<C>("test", "What weir test runs: events, and what must come of them.")
          .field("test", &C::test, "Name of the test.", required,
                 example("a_late_flight_is_set_aside"))
          .field("steps", &C::steps, "One after the other.", required);
  return spec;
}

Test declare_test(const Document<TestDocument>& document, const Names& names,
                  const EngineFacts& facts, Report& report) {
  Test test{.name = document.settings.test.value};
  StepReader reader(names, facts, report, test);
  for (const Placed<StepDocument>& step : document.settings.steps) reader.read(step);
  test.place = report.document_place();
  return test;
}

}  // namespace workspace
}  // namespace weir
