#include "workspace/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>
#include <utility>

namespace weir::workspace {
namespace {

// Aliases repeat what they stand for, so a small text can mean a large tree.
constexpr std::size_t aliased_values_max = 100'000;

SettingPlace place_of(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

std::size_t values_in(const SettingValue& value) {
  std::size_t count = 1;
  for (const SettingValue& item : value.items) count += values_in(item);
  for (const SettingEntry& entry : value.entries) count += 1 + values_in(entry.value);
  return count;
}

// Builds one document's tree from the parser's events.
class TreeBuilder final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    *this = TreeBuilder();
    begin_ = mark;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add({.kind = SettingValue::Kind::null, .place = place_of(mark)}, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const SettingValue& named = anchors_[anchor];
    aliased_values_ += values_in(named);
    if (aliased_values_ > aliased_values_max) {
      refuse(place_of(mark), "aliases bring more than 100000 values into this document");
    }
    add(mistake_ ? SettingValue{.place = place_of(mark)} : named, 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    SettingValue value{.kind = SettingValue::Kind::text, .place = place_of(mark), .text = text};
    value.is_plain = tag == "?";
    add(std::move(value), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open({.kind = SettingValue::Kind::list, .place = place_of(mark)}, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open({.kind = SettingValue::Kind::map, .place = place_of(mark)}, anchor);
  }
  void OnMapEnd() override { close(); }

  SettingValue& root() { return root_; }
  const YAML::Mark& begin() const { return begin_; }
  const std::optional<SettingMistake>& mistake() const { return mistake_; }

 private:
  // A list or map that is not closed yet.
  struct Open {
    SettingValue value;
    YAML::anchor_t anchor = 0;
    std::optional<SettingValue> key;
  };

  void open(SettingValue value, YAML::anchor_t anchor) {
    open_.push_back({std::move(value), anchor, std::nullopt});
  }
  void close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    add(std::move(closed.value), closed.anchor);
  }
  void add(SettingValue value, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = value;
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    put(open_.back(), std::move(value));
  }
  void put(Open& parent, SettingValue value) {
    if (parent.value.kind == SettingValue::Kind::list) {
      parent.value.items.push_back(std::move(value));
    } else if (!parent.key) {
      const bool is_single = value.items.empty() && value.entries.empty();
      if (!is_single) refuse(value.place, "a key is a single value, not a list or a map");
      parent.key = std::move(value);
    } else {
      const bool is_null = parent.key->kind == SettingValue::Kind::null;
      // Where nothing stands behind a key, the parser's place is that of the next one.
      if (value.kind == SettingValue::Kind::null) value.place = parent.key->place;
      std::string name = is_null ? "null" : std::move(parent.key->text);
      parent.value.entries.push_back({std::move(name), parent.key->place, std::move(value)});
      parent.key.reset();
    }
  }
  void refuse(SettingPlace place, std::string message) {
    if (!mistake_) mistake_ = {place, std::move(message)};
  }

  YAML::Mark begin_;
  SettingValue root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, SettingValue> anchors_;
  std::size_t aliased_values_ = 0;
  std::optional<SettingMistake> mistake_;
};

}  // namespace

YamlDocuments read_yaml(const std::string& text) {
  YamlDocuments read;
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    TreeBuilder builder;
    int begin = -1;
    while (!read.broken && parser.HandleNextDocument(builder)) {
      read.broken = builder.mistake();
      // At some signs the parser finds an empty document, goes no further and would find it for
      // ever.
      if (builder.begin().pos == begin) {
        read.broken = {place_of(builder.begin()), "this is no YAML: a value is missing here"};
      }
      begin = builder.begin().pos;
      if (builder.root().kind == SettingValue::Kind::null) continue;
      read.documents.push_back(std::move(builder.root()));
    }
  } catch (const YAML::Exception& failure) {
    read.broken = {place_of(failure.mark), "this is no YAML: " + failure.msg};
  }
  return read;
}

}  // namespace weir::workspace
