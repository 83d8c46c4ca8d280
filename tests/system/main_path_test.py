"""The main path through the running program: sent, durable, windowed, stored, served."""

import gzip
import json
import socket
import threading
import unittest

from running import Weir

WORKSPACE = {
    "orders.yaml": """
source: orders
from: http
schema:
  ts: timestamp
  shop: varchar
  price: 'decimal(12,2)'
event_time: ts
lateness: 1m
---
stream: sales
sql: |
  SELECT window_start, shop, count(*) AS orders, sum(price) AS total, avg(price) AS mean
  FROM tumble(orders, ts, INTERVAL 1 HOUR) GROUP BY ALL
into: sales
---
stream: big_orders
sql: SELECT ts, shop, price FROM orders WHERE price > 100
into: big_orders
---
stream: shops
sql: SELECT shop, count(*) AS orders FROM orders GROUP BY shop
unbounded_state: allow
into: shops
---
api: best
path: /shops/best
parameters:
  limit: {type: integer, default: 2, min: 1, max: 10}
sql: SELECT shop, sum(total) AS total FROM sales GROUP BY ALL ORDER BY 2 DESC LIMIT $limit
cache: 5s
""",
}


def order(at: str, shop: str, price: float) -> dict:
    return {"ts": f"2024-05-01 {at}", "shop": shop, "price": price}


class MainPathTest(unittest.TestCase):
    def setUp(self):
        self.weir = Weir(WORKSPACE).start()
        self.addCleanup(self.weir.close)

    def rows(self, table, **query):
        answer = self.weir.get(f"/api/v1/data/{table}", **query)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.data

    def test_an_event_becomes_a_row_of_a_closed_window(self):
        answer = self.weir.send(
            "orders",
            [order("10:00", "a", 10.5), order("10:59:59.5", "a", 0.25), order("10:30", "b", 7)],
        )
        self.assertEqual(
            {key: answer.data[key] for key in ("accepted", "late", "quarantined", "errors")},
            {"accepted": 3, "late": 1, "quarantined": 0, "errors": []},
        )
        self.assertEqual(self.rows("sales", wait=answer.data["position"]), [])
        position = self.weir.end("orders")
        self.assertEqual(
            self.rows("sales", wait=position, order="shop", select="shop,orders,total,mean"),
            [
                {"shop": "a", "orders": 2, "total": 10.75, "mean": 5.375},
                {"shop": "b", "orders": 1, "total": 7.0, "mean": 7.0},
            ],
        )
        best = self.weir.get("/api/v1/shops/best", wait=position)
        self.assertEqual([row["shop"] for row in best.data], ["a", "b"])

    def test_a_read_that_waits_sees_held_changes(self):
        for n in range(1, 4):
            position = self.weir.send("orders", [order("10:00", "a", n)]).data["position"]
            self.assertEqual(self.rows("shops", wait=position), [{"shop": "a", "orders": n}])

    def test_a_bad_row_is_kept_with_its_bytes_and_the_rest_goes_on(self):
        body = '{"ts":"2024-05-01","shop":"a","price":1}\n{"ts":"never","shop":"b"}\nnonsense\n'
        answer = self.weir.post("/ingest/orders", body, {"Content-Type": "application/x-ndjson"})
        self.assertEqual((answer.data["accepted"], answer.data["quarantined"]), (1, 2))
        self.assertEqual([error["row"] for error in answer.data["errors"]], [1, 2])
        kept = self.weir.sql("SELECT reason, decode(bytes) AS b FROM quarantine('orders')")
        self.assertEqual([row["b"] for row in kept], ['{"ts":"never","shop":"b"}', "nonsense"])
        self.assertIn("ts", kept[0]["reason"])
        listed = self.weir.run("quarantine", "list")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertIn("orders", listed.stdout)
        # A stream that set no row aside is not listed.
        self.assertNotIn("EXPRESSION_FAILED", listed.stdout)
        self.assertIn("nonsense", self.weir.run("quarantine", "show", "orders").stdout)

    def test_a_late_row_is_left_out_of_its_window_and_listed(self):
        self.weir.send("orders", [order("10:00", "a", 1), order("13:00", "a", 1)])
        answer = self.weir.send("orders", [order("10:20", "late", 200)])
        self.assertEqual((answer.data["accepted"], answer.data["late"]), (1, 1))
        position = self.weir.end("orders")
        self.assertEqual({row["shop"] for row in self.rows("sales", wait=position)}, {"a"})
        late = self.weir.sql("SELECT shop FROM late('sales')")
        self.assertEqual(late, [{"shop": "late"}])
        self.assertEqual([row["shop"] for row in self.rows("big_orders", wait=position)], ["late"])

    def test_a_repeat_with_its_key_answers_the_same_and_does_nothing(self):
        body, headers = json.dumps(order("10:00", "a", 1)), {"Idempotency-Key": "once"}
        first = self.weir.post("/ingest/orders", body, headers)
        self.weir.kill()
        self.weir.start()
        again = self.weir.post("/ingest/orders", body, headers)
        self.assertEqual((again.status, again.body), (200, first.body))
        self.assertNotIn("Idempotent-Replayed", first.headers)
        self.assertEqual(again.headers["Idempotent-Replayed"], "true")
        self.assertEqual(self.weir.sql("SELECT count(*) AS n FROM orders"), [{"n": 1}])
        other = self.weir.post("/ingest/orders", json.dumps(order("11:00", "b", 1)), headers)
        self.assertEqual((other.status, other.json["error"]), (422, "IDEMPOTENCY_KEY_REUSED"))

    def test_concurrent_repeats_are_answered_alike(self):
        answers = []
        body, headers = json.dumps(order("10:00", "a", 1)), {"Idempotency-Key": "many"}
        threads = [
            threading.Thread(
                target=lambda: answers.append(self.weir.post("/ingest/orders", body, headers).body)
            )
            for _ in range(16)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(set(answers)), 1)
        self.assertEqual(self.weir.sql("SELECT count(*) AS n FROM orders"), [{"n": 1}])

    def test_bodies_come_as_an_object_an_array_lines_and_compressed(self):
        one = order("10:00", "a", 1)
        for body, headers in (
            (json.dumps(one), {}),
            (json.dumps([one, one]), {}),
            ("\n".join([json.dumps(one)] * 2) + "\n\n", {"Content-Type": "application/x-ndjson"}),
            (gzip.compress(json.dumps([one]).encode()), {"Content-Encoding": "gzip"}),
        ):
            self.assertEqual(self.weir.post("/ingest/orders", body, headers).status, 200)
        self.assertEqual(self.weir.sql("SELECT count(*) AS n FROM orders"), [{"n": 6}])

    def test_sigterm_drains_and_exits_0(self):
        position = self.weir.send("orders", [order("10:00", "a", 500)]).data["position"]
        self.assertEqual(self.weir.stop(), 0)
        self.weir.start()
        self.assertEqual(len(self.rows("big_orders")), 1)
        self.assertEqual(self.rows("shops", wait=position), [{"shop": "a", "orders": 1}])

    def test_being_told_to_stop_twice_ends_nothing_that_is_under_way(self):
        def connect(text: str) -> socket.socket:
            connection = socket.create_connection(("127.0.0.1", self.weir.port), timeout=30)
            connection.sendall(text.encode())
            return connection

        def head(target: str, length: int) -> str:
            return (
                f"POST {target} HTTP/1.1\r\nHost: weir\r\n"
                f"Authorization: Bearer {self.weir.token}\r\nContent-Length: {length}\r\n"
            )

        row = json.dumps(order("10:00", "a", 500))
        idle = connect("")
        half_sent = connect(head("/ingest/orders", len(row)) + "\r\n" + row[:5])
        second_stop = connect(head("/weir/v1/stop", 2) + "\r\n{")
        self.assertEqual(self.weir.post("/weir/v1/stop", "").status, 200)
        self.assertEqual(idle.recv(1), b"")  # it is stopping
        second_stop.sendall(b"}")
        self.assertIn(b" 200 ", second_stop.recv(4096))
        half_sent.sendall(row[5:].encode())
        self.assertIn(b" 200 ", half_sent.recv(4096))
        self.assertEqual(self.weir.process.wait(60), 0)
        for connection in (idle, half_sent, second_stop):
            connection.close()

    def test_status_and_metrics_account_for_every_row(self):
        position = self.weir.send(
            "orders", [order("10:00", "a", 1), order("x", "a", 1), order("10:01", "b", 300)]
        ).data["position"]
        self.rows("big_orders", wait=position)
        status = self.weir.get("/weir/v1/status").data
        [source] = status["sources"]
        self.assertEqual(
            (source["rows_in"], source["accepted"], source["quarantined"]), (3, 2, 1)
        )
        for stream in status["streams"]:
            self.assertEqual(stream["rows_in"], 2, stream)
        text = self.weir.get("/metrics").body.decode()
        self.assertRegex(text, r'weir_\w*rows\w*_total\{[^}]*"orders"[^}]*\} 3\b')
        self.assertEqual(self.weir.run("status").returncode, 0)

    def test_pages_follow_each_other(self):
        self.weir.send("orders", [order("10:00", f"s{n:02}", 101 + n) for n in range(25)])
        position = self.weir.end("orders")
        seen, offset = [], 0
        while offset is not None:
            answer = self.weir.get(
                "/api/v1/data/big_orders", limit=10, offset=offset, order="-price", wait=position
            )
            seen += [row["shop"] for row in answer.data]
            offset = answer.json["page"]["next"]
        self.assertEqual(seen, [f"s{n:02}" for n in reversed(range(25))])
        lines = self.weir.get(
            "/api/v1/data/big_orders", headers={"Accept": "text/csv"}, select="shop", limit=2
        ).body.decode()
        self.assertEqual(lines.splitlines()[0], "shop")
        self.assertEqual(len(lines.splitlines()), 3)


if __name__ == "__main__":
    unittest.main()
