"""Tables with indexes answer as the same tables without."""

import random
import time
import unittest

from running import Weir

WORKSPACE = """
source: logs
from: http
schema:
  event_time: timestamp
  user_id: bigint
  kind: varchar
  price: {type: 'decimal(8,2)'}
  share: double
  born: date
  ok: boolean
  id: uuid
  tags: 'varchar[]'
lateness: 1h
---
stream: user_log
sql: SELECT * EXCLUDE (_accepted) FROM logs
into: [user_log, user_log_plain]
---
table: user_log
indexes: [[event_time], [event_time, user_id], [user_id, event_time], [kind, price], [share], [id]]
---
stream: users
sql: |
  SELECT user_id, kind, count(*) AS n, max(price) AS price, max(event_time) AS event_time
  FROM logs WHERE user_id % 3 <> 0 OR user_id IS NULL GROUP BY ALL
unbounded_state: allow
emit_interval: 50ms
into: [users, users_plain]
---
table: users
key: [user_id, kind]
indexes: [[n, kind], [event_time], [kind, n]]
---
table: users_plain
key: [user_id, kind]
"""
ROUNDS = 3
ROWS_A_ROUND = 400
QUERIES_A_ROUND = 300
TIMES = [f"2024-05-{day:02}T{hour:02}:00:00Z" for day in range(1, 8) for hour in range(0, 24, 6)]
KINDS = ["click", "view", "buy", "a,b", "", "z\\u0000z", "ünter", "a" * 40]
IDS = [f"{number:08x}-0000-4000-8000-00000000000{number}" for number in range(9)]


def row(draw: random.Random) -> dict:
    values = {
        "event_time": draw.choice(TIMES),
        "user_id": draw.randrange(-3, 12),
        "kind": draw.choice(KINDS).replace("\\u0000", "\0"),
        "price": draw.choice([-1.5, 0, 0.01, 12.5, 999999.99]),
        "share": draw.choice([-1e300, -0.5, 0.0, 0.25, 3.0]),
        "born": f"19{draw.randrange(10, 99)}-02-03",
        "ok": draw.random() < 0.5,
        "id": draw.choice(IDS),
        "tags": [draw.choice("abc")] * draw.randrange(3),
    }
    return {name: value for name, value in values.items() if draw.random() < 0.9}


# Column: texts as a URL has them.
LOG_VALUES = {
    "event_time": [time_[:-1] for time_ in TIMES] + TIMES,
    "user_id": [str(n) for n in range(-4, 13)],
    "kind": [kind for kind in KINDS if "," not in kind and "\\" not in kind],
    "price": ["-1.5", "0", "0.01", "12.50", "7", "12.499"],
    "share": ["-0.5", "0", "-0.0", "0.25", "100"],
    "id": IDS,
    "ok": ["true", "false"],
    "born": ["1950-02-03", "1980-01-01"],
}
USER_VALUES = {
    "user_id": LOG_VALUES["user_id"],
    "kind": LOG_VALUES["kind"],
    "n": ["1", "2", "5", "9"],
    "event_time": LOG_VALUES["event_time"],
}
COMPARISONS = ["", ".eq", ".ne", ".lt", ".lte", ".gt", ".gte", ".in", ".is"]


def query(draw: random.Random, values: dict) -> list[tuple]:
    pairs = []
    for column in draw.sample(list(values), draw.randrange(4)):
        how = draw.choice(COMPARISONS)
        text = draw.choice(values[column])
        if how == ".in":
            text = ",".join(draw.choices(values[column], k=draw.randrange(1, 4)))
        if how == ".is":
            text = draw.choice(["null", "notnull"])
        pairs.append((column + how, text))
    if draw.random() < 0.5:
        columns = draw.sample(list(values), draw.randrange(1, 3))
        pairs.append(("order", ",".join(draw.choice(["", "-"]) + column for column in columns)))
    if draw.random() < 0.3:
        pairs.append(("select", ",".join(draw.sample(list(values), 2))))
    if draw.random() < 0.5:
        pairs.append(("limit", str(draw.randrange(1, 20))))
    if draw.random() < 0.3:
        pairs.append(("offset", str(draw.randrange(0, 30))))
    return pairs


class IndexesTest(unittest.TestCase):
    def setUp(self):
        self.seed = random.randrange(1 << 32)
        self.draw = random.Random(self.seed)
        self.weir = Weir({"logs.yaml": WORKSPACE})
        self.addCleanup(self.weir.close)
        self.weir.start()

    def send(self, count: int):
        rows = [row(self.draw) for _ in range(count)]
        answer = self.weir.send("logs", rows)
        self.assertEqual(answer.data["accepted"], count, answer.body)
        self.position = answer.data["position"]

    def expect_the_same(self, table: str, values: dict):
        asked = dict(query(self.draw, values))
        wait = {"wait": self.position, "timeout": "30s"}
        indexed = self.weir.get(f"/api/v1/data/{table}", **asked, **wait)
        plain = self.weir.get(f"/api/v1/data/{table}_plain", **asked, **wait)
        self.assertEqual(plain.status, 200, plain.body)
        self.assertEqual(indexed.body, plain.body, f"seed {self.seed}: {table} {asked}")

    def expect_all_the_same(self):
        for _ in range(QUERIES_A_ROUND):
            self.expect_the_same("user_log", LOG_VALUES)
            self.expect_the_same("users", USER_VALUES)

    def test_random_queries_over_rows_that_come_and_change(self):
        for _ in range(ROUNDS):
            self.send(ROWS_A_ROUND)
            self.expect_all_the_same()

    def test_after_kills_and_without_their_file(self):
        for round_ in range(2 * ROUNDS):
            self.send(ROWS_A_ROUND)
            time.sleep(self.draw.random() / 10)
            self.weir.kill()
            if round_ == ROUNDS:
                (self.weir.data / "tables/indexes.sqlite").unlink()
            if round_ == ROUNDS + 1:
                (self.weir.data / "tables/indexes.sqlite").write_bytes(b"damaged" * 1000)
            self.weir.start()
        self.expect_all_the_same()
        self.assertIn("made anew", self.weir.said())


if __name__ == "__main__":
    unittest.main()
