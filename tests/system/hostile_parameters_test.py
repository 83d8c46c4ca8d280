"""Values that try to be more than values: each is refused or is a value, and that is all."""

import json
import pathlib
import tempfile
import unittest
import urllib.parse

from running import Weir

WORKSPACE = """
source: events
from: http
schema: {k: varchar, v: integer}
---
stream: copies
sql: SELECT k, v FROM events
into: copies
---
table: copies
indexes: [[k], [v]]
---
stream: plain
sql: SELECT k, v FROM events
into: plain
---
api: of_k
path: /of-k
parameters:
  k: {type: varchar, required: true}
  least: {type: integer, default: 0}
sql: SELECT k, v FROM plain WHERE k = $k AND v >= $least
"""
INJECTIONS = [
    "' OR '1'='1", "'; DROP TABLE copies; --", '" OR 1=1 --', "1) UNION SELECT hash FROM tokens --",
    "%27%20OR%201=1", "$$; ATTACH '/tmp/x'; $$", "\\'; COPY copies TO '/tmp/x'", "a\x00b", "$k",
    "read_csv('/etc/passwd')", "(SELECT 1)", "../../etc/passwd", "\ufeff", "x" * 5_000,
]  # fmt: skip
FORBIDDEN_SQL = [
    "FROM read_csv('/etc/passwd')", "FROM read_text('/etc/hostname')", "FROM '/etc/passwd'",
    "FROM glob('/*')", "FROM read_parquet('http://127.0.0.1/x')", "ATTACH '/tmp/x.db' AS x",
    "COPY (SELECT 1) TO '{file}'", "EXPORT DATABASE '{file}'", "INSTALL httpfs", "LOAD httpfs",
    "SET memory_limit = '1TB'", "PRAGMA database_list", "CALL pragma_version()",
    "SELECT getenv('HOME')", "SELECT current_setting('memory_limit')", "FROM duckdb_settings()",
    "FROM duckdb_secrets()", "FROM sqlite_scan('/etc/passwd', 'x')", "SELECT 1; SELECT 2",
    "CREATE TABLE x AS SELECT 1", "CREATE TEMP VIEW copies AS SELECT 1", "DELETE FROM copies",
    "UPDATE copies SET v = 0", "INSERT INTO copies VALUES ('x', 1)", "FROM weir_pending_copies()",
    "FROM weir_progress", "FROM weir_index_0()", "FROM query('SELECT 1')", "CHECKPOINT", "VACUUM",
    "FROM postgres_scan('host=127.0.0.1', 'a', 'b')", "EXPLAIN ANALYZE SELECT 1",
]  # fmt: skip
HUNGRY_SQL = [
    "SELECT count(*) FROM range(10000000000) a, range(10000000000) b",
    "SELECT list(i) FROM range(200000000) t(i)",
    "SELECT repeat('x', 2000000000)",
    "SELECT length(repeat(repeat('x', 50000), 50000))",
    "SELECT length(lpad('x', 2000000000, 'y'))",
    "SELECT len(range(2000000000))",
    "SELECT len(list_transform(range(k.v * 200000000), lambda x: x)) FROM copies k",
    "SELECT format('{:2000000000}', 1)",
    "SELECT printf('%.2000000000f', 1.0)",
    "SELECT length(replace(repeat(k, 40000), k, repeat('y', 40000))) FROM copies",
    "SELECT count(*) FROM hop(copies, now(), INTERVAL 1 MICROSECOND, INTERVAL 1 YEAR)",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
    "FROM range(1000000)",
    "SELECT count(*) FROM (" + "SELECT *, * FROM (" * 40 + "SELECT 1" + ")" * 41,
    f"FROM copies WHERE v IN ({','.join(['1'] * 500_000)})",
    f"FROM copies WHERE {' AND '.join(['v = 1'] * 60_000)}",
]
DEEP = "(repeat('[', 200000) || repeat(']', 200000))"
DEEP_SQL = [
    *(f"SELECT {name}({DEEP})" for name in (
        "json_structure", "json", "json_pretty", "json_keys", "json_type", "json_array_length",
        "variant_typeof", "variant_normalize", "to_json", "json_valid",
    )),
    *(f"SELECT {name}({DEEP}, {DEEP})" for name in (
        "json_contains", "json_merge_patch", "from_json", "json_transform", "json_extract",
    )),
    *(f"SELECT count({DEEP}::{type})" for type in (
        "json", "json::variant", "variant", "json::json[]", "json::STRUCT(a json)", "int[][]",
        "json::STRUCT(a variant)", "json::MAP(varchar, json)",
    )),
    f"SELECT json_extract({DEEP}, '$..a')", f"SELECT from_json({DEEP}, '[\"JSON\"]')",
    f"SELECT list_transform([{DEEP}], lambda x: json_structure(x))",
    "SELECT json('" + "[" * 100_000 + "')", "SELECT " + "[" * 10_000, "SELECT " + "(" * 10_000,
    "SELECT " + "not " * 50_000 + "true", "SELECT " + "- " * 50_000 + "1",
    "SELECT 1" + "::json" * 20_000, "SELECT 1::int" + "[]" * 20_000,
    "SELECT 1 IN (SELECT " * 3_000 + "1" + ")" * 3_000,
    "SELECT 1 UNION ALL " * 20_000 + "SELECT 1", "SELECT " + "1 + " * 50_000 + "1",
    "SELECT " + "CASE WHEN true THEN " * 20_000 + "1" + " END" * 20_000,
    "FROM " + "(FROM " * 20_000 + "copies" + ")" * 20_000,
]  # fmt: skip
LONG_CONDITIONS = [f"v IN ({','.join(['1'] * 60_000)})", " AND ".join(["v = 1"] * 5_000)]

OPTIONS = [
    "k", "k.in", "k.gt", "k.like", "v", "v.gte", "order", "select", "limit", "offset", "wait",
    "k.is", "k.' OR 1=1 --",
]  # fmt: skip
TARGETS = [
    *((f"/api/v1/data/{table}", name) for table in ("copies", "plain") for name in OPTIONS),
    ("/api/v1/of-k", "k"), ("/api/v1/of-k", "least"), ("/api/v1/of-k", "k' OR '1'='1"),
]  # fmt: skip
BROKEN_BODIES = [
    "null", "[]", "1", '{"sql": 1}', '{"sql": "SELECT 1", "sql": "SELECT 2"}', "[" * 100_000,
    '{"sql": "SELECT 1", "x": 1}', b'{"sql": "\xed\xa0\x80"}', b'{"sql": "\xff"}',
]  # fmt: skip


# Of a name that is and of one that is not: asked with a token that may read neither.
SAME_ANSWERS = [
    ("POST", "/weir/v1/sql", "FROM {}"), ("POST", "/weir/v1/sql", "SELECT (SELECT max(v) FROM {})"),
    ("POST", "/weir/v1/sql", "SELECT w FROM plain JOIN {} USING (u)"),
    ("POST", "/weir/v1/sql", "WITH {} AS (SELECT w FROM {}) FROM {}"),
    ("POST", "/weir/v1/sql", "FROM late('{}')"), ("POST", "/weir/v1/sql", "FROM quarantine('{}')"),
    ("POST", "/weir/v1/sql", "FROM tumble(['{}'], _accepted, INTERVAL 1 DAY)"),
    ("POST", "/weir/v1/explain", "FROM {} WHERE w = 1"),
    ("GET", "/api/v1/data/{}", None), ("GET", "/api/v1/data/{}?w=1", None),
    ("GET", "/weir/v1/tap/{}", None), ("GET", "/weir/v1/tap/late({})", None),
    ("GET", "/weir/v1/tap/quarantine({})", None),
]  # fmt: skip


class HostileParametersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.weir = Weir({"events.yaml": WORKSPACE}).start()
        sent = cls.weir.send("events", [{"k": "a", "v": 1}, {"k": "b", "v": 2}])
        for table in ("copies", "plain"):
            cls.weir.get(f"/api/v1/data/{table}", wait=sent.data["position"])

    @classmethod
    def tearDownClass(cls):
        cls.weir.close()

    def tearDown(self):
        """The server lives, and every row is as it was."""
        self.assertEqual(self.weir.get("/readyz").status, 200)
        for table in ("copies", "plain"):
            rows = self.weir.get(f"/api/v1/data/{table}").data
            self.assertEqual(rows, [{"k": "a", "v": 1}, {"k": "b", "v": 2}])

    def refused_or_empty(self, answer):
        self.assertIn(answer.status, (200, 400, 404, 414, 431), answer.body[:300])
        if answer.status == 200:
            self.assertEqual(answer.data, [], answer.body[:300])
        else:
            self.assertRegex(answer.json["error"], "^[A-Z][A-Z0-9_]+$")

    def test_no_value_of_a_parameter_becomes_sql(self):
        for path, name in TARGETS:
            for value in INJECTIONS:
                with self.subTest(path=path, name=name, value=value[:40]):
                    self.expect_a_value(path, name, value)

    def expect_a_value(self, path: str, name: str, value: str):
        query = {name: value} | ({"k": "a"} if name == "least" else {})
        answer = self.weir.get(path, **query)
        # A text like any other, and some rows stand behind it.
        if name not in ("k.gt", "k.like") or answer.status != 200:
            self.refused_or_empty(answer)

    def test_no_name_in_a_path_reaches_elsewhere(self):
        for name in INJECTIONS:
            quoted = urllib.parse.quote(name, safe="")
            for path in ("/api/v1/data/", "/api/v1/", "/weir/v1/", "/docs/", "/weir/v1/tap/"):
                with self.subTest(path=path, name=name[:40]):
                    self.assertIn(self.weir.get(path + quoted).status, (400, 404, 414, 431))
            with self.subTest(ingest=name[:40]):
                self.assertIn(self.weir.post(f"/ingest/{quoted}", "{}").status, (400, 404, 431))
        for path in ("/docs/..%2f..%2fetc/passwd", "/docs/%252e%252e/x", "/docs/..;/x"):
            self.assertIn(self.weir.get(path).status, (400, 404), path)

    def test_sql_reaches_no_file_no_setting_and_no_row_but_to_read(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "written"
            for sql in FORBIDDEN_SQL:
                with self.subTest(sql):
                    body = {"sql": sql.replace("{file}", str(file))}
                    answer = self.weir.post("/weir/v1/sql", body)
                    self.assertEqual(answer.status, 400, answer.body[:300])
            self.assertEqual(list(pathlib.Path(folder).iterdir()), [])

    def test_sql_has_a_limit_of_time_rows_and_memory(self):
        for sql in HUNGRY_SQL:
            with self.subTest(sql):
                answer = self.weir.post("/weir/v1/sql", {"sql": sql})
                self.assertIn(answer.status, (400, 503, 504), answer.body[:300])

    def test_sql_goes_no_deeper_than_the_stack(self):
        for sql in DEEP_SQL:
            with self.subTest(sql[:60]):
                answer = self.weir.post("/weir/v1/sql", {"sql": sql})
                self.assertIn(answer.status, (200, 400, 503, 504), answer.body[:300])

    def test_more_values_than_an_index_is_asked_for_are_answered_without_it(self):
        for condition in LONG_CONDITIONS:
            with self.subTest(condition[:20]):
                self.assertEqual(
                    self.weir.sql(f"FROM copies WHERE {condition}"), [{"k": "a", "v": 1}]
                )

    def test_a_token_learns_no_name_and_no_column_that_it_may_not_read(self):
        token = self.token_of("read:plain")

        def answer(method, path, sql, name):
            body = json.dumps({"sql": sql.replace("{}", name)}) if sql else None
            headers = self.weir.bearing(token)
            answer = self.weir.request(method, path.replace("{}", name), body, headers)
            return answer.status, answer.body.decode().replace(name, "{}")

        for method, path, sql in SAME_ANSWERS:
            for name in ("copies", "events"):
                with self.subTest(path=path, sql=sql, name=name):
                    told = answer(method, path, sql, name)
                    self.assertEqual(told, answer(method, path, sql, "nobody"))
                    self.assertIn(told[0], (400, 403), told)
        refused = self.weir.post("/weir/v1/sql", {"sql": "FROM copie"}, token=token)
        self.assertNotIn("copies", refused.json["message"])
        self.assertEqual(
            self.weir.post("/weir/v1/sql", {"sql": "FROM plain"}, token=token).status, 200
        )

    def test_what_a_stream_reads_is_told_to_who_may_read_the_stream(self):
        for scope, words in [("read:plain", "read:events"), ("read:copies", "may not tap")]:
            refused = self.weir.get("/weir/v1/tap/late(plain)", token=self.token_of(scope))
            self.assertEqual(refused.status, 403)
            self.assertIn(words, refused.json["message"])
            self.assertEqual("events" in refused.json["message"], scope == "read:plain")
        refused = self.weir.get("/weir/v1/tap/plain", token=self.token_of("read:copies"))
        self.assertEqual(
            refused.json["message"], "this token may not tap plain; it needs the scope read:plain"
        )

    def token_of(self, *scopes: str) -> str:
        return self.weir.post("/weir/v1/tokens", {"scopes": list(scopes)}).data["token"]

    def test_bodies_and_scopes_that_are_none_are_refused(self):
        for body in BROKEN_BODIES:
            with self.subTest(body[:40]):
                headers = self.weir.bearing(True)
                answer = self.weir.request("POST", "/weir/v1/sql", body, headers)
                self.assertEqual(answer.status, 400)
        for scope in INJECTIONS:
            with self.subTest(scope[:40]):
                answer = self.weir.post("/weir/v1/tokens", {"scopes": [f"read:{scope}"]})
                self.assertEqual(answer.status, 400)


if __name__ == "__main__":
    unittest.main()
