"""The wall clock steps by an hour while Weir runs, and across a restart."""

import time
import unittest

from faulty import FaultTest

HOUR = 3600
FILES = {
    "weir.yaml": "weir: 1\nname: clocks\ncheckpoint_interval: 100ms\n",
    "events.yaml": """
source: events
from: http
schema: {id: {type: bigint, required: true}, ts: {type: timestamp, format: epoch_ms}}
event_time: ts
max_ahead: 30m
---
stream: copies
sql: SELECT id FROM events
into: copies
---
stream: windows
sql: SELECT window_start, count(*) AS n FROM tumble(events, ts, INTERVAL 1 MINUTE) GROUP BY ALL
into: windows
""",
}


class ClockTest(FaultTest):
    def setUp(self):
        self.began = time.time()

    def send(self, weir, number, ahead=0, **headers):
        row = {"id": number, "ts": int((self.began + ahead) * 1000)}
        began = time.monotonic()
        answer = weir.send("events", [row], **headers)
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.data

    def read(self, weir, table, position):
        began = time.monotonic()
        answer = weir.get(f"/api/v1/data/{table}", wait=position, timeout="20s")
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.data

    def test_nothing_hangs_and_no_window_closes_early(self):
        weir = self.weir(FILES).start()
        self.send(weir, 0, **{"Idempotency-Key": "once"})
        for number, ahead in enumerate((HOUR, 0, -HOUR, 0), 1):
            weir.arm(f"clock * {ahead}")
            sent = self.send(weir, number, ahead)
            self.assertEqual(sent["quarantined"], 0)
            again = self.send(weir, 0, **{"Idempotency-Key": "once"})
            self.assertEqual(again["accepted"], 1)  # the first answer, once more
            self.read(weir, "copies", sent["position"])
        # Windows follow the events: only those behind the newest event have closed.
        rows = weir.sql("SELECT count(*) AS n FROM windows")
        self.assertEqual(rows, [{"n": 1}])
        self.assertEqual(weir.sql("SELECT count(*) AS n FROM copies"), [{"n": 5}])

        for ahead in (HOUR, -HOUR):
            weir.arm(f"clock * {ahead}")
            self.assertEqual(weir.stop(), 0)
            weir.start()
            again = self.send(weir, 0, **{"Idempotency-Key": "once"})
            self.assertEqual(again["accepted"], 1)
        self.read(weir, "copies", weir.end("events"))
        self.assertEqual(weir.sql("SELECT count(*) AS n FROM copies"), [{"n": 5}])

    def test_a_row_too_far_ahead_of_a_clock_set_back_is_set_aside_in_words(self):
        weir = self.weir(FILES).start()
        self.send(weir, 0)  # what was accepted before the step moves no clock
        weir.arm(f"clock * {-HOUR}")
        sent = self.send(weir, 1)  # an hour ahead of what the clock says now
        self.assertEqual((sent["accepted"], sent["quarantined"]), (0, 1))
        self.assertIn("ahead", str(sent["errors"]))


if __name__ == "__main__":
    unittest.main()
