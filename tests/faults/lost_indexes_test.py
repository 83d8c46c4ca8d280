"""Lost indexes of a large table: the start that makes them anew answers probes meanwhile."""

import json
import unittest

from faulty import Weir

WORKSPACE = {
    "logs.yaml": """
source: logs
from: http
schema: {id: bigint, kind: varchar, price: double}
---
stream: user_log
sql: SELECT id, kind, price FROM logs
into: user_log
---
table: user_log
indexes: [[id], [kind, id], [price], [price, kind], [id, price, kind]]
""",
}
BODY_ROWS = 20_000
BODIES = 6  # the indexes of so many rows take longer than a few requests


class LostIndexesTest(unittest.TestCase):
    def filled(self) -> Weir:
        weir = Weir(WORKSPACE)
        self.addCleanup(weir.close)
        weir.start()
        for body in range(BODIES):
            rows = [
                {"id": body * BODY_ROWS + n, "kind": f"kind {n % 7}", "price": n * 7919 % 10007}
                for n in range(BODY_ROWS)
            ]
            self.assertEqual(weir.send("logs", rows).status, 200)
        self.assertEqual(weir.stop(), 0)
        return weir

    def test_a_start_that_makes_indexes_anew_tells_of_its_health(self):
        weir = self.filled()
        (weir.data / "tables/indexes.sqlite").unlink()
        weir.start(ready_path="/healthz")
        not_ready = weir.get("/readyz")
        refused = weir.send("logs", [{"id": 1}])
        running = json.loads((weir.data / "run.json").read_text())
        second = weir.run("run", "--listen", f"127.0.0.1:{weir.port}")
        self.assertEqual((not_ready.status, not_ready.json["error"]), (503, "NOT_READY"))
        self.assertIn("the server starts", not_ready.json["message"])
        self.assertEqual((refused.status, refused.json["error"]), (503, "STARTING"))
        self.assertEqual(refused.headers["Retry-After"], "1")
        self.assertEqual(running, {"url": "", "pid": weir.process.pid})
        self.assertEqual(second.returncode, 1, second.stderr)
        self.assertIn("a server runs over", second.stderr)
        weir.wait_for("/readyz", 200)
        self.assertIn("made anew", weir.said())
        self.assertNotIn("NOT_READY", weir.said(), "a probe is no refused request")
        [rows] = weir.sql("SELECT count(*) AS n FROM user_log")
        self.assertEqual(rows["n"], BODIES * BODY_ROWS)


if __name__ == "__main__":
    unittest.main()
