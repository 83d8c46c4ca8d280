"""The served OpenAPI document against the server: schemathesis finds no answer that breaks it."""

import os
import subprocess
import unittest

from running import ROOT, Weir

SCHEMATHESIS = ROOT / "build/deps/venv/bin/schemathesis"
SECONDS_MAX = 600
WORKSPACE = """
source: events
from: http
path: /log/events
browser: {origins: ["https://shop.example"]}
schema:
  moment: timestamp
  sent: {type: timestamp, format: epoch_ms}
  flag: boolean
  tiny: tinyint
  small: {type: smallint, min: -5, max: 100}
  whole: {type: integer, required: true}
  big: bigint
  huge: hugeint
  ubig: ubigint
  real_number: real
  double_number: double
  price: {type: 'decimal(12,2)', min: 0}
  name: varchar
  bytes: blob
  day: date
  clock: time
  zoned: timestamptz
  id: uuid
  tags: 'varchar[]'
  place: 'struct(x integer, y varchar)'
event_time: moment
---
stream: copies
sql: SELECT *, to_hours(tiny) AS span FROM events
into: copies
---
stream: counts
sql: |
  SELECT window_start, window_end, name, count(*) AS n, sum(price) AS total, sum(big) AS bigs
  FROM tumble(events, moment, INTERVAL 1 HOUR) GROUP BY ALL
into: counts
---
table: counts
key: [window_start, window_end, name]
indexes: [[name, window_start], [n]]
---
api: of_name
path: /counts/of-name
parameters:
  name: {type: varchar, required: true}
  since: {type: timestamp, default: '2000-01-01'}
  least: {type: integer, default: 1, min: 1, max: 9}
  price: {type: 'decimal(12,2)'}
sql: |
  SELECT window_start, n, total FROM counts
  WHERE name = $name AND window_start >= $since AND n >= $least AND coalesce(total > $price, true)
---
api: of_name_now
path: /counts/of-name
version: 2
sql: SELECT name, sum(n) AS n FROM counts GROUP BY ALL
cache: 1s
"""
EVENT = {
    "moment": "2024-05-01T10:00:00Z", "sent": 1714557600000, "flag": True, "tiny": 1, "small": 2,
    "whole": 3, "big": 2**60, "huge": 2**100, "ubig": 5, "real_number": 0.5, "double_number": 1e300,
    "price": 12.5, "name": "a", "bytes": "AAE=", "day": "2024-05-01", "clock": "10:00:00",
    "zoned": "2024-05-01T12:00:00+02:00", "id": "00000000-0000-4000-8000-000000000001",
    "tags": ["x", None], "place": {"x": 1, "y": "z"},
}  # fmt: skip


# Whether a key came with another body before, what is a SELECT, a time or a duration of 10 s at
# most, no schema can say.
MAY_REFUSE_SOUND_REQUESTS = "^/(ingest/|beacon/|log/|weir/v1/(sql|explain|tap/|quarantine/))"

# A list against the schema may be too long for a head, which is a refusal too.
SETTINGS = """
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 415, 422, 428, 429, 431, "5xx"]
"""


class ContractTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.weir = Weir({"contract.yaml": WORKSPACE, "schemathesis.toml": SETTINGS}).start()
        sent = cls.weir.send("events", [EVENT] * 3 + [{"whole": 1, "moment": EVENT["moment"]}])
        assert sent.data["accepted"] == 4, sent.body
        cls.weir.get("/api/v1/data/counts", wait=cls.weir.end("events"))
        # An administrator's could stop the server.
        made = cls.weir.post("/weir/v1/tokens", {"scopes": ["read:*", "write:*"]})
        cls.token = made.data["token"]

    @classmethod
    def tearDownClass(cls):
        cls.weir.close()

    def expect_no_failure(self, *options):
        done = subprocess.run(
            [SCHEMATHESIS, "run", f"http://127.0.0.1:{self.weir.port}/openapi.json",
             "--header", f"Authorization: Bearer {self.token}",
             "--phases", "examples,coverage,fuzzing,stateful", "--checks", "all",
             "--max-examples", "50", "--generation-deterministic", "--no-color", *options],
            cwd=self.weir.folder, text=True, capture_output=True, timeout=SECONDS_MAX,
            env=os.environ | {"PYTHONUTF8": "1"},
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout[-6000:] + done.stderr[-2000:])
        self.assertEqual(self.weir.get("/readyz").status, 200)

    def test_no_answer_breaks_the_document(self):
        self.expect_no_failure("--exclude-path-regex", MAY_REFUSE_SOUND_REQUESTS)

    def test_no_answer_to_what_may_be_refused_breaks_the_document(self):
        self.expect_no_failure(
            "--include-path-regex", MAY_REFUSE_SOUND_REQUESTS,
            "--exclude-checks", "positive_data_acceptance",
        )  # fmt: skip

    def test_the_document_names_what_the_token_may_call_and_no_more(self):
        made = self.weir.post("/weir/v1/tokens", {"scopes": ["read:counts", "write:events"]})
        document = self.weir.get("/openapi.json", token=made.data["token"]).json
        self.assertEqual(document["openapi"], "3.1.0")
        paths = document["paths"]
        self.assertIn("/ingest/events", paths)
        self.assertIn("/log/events", paths)
        self.assertIn("/api/v1/data/counts", paths)
        self.assertNotIn("/api/v1/data/copies", paths)
        self.assertNotIn("/api/v1/counts/of-name", paths)
        self.assertNotIn("/weir/v1/stop", paths)
        self.assertIn("/weir/v1/stop", self.weir.get("/openapi.json").json["paths"])
        self.assertEqual(self.weir.get("/openapi.json", token=False).status, 401)


if __name__ == "__main__":
    unittest.main()
