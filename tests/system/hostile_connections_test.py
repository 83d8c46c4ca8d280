"""Clients that mean harm: honest ones are served beside them, and memory stays bounded."""

import contextlib
import gzip
import json
import pathlib
import re
import resource
import socket
import statistics
import time
import unittest

from running import Weir

WORKSPACE = """
source: events
from: http
schema:
  ts: timestamp
  k: {type: varchar, required: true}
  v: smallint
event_time: ts
"""
IDLE_CONNECTIONS = 10_000
SLOW_CONNECTIONS = 500
HONEST_MS_MAX = 250
MEMORY_MB_MAX = 600
GOOD = {"ts": "2024-01-01T00:00:00Z", "k": "a", "v": 1}


def allow_files(wanted: int):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))


def all_said(raw: socket.socket) -> bytes:
    """Until the other side closes, or breaks off."""
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while part := raw.recv(65536):
            said += part
    return said


class HostileConnectionsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        allow_files(2 * IDLE_CONNECTIONS)
        cls.weir = Weir({"events.yaml": WORKSPACE}).start()

    @classmethod
    def tearDownClass(cls):
        cls.weir.close()

    def connect(self, stack: contextlib.ExitStack, sent: bytes = b"") -> socket.socket:
        raw = stack.enter_context(socket.create_connection(("127.0.0.1", self.weir.port), 20))
        raw.sendall(sent.replace(b"TOKEN", self.weir.token.encode()))
        return raw

    def head(self, *fields: str) -> bytes:
        lines = ["POST /ingest/events HTTP/1.1", "Host: a", "Authorization: Bearer TOKEN", *fields]
        return "\r\n".join(lines).encode() + b"\r\n\r\n"

    def memory_mb(self) -> float:
        status = pathlib.Path(f"/proc/{self.weir.process.pid}/status").read_text()
        [line] = [line for line in status.splitlines() if line.startswith("VmRSS")]
        return int(line.split()[1]) / 1024

    def expect_honest_service(self):
        """Events and reads are answered, soon, and memory stays bounded."""
        times = []
        for _ in range(20):
            began = time.monotonic()
            self.assertEqual(self.weir.send("events", [GOOD]).status, 200)
            times.append(time.monotonic() - began)
        self.assertLess(statistics.median(times) * 1e3, HONEST_MS_MAX)
        self.assertEqual(self.weir.get("/readyz").status, 200)
        self.assertLess(self.memory_mb(), MEMORY_MB_MAX)

    def rows(self) -> int:
        [counted] = self.weir.sql("SELECT count(*) AS n FROM events")
        return counted["n"]

    def test_ten_thousand_idle_connections_leave_room(self):
        before = self.memory_mb()
        with contextlib.ExitStack() as stack:
            for _ in range(IDLE_CONNECTIONS):
                self.connect(stack)
            self.expect_honest_service()
            # A few KB each.
            self.assertLess(self.memory_mb() - before, 100)
        self.expect_honest_service()

    def test_heads_and_bodies_that_trickle_hold_up_nobody(self):
        with contextlib.ExitStack() as stack:
            slow = [self.connect(stack, b"POST /ingest/ev") for _ in range(SLOW_CONNECTIONS)]
            slow += [
                self.connect(stack, self.head("Content-Length: 1000") + b'{"k":')
                for _ in range(SLOW_CONNECTIONS)
            ]
            for _ in range(3):
                for raw in slow:
                    raw.sendall(b" ")
                self.expect_honest_service()

    def test_half_open_connections_hold_up_nobody(self):
        with contextlib.ExitStack() as stack:
            for _ in range(SLOW_CONNECTIONS):
                raw = self.connect(stack, self.head("Content-Length: 10") + b"{")
                raw.shutdown(socket.SHUT_WR)
            self.expect_honest_service()

    def test_bodies_that_are_announced_or_sent_large_take_bounded_memory(self):
        with contextlib.ExitStack() as stack:
            for _ in range(200):
                self.connect(stack, self.head(f"Content-Length: {32 << 20}"))
            for _ in range(20):
                raw = self.connect(stack, self.head(f"Content-Length: {32 << 20}"))
                raw.settimeout(0.2)
                with contextlib.suppress(OSError):  # it may be refused for what others hold
                    raw.sendall(b" " * (31 << 20))
            self.assertLess(self.memory_mb(), MEMORY_MB_MAX)
        self.expect_honest_service()

    def test_bombs_and_deep_nesting_are_refused_in_bounded_memory(self):
        bomb = gzip.compress(b"\0" * (1 << 30))
        twice = gzip.compress(bomb)
        for name, body, expected in (("bomb", bomb, 413), ("bomb in a bomb", twice, 200)):
            with self.subTest(name):
                answer = self.weir.post("/ingest/events", body, {"Content-Encoding": "gzip"})
                self.assertEqual(answer.status, expected, answer.body)
        for opening, closing in (("[", "]"), ('{"a":', "}")):
            with self.subTest(opening):
                depth = 1_000_000
                body = '{"k":"a","x":' + opening * depth + "1" + closing * depth + "}"
                answer = self.weir.post("/ingest/events", body)
                self.assertEqual((answer.status, answer.data["quarantined"]), (200, 1))
        self.assertLess(self.memory_mb(), MEMORY_MB_MAX)
        self.expect_honest_service()

    def test_no_second_request_hides_in_a_first(self):
        hidden = b'POST /ingest/events HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"k":"x"}'
        frames = [
            ("Content-Length: 5", "Transfer-Encoding: chunked"),
            ("Transfer-Encoding: chunked", "Content-Length: 5"),
            ("Content-Length: 5", "Content-Length: 6"),
            ("Content-Length: 5,6",),
            ("Content-Length : 5",),
            ("Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
            ("Transfer-Encoding: xchunked",),
            ("Transfer-Encoding:\x0bchunked",),
            ("X: y\nTransfer-Encoding: chunked",),
        ]
        before = self.rows()
        for fields in frames:
            with self.subTest(fields), contextlib.ExitStack() as stack:
                raw = self.connect(stack, self.head(*fields) + b"0\r\n\r\n" + hidden)
                said = all_said(raw)
                self.assertEqual(said.count(b"HTTP/1.1 "), 1, said)
                self.assertRegex(said, rb"^HTTP/1\.1 (400|501) ")
        self.assertEqual(self.rows(), before)

    def test_pipelined_requests_are_answered_in_their_order(self):
        count = 200
        before = self.rows()
        with contextlib.ExitStack() as stack:
            raw = self.connect(stack)
            for number in range(count):
                body = json.dumps(GOOD | {"v": number}).encode()
                raw.sendall(
                    self.head(f"Content-Length: {len(body)}").replace(
                        b"TOKEN", self.weir.token.encode()
                    )
                    + body
                )
            said = b""
            while said.count(b'"position":') < count:
                part = raw.recv(65536)
                self.assertTrue(part, said)
                said += part
        positions = [int(found) for found in re.findall(rb'"position":(\d+)', said)]
        self.assertEqual(positions, sorted(positions))
        self.assertEqual(self.rows() - before, count)

    def test_values_that_are_none_are_set_aside_with_their_bytes(self):
        lines = [
            b'{"k":"bad \xff utf"}',
            b'{"k":"\xed\xa0\x80"}',
            b'{"k":"\\ud800"}',
            b'{"k":"a","v":32768}',
            b'{"k":"a","v":1e400}',
            b'{"k":"a","v":99999999999999999999999999}',
            b'{"k":"a","k":"b"}',
            b'{"k":"a","ts":"0000-00-00"}',
            b'{"k":null}',
            b'{"k":["a"]}',
            b"nul",
        ]
        before = self.rows()
        answer = self.weir.post(
            "/ingest/events", b"\n".join(lines), {"Content-Type": "application/x-ndjson"}
        )
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.data["accepted"], 0, answer.body)
        self.assertEqual(answer.data["quarantined"], len(lines))
        self.assertEqual(self.rows(), before)
        [kept] = self.weir.sql("SELECT count(*) AS n FROM quarantine('events')")
        self.assertGreaterEqual(kept["n"], len(lines))


if __name__ == "__main__":
    unittest.main()
