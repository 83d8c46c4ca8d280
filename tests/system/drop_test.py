"""`weir drop`: what is kept of a name goes, and the name starts anew."""

import concurrent.futures
import fcntl
import json
import pathlib
import subprocess
import time
import unittest

from running import PROGRAM, Weir

SOURCE = """
source: visits
from: http
schema: {seen: timestamp, page: varchar, n: integer}
event_time: seen
"""
STREAMS = {
    "pages.yaml": """
stream: pages
sql: SELECT page, count(*) AS visits FROM visits GROUP BY page
unbounded_state: allow
into: pages
""",
    "big.yaml": """
stream: big
sql: SELECT page, n FROM visits WHERE n > 1
into: kept
""",
    "small.yaml": """
stream: small
sql: SELECT page, n FROM visits WHERE n <= 1
into: kept
""",
}
ROWS = [{"seen": f"2024-05-01 10:0{i}", "page": "/ab"[: i % 2 + 1], "n": i} for i in range(6)]


class DropTest(unittest.TestCase):
    def setUp(self):
        self.weir = Weir({"visits.yaml": SOURCE} | STREAMS).start()
        self.addCleanup(self.weir.close)
        self.send()

    def send(self, rows=ROWS, **headers) -> int:
        sent = self.weir.send("visits", rows, **headers).data
        self.assertEqual(sent["accepted"], len(rows))
        return sent["position"]

    def rows(self, table) -> list:
        """Of all that was sent so far."""
        status = self.weir.get("/weir/v1/status").data
        answer = self.weir.get(f"/api/v1/data/{table}", wait=status["journal_end"])
        self.assertEqual(answer.status, 200, answer.body)
        return answer.data

    def change(self, name: str, text: str | None = None):
        """Takes a document out of the stopped workspace, or writes another."""
        path = self.weir.folder / name
        path.unlink() if text is None else path.write_text(text)

    def drop(self, *words, code=0) -> subprocess.CompletedProcess:
        done = self.weir.run("drop", *words)
        self.assertEqual(done.returncode, code, done)
        return done

    def stop(self):
        self.assertEqual(len(self.rows("pages")), 2)
        self.assertEqual(self.weir.stop(), 0)

    def test_a_dropped_stream_starts_anew_and_nothing_of_it_is_left(self):
        self.stop()
        self.change("pages.yaml")
        refused = self.drop("pages", code=2)
        self.assertIn("say --yes", refused.stderr)
        self.assertRegex(refused.stdout, r"rows of table pages +2 ")
        self.assertIn("state of stream pages", refused.stdout)
        self.assertIn("results of pages", refused.stdout)
        said = json.loads(self.drop("pages", "--yes", "--json").stdout)
        self.assertEqual(said["dropped"], True)
        rows = {part["what"]: part["rows"] for part in said["parts"]}
        self.assertEqual(rows["rows of table pages"], 2)
        self.assertFalse((self.weir.data / "state/pages").exists())
        stat = json.loads(self.weir.run("journal", "stat", "--json").stdout)
        self.assertNotIn("pages", [topic["topic"] for topic in stat["topics"]])
        self.assertEqual(self.weir.run("journal", "check").returncode, 0)
        self.assertIn("nothing is kept", self.drop("pages", "--yes", code=2).stderr)
        self.weir.start()
        self.assertEqual(self.weir.get("/api/v1/data/pages").status, 404)
        self.weir.stop()
        # Another meaning under the old name, made of all that the source keeps.
        self.change("pages.yaml", STREAMS["pages.yaml"].replace("count(*)", "sum(n)"))
        self.weir.start()
        self.assertEqual(sorted(row["visits"] for row in self.rows("pages")), [6, 9])
        self.weir.kill()
        self.weir.start()
        self.send()
        self.assertEqual(sorted(row["visits"] for row in self.rows("pages")), [12, 18])

    def test_what_is_declared_is_dropped_only_to_start_anew(self):
        self.stop()
        refused = self.drop("pages", "--yes", code=2)
        self.assertIn("pages is declared (pages.yaml:2)", refused.stderr)
        self.change("pages.yaml", STREAMS["pages.yaml"].replace("count(*)", "max(n)"))
        validate = self.weir.run("validate")
        self.assertEqual(validate.returncode, 2)
        self.assertIn("`weir drop pages --restart`", validate.stdout)
        self.drop("pages", "--restart", "--yes")
        self.assertEqual(self.weir.run("validate").returncode, 0)
        self.weir.start()
        self.assertEqual(sorted(row["visits"] for row in self.rows("pages")), [4, 5])

    def test_a_table_of_two_streams_is_written_anew_from_the_one_that_stays(self):
        self.assertEqual(len(self.rows("kept")), 6)
        self.stop()
        self.change("small.yaml")
        said = self.drop("small", "--yes").stdout
        self.assertRegex(said, r"rows of table kept, with those of big +6 ")
        self.weir.start()
        self.assertEqual(sorted(row["n"] for row in self.rows("kept")), [2, 3, 4, 5])

    def test_a_dropped_source_has_no_history_no_watermark_and_no_keys(self):
        key = {"Idempotency-Key": "k1"}
        self.send([ROWS[0]], **key)
        self.weir.post("/ingest/visits", "[1]", {"Content-Type": "application/json"})
        self.weir.end("visits")
        self.stop()
        for name in ("visits.yaml", *STREAMS):
            self.change(name)
        refused = self.drop("visits", "--yes", code=1)
        why = "stream [a-z]+ has read visits .* `weir drop visits [a-z]+`"
        self.assertRegex(refused.stderr, why)
        said = self.drop("visits", "pages", "big", "small", "--yes").stdout
        self.assertRegex(said, r"events of visits +7 ")
        self.assertRegex(said, r"refused rows of visits +1 ")
        self.change("visits.yaml", SOURCE.replace("n: integer", "n: varchar"))
        for name, text in STREAMS.items():
            self.change(name, text.replace("n > 1", "n > '1'").replace("n <= 1", "n <= '1'"))
        self.weir.start()
        self.assertEqual(self.rows("pages"), [])
        self.assertEqual(self.weir.sql("SELECT * FROM visits"), [])
        self.assertEqual(self.weir.sql("SELECT * FROM quarantine('visits')"), [])
        status = self.weir.get("/weir/v1/status").data["sources"][0]
        self.assertEqual(status["watermark_seconds"], None)
        rows = [row | {"n": "x"} for row in ROWS]
        sent = self.weir.send("visits", rows, **key).data
        self.assertEqual((sent["accepted"], sent["late"]), (6, 0))
        self.assertEqual(len(self.rows("pages")), 2)
        self.weir.kill()
        self.weir.start()
        self.assertEqual(self.weir.sql("SELECT count(*) AS n FROM visits"), [{"n": 6}])
        self.assertEqual(self.weir.send("visits", rows, **key).data["position"], sent["position"])

    def test_a_drop_is_finished_by_whatever_comes_after_a_kill(self):
        self.stop()
        self.change("pages.yaml")
        for finish in ("drop", "run"):
            with self.subTest(finish):
                self.change("pages.yaml", STREAMS["pages.yaml"])
                self.weir.start()
                self.stop()
                self.change("pages.yaml")
                # As a kill right behind the beginning leaves it.
                intent = '{"topics":["pages"],"tables":["pages"]}'
                (self.weir.data / "drop.json").write_text(intent)
                if finish == "drop":
                    self.assertIn("is finished: pages", self.drop("pages", "--yes").stderr)
                else:
                    self.weir.start()
                    self.weir.stop()
                self.assertFalse((self.weir.data / "drop.json").exists())
                self.assertFalse((self.weir.data / "state/pages").exists())
                self.assertIn("nothing is kept", self.drop("pages", "--yes", code=2).stderr)

    def test_a_kill_at_any_time_leaves_all_or_what_a_repeat_finishes(self):
        self.stop()
        self.change("pages.yaml")
        for pause in (0.005, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15):
            try:
                self.weir.run("drop", "pages", "--yes", timeout=pause)
            except subprocess.TimeoutExpired:
                pass
        last = self.weir.run("drop", "pages", "--yes", timeout=30)
        self.assertTrue(last.returncode == 0 or "nothing is kept" in last.stderr, last.stderr)
        self.assertFalse((self.weir.data / "state/pages").exists())
        stat = json.loads(self.weir.run("journal", "stat", "--json").stdout)
        self.assertNotIn("pages", [topic["topic"] for topic in stat["topics"]])
        self.change("pages.yaml", STREAMS["pages.yaml"])
        self.weir.start()
        self.assertEqual(sorted(row["visits"] for row in self.rows("pages")), [3, 3])
        self.assertEqual(len(self.rows("kept")), 6)

    def test_history_of_what_was_dropped_gives_its_room_back(self):
        self.stop()
        stat = json.loads(self.weir.run("journal", "stat", "--json").stdout)
        self.assertIn("pages", [topic["topic"] for topic in stat["topics"]])
        self.change("pages.yaml")
        history = pathlib.Path(self.weir.data / "history/pages")
        self.drop("pages", "--yes")
        self.assertFalse(history.exists())
        dump = subprocess.run(
            [PROGRAM, "journal", "dump", "--topic", "pages"], cwd=self.weir.folder,
            text=True, capture_output=True, timeout=60,
        )  # fmt: skip
        self.assertEqual((dump.returncode, dump.stdout), (0, ""))

    def test_drop_takes_no_name_for_another(self):
        for stopped in (False, True):
            self.assertIn('did you mean "pages"?', self.drop("pagse", "--yes", code=2).stderr)
            self.assertIn("is declared", self.drop("pages", "--yes", code=2).stderr)
            if not stopped:
                self.stop()

    def test_a_running_server_drops_while_nothing_is_served(self):
        self.assertEqual(len(self.rows("pages")), 2)
        refused = self.drop("pages", "--restart", code=2)
        self.assertIn("say --yes", refused.stderr)
        self.assertRegex(refused.stdout, r"rows of table pages +2 ")
        # Events that come meanwhile wait, and none is lost.
        sent = []
        with concurrent.futures.ThreadPoolExecutor(1) as sender:
            sending = sender.submit(lambda: [sent.append(self.send()) for _ in range(200)])
            said = json.loads(self.drop("pages", "--restart", "--yes", "--json").stdout)
            self.assertEqual(said["dropped"], True)
            sending.result()
        self.assertEqual(len(sent), 200)
        rows = {row["page"]: row["visits"] for row in self.rows("pages")}
        self.assertEqual(rows, {"/": 603, "/a": 603})
        self.rows("kept")
        self.assertEqual(self.weir.sql("SELECT count(*) AS n FROM kept"), [{"n": 1206}])
        self.assertFalse((self.weir.data / "drop.json").exists())

    def test_a_running_server_takes_up_what_it_refused_once_the_old_is_dropped(self):
        self.rows("pages")
        self.change("pages.yaml", STREAMS["pages.yaml"].replace("count(*)", "count(*) || '!'"))
        deadline = time.monotonic() + 20
        while not self.weir.get("/weir/v1/status").data["reload_refused"]:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        refused = self.weir.get("/weir/v1/status").data["reload_refused"]
        self.assertIn("`weir drop pages --restart`", refused)
        self.drop("pages", "--restart", "--yes")
        self.assertEqual(sorted(row["visits"] for row in self.rows("pages")), ["3!", "3!"])

    def test_a_stream_taken_out_of_a_running_workspace_is_dropped(self):
        self.rows("pages")
        self.change("pages.yaml")
        self.drop("pages", "--yes")
        self.assertEqual(self.weir.get("/api/v1/data/pages").status, 404)
        self.assertIn("nothing is kept", self.drop("pages", "--yes", code=2).stderr)

    def test_a_drop_that_was_begun_is_done_though_the_server_dies(self):
        self.rows("pages")
        body = {"names": ["pages"], "restart": True}
        self.assertEqual(self.weir.post("/weir/v1/drop", body).data["begun"], True)
        self.weir.kill()
        self.weir.start()
        self.assertFalse((self.weir.data / "drop.json").exists())
        self.assertEqual(sorted(row["visits"] for row in self.rows("pages")), [3, 3])

    def test_a_drop_is_not_done_where_the_workspace_cannot_be_taken_up(self):
        self.rows("pages")
        self.change("big.yaml", STREAMS["big.yaml"].replace("into: kept", "into: big"))
        self.change("pages.yaml", STREAMS["pages.yaml"].replace("count(*)", "sum(n)"))
        self.change("small.yaml", """
stream: small
sql: SELECT page, sum(n) AS n FROM visits GROUP BY page
unbounded_state: allow
into: small
""")
        refused = self.drop("pages", "--restart", "--yes", code=1)
        again = "nothing is dropped; run `weir drop` again once this is over: .*stream small"
        self.assertRegex(refused.stderr, again)
        self.assertFalse((self.weir.data / "drop.json").exists())
        self.assertEqual(sorted(row["visits"] for row in self.rows("pages")), [3, 3])

    def folders(self) -> list:
        state = self.weir.data / "state"
        return sorted([*self.weir.data.glob("tables*"), *state.iterdir()])

    def start_during_a_backup(self, *command) -> subprocess.Popen:
        """What waits until the lock is let go, which a backup holds while it copies."""
        before = self.folders()
        with open(self.weir.data / "backup.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            began = self.weir.start_command(*command)
            with self.assertRaises(subprocess.TimeoutExpired):
                began.wait(1)
            self.assertEqual(self.folders(), before)
        return began

    def test_no_drop_and_no_rebuild_changes_what_a_backup_copies(self):
        self.rows("pages")
        drop = ("drop", "pages", "--restart", "--yes")
        for command in (drop, ("tables", "rebuild"), drop):  # the first under a running server
            began = self.start_during_a_backup(*command)
            _, said = began.communicate(timeout=60)
            self.assertEqual(began.returncode, 0, said)
            if self.weir.process.poll() is None:
                self.stop()

    def test_what_a_kill_left_of_the_tables_is_not_rewritten_while_a_backup_copies_it(self):
        self.rows("pages")
        self.weir.kill()
        self.change("pages.yaml")
        files = [self.weir.data / "tables/weir.duckdb", self.weir.data / "tables/weir.duckdb.wal"]
        before = [file.read_bytes() for file in files]
        with open(self.weir.data / "tables/backup.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            planned = self.weir.start_command("drop", "pages")
            with self.assertRaises(subprocess.TimeoutExpired):
                planned.wait(1)
            self.assertEqual([file.read_bytes() for file in files], before)
        _, said = planned.communicate(timeout=60)
        self.assertIn("nothing is dropped yet", said)

    def test_a_table_alone_is_written_anew_from_what_its_streams_gave(self):
        self.stop()
        self.assertIn("or a stream writes it", self.drop("kept", "--yes", code=2).stderr)
        self.drop("kept", "--restart", "--yes")
        self.weir.start()
        self.assertEqual(len(self.rows("kept")), 6)

    def test_the_indexes_of_a_table_go_with_it(self):
        self.stop()
        table = "---\ntable: pages\nindexes: [[visits]]\n"
        self.change("pages.yaml", STREAMS["pages.yaml"] + table)
        self.weir.start()
        self.assertEqual(len(self.rows("pages")), 2)
        self.assertEqual(len(self.weir.get("/api/v1/data/pages", visits=3).data), 2)
        self.weir.stop()
        changed = STREAMS["pages.yaml"].replace("count(*)", "sum(n)") + table
        self.change("pages.yaml", changed)
        self.drop("pages", "--restart", "--yes")
        self.weir.start()
        self.rows("pages")
        found = {n: len(self.weir.get("/api/v1/data/pages", visits=n).data) for n in (3, 6, 9)}
        self.assertEqual(found, {3: 0, 6: 1, 9: 1})

    def test_only_an_administrator_drops(self):
        token = self.weir.post("/weir/v1/tokens", {"scopes": ["read:*"]}).data["token"]
        body = {"names": ["pages"], "restart": True}
        self.assertEqual(self.weir.post("/weir/v1/drop", body, token=token).status, 403)
        for wrong in ("", "{}", '{"names": []}', '{"names": ["pages"], "x": 1}',
                      '{"names": ["pages"], "restart": 1}'):
            self.assertEqual(self.weir.post("/weir/v1/drop", wrong).status, 400, wrong)
        self.assertEqual(self.weir.get("/weir/v1/drop").data, [])


if __name__ == "__main__":
    unittest.main()
