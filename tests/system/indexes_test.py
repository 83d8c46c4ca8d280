"""Tables with indexes answer as the same tables without."""

import json
import random
import sqlite3
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
  digest: blob
  tags: 'varchar[]'
lateness: 1h
---
stream: user_log
sql: SELECT * EXCLUDE (_accepted) FROM logs
into: [user_log, user_log_plain]
---
table: user_log
indexes:
  [[event_time], [event_time, user_id], [user_id, event_time], [kind, price], [share], [id],
  [digest]]
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
---
source: visits
from: http
schema: {day: timestamp, user_id: bigint}
event_time: day
---
stream: recent
sql: SELECT * FROM visits
into: recent
---
table: recent
indexes: [[user_id]]
retention: 1d
---
api: version
path: /version
sql: SELECT 1 AS number
---
api: clicks_of
path: /clicks
parameters:
  user: {type: bigint, required: true}
  since: {type: timestamp, default: 2024-01-01}
sql: SELECT count(*) AS n FROM user_log WHERE user_id = $user AND event_time >= $since
"""
EXPLAINED = {
    "SELECT * FROM user_log WHERE user_id = 7": (
        "reads user_log by index [user_id, event_time]: user_id = CAST(7 AS BIGINT); "
        "4 rows looked at, of 410"
    ),
    "SELECT * FROM user_log WHERE event_time = '2024-05-02' AND user_id >= 90": (
        "reads user_log by index [event_time, user_id]: "
        "event_time = CAST('2024-05-02' AS TIMESTAMP), user_id >= CAST(90 AS BIGINT); "
        "10 rows looked at, of 410"
    ),
    "SELECT * FROM user_log WHERE event_time < '2024-05-02'": (
        "reads user_log by index [event_time]: event_time < CAST('2024-05-02' AS TIMESTAMP); "
        "110 rows looked at, of 410"
    ),
    "SELECT * FROM user_log WHERE user_id IN (1, 2, 200)": (
        "reads user_log by index [user_id, event_time]: "
        "user_id IN (CAST(1 AS BIGINT), CAST(2 AS BIGINT), CAST(200 AS BIGINT)); "
        "8 rows looked at, of 410"
    ),
    "SELECT * FROM user_log WHERE event_time >= '2024-05-02' AND user_id IN (1, 2)": (
        "reads user_log by index [user_id, event_time]: "
        "user_id IN (CAST(1 AS BIGINT), CAST(2 AS BIGINT)); 8 rows looked at, of 410"
    ),
    "SELECT count(*) FROM user_log WHERE born = '1950-02-03'": (
        "reads user_log: all 410 rows; an index would find them: `indexes: [[born]]`"
    ),
    "SELECT count(*) FROM user_log_plain WHERE born > '1990-01-01' AND user_id = 3": (
        "reads user_log_plain: all 410 rows; an index would find them: "
        "`indexes: [[user_id, born]]`"
    ),
    "SELECT count(*) FROM user_log": "reads user_log: all 410 rows",
    "SELECT count(*) FROM logs WHERE user_id = 3": "reads logs: all its rows",
    "SELECT n FROM users WHERE user_id = 1 AND kind = 'view'": (
        "reads users by index [user_id, kind]: user_id = CAST(1 AS BIGINT), "
        "kind = CAST('view' AS VARCHAR); 1 rows looked at, of 67"
    ),
}
ADVICE = "a restart makes the indexes anew"
ROUNDS = 3
ROWS_A_ROUND = 400
QUERIES_A_ROUND = 300
TIMES = [f"2024-05-{day:02}T{hour:02}:00:00Z" for day in range(1, 8) for hour in range(0, 24, 6)]
KINDS = ["click", "view", "buy", "a,b", "", "z\\u0000z", "ünter", "a" * 40]
IDS = [f"{number:08x}-0000-4000-8000-00000000000{number}" for number in range(9)]
DIGESTS = ["AAEC", "AAE=", "/w==", "Kysr", ""]


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
        "digest": draw.choice(DIGESTS),
        "tags": [draw.choice("abc")] * draw.randrange(3),
    }
    return {name: value for name, value in values.items() if draw.random() < 0.9}


# Column: texts as a URL has them.
LOG_VALUES = {
    "event_time": [time_[:-1] for time_ in TIMES] + TIMES,
    "user_id": [str(n) for n in range(-4, 13)],
    "kind": [kind for kind in KINDS if "," not in kind and "\\" not in kind],
    "price": ["-1.5", "0", "0.01", "12.50", "7", "12.49"],
    "share": ["-0.5", "0", "-0.0", "0.25", "100"],
    "id": IDS,
    "digest": DIGESTS,
    "ok": ["true", "false"],
    "born": ["1950-02-03", "1980-01-01"],
}
USER_VALUES = {
    "user_id": LOG_VALUES["user_id"],
    "kind": LOG_VALUES["kind"],
    "n": ["1", "2", "5", "9"],
    "event_time": LOG_VALUES["event_time"],
}
SQL_CONDITIONS = [
    "user_id = 3",
    "user_id = 3 AND event_time >= '2024-05-03 10:00'",
    "event_time < CAST('2024-05-05 10:00' AS DATE) AND user_id = 1",
    "event_time BETWEEN '2024-05-02' AND '2024-05-03' AND user_id > 2",
    "kind IN ('click', 'a,b') AND price > 0",
    "5 < user_id AND user_id <= 7 OR kind = 'view'",
    "user_id = NULL",
    "price = 12.50 AND kind = 'buy'",
    "share >= 0.25 AND share < '2'::DOUBLE",
    "id = '00000003-0000-4000-8000-000000000003'",
    "user_id = 3 AND rowid >= 0",
    "user_id = (SELECT min(user_id) FROM user_log)",
]
DAMAGED = ["rows user_log", "order user_log 1 0", "kept"]
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


def flip_root_page(path, table: str):
    with sqlite3.connect(path) as file:
        root = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        [page] = file.execute(root, [table]).fetchone()
        [size] = file.execute("PRAGMA page_size").fetchone()
    file.close()
    with open(path, "r+b") as file:
        file.seek((page - 1) * size)
        flipped = bytes(byte ^ 0xFF for byte in file.read(size))
        file.seek((page - 1) * size)
        file.write(flipped)


def flip_a_bit_of_each_row(path, table: str):
    with sqlite3.connect(path) as file:
        for key, row in file.execute(f'SELECT key, row FROM "rows {table}"').fetchall():
            flipped = bytearray(row)
            flipped[len(row) // 2] ^= 4
            update = f'UPDATE "rows {table}" SET row = ? WHERE key = ?'
            file.execute(update, (bytes(flipped), key))
    file.close()


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

    def expect_the_same_of_sql(self, table: str, columns: str, where: str):
        text = f"SELECT {columns} FROM {{}} WHERE {where} ORDER BY ALL"
        self.assertEqual(
            self.weir.sql(text.format(table)), self.weir.sql(text.format(table + "_plain")), where
        )

    def expect_all_the_same(self):
        for table in ("user_log", "user_log_plain"):
            self.weir.get(f"/api/v1/data/{table}", wait=self.position, timeout="30s")
        for where in SQL_CONDITIONS:
            self.expect_the_same_of_sql("user_log", "* EXCLUDE (share)", where)
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

    def test_a_damaged_page_is_told_of_and_a_restart_makes_the_file_anew(self):
        for table in DAMAGED:
            with self.subTest(table):
                self.send(ROWS_A_ROUND)
                self.assertEqual(self.weir.stop(), 0)
                flip_root_page(self.weir.data / "tables/indexes.sqlite", table)
                self.weir.start()
                if table != "kept":  # which is read at the start
                    self.expect_words_of_damage()
                    self.assertEqual(self.weir.stop(), 1)  # as the tables stopped
                    self.weir.start()
                self.send(1)
                self.expect_all_the_same()
                self.assertIn("made anew", self.weir.said())

    def test_a_row_with_a_flipped_bit_is_told_of_and_not_served(self):
        self.send(ROWS_A_ROUND)
        self.assertEqual(self.weir.stop(), 0)
        flip_a_bit_of_each_row(self.weir.data / "tables/indexes.sqlite", "user_log")
        self.weir.start()
        read = self.weir.get("/api/v1/data/user_log", user_id=3)
        self.assertEqual((read.status, read.json["error"]), (500, "CORRUPT"))
        self.assertIn(ADVICE, read.json["message"])
        self.assertEqual(self.weir.stop(), 0)
        self.weir.start()
        self.send(1)
        self.expect_all_the_same()
        self.assertIn("made anew", self.weir.said())

    def expect_words_of_damage(self):
        self.send(ROWS_A_ROUND)
        asked = {"wait": self.position, "timeout": "30s"}
        self.assertNotEqual(self.weir.get("/api/v1/data/user_log", **asked).status, 200)
        read = self.weir.get("/api/v1/data/user_log", user_id=3)
        if read.status != 200:  # not every page is needed for that
            self.assertEqual(read.status, 500)
            self.assertIn(ADVICE, read.json["message"])
        self.assertIn(ADVICE, self.weir.said())
        self.assertNotIn("tables rebuild", self.weir.said())

    def test_explain_shows_index_ranges_and_rows_looked_at(self):
        self.send_days()
        for sql, told in EXPLAINED.items():
            with self.subTest(sql):
                done = self.weir.run("explain", sql)
                self.assertEqual(done.stdout.strip(), told, done.stderr)
        done = self.weir.run("explain", "clicks_of")
        self.assertEqual(
            done.stdout.strip(),
            "reads user_log by index [user_id, event_time]: "
            "user_id = CAST($user AS BIGINT), event_time >= CAST($since AS TIMESTAMP)",
        )
        self.assertEqual(self.weir.run("explain", "version").stdout, "reads no table\n")
        self.assertRegex(
            self.weir.run("explain", "users_plain").stdout, "^table users_plain: no row"
        )
        self.assertRegex(
            self.weir.run("explain", "user_log").stdout,
            r"^gives event_time(.*\n)+table user_log: its indexes cost \d+ bytes",
        )
        asked = {"user": 3, "since": "2024-05-02"}
        self.assertEqual(self.weir.get("/api/v1/clicks", **asked).data, [{"n": 3}])

    def test_explain_has_one_shape_in_json(self):
        self.send_days()
        shapes = {
            "user_log": {"name", "stream", "table"},  # a stream and its table
            "users_plain": {"name", "table"},
            "clicks_of": {"name", "reads"},
            "SELECT * FROM user_log WHERE user_id = 7": {"reads"},
        }
        for what, told in shapes.items():
            with self.subTest(what):
                explained = self.explained(what)
                self.assertEqual(list(explained), ["name", "stream", "table", "reads"])
                self.assertEqual({key for key in explained if explained[key] is not None}, told)
        self.assertEqual(self.explained("user_log")["table"]["index_rows"], 410)
        [read] = self.explained("SELECT * FROM user_log WHERE user_id = 7")["reads"]
        self.assertEqual((read["index"], read["rows_scanned"]), (["user_id", "event_time"], 4))
        self.assertEqual(self.weir.stop(), 0)
        explained = self.explained("user_log")
        self.assertIn("exactly once", explained["stream"]["guarantee"])
        self.assertEqual(set(explained["table"].values()), {None})
        self.assertEqual(self.weir.run("explain", "users_plain").returncode, 3)

    def explained(self, what: str) -> dict:
        done = self.weir.run("--json", "explain", what)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def send_days(self):
        """A hundred users on each of four days, and ten rows of no user."""
        rows = [
            {"event_time": f"2024-05-0{day}T00:00:00Z", "user_id": user, "kind": "view"}
            for day in range(1, 5)
            for user in range(100)
        ]
        rows += [{"event_time": "2024-05-01T00:00:00Z"}] * 10
        self.position = self.weir.send("logs", rows).data["position"]
        self.weir.get("/api/v1/data/user_log", wait=self.position)

    def test_rows_that_are_too_old_go_from_the_index_too(self):
        rows = [{"day": f"2024-05-0{day}", "user_id": n} for day in range(1, 5) for n in range(99)]
        wait = {"wait": self.weir.send("visits", rows).data["position"], "timeout": "30s"}
        of_one = self.weir.get("/api/v1/data/recent", user_id=7, **wait).data
        self.assertEqual([row["day"][:10] for row in of_one], ["2024-05-03", "2024-05-04"])
        by_day = self.weir.get("/api/v1/data/recent", order="day", limit=1000).data
        self.assertEqual(len(by_day), 198)
        self.assertEqual(self.weir.sql("SELECT count(*) AS n FROM recent"), [{"n": 198}])

    def test_what_an_index_costs_is_told(self):
        self.send_days()
        status = self.weir.get("/weir/v1/status").data["tables"]
        tables = {table["name"]: table for table in status}
        self.assertEqual(tables["user_log"]["index_rows"], 410)
        self.assertGreater(tables["user_log"]["index_bytes"], 410 * 50)
        self.assertEqual(tables["user_log_plain"]["index_rows"], 0)
        metrics = self.weir.get("/metrics").body.decode()
        self.assertIn('weir_table_index_rows_total{table="user_log"} 410', metrics)


if __name__ == "__main__":
    unittest.main()
