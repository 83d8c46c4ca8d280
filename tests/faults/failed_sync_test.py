"""An fdatasync that fails: Weir takes nothing until it is restarted, and loses nothing it took."""

import unittest

from faulty import FaultTest
from running import Weir


class FailedSyncTest(FaultTest):
    def test_nothing_is_taken_after_it_and_nothing_taken_is_lost(self):
        weir = self.weir().start()
        kept = weir.send("events", [{"id": number} for number in range(100)])
        self.assertEqual(kept.status, 200, kept.body)

        weir.arm("sync *.segment EIO")
        self.refused(weir, 1000, "Input/output error")
        weir.disarm()
        # The disk works again, but what it holds nobody knows.
        self.refused(weir, 2000, "takes nothing until it is opened again")
        ready = weir.get("/readyz")
        self.assertEqual(ready.status, 503)
        self.assertEqual(ready.json["error"], "NOT_READY")
        status = weir.get("/weir/v1/status").data
        self.assertIn("takes nothing until it is opened again", status["not_ready"])
        self.assertEqual(weir.get("/healthz").status, 200)

        weir.kill()
        weir.start()
        again = weir.send("events", [{"id": 3000}])
        self.assertEqual(again.status, 200, again.body)
        position = again.data["position"]
        fresh = weir.get("/api/v1/data/copies", limit=1, wait=position, timeout="30s")
        self.assertEqual(fresh.status, 200, fresh.body)
        wanted = [{"n": 101, "ids": 101, "last": 3000}]
        for relation in ("events", "copies"):
            counts = "count(*) AS n, count(DISTINCT id) AS ids, max(id) AS last"
            self.assertEqual(weir.sql(f"SELECT {counts} FROM {relation}"), wanted)
        self.assertEqual(weir.stop(), 0)

    def refused(self, weir: Weir, number: int, words: str):
        answer = weir.send("events", [{"id": number}])
        self.assertEqual(answer.status, 503, answer.body)
        self.assertEqual(answer.json["error"], "JOURNAL_UNAVAILABLE")
        self.assertIn(words, answer.json["message"])
        self.assertIn("Retry-After", answer.headers)


if __name__ == "__main__":
    unittest.main()
