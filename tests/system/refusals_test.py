"""Every refusal of the routes: the envelope, its status, a stable code, and words that help."""

import gzip
import re
import socket
import unittest

from running import Weir

WORKSPACE = {
    "weir.yaml": "weir: 1\nname: refusing\n",
    "events.yaml": """
source: events
from: http
schema:
  ts: timestamp
  k: {type: varchar, required: true}
  v: {type: smallint, min: 0, max: 100}
event_time: ts
browser: {origins: ["https://shop.example"]}
---
source: private
from: http
path: /private/log
schema: {k: varchar}
---
stream: counts
sql: SELECT window_start, k, count(*) AS n FROM tumble(events, ts, INTERVAL 1 MINUTE) GROUP BY ALL
into: counts
---
stream: slow
sql: SELECT ts, levenshtein(repeat('ab', v * 60), repeat('ba', v * 60)) AS steps FROM events
into: slow
---
api: of_key
path: /counts/of-key
version: 1
parameters:
  k: {type: varchar, required: true}
  least: {type: integer, default: 1, min: 1, max: 9}
sql: SELECT window_start, n FROM counts WHERE k = $k AND n >= $least ORDER BY 1
""",
}
NDJSON = {"Content-Type": "application/x-ndjson"}

# name: (method, target, body, headers, token, status, code)
REFUSALS = {
    "unknown route": ("GET", "/nothing", None, {}, True, 404, "NOT_FOUND"),
    "unknown source": ("POST", "/ingest/event", "{}", {}, True, 404, "SOURCE_NOT_FOUND"),
    "wrong method for a source": ("GET", "/ingest/events", None, {}, True, 405, None),
    "wrong method for a table": ("POST", "/api/v1/data/counts", "{}", {}, True, 405, None),
    "no token": ("POST", "/ingest/private", "{}", {}, False, 401, None),
    "unknown token": ("POST", "/ingest/private", "{}", {}, "nonsense", 401, None),
    "no token for a read": ("GET", "/api/v1/data/counts", None, {}, False, 401, None),
    "no token for metrics": ("GET", "/metrics", None, {}, False, 401, None),
    "no token for a private beacon": ("POST", "/beacon/private", "{}", {}, False, 401, None),
    "foreign origin": (
        "POST", "/beacon/events", "{}", {"Origin": "https://evil.example"}, False, 403,
        "ORIGIN_NOT_ALLOWED",
    ),
    "body that is no JSON array": ("POST", "/ingest/events", '[{"k":1},', {}, True, 400, None),
    "broken gzip": (
        "POST", "/ingest/events", b"\x1f\x8b\x08zzzz", {"Content-Encoding": "gzip"}, True, 400,
        None,
    ),
    "bomb": (
        "POST", "/ingest/events", gzip.compress(b" " * (40 << 20)),
        {"Content-Encoding": "gzip"}, True, 413, None,
    ),
    "unknown encoding": (
        "POST", "/ingest/events", "{}", {"Content-Encoding": "br"}, True, 415, None,
    ),
    "unknown content type": (
        "POST", "/ingest/events", "<a/>", {"Content-Type": "text/xml"}, True, 415,
        "UNSUPPORTED_MEDIA_TYPE",
    ),
    "unknown parameter of ingest": ("POST", "/ingest/events?x=1", "{}", {}, True, 400, None),
    "key of no length": (
        "POST", "/ingest/events", "{}", {"Idempotency-Key": ""}, True, 400, None,
    ),
    "watermark that is none": (
        "POST", "/ingest/events/watermark", '{"watermark":"soon"}', {}, True, 400, None,
    ),
    "watermark of no source": (
        "POST", "/ingest/none/watermark", '{"watermark":"end"}', {}, True, 404, "SOURCE_NOT_FOUND",
    ),
    "unknown table": ("GET", "/api/v1/data/count", None, {}, True, 404, "TABLE_NOT_FOUND"),
    "unknown column": ("GET", "/api/v1/data/counts?x=1", None, {}, True, 400, "INVALID_QUERY"),
    "unknown operator": ("GET", "/api/v1/data/counts?n.near=1", None, {}, True, 400, None),
    "value of another type": ("GET", "/api/v1/data/counts?n=many", None, {}, True, 400, None),
    "page too large": ("GET", "/api/v1/data/counts?limit=10001", None, {}, True, 400, None),
    "negative offset": ("GET", "/api/v1/data/counts?offset=-1", None, {}, True, 400, None),
    "wait for no number": ("GET", "/api/v1/data/counts?wait=x", None, {}, True, 400, None),
    "wait for what nobody sent": (
        "GET", f"/api/v1/data/counts?wait={10**15}", None, {}, True, 409, "BEYOND_JOURNAL",
    ),
    "unknown parameter of a list": ("GET", "/weir/v1/tables?x=1", None, {}, True, 400, None),
    "api without its parameter": ("GET", "/api/v1/counts/of-key", None, {}, True, 400, None),
    "api with an unknown one": (
        "GET", "/api/v1/counts/of-key?k=a&kk=b", None, {}, True, 400, None,
    ),
    "api parameter of another type": (
        "GET", "/api/v1/counts/of-key?k=a&least=two", None, {}, True, 400, None,
    ),
    "api parameter out of bounds": (
        "GET", "/api/v1/counts/of-key?k=a&least=10", None, {}, True, 400, None,
    ),
    "version that is not there": ("GET", "/api/v7/counts/of-key?k=a", None, {}, True, 404, None),
    "sql that is none": ("POST", "/weir/v1/sql", '{"sql":"SELEC 1"}', {}, True, 400, None),
    "sql that is too long": ("POST", "/weir/v1/sql", " " * (1 << 20) + "{}", {}, True, 413, None),
    "body of a read": ("GET", "/weir/v1/status", " " * (1 << 20) + "{}", {}, True, 413, None),
    "sql over a file": (
        "POST", "/weir/v1/sql", "{\"sql\":\"FROM read_csv('/etc/passwd')\"}", {}, True, 400, None,
    ),
    "sql over a file by its name": (
        "POST", "/weir/v1/sql", "{\"sql\":\"FROM '/etc/passwd'\"}", {}, True, 400, None,
    ),
    "sql that writes": (
        "POST", "/weir/v1/sql", '{"sql":"DROP TABLE counts"}', {}, True, 400, None,
    ),
    "two statements": (
        "POST", "/weir/v1/sql", '{"sql":"SELECT 1; SELECT 2"}', {}, True, 400, None,
    ),
    "sql without sql": ("POST", "/weir/v1/sql", '{"query":"SELECT 1"}', {}, True, 400, None),
    "path that climbs": ("GET", "/api/v1/data/../../etc/passwd", None, {}, True, 400, None),
}  # fmt: skip

# Bytes on a new connection, and the status they must be answered with.
RAW = {
    "two lengths": (
        b"POST /ingest/events HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
        b"Content-Length: 3\r\n\r\n{}",
        400,
    ),
    "length and chunks": (
        b"POST /ingest/events HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "no length": (
        b"POST /ingest/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\n\r\n",
        411,
    ),
    "body too large": (
        b"POST /ingest/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\n"
        b"Content-Length: 33554433\r\n\r\n" + b"x" * 500_000,
        413,
    ),
    "large head": (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 40_000 + b"\r\n\r\n", 431),
    "no host": (b"GET /healthz HTTP/1.1\r\n\r\n", 400),
    "no HTTP": (b"hello\r\n\r\n", 400),
}


class RefusalsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.weir = Weir(WORKSPACE).start()

    @classmethod
    def tearDownClass(cls):
        cls.weir.close()

    def expect(self, answer, status, code):
        self.assertEqual(answer.status, status, answer.body[:300])
        said = answer.json
        self.assertEqual((said["code"], said["data"]), (status, None))
        self.assertRegex(said["error"], re.compile("^[A-Z][A-Z0-9_]+$"))
        self.assertGreater(len(said["message"].split()), 3, said)
        if code:
            self.assertEqual(said["error"], code)

    def test_every_refusal_has_the_envelope_a_code_and_words(self):
        for name, (method, target, body, headers, token, status, code) in REFUSALS.items():
            with self.subTest(name):
                answer = self.weir.request(method, target, body, self.weir.bearing(token, headers))
                self.expect(answer, status, code)
                if status == 405:
                    self.assertTrue(answer.headers["Allow"])
                if status in (429, 503, 504):
                    self.assertTrue(answer.headers["Retry-After"])

    def test_bytes_that_are_no_sound_request_are_refused(self):
        for name, (sent, status) in RAW.items():
            with self.subTest(name), socket.create_connection(("127.0.0.1", self.weir.port)) as raw:
                raw.settimeout(10)
                raw.sendall(sent.replace(b"TOKEN", self.weir.token.encode()))
                self.assertIn(f"HTTP/1.1 {status} ".encode(), raw.recv(65536))

    def test_nothing_of_a_refused_body_was_kept(self):
        before = self.weir.sql("SELECT count(*) AS n FROM events")
        self.weir.post("/ingest/events", '[{"k":"a","ts":"2024-01-01"},')
        self.assertEqual(self.weir.sql("SELECT count(*) AS n FROM events"), before)

    def test_a_read_that_waits_too_long_is_told_so(self):
        rows = [{"k": "a", "ts": "2024-01-01", "v": 100}] * 5
        position = self.weir.send("events", rows).data["position"]
        answer = self.weir.get("/api/v1/data/slow", wait=position, timeout="1ms")
        self.expect(answer, 504, "NOT_YET")
        self.assertTrue(answer.headers["Retry-After"])
        self.assertEqual(self.weir.get("/api/v1/data/slow", wait=position).status, 200)

    def test_a_scope_that_names_nothing_is_refused(self):
        made = self.weir.run("token", "create", "read:count")
        self.assertEqual(made.returncode, 2, made.stdout)
        self.assertIn('did you mean "counts"?', made.stderr)

    def test_a_token_sees_only_what_it_may_read(self):
        made = self.weir.run("token", "create", "read:counts", "--json")
        secret = re.search(r'"token":\s*"([^"]+)"', made.stdout).group(1)
        for target, names in (
            ("sources", []),
            ("streams", []),
            ("tables", ["counts"]),
            ("apis", []),
        ):
            with self.subTest(target):
                listed = self.weir.get(f"/weir/v1/{target}", token=secret).data
                self.assertEqual([item["name"] for item in listed], names)
                self.assertTrue(self.weir.get(f"/weir/v1/{target}").data)
        status = self.weir.get("/weir/v1/status", token=secret).data
        self.assertEqual((status["sources"], status["streams"]), ([], []))

    def test_a_token_reads_and_writes_only_what_its_scopes_name(self):
        made = self.weir.run("token", "create", "read:counts", "write:private", "--json")
        self.assertEqual(made.returncode, 0, made.stderr)
        secret = re.search(r'"(?:token|secret)":\s*"([^"]+)"', made.stdout).group(1)
        for method, target, body, status in (
            ("GET", "/api/v1/data/counts", None, 200),
            ("POST", "/ingest/private", '{"k":"a"}', 200),
            ("POST", "/ingest/events/watermark", '{"watermark":"end"}', 403),
            ("GET", "/api/v1/counts/of-key?k=a", None, 403),
            ("POST", "/weir/v1/sql", '{"sql":"SELECT count(*) FROM private"}', 403),
            ("POST", "/weir/v1/sql", '{"sql":"SELECT count(*) FROM counts"}', 200),
            ("POST", "/weir/v1/sql", "{\"sql\":\"FROM late('counts')\"}", 403),
            ("GET", "/weir/v1/tokens", None, 403),
        ):
            with self.subTest(target):
                answer = self.weir.request(method, target, body, self.weir.bearing(secret))
                self.assertEqual(answer.status, status, answer.body)


if __name__ == "__main__":
    unittest.main()
