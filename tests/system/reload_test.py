"""A workspace that changes while it is served."""

import pathlib
import signal
import tempfile
import threading
import time
import unittest

from running import Weir

SHOP = """
source: orders
from: http
schema:
  ts: timestamp
  shop: {type: varchar, required: true}
  price: double
event_time: ts
lateness: 1h
---
stream: sales
sql: |
  SELECT window_start, shop, count(*) AS orders, sum(price) AS total
  FROM tumble(orders, ts, INTERVAL 1 HOUR)
  GROUP BY ALL
into: sales
---
stream: copies
sql: SELECT shop, price FROM orders
into: copies
"""
API = """
api: best_shops
path: /shops/best
sql: SELECT shop, sum(total) AS total FROM sales GROUP BY ALL ORDER BY 2 DESC
"""
ORDER = {"ts": "2024-05-01T10:00:00Z", "shop": "Basel", "price": 2.5}
ANOTHER_TYPE = ("SELECT shop, price FROM", "SELECT shop, price::varchar AS price FROM")
ANOTHER_KEY = ("into: copies", "into: copies\n---\ntable: copies\nkey: [shop]")
SECONDS_MAX = 20


class Sender(threading.Thread):
    """Sends one order after the other, and remembers every answer that was no 200."""

    def __init__(self, weir: Weir):
        super().__init__()
        self.weir, self.sent, self.refused, self.stopped = weir, 0, [], threading.Event()

    def run(self):
        while not self.stopped.is_set():
            answer = self.weir.send("orders", [ORDER])
            if answer.status == 200:
                self.sent += 1
            else:
                self.refused.append((answer.status, answer.body))

    def finish(self) -> int:
        self.stopped.set()
        self.join()
        return self.sent


class Reader(Sender):
    """Reads without a pause, by SQL and by the table's route, and remembers the same."""

    def run(self):
        while not self.stopped.is_set():
            for answer in (
                self.weir.post("/weir/v1/sql", {"sql": "SELECT count(*) AS n FROM copies"}),
                self.weir.get("/api/v1/data/copies", limit=1),
            ):
                if answer.status != 200:
                    self.refused.append((answer.status, answer.body))


class ReloadTest(unittest.TestCase):
    def setUp(self):
        self.weir = Weir({"shop.yaml": SHOP})
        self.addCleanup(self.weir.close)
        self.weir.start()

    def write(self, name: str, text: str):
        (self.weir.folder / name).write_text(text)

    def status(self) -> dict:
        return self.weir.get("/weir/v1/status").data

    def wait_until(self, holds):
        deadline = time.monotonic() + SECONDS_MAX
        while time.monotonic() < deadline:
            if holds():
                return
            time.sleep(0.05)
        self.fail(f"nothing happened:\n{self.weir.said()}")

    def test_a_new_api_is_served_and_no_event_is_refused_or_counted_twice(self):
        sender = Sender(self.weir)
        sender.start()
        for round_ in range(3):
            self.write("api.yaml", API + f"version: {round_ + 1}\n")
            path = f"/api/v{round_ + 1}/shops/best"
            self.wait_until(lambda path=path: self.weir.get(path).status == 200)
        sent = sender.finish()
        self.assertEqual(sender.refused, [])
        self.assertGreater(sent, 0)
        position = self.weir.end("orders")
        answer = self.weir.get("/api/v3/shops/best", wait=position, timeout="30s")
        self.assertEqual(answer.data, [{"shop": "Basel", "total": 2.5 * sent}])
        [copies] = self.weir.sql("SELECT count(*) AS n FROM copies")
        self.assertEqual(copies["n"], sent)

    def test_no_read_is_refused_while_workspaces_are_taken_up(self):
        readers = [Reader(self.weir) for _ in range(6)]
        for reader in readers:
            reader.start()
        for _ in range(5):
            since = self.status()["serving_since_seconds"]
            self.weir.process.send_signal(signal.SIGHUP)
            self.wait_until(lambda since=since: self.status()["serving_since_seconds"] > since)
        for reader in readers:
            reader.finish()
            self.assertEqual(reader.refused, [])

    def test_a_mistake_leaves_what_is_served_and_is_told(self):
        self.write("api.yaml", API.replace("sales", "sails"))
        self.wait_until(lambda: self.status()["reload_refused"] is not None)
        self.assertIn("api.yaml:4", self.status()["reload_refused"])
        self.assertIn("weir_reload_refused 1", self.weir.get("/metrics").body.decode())
        self.assertEqual(self.weir.send("orders", [ORDER]).status, 200)
        self.write("api.yaml", API)
        self.wait_until(lambda: self.weir.get("/api/v1/shops/best").status == 200)
        self.assertIsNone(self.status()["reload_refused"])

    def expect_validate_says_the_same(self, refused: str):
        validate = self.weir.run("validate")
        self.assertEqual(validate.returncode, 2, validate.stderr)
        self.assertEqual(validate.stdout.strip(), refused)

    def test_what_would_change_stored_meaning_is_refused_with_a_way_out(self):
        self.weir.send("orders", [ORDER])
        self.weir.end("orders")
        for was, becomes, told in [
            ("INTERVAL 1 HOUR", "INTERVAL 2 HOUR", "sales"),
            (*ANOTHER_TYPE, "copies"),
            ("stream: copies", "stream: renamed", "call it copies again"),
            (*ANOTHER_KEY, "kept with no key"),
        ]:
            with self.subTest(told):
                self.write("shop.yaml", SHOP.replace(was, becomes))
                self.wait_until(lambda: self.status()["reload_refused"] is not None)
                self.assertIn(told, self.status()["reload_refused"])
                if becomes != "stream: renamed":  # which the start alone sees
                    self.expect_validate_says_the_same(self.status()["reload_refused"])
                self.write("shop.yaml", SHOP + "\n")
                self.wait_until(lambda: self.status()["reload_refused"] is None)

    def test_a_file_takes_no_table_that_holds_results_until_they_are_dropped(self):
        written = SHOP.replace("into: copies", "into: places")
        self.write("shop.yaml", written)
        self.wait_until(lambda: self.weir.get("/api/v1/data/places").status == 200)
        self.weir.send("orders", [ORDER])
        position = self.weir.end("orders")
        self.assertEqual(self.weir.get("/api/v1/data/places", wait=position).status, 200)
        self.write("places.csv", "shop,price\nBern,1.0\nGenf,2.0\n")
        self.write("shop.yaml", SHOP + "---\ntable: places\nfrom: {file: places.csv}\n")
        self.wait_until(lambda: self.status()["reload_refused"] is not None)
        self.assertIn("`weir drop places --restart`", self.status()["reload_refused"])
        of_the_stream = [{"shop": "Basel"}]
        self.assertEqual(self.weir.sql("SELECT shop FROM places"), of_the_stream)
        self.weir.stop()
        started = self.weir.run("run")
        self.assertNotEqual(started.returncode, 0)
        self.assertIn("`weir drop places --restart`", started.stderr)
        dropped = self.weir.run("drop", "places", "--restart", "--yes")
        self.assertEqual(dropped.returncode, 0, dropped.stderr)
        self.weir.start()
        of_the_file = [{"shop": "Bern"}, {"shop": "Genf"}]
        self.assertEqual(self.weir.sql("SELECT shop FROM places ORDER BY shop"), of_the_file)
        # Back again, the table holds what the stream gave, all of it, and nothing of the file.
        self.write("shop.yaml", written)
        self.wait_until(lambda: self.weir.sql("SELECT shop FROM places") == of_the_stream)
        self.assertIsNone(self.status()["reload_refused"])

    def test_validate_says_without_a_server_too_what_a_start_refuses(self):
        position = self.weir.send("orders", [ORDER]).data["position"]
        self.weir.get("/api/v1/data/copies", wait=position)
        self.weir.kill()  # whose tables were not written back
        stored = {file: file.read_bytes() for file in (self.weir.data / "tables").iterdir()}
        for (was, becomes), told in [
            (ANOTHER_TYPE, "shop.yaml:18:1: table copies: column 2 is stored as price DOUBLE"),
            (ANOTHER_KEY, "shop.yaml:22:1: table copies: its rows are kept with no key"),
        ]:
            self.write("shop.yaml", SHOP.replace(was, becomes))
            validate = self.weir.run("validate")
            self.assertEqual(validate.returncode, 2, validate.stderr)
            self.assertIn(told, validate.stdout)
        self.write("shop.yaml", SHOP)
        self.assertEqual(self.weir.run("validate").returncode, 0)
        self.assertEqual({file: file.read_bytes() for file in stored}, stored)
        self.weir.start()

    def test_another_address_takes_another_start(self):
        text = (self.weir.folder / "weir.yaml").read_text()
        self.write("weir.yaml", text.replace(str(self.weir.port), "1"))
        self.wait_until(lambda: self.status()["reload_refused"] is not None)
        self.assertIn("weir.yaml:3:7: another `http.listen`", self.status()["reload_refused"])
        self.expect_validate_says_the_same(self.status()["reload_refused"])

    def test_validate_does_not_ask_the_server_of_another_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            text = f"weir: 1\nname: tested\ndata: {self.weir.data}\n"
            pathlib.Path(folder, "weir.yaml").write_text(text)
            pathlib.Path(folder, "shop.yaml").write_text(SHOP)
            validate = self.weir.run("validate", folder)
        self.assertEqual(validate.returncode, 0)
        self.assertIn(f"serves {self.weir.folder}", validate.stderr)

    def test_a_hang_up_signal_reloads_at_once(self):
        since = self.status()["serving_since_seconds"]
        self.weir.process.send_signal(signal.SIGHUP)
        self.wait_until(lambda: self.status()["serving_since_seconds"] > since)

    def test_a_removed_stream_keeps_its_data(self):
        self.weir.send("orders", [ORDER])
        position = self.weir.end("orders")
        self.assertEqual(self.weir.get("/api/v1/data/copies", wait=position).status, 200)
        kept, removed = SHOP.rsplit("---", 1)
        self.write("shop.yaml", kept)
        self.wait_until(lambda: self.weir.get("/api/v1/data/copies").status == 404)
        self.write("shop.yaml", kept + "---" + removed)
        self.wait_until(lambda: self.weir.get("/api/v1/data/copies").status == 200)
        self.assertEqual(self.weir.sql("SELECT count(*) AS n FROM copies"), [{"n": 1}])


if __name__ == "__main__":
    unittest.main()
