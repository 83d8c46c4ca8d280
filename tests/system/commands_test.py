"""The commands that work with a workspace and its running server, from outside."""

import json
import os
import pty
import signal
import unittest

from running import Weir

SOURCE = """
source: visits
from: http
schema:
  seen: timestamp
  page: {type: varchar, required: true}
  seconds: {type: integer, min: 0}
event_time: seen
lateness: 10s
"""
STREAM = """---
stream: hourly
sql: |
  SELECT window_start, page, count(*) AS visits, sum(seconds) AS seconds
  FROM tumble(visits, seen, INTERVAL 1 HOUR)
  GROUP BY ALL
into: hourly
"""


def visit(at: str, page="/", seconds=1) -> dict:
    return {"seen": f"2024-05-01 {at}", "page": page, "seconds": seconds}


class NewTest(unittest.TestCase):
    def setUp(self):
        self.weir = Weir({})
        self.addCleanup(self.weir.close)

    def test_what_new_writes_is_valid_runs_and_is_never_overwritten(self):
        kinds = [("source", "visits"), ("stream", "hourly"), ("table", "places"),
                 ("api", "recent"), ("test", "they_fit")]  # fmt: skip
        for kind, name in kinds:
            done = self.weir.run("new", kind, name)
            self.assertEqual((done.returncode, done.stderr), (0, ""), done)
            self.assertEqual(done.stdout.strip(), str(self.weir.folder / f"{name}.yaml"))
        self.assertEqual(self.weir.run("validate").stdout, "the workspace is valid\n")
        self.assertIn("1 passed, 0 failed", self.weir.run("test").stdout)
        again = self.weir.run("new", "api", "visits")
        self.assertEqual(again.returncode, 1)
        self.assertIn("there is source visits (visits.yaml:2) already", again.stderr)
        self.weir.start()
        sent = self.weir.send("visits", [{"seen": "2024-05-01 10:00", "id": "a", "value": 1}])
        self.assertEqual(sent.data["accepted"], 1)
        self.weir.get("/api/v1/recent", wait=self.weir.end("visits"))
        self.assertEqual(self.weir.get("/api/v1/recent").data[0]["events"], 1)

    def test_new_says_what_is_wrong(self):
        for words, code, said in [
            (("stream", "a"), 2, "begin with `weir new source NAME`"),
            (("sauce", "a"), 2, "sauce"),
            (("source", "order"), 2, "reserved word"),
        ]:
            done = self.weir.run("new", *words)
            self.assertEqual(done.returncode, code, done)
            self.assertIn(said, done.stderr)
        self.assertEqual([path.name for path in self.weir.folder.iterdir()], ["weir.yaml"])


class TopTest(unittest.TestCase):
    def setUp(self):
        self.weir = Weir({"visits.yaml": SOURCE + STREAM}).start()
        self.addCleanup(self.weir.close)

    def test_top_tells_rates_lag_and_memory(self):
        with self.weir.start_command("top", "--json", "--every", "0.5") as top:
            top.stdout.readline()
            self.weir.send("visits", [visit("10:00"), visit("10:30"), {"page": "no time"}])
            seen = [json.loads(top.stdout.readline()) for _ in range(2)]
            top.send_signal(signal.SIGINT)
            self.assertEqual(top.wait(5), 0)
        rates = ["rows_in", "accepted", "quarantined"]
        total = [sum(one["sources"][0][f"{rate}_a_second"] for one in seen) for rate in rates]
        # Rows of half a second, at twice the rate.
        for rate, rows in zip(total, [3, 2, 1]):
            self.assertAlmostEqual(rate, 2 * rows, delta=rows / 4)
        self.assertGreater(seen[1]["memory_bytes"], 1_000_000)
        self.assertEqual(seen[1]["streams"][0]["state"], "running")
        self.assertEqual(seen[1]["journal_end"], seen[1]["tables_applied"])

    def test_top_once_is_a_table_of_everything(self):
        done = self.weir.run("top", "--once", "--every", "0.1")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for words in ("memory", "journal end", "source", "in/s", "visits", "stream", "behind by",
                      "running", "table", "applied/s", "hourly"):  # fmt: skip
            self.assertIn(words, done.stdout)
        self.assertNotIn("\x1b", done.stdout)

    def test_top_refreshes_in_place_on_a_terminal(self):
        leader, follower = pty.openpty()
        with self.weir.start_command("top", "--every", "0.1", stdout=follower) as top:
            os.close(follower)
            shown = b""
            while shown.count(b"\x1b[H\x1b[J") < 2:
                shown += os.read(leader, 4096)
            top.send_signal(signal.SIGINT)
            self.assertEqual(top.wait(5), 0)
        os.close(leader)


if __name__ == "__main__":
    unittest.main()
