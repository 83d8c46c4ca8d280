#include "workspace/names.h"

#include <gtest/gtest.h>

#include "workspace/loader_test.h"

namespace weir::workspace {
namespace {

TEST(Names, are_small_letters_no_reserved_words_and_mean_one_thing) {
  const std::string rest = "\nfrom: http\nschema: {x: int}\n";
  const struct {
    std::string text, mistakes;
  } cases[] = {
      {"source: Flights" + rest,
       "a.yaml:1:9: \"Flights\" is no name of a source: write small letters, digits and _, a "
       "letter first, 63 at most\n"},
      {"source: " + std::string(64, 'x') + rest,
       "a.yaml:1:9: \"xxxxxxxxxxxxxxxxxxxx...\" of 64 bytes is no name of a source: write small "
       "letters, digits and _, a letter first, 63 at most\n"},
      {"source: " + std::string(19, 'x') + "\u00e4" + std::string(50, 'x') + rest,
       "a.yaml:1:9: \"xxxxxxxxxxxxxxxxxxx...\" of 71 bytes is no name of a source: write small "
       "letters, digits and _, a letter first, 63 at most\n"},
      {"source: " + std::string(63, 'x') + rest, ""},
      {"source: select" + rest,
       "a.yaml:1:9: \"select\" is a reserved word of SQL: name the source otherwise\n"},
      {"source: left" + rest,
       "a.yaml:1:9: \"left\" is a reserved word of SQL: name the source otherwise\n"},
      {"source: a" + rest + "---\nsource: a" + rest,
       "a.yaml:5:9: \"a\" is named already in a.yaml:1:9\n"},
      {"source: a" + rest + "---\nstream: a\nsql: SELECT 1\n",
       "a.yaml:5:9: \"a\" is named already in a.yaml:1:9\n"},
      {"stream: s\nsql: SELECT 1\n---\ntable: s\n",
       "a.yaml:4:8: \"s\" is a stream too: only a table that it writes has its name\n"},
      {"stream: s\nsql: SELECT 1\n---\nstream: r\nsql: SELECT 1\ninto: s\n",
       "a.yaml:6:7: into: \"s\" is a stream, named in a.yaml:1:9: write to a table\n"},
      {"source: a" + rest + "---\nstream: r\nsql: SELECT 1\ninto: a\n",
       "a.yaml:7:7: into: \"a\" is a source, named in a.yaml:1:9: write to a table\n"},
      {"source: a" + rest + "---\napi: a\npath: /a\nsql: SELECT 1\n",
       "a.yaml:5:6: \"a\" is named already in a.yaml:1:9\n"},
      {"stream: s\nsql: SELECT 1\ninto: t\n---\napi: t\npath: /t\nsql: SELECT 1\n",
       "a.yaml:3:7: into: \"t\" is an api, named in a.yaml:5:6: write to a table\n"},
      {"test: t\nsteps: []\n---\ntest: t\nsteps: []\n",
       "a.yaml:4:7: \"t\" is named already in a.yaml:1:7\n"},
  };
  for (const auto& [text, mistakes] : cases) EXPECT_EQ(mistakes_of(text), mistakes) << text;
}

}  // namespace
}  // namespace weir::workspace
