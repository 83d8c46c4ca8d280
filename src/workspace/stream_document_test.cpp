#include "workspace/stream_document.h"

#include <gtest/gtest.h>

#include "workspace/loader_test.h"

namespace weir::workspace {
namespace {

TEST(StreamDocument, refuses_what_is_wrong_in_streams_and_tables) {
  const struct {
    std::string text, mistakes;
  } cases[] = {
      {"stream: s\n", "a.yaml:1:1: \"sql\" is missing: write a SELECT\n"},
      {"stream: s\nsql: a\nsql_file: b\n", "a.yaml:1:1: write sql or sql_file, not both\n"},
      {"stream: s\nsql_file: b.sql\n",
       "a.yaml:2:11: there is no file \"b.sql\" in the workspace\n"},
      {"stream: s\nsql_file: ../b.sql\n", "a.yaml:2:11: \"../b.sql\" is outside the workspace\n"},
      {"stream: s\nsql_file: /etc/passwd\n",
       "a.yaml:2:11: \"/etc/passwd\" is outside the workspace\n"},
      {"stream: s\nsql: a\nemit: never\n",
       "a.yaml:3:7: emit: \"never\" is none of close or changes\n"},
      {"stream: s\nsql: a\nstart: yesterday\n",
       "a.yaml:3:8: start: \"yesterday\" is none of earliest, latest or a timestamp\n"},
      {"stream: s\nsql: a\nparallelism: 0\n",
       "a.yaml:3:14: parallelism: must be between 1 and 64, not 0\n"},
      {"stream: s\nsql: a\nunbounded_state: deny\n",
       "a.yaml:3:18: unbounded_state: \"deny\" is none of allow\n"},
      {"stream: s\nsql: a\nunbounded_state: allow\nstate_ttl: 1d\n",
       "a.yaml:3:18: unbounded_state: write it or state_ttl, not both\n"},
      {"stream: s\nsql: a\ninto: [t, {kafka: {topic: x}}]\n",
       "a.yaml:3:11: into: there is no sink \"kafka\": name a table\n"},
      {"stream: s\nsql: a\ninto: [t, t]\n", "a.yaml:3:11: into: \"t\" stands here twice\n"},
      {"stream: s\nsql: SELECT '${HOME}'\n",
       "a.yaml:2:6: variables do not stand inside SQL: write the value\n"},
      {"table: t\n",
       "a.yaml:1:8: no stream writes \"t\": name it under a stream's into, or give it "
       "a file with from: {file: ...}\n"},
      {"table: t\nfrom: {file: no.csv}\n",
       "a.yaml:2:14: there is no file \"no.csv\" in the workspace\n"},
      {"table: t\nfrom: {source: a}\n",
       "a.yaml:2:7: from: \"file\" is missing: write a text\n"
       "a.yaml:2:8: from: unknown key \"source\"\n"},
      {"stream: s\nsql: a\ninto: t\n---\ntable: t\nkey: [a, a]\nindexes: [[]]\n",
       "a.yaml:6:10: key: \"a\" stands here twice\n"
       "a.yaml:7:10: indexes: an index has one column at least\n"},
      {"stream: s\nsql: a\ninto: t\n---\ntable: t\nkey: a\n",
       "a.yaml:6:6: key: must be a list, each a text, not a single value\n"},
  };
  for (const auto& [text, mistakes] : cases) EXPECT_EQ(mistakes_of(text), mistakes) << text;
}

}  // namespace
}  // namespace weir::workspace
