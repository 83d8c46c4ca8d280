"""Functions that go on for hours, in a query and in a stream: the program ends without them."""

import os
import pathlib
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
from running import PROGRAM, Weir  # noqa: E402

WORKSPACE = """
source: events
from: http
schema: {v: integer}
---
stream: copies
sql: SELECT v FROM events
into: copies
---
stream: steps
sql: SELECT v, levenshtein(repeat('ab', v * 1000), repeat('ba', v * 1000)) AS steps FROM events
into: steps
"""
ENDLESS = "SELECT levenshtein(repeat('ab', 1000000), repeat('ba', 1000000)) AS steps"
END_SECONDS_MAX = 75
ANSWER_SECONDS_MAX = 5
REFUSED = 3  # the exit code of what cannot be done now


class EndlessFunctionTest(unittest.TestCase):
    def start(self) -> Weir:
        weir = Weir({"events.yaml": WORKSPACE})
        self.addCleanup(weir.close)
        return weir.start()

    def send(self, weir: Weir, value: int, *tables: str) -> int:
        position = weir.send("events", [{"v": value}]).data["position"]
        for table in tables:
            fresh = weir.get(f"/api/v1/data/{table}", v=value, wait=position)
            self.assertEqual(len(fresh.data), 1, fresh.body)
        return position

    def test_neither_a_query_nor_a_stream_that_does_not_end_keeps_the_program_from_ending(self):
        of_query, of_stream = self.start(), self.start()
        self.send(of_query, 1, "copies", "steps")
        asked = threading.Thread(target=self.expect_no_time, args=[of_query])
        asked.start()
        self.send(of_stream, 1_000, "copies")
        ends = []
        stops = [
            threading.Thread(target=lambda weir=weir: ends.append((weir, self.end(weir))))
            for weir in (of_query, of_stream)
        ]
        asked.join()
        for stop in stops:
            stop.start()
        for stop in stops:
            stop.join()
        codes = dict(ends)
        self.assertEqual(codes[of_query], 0, of_query.said())
        self.assertEqual(codes[of_stream], REFUSED, of_stream.said())
        self.assertIn("SERVER_FAILED", of_stream.said())
        for weir in (of_query, of_stream):
            self.assertIn("SERVER_CUT_SHORT", weir.said())

        of_query.start()
        self.assertEqual(of_query.get("/api/v1/data/steps").data, [{"v": 1, "steps": 2}])
        of_stream.start()
        self.send(of_stream, 2, "copies")
        self.assertEqual(of_stream.sql("SELECT count(*) AS n FROM copies"), [{"n": 2}])

    def test_a_reload_is_refused_beside_a_stream_that_does_not_end_and_all_else_goes_on(self):
        weir = self.start()
        self.send(weir, 1_000, "copies")
        api = "api: more\npath: /more\nsql: SELECT v FROM copies\n"
        (weir.folder / "more.yaml").write_text(api)
        deadline = time.monotonic() + END_SECONDS_MAX
        value = 2
        while not (refused := weir.get("/weir/v1/status").data["reload_refused"]):
            self.assertLess(time.monotonic(), deadline, weir.said())
            began = time.monotonic()
            self.assertEqual(weir.send("events", [{"v": value}]).status, 200)
            self.assertLess(time.monotonic() - began, ANSWER_SECONDS_MAX)
            value += 1
            time.sleep(0.05)
        self.assertIn("stream steps", refused)
        self.assertIn("SIGHUP", refused)
        self.send(weir, value, "copies")
        self.assertEqual(weir.sql("SELECT count(*) AS n FROM copies"), [{"n": value}])

    def start_unread(self) -> tuple:
        """With a pipe for its log that nobody reads, and the end that it is filled by."""
        weir = Weir({"events.yaml": WORKSPACE})
        self.addCleanup(weir.close)
        unread, log = os.pipe()
        self.addCleanup(os.close, unread)
        weir.process = subprocess.Popen(
            [PROGRAM, "run", weir.folder], stdin=subprocess.DEVNULL, stdout=weir.log, stderr=log
        )
        # Opened anew, so that it is this end alone that does not wait.
        filling = os.open(f"/proc/self/fd/{log}", os.O_WRONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, filling)
        os.close(log)
        weir.wait_for("/readyz", 200)
        return weir, filling

    def test_a_log_that_nobody_reads_does_not_keep_the_program_from_ending_either(self):
        weir, filling = self.start_unread()
        self.send(weir, 1, "copies", "steps")
        self.expect_no_time(weir)
        with self.assertRaises(BlockingIOError):
            while True:
                os.write(filling, b"x")
        self.assertEqual(self.end(weir), 0)

    def expect_no_time(self, weir: Weir):
        self.assertEqual(weir.post("/weir/v1/sql", {"sql": ENDLESS}).status, 504)

    def end(self, weir: Weir) -> int:
        weir.process.terminate()
        return weir.process.wait(END_SECONDS_MAX)


if __name__ == "__main__":
    unittest.main()
