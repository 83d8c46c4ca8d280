#include "settings/spec.h"

#include <gtest/gtest.h>

#include <array>

namespace weir {
namespace {

using namespace std::chrono_literals;

enum class Colour { red, green };
std::array<std::pair<std::string_view, Colour>, 2> setting_names(Colour) {
  return {{{"red", Colour::red}, {"green", Colour::green}}};
}

struct Inner {
  int depth = 3;
  bool read_short(const SettingValue& value, SettingMistakes& mistakes) {
    return SettingType<int>::read(value, depth, mistakes);
  }
  static std::string short_schema() { return SettingType<int>::schema(); }
  static const Spec<Inner>& spec() {
    static const Spec<Inner> spec = Spec<Inner>("an inner map", "Inside.")
                                        .field("depth", &Inner::depth, "How deep.", between(1, 9));
    return spec;
  }
};

struct Settings {
  std::string path;
  bool loud = false;
  int count = 1;
  double share = 0;
  std::chrono::milliseconds poll_every{250};
  std::optional<std::chrono::seconds> ttl;
  ByteSize size{64'000};
  Colour colour = Colour::green;
  OneOrMore<Placed<std::string>> into;
  NamedSettings<Inner> inner;
  SecretName password;

  static const Spec<Settings>& spec() {
    using C = Settings;
    static const Spec<C> spec =
        Spec<C>("settings", "What a test sets.")
            .field("path", &C::path, "A file.", required, example("/var/log/x"))
            .field("loud", &C::loud, "Whether it shouts.")
            .field("count", &C::count, "How often.", between(1, 10))
            .field("share", &C::share, "How much.")
            .field("poll_every", &C::poll_every, "Longest wait.", between(10ms, 60'000ms))
            .field("ttl", &C::ttl, "How long.", between(1s, 60s))
            .field("size", &C::size, "How large.")
            .field("colour", &C::colour, "Which one.")
            .field("into", &C::into, "Where to.")
            .field("inner", &C::inner, "More.")
            .field("password", &C::password, "A secret.");
    return spec;
  }
};

SettingValue scalar(std::string text) {
  SettingValue value{.kind = SettingValue::Kind::text, .place = {2, 7}};
  value.text = std::move(text);
  return value;
}

SettingValue list(std::vector<SettingValue> items) {
  SettingValue value{.kind = SettingValue::Kind::list, .place = {3, 1}};
  value.items = std::move(items);
  return value;
}

SettingValue map(std::vector<std::pair<std::string, SettingValue>> entries) {
  SettingValue value{.kind = SettingValue::Kind::map};
  int line = 1;
  for (auto& [key, inside] : entries) {
    value.entries.push_back({key, {line++, 1}, std::move(inside)});
  }
  return value;
}

std::string mistakes_of(const SettingValue& value) {
  Settings settings;
  SettingMistakes mistakes;
  Settings::spec().decode(value, settings, mistakes);
  std::string text;
  for (const SettingMistake& mistake : mistakes.all()) {
    text += std::to_string(mistake.place.line) + ":" + std::to_string(mistake.place.column) + " " +
            mistake.message + "\n";
  }
  return text;
}

TEST(Spec, reads_every_type_of_member) {
  Settings settings;
  SettingMistakes mistakes;
  const bool good = Settings::spec().decode(
      map({{"path", scalar("/x")},
           {"loud", scalar("true")},
           {"count", scalar("10")},
           {"share", scalar("0.5")},
           {"poll_every", scalar("1s")},
           {"ttl", scalar("1m")},
           {"size", scalar("50GB")},
           {"colour", scalar("red")},
           {"into", list({scalar("a"), scalar("b")})},
           {"inner", map({{"one", scalar("4")}, {"two", map({{"depth", scalar("5")}})}})},
           {"password", scalar("${secret:db}")}}),
      settings, mistakes);
  ASSERT_TRUE(good);
  EXPECT_EQ(settings.path, "/x");
  EXPECT_TRUE(settings.loud);
  EXPECT_EQ(settings.count, 10);
  EXPECT_EQ(settings.share, 0.5);
  EXPECT_EQ(settings.poll_every, 1s);
  EXPECT_EQ(settings.ttl, 60s);
  EXPECT_EQ(settings.size.bytes, 50'000'000'000U);
  EXPECT_EQ(settings.colour, Colour::red);
  ASSERT_EQ(settings.into.values.size(), 2U);
  EXPECT_EQ(settings.into.values[1].value, "b");
  ASSERT_EQ(settings.inner.size(), 2U);
  EXPECT_EQ(settings.inner[0].value.depth, 4);
  EXPECT_EQ(settings.inner[1].value.depth, 5);
  EXPECT_EQ(settings.password.name, "db");
}

TEST(Spec, keeps_the_defaults_of_what_is_left_out) {
  Settings settings;
  SettingMistakes mistakes;
  ASSERT_TRUE(Settings::spec().decode(map({{"path", scalar("/x")}}), settings, mistakes));
  EXPECT_EQ(settings.poll_every, 250ms);
  EXPECT_EQ(settings.ttl, std::nullopt);
}

TEST(Spec, says_every_mistake_with_its_place_and_path) {
  const struct {
    SettingValue value;
    std::string mistakes;
  } cases[] = {
      {scalar("x"), "2:7 must be a map of settings, not a single value\n"},
      {map({}), "1:1 \"path\" is missing: write a text\n"},
      {map({{"path", scalar("a")}, {"cuont", scalar("1")}}),
       "2:1 unknown key \"cuont\"; did you mean \"count\"?\n"},
      {map({{"path", scalar("a")}, {"path", scalar("b")}}),
       "2:1 \"path\" stands here twice, first in line 1\n"},
      {map({{"path", SettingValue{}}}), "1:1 path: has no value: write a text\n"},
      {map({{"path", list({})}}), "3:1 path: must be a text, not a list\n"},
      {map({{"path", scalar("${secret:x}")}}),
       "2:7 path: this is no secret: write the value itself\n"},
      {map({{"path", scalar("a")}, {"loud", scalar("yes")}}),
       "2:7 loud: \"yes\" is neither true nor false\n"},
      {map({{"path", scalar("a")}, {"count", scalar("017")}}),
       "2:7 count: \"017\" is no whole number that fits here\n"},
      {map({{"path", scalar("a")}, {"count", scalar("11")}}),
       "2:7 count: must be between 1 and 10, not 11\n"},
      {map({{"path", scalar("a")}, {"share", scalar("nan")}}), "2:7 share: \"nan\" is no number\n"},
      {map({{"path", scalar("a")}, {"poll_every", scalar("5ms")}}),
       "2:7 poll_every: must be between 10ms and 1m, not 5ms\n"},
      {map({{"path", scalar("a")}, {"ttl", scalar("1500ms")}}),
       "2:7 ttl: \"1500ms\" is finer than 1s\n"},
      {map({{"path", scalar("a")}, {"size", scalar("1 GB")}}),
       "2:7 size: \"1 GB\" is no size: write a whole number and a unit, such as 64KB, 500MB or "
       "50GB\n"},
      {map({{"path", scalar("a")}, {"colour", scalar("blue")}}),
       "2:7 colour: \"blue\" is none of red or green\n"},
      {map({{"path", scalar("a")}, {"password", scalar("hunter2")}}),
       "2:7 password: a secret never stands in a file: write ${secret:name}\n"},
      {map({{"path", scalar("a")}, {"inner", map({{"x", map({{"depth", scalar("0")}})}})}}),
       "2:7 inner.x.depth: must be between 1 and 9, not 0\n"},
      {map({{"loud", scalar("1")}, {"count", scalar("x")}}),
       "1:1 \"path\" is missing: write a text\n2:7 loud: \"1\" is neither true nor false\n"
       "2:7 count: \"x\" is no whole number that fits here\n"},
  };
  for (const auto& [value, mistakes] : cases) EXPECT_EQ(mistakes_of(value), mistakes);
}

TEST(Spec, describes_its_fields_to_editors) {
  const std::string schema = Inner::spec().form().schema();
  EXPECT_EQ(schema, R"({"type": "object", "description": "Inside.", "properties": {"depth": )"
                    R"({"type": "integer", "description": "How deep. Must be between 1 and 9."}}, )"
                    R"("required": [], "additionalProperties": false})");
}

TEST(Spec, describes_its_fields_to_people) {
  const std::string page = Settings::spec().form().page();
  EXPECT_NE(page.find("| `path` | a text | required | A file. Example: `/var/log/x`. |\n"),
            std::string::npos);
  EXPECT_NE(page.find("| `poll_every` | a duration such as 250ms, 5s, 10m, 2h or 7d | `250ms` | "
                      "Longest wait. Must be between 10ms and 1m. |\n"),
            std::string::npos);
}

}  // namespace
}  // namespace weir
