"""kill -9 at random moments under load: nothing acknowledged is lost or doubled."""

import collections
import http.client
import json
import os
import pathlib
import random
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
from running import Weir  # noqa: E402

KILLS = int(os.environ.get("WEIR_KILLS", "200"))
SENDERS = 4
ROWS_A_BATCH = 20
EVENT_TIME_STEP_MS = 37
SECOND_MS = 1000

WORKSPACE = {
    "weir.yaml": "weir: 1\nname: killed\ncheckpoint_interval: 200ms\n",
    "events.yaml": """
source: events
from: http
schema:
  id: {type: bigint, required: true}
  ts: {type: timestamp, format: epoch_ms}
  k: varchar
  v: {type: bigint, min: 0}
event_time: ts
lateness: 30d
max_ahead: 3650d
---
stream: sums
sql: |
  SELECT window_start, k, count(*) AS n, sum(v) AS s, median(v) AS m
  FROM tumble(events, ts, INTERVAL 1 SECOND) GROUP BY ALL
into: sums
---
stream: totals
sql: SELECT k, count(*) AS n, sum(v) AS s FROM events GROUP BY k
unbounded_state: allow
emit_interval: 50ms
into: totals
---
stream: copies
sql: SELECT id, k, v * 2 AS twice FROM events
into: copies
""",
}


def row(sender: int, number: int) -> dict:
    """Row `number` of a sender; every 50th is one the schema refuses."""
    value = (sender * 7919 + number * 104729) % 1000
    return {
        "id": number * SENDERS + sender,
        "ts": 1_600_000_000_000 + number * EVENT_TIME_STEP_MS,
        "k": f"key-{value % 7}",
        "v": -1 if number % 50 == 49 else value,
    }


class Sender(threading.Thread):
    """Sends batch after batch, each until it is acknowledged, with one key for all its repeats."""

    def __init__(self, weir: Weir, index: int, running: threading.Event):
        super().__init__(daemon=True)
        self.weir, self.index, self.running = weir, index, running
        self.batches = 0
        self.repeats = 0
        self.mistakes: list[str] = []

    def run(self):
        while self.running.is_set():
            first = self.batches * ROWS_A_BATCH
            rows = [row(self.index, number) for number in range(first, first + ROWS_A_BATCH)]
            self.deliver(rows)
            self.batches += 1

    def deliver(self, rows):
        body = "".join(json.dumps(one) + "\n" for one in rows)
        headers = {
            "Content-Type": "application/x-ndjson",
            "Idempotency-Key": f"{self.index}-{self.batches}",
        }
        while True:
            try:
                answer = self.weir.post("/ingest/events", body, headers)
            except (OSError, http.client.HTTPException):
                self.repeats += 1
                time.sleep(0.002)
                continue
            if answer.status == 200:
                self.check(answer.data, rows)
                return
            if answer.status not in (429, 503):
                self.mistakes.append(f"{answer.status}: {answer.body!r}")
                return

    def check(self, data, rows):
        refused = sum(one["v"] < 0 for one in rows)
        if (data["accepted"], data["quarantined"]) != (len(rows) - refused, refused):
            self.mistakes.append(f"{data} for {len(rows)} rows, {refused} of them bad")


class KillTest(unittest.TestCase):
    def test_200_kills_lose_and_double_nothing(self):
        seed = int(os.environ.get("WEIR_SEED", random.randrange(2**32)))
        print(f"  seed {seed}: WEIR_SEED={seed} WEIR_KILLS={KILLS} repeats this", flush=True)
        moments = random.Random(seed)
        with Weir(WORKSPACE) as weir:
            running = threading.Event()
            running.set()
            senders = [Sender(weir, index, running) for index in range(SENDERS)]
            for sender in senders:
                sender.start()
            try:
                for _ in range(KILLS):
                    time.sleep(moments.uniform(0.005, 0.4))
                    weir.kill()
                    weir.start()
            finally:
                running.clear()
            for sender in senders:
                sender.join()
            self.assertEqual([text for sender in senders for text in sender.mistakes], [])
            self.assertGreater(sum(sender.repeats for sender in senders), KILLS // 10)
            self.compare(weir, senders)
            self.assertEqual(weir.stop(), 0)
            weir.start()
            self.compare(weir, senders)

    def compare(self, weir: Weir, senders: list[Sender]):
        sent = [
            row(sender.index, number)
            for sender in senders
            for number in range(sender.batches * ROWS_A_BATCH)
        ]
        good = [one for one in sent if one["v"] >= 0]
        position = weir.end("events")
        fresh = weir.get("/api/v1/data/sums", limit=1, wait=position, timeout="60s")
        self.assertEqual(fresh.status, 200, fresh.body)
        weir.get("/api/v1/data/totals", limit=1, wait=position, timeout="60s")
        weir.get("/api/v1/data/copies", limit=1, wait=position, timeout="60s")

        [history] = weir.sql(
            "SELECT count(*) AS n, count(DISTINCT id) AS ids, sum(v) AS s FROM events"
        )
        total = sum(one["v"] for one in good)
        self.assertEqual(history, {"n": len(good), "ids": len(good), "s": total})
        [refused] = weir.sql("SELECT count(*) AS n FROM quarantine('events')")
        self.assertEqual(refused["n"], len(sent) - len(good))

        [copies] = weir.sql(
            "SELECT count(*) AS n, count(DISTINCT id) AS ids, sum(twice) AS s FROM copies"
        )
        self.assertEqual(copies, {"n": len(good), "ids": len(good), "s": 2 * total})

        groups = collections.defaultdict(list)
        windows = collections.defaultdict(list)
        for one in good:
            groups[one["k"]].append(one["v"])
            windows[one["ts"] // SECOND_MS, one["k"]].append(one["v"])
        totals = {one["k"]: (one["n"], one["s"]) for one in weir.sql("SELECT k, n, s FROM totals")}
        self.assertEqual(totals, {k: (len(v), sum(v)) for k, v in groups.items()})

        [rows] = weir.sql("SELECT count(*) AS n FROM sums")
        self.assertEqual(rows["n"], len(windows))
        [sums] = weir.sql(
            "SELECT sum(n) AS n, sum(s) AS s, count(DISTINCT (window_start, k)) AS keys FROM sums"
        )
        self.assertEqual((sums["n"], sums["s"], sums["keys"]), (len(good), total, len(windows)))
        self.check_some_windows(weir, windows)

    def check_some_windows(self, weir: Weir, windows: dict):
        """A thousand windows, number by number, medians among them."""
        seconds = sorted({second for second, _ in windows})[-140:]
        got = {
            (one["second"], one["k"]): (one["n"], one["s"], one["m"])
            for one in weir.sql(
                "SELECT epoch_ms(window_start) // 1000 AS second, k, n, s, m FROM sums"
                f" WHERE epoch_ms(window_start) // 1000 >= {seconds[0]}"
            )
        }
        wanted = {
            key: (len(values), sum(values), median(values))
            for key, values in windows.items()
            if key[0] >= seconds[0]
        }
        self.assertEqual(got, wanted)


def median(values: list) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


if __name__ == "__main__":
    unittest.main()
