"""A checkpoint of the tables that finds no room although there was some a moment before."""

import time
import unittest

from faulty import FaultTest


class FailedCheckpointTest(FaultTest):
    def test_the_tables_file_is_opened_anew_and_agrees_with_its_place(self):
        weir = self.weir().start()
        process = weir.process.pid
        for _ in range(2):
            self.assertEqual(weir.send_rows(100).status, 200)
            weir.arm("write */weir.duckdb ENOSPC", "truncate */weir.duckdb ENOSPC")
            self.fail_a_checkpoint(weir)
            self.assertEqual(weir.send_rows().status, 200)  # the journal takes on
            answer = weir.get("/api/v1/data/copies", limit=1)
            self.assertIn(answer.status, (200, 503), answer.body)
            weir.disarm()
            self.compare(weir)
            self.assertIsNone(weir.get("/weir/v1/status").data["tables_failure"])
        self.assertEqual(weir.process.pid, process)
        self.assertEqual(weir.stop(), 0)
        weir.start()
        self.compare(weir)

    def fail_a_checkpoint(self, weir):
        """Rows enough that DuckDB's log is due to go into its file."""
        for _ in range(60):
            self.assertEqual(weir.send_rows(20_000).status, 200)
            if weir.get("/weir/v1/status").data["tables_failure"]:
                return
            time.sleep(0.05)
        self.fail(f"no checkpoint failed: {weir.said()}")


if __name__ == "__main__":
    unittest.main()
