"""A disk that fills up and has room again: nothing acknowledged is lost, no restart is needed."""

import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
from running import Weir  # noqa: E402

DISK_MB = 576  # segments, the reserve, history, and what is kept free for tables and snapshots
ROWS_A_BATCH = 4000
PAD = "x" * 1000  # a segment is full after sixteen batches
BATCHES_MAX = 150
SECONDS_MAX = 60
REFUSED = 3  # the exit code of what cannot be done now

WORKSPACE = {
    "weir.yaml": "weir: 1\nname: full\ncheckpoint_interval: 200ms\n",
    "events.yaml": """
source: events
from: http
schema:
  id: {type: bigint, required: true}
  pad: varchar
---
stream: totals
sql: SELECT id % 10 AS k, count(*) AS n, sum(id) AS s FROM events GROUP BY k
unbounded_state: allow
emit_interval: 50ms
into: totals
---
stream: copies
sql: SELECT id FROM events
into: copies
---
table: copies
indexes: [[id]]
""",
}


def mount(folder: pathlib.Path) -> bool:
    folder.mkdir(mode=0o700)
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=700", "weir-full", folder]
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def write_until_full(descriptor: int, piece: bytes):
    try:
        while True:
            os.write(descriptor, piece)
    except OSError:
        pass


class FullDiskTest(unittest.TestCase):
    def setUp(self):
        self.weir = Weir(WORKSPACE)
        self.addCleanup(self.weir.close)
        if not mount(self.weir.data):
            self.skipTest("no small file system can be mounted here: that needs root")
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.weir.data], check=True)
        self.ballast = self.weir.data / "ballast"
        self.sent = 0

    def send(self):
        rows = [{"id": self.sent + number, "pad": PAD} for number in range(ROWS_A_BATCH)]
        answer = self.weir.send("events", rows)
        if answer.status == 200:
            self.assertEqual(answer.data["accepted"], ROWS_A_BATCH)
            self.sent += ROWS_A_BATCH
        return answer

    def fill(self):
        """Takes all the room there is."""
        with open(self.ballast, "ab", buffering=0) as file:
            for piece in (1 << 20, 1 << 12):
                write_until_full(file.fileno(), bytes(piece))

    def wait_for_words(self, words: str):
        deadline = time.monotonic() + SECONDS_MAX
        while words not in (said := self.weir.get("/weir/v1/status").data["not_ready"]):
            self.assertLess(time.monotonic(), deadline, said)
            time.sleep(0.1)

    def send_until_refused(self, between=lambda: None):
        for _ in range(BATCHES_MAX):
            answer = self.send()
            if answer.status != 200:
                return answer
            between()
        self.fail(f"the disk is full, and {BATCHES_MAX} batches were taken")

    def compare(self):
        position = self.weir.end("events")
        for table in ("totals", "copies"):
            fresh = self.weir.get(f"/api/v1/data/{table}", limit=1, wait=position, timeout="60s")
            self.assertEqual(fresh.status, 200, fresh.body)
        total = sum(range(self.sent))
        counts = {"n": self.sent, "ids": self.sent, "s": total}
        for relation in ("events", "copies"):
            sql = f"SELECT count(*) AS n, count(DISTINCT id) AS ids, sum(id) AS s FROM {relation}"
            self.assertEqual(self.weir.sql(sql), [counts])
        totals = self.weir.sql("SELECT sum(n) AS n, sum(s) AS s FROM totals")
        self.assertEqual(totals, [{"n": self.sent, "s": total}])

    def test_events_are_refused_while_it_is_full_and_all_goes_on_when_it_is_not(self):
        self.weir.start()
        process = self.weir.process.pid
        for _ in range(2):  # what it forgot at the first time shows at the second
            self.assertEqual(self.send().status, 200)
            self.fill()
            refused = self.send_until_refused(self.fill)
            self.assertEqual(refused.status, 503, refused.body)
            self.assertEqual(refused.json["error"], "JOURNAL_UNAVAILABLE")
            self.assertIn("Retry-After", refused.headers)
            self.weir.wait_for("/readyz", 503, SECONDS_MAX)
            self.assertIn("too little room", self.weir.get("/weir/v1/status").data["not_ready"])
            self.assertEqual(self.weir.get("/healthz").status, 200)
            # What the tables hold is still read.
            self.assertEqual(self.weir.get("/api/v1/data/totals", limit=1).status, 200)

            self.ballast.unlink()
            self.weir.wait_for("/readyz", 200, SECONDS_MAX)
            self.assertEqual(self.send().status, 200)
            self.compare()
        self.assertEqual(self.weir.process.pid, process)
        self.assertIsNone(self.weir.process.poll())
        self.assertEqual(self.weir.stop(), 0)
        self.weir.start()
        self.compare()

    def test_the_journal_leaves_room_for_tables_and_snapshots(self):
        self.weir.start()
        self.assertEqual(self.send_until_refused().status, 503)
        position = self.weir.get("/weir/v1/status").data["journal_end"]
        fresh = self.weir.get("/api/v1/data/copies", limit=1, wait=position, timeout="30s")
        self.assertEqual(fresh.status, 200, fresh.body)
        self.assertEqual(self.weir.sql("SELECT count(*) AS n FROM copies"), [{"n": self.sent}])

    def test_the_words_are_those_of_the_last_look(self):
        self.weir.start()
        refused = self.send_until_refused()
        self.assertNotIn(" 0 MB are free", refused.json["message"])
        self.fill()
        self.wait_for_words(" 0 MB are free")
        self.assertIn(" 0 MB are free", self.send().json["message"])

    def test_it_stops_on_a_full_disk_and_goes_on_at_the_next_start(self):
        self.weir.start()
        self.fill()
        self.assertEqual(self.send_until_refused(self.fill).status, 503)
        self.weir.process.terminate()
        code = self.weir.process.wait(SECONDS_MAX)
        self.assertEqual(code, REFUSED, self.weir.said())
        self.ballast.unlink()
        self.weir.start()
        self.compare()

    def test_a_changed_workspace_is_refused_on_a_full_disk_and_all_else_goes_on(self):
        self.weir.start()
        self.fill()
        self.assertEqual(self.send_until_refused(self.fill).status, 503)
        api = "api: ids\npath: /ids\nsql: SELECT count(*) AS n FROM copies\n"
        (self.weir.folder / "ids.yaml").write_text(api)
        deadline = time.monotonic() + SECONDS_MAX
        while not (refused := self.weir.get("/weir/v1/status").data["reload_refused"]):
            self.assertLess(time.monotonic(), deadline, self.weir.said())
            time.sleep(0.1)
        self.assertIn("too little room", refused)
        self.ballast.unlink()
        self.weir.wait_for("/readyz", 200, SECONDS_MAX)
        self.weir.process.send_signal(signal.SIGHUP)
        self.weir.wait_for("/api/v1/ids", 200, SECONDS_MAX)
        self.compare()

    def test_it_starts_on_a_full_disk_while_its_reserve_is_unused(self):
        self.weir.start()
        self.assertEqual(self.send().status, 200)
        self.compare()
        self.fill()
        self.weir.kill()
        self.assertNotIn("JOURNAL_FULL", self.weir.said())
        self.weir.start(ready_path="/weir/v1/status")
        self.weir.wait_for("/readyz", 503, SECONDS_MAX)
        no_room = "there is no room in the journal: "
        self.assertIn(no_room, self.weir.get("/weir/v1/status").data["not_ready"])
        self.assertIn(f'"code":"JOURNAL_FULL","message":"{no_room}', self.weir.said())
        self.assertEqual(self.weir.get("/api/v1/data/totals", limit=1).status, 200)
        self.ballast.unlink()
        self.weir.wait_for("/readyz", 200, SECONDS_MAX)
        self.assertEqual(self.send().status, 200)
        self.compare()


if __name__ == "__main__":
    unittest.main()
