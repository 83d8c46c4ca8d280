"""The commands that work with a workspace and its running server, from outside."""

import fcntl
import http.server
import json
import os
import pty
import signal
import subprocess
import threading
import time
import unittest

from running import Weir

SOURCE = """
source: visits
from: http
schema:
  seen: timestamp
  page: {type: varchar, required: true}
  seconds: {type: integer, min: 0}
event_time: seen
lateness: 10s
"""
# Fields that two columns read, of types that JSON writes differently.
MARKS = """
source: marks
from: http
schema:
  number: {type: integer, from: code}
  code: varchar
  seen: {type: timestamp, format: epoch_s}
  seconds: {type: double, from: seen}
"""
STREAM = """---
stream: hourly
sql: |
  SELECT window_start, page, count(*) AS visits, sum(seconds) AS seconds
  FROM tumble(visits, seen, INTERVAL 1 HOUR)
  GROUP BY ALL
into: hourly
"""


def visit(at: str, page="/", seconds=1) -> dict:
    return {"seen": f"2024-05-01 {at}", "page": page, "seconds": seconds}


class StopTest(unittest.TestCase):
    """The server is a process that only holds the mark of one, as while it starts."""

    def setUp(self):
        self.weir = Weir({})
        self.addCleanup(self.weir.close)
        self.weir.data.mkdir()
        self.mark = open(self.weir.data / "run.json", "w")
        self.addCleanup(self.mark.close)
        self.server = subprocess.Popen(["sleep", "60"])
        self.addCleanup(self.server.kill)
        json.dump({"url": "", "pid": self.server.pid}, self.mark)
        self.mark.flush()
        fcntl.flock(self.mark, fcntl.LOCK_EX)

    def test_a_server_that_is_starting_is_told_of_and_stopped(self):
        status = self.weir.run("status")
        self.assertNotEqual(status.returncode, 0)
        self.assertIn("is starting", status.stderr)
        end = threading.Thread(target=lambda: (self.server.wait(), self.mark.close()))
        end.start()
        stopped = self.weir.run("stop")
        end.join()
        self.assertEqual((stopped.returncode, stopped.stderr), (0, ""))
        self.assertEqual(self.server.returncode, -signal.SIGTERM)

    def test_a_server_of_another_container_is_told_of(self):
        self.server.kill()
        self.server.wait()
        stopped = self.weir.run("stop")
        self.assertNotEqual(stopped.returncode, 0)
        self.assertIn("runs in a container", stopped.stderr)


class NewTest(unittest.TestCase):
    def setUp(self):
        self.weir = Weir({})
        self.addCleanup(self.weir.close)

    def test_what_new_writes_is_valid_runs_and_is_never_overwritten(self):
        kinds = [("source", "visits"), ("stream", "hourly"), ("table", "places"),
                 ("api", "recent"), ("test", "they_fit")]  # fmt: skip
        for kind, name in kinds:
            done = self.weir.run("new", kind, name)
            self.assertEqual((done.returncode, done.stderr), (0, ""), done)
            self.assertEqual(done.stdout.strip(), str(self.weir.folder / f"{name}.yaml"))
        self.assertEqual(self.weir.run("validate").stdout, "the workspace is valid\n")
        self.assertIn("1 passed, 0 failed", self.weir.run("test").stdout)
        again = self.weir.run("new", "api", "visits")
        self.assertEqual(again.returncode, 1)
        self.assertIn("there is source visits (visits.yaml:2) already", again.stderr)
        self.weir.start()
        sent = self.weir.send("visits", [{"seen": "2024-05-01 10:00", "id": "a", "value": 1}])
        self.assertEqual(sent.data["accepted"], 1)
        self.weir.get("/api/v1/recent", wait=self.weir.end("visits"))
        self.assertEqual(self.weir.get("/api/v1/recent").data[0]["events"], 1)

    def test_new_says_what_is_wrong(self):
        for words, code, said in [
            (("stream", "a"), 2, "begin with `weir new source NAME`"),
            (("sauce", "a"), 2, "sauce"),
            (("source", "order"), 2, "reserved word"),
        ]:
            done = self.weir.run("new", *words)
            self.assertEqual(done.returncode, code, done)
            self.assertIn(said, done.stderr)
        self.assertEqual([path.name for path in self.weir.folder.iterdir()], ["weir.yaml"])


class TopTest(unittest.TestCase):
    def setUp(self):
        self.weir = Weir({"visits.yaml": SOURCE + STREAM}).start()
        self.addCleanup(self.weir.close)

    def test_top_tells_rates_lag_and_memory(self):
        with self.weir.start_command("top", "--json", "--every", "0.5") as top:
            top.stdout.readline()
            self.weir.send("visits", [visit("10:00"), visit("10:30"), {"page": "no time"}])
            seen = [json.loads(top.stdout.readline()) for _ in range(2)]
            top.send_signal(signal.SIGINT)
            self.assertEqual(top.wait(5), 0)
        rates = ["rows_in", "accepted", "quarantined"]
        total = [sum(one["sources"][0][f"{rate}_a_second"] for one in seen) for rate in rates]
        # Rows of half a second, at twice the rate.
        for rate, rows in zip(total, [3, 2, 1]):
            self.assertAlmostEqual(rate, 2 * rows, delta=rows / 4)
        self.assertGreater(seen[1]["memory_bytes"], 1_000_000)
        self.assertEqual(seen[1]["streams"][0]["state"], "running")
        self.assertEqual(seen[1]["journal_end"], seen[1]["tables_applied"])

    def test_top_once_is_a_table_of_everything(self):
        done = self.weir.run("top", "--once", "--every", "0.1")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for words in ("memory", "journal end", "source", "in/s", "visits", "stream", "behind by",
                      "running", "table", "applied/s", "hourly"):  # fmt: skip
            self.assertIn(words, done.stdout)
        self.assertNotIn("\x1b", done.stdout)

    def test_top_refreshes_in_place_on_a_terminal(self):
        leader, follower = pty.openpty()
        with self.weir.start_command("top", "--every", "0.1", stdout=follower) as top:
            os.close(follower)
            shown = b""
            while shown.count(b"\x1b[H\x1b[J") < 2:
                shown += os.read(leader, 4096)
            top.send_signal(signal.SIGINT)
            self.assertEqual(top.wait(5), 0)
        os.close(leader)


class AnswerLoser(http.server.BaseHTTPRequestHandler):
    """Hands every request on, and loses the answer to each that takes events, the first time."""

    weir: Weir
    lost: set

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.weir.request("POST", self.path, body, dict(self.headers))
        if body not in self.lost:
            self.lost.add(body)
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_):
        pass


class SendTest(unittest.TestCase):
    def setUp(self):
        self.weir = Weir({"visits.yaml": SOURCE, "marks.yaml": MARKS}).start()
        self.addCleanup(self.weir.close)

    def test_csv_is_sent_with_a_token_that_may_write_and_nothing_else(self):
        (self.weir.folder / "visits.csv").write_text("seen,page,seconds\n2024-05-01 10:00,/a,7\n")
        made = self.weir.post("/weir/v1/tokens", {"scopes": ["write:visits"]})
        token = made.data["token"]
        sent = self.weir.run("send", "visits", "visits.csv", "--strict", "--token", token)
        self.assertEqual(sent.returncode, 0, sent)
        self.assertEqual(self.weir.sql("SELECT seconds FROM visits"), [{"seconds": 7}])
        listed = self.weir.get("/weir/v1/sources", token=token).data
        self.assertEqual([source["name"] for source in listed], ["visits"])
        self.assertIn("/weir/v1/sources", self.weir.get("/openapi.json", token=token).json["paths"])

    def test_a_field_of_csv_is_written_for_every_column_that_reads_it(self):
        (self.weir.folder / "marks.csv").write_text('code,seen\n7,1000\n,""\n"",2000\n')
        sent = self.weir.run("send", "marks", "marks.csv")
        self.assertIn("2 accepted (0 late), 1 quarantined", sent.stdout, sent)
        # An empty text is one to the column of texts, so it is no number to the other.
        self.assertIn("column number", sent.stderr)
        sql = "SELECT number, code, seconds, epoch(seen) AS seen FROM marks ORDER BY ALL NULLS LAST"
        self.assertEqual(self.weir.sql(sql), [
            {"number": 7, "code": "7", "seconds": 1000, "seen": 1000},
            {"number": None, "code": None, "seconds": None, "seen": None},
        ])  # fmt: skip

    def test_the_values_of_a_json_file_are_rows_on_whatever_lines_they_stand(self):
        day = "2024-05-01 10:00"
        visits = [json.dumps({"seen": day, "page": page}, indent=2) for page in ("/a", "/b")]
        file = self.weir.folder / "visits.json"
        file.write_text("\n".join(visits))
        sent = self.weir.run("send", "visits", file)
        self.assertIn("2 accepted (0 late), 0 quarantined", sent.stdout, sent)
        file.write_text(visits[0] + "\nno value\n" + visits[1])
        sent = self.weir.run("send", "visits", file)
        self.assertEqual(sent.returncode, 2, sent)
        self.assertIn("line 5, behind row 1: this is no JSON", sent.stderr)
        self.assertEqual(self.kept(), 2)

    def write(self, pages: list[str]) -> str:
        lines = [json.dumps({"seen": "2024-05-01 10:00", "page": page}) for page in pages]
        (self.weir.folder / "visits.ndjson").write_text("\n".join(lines))
        return "visits.ndjson"

    def send(self, file: str, *words: str) -> str:
        done = self.weir.run("send", "visits", file, *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def kept(self) -> int:
        [counted] = self.weir.sql("SELECT count(*) AS n FROM visits")
        return counted["n"]

    def through_an_answer_loser(self) -> list[str]:
        handler = type("Losing", (AnswerLoser,), {"weir": self.weir, "lost": set()})
        proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=proxy.serve_forever).start()
        self.addCleanup(proxy.server_close)
        self.addCleanup(proxy.shutdown)
        return ["--url", f"http://127.0.0.1:{proxy.server_port}", "--token", self.weir.token]

    def test_rows_count_once_where_answers_are_lost_also_when_they_are_sent_again(self):
        file = self.write(["/a", "/b", "/c"])
        said = self.send(file, "--batch", "2", *self.through_an_answer_loser())
        self.assertEqual((said, self.kept()), ("", 3))
        said = self.send(file, "--batch", "2")
        self.assertIn("3 of these rows had been sent before", said)
        self.assertEqual(self.kept(), 3)
        said = self.send(file, "--batch", "2", "--again", *self.through_an_answer_loser())
        self.assertEqual(said, "")
        self.assertEqual(self.kept(), 6)

    def test_large_rows_go_in_bodies_that_the_server_takes(self):
        self.send(self.write([f"{i:05}" + "/" * 4_000 for i in range(9_000)]))
        self.assertEqual(self.kept(), 9_000)



class TapTest(unittest.TestCase):
    def setUp(self):
        self.weir = Weir({"visits.yaml": SOURCE + STREAM}).start()
        self.addCleanup(self.weir.close)

    def tap(self, *words) -> subprocess.Popen:
        """A tap that has begun: what comes from now on flows through it."""
        tap = self.weir.start_command("tap", *words)
        self.addCleanup(tap.communicate)
        self.addCleanup(tap.kill)
        time.sleep(0.3)
        return tap

    def test_tap_shows_what_comes_and_nothing_that_was_there(self):
        self.weir.send("visits", [visit("09:00", "/old")])
        tap = self.tap("visits", "--json", "--limit", "2")
        began = time.monotonic()
        self.weir.send("visits", [visit("10:00", "/a"), visit("10:10", "/b"), visit("10:20", "/c")])
        out, err = tap.communicate(timeout=5)
        self.assertLess(time.monotonic() - began, 2)
        self.assertEqual(tap.returncode, 0)
        self.assertEqual([json.loads(line)["page"] for line in out.splitlines()], ["/a", "/b"])
        self.assertEqual(err, "weir: 1 more rows passed unseen\n")

    def test_tap_shows_results_late_rows_and_refused_ones(self):
        taps = {
            "hourly": self.tap("hourly", "--json", "--limit", "1"),
            "late": self.tap("hourly", "--late", "--json", "--limit", "1"),
            "refused": self.tap("visits", "--quarantine", "--json", "--limit", "1"),
            "table": self.tap("visits", "--limit", "1"),
        }
        self.weir.send("visits", [visit("10:00"), visit("12:00"), {"seen": "2024-05-01 12:00"}])
        self.weir.send("visits", [visit("10:30", "/late")])
        said = {name: tap.communicate(timeout=5)[0] for name, tap in taps.items()}
        self.assertEqual(json.loads(said["hourly"])["visits"], 1)
        self.assertEqual(json.loads(said["late"])["page"], "/late")
        refused = json.loads(said["refused"])
        event = '{"seen": "2024-05-01 12:00"}'
        self.assertEqual((refused["code"], refused["event"]), ("MISSING", event))
        self.assertEqual(said["table"].splitlines()[0].split(), ["seen", "page", "seconds"])

    def test_a_tap_that_cannot_keep_up_counts_what_it_drops_and_slows_nobody(self):
        tap = self.tap("visits", "--json", "--rate", "2")
        began = time.monotonic()
        for _ in range(20):
            self.weir.send("visits", [visit("10:00")] * 1_000)
        self.assertLess(time.monotonic() - began, 10)
        time.sleep(2.5)
        self.weir.send("visits", [visit("10:00")])
        time.sleep(2)
        tap.send_signal(signal.SIGINT)
        out, err = tap.communicate(timeout=5)
        self.assertEqual(tap.returncode, 0)
        dropped = sum(int(line.split()[1]) for line in err.splitlines())
        self.assertEqual(dropped + len(out.splitlines()), 20_001)
        self.assertLess(len(out.splitlines()), 12)

    def test_a_tap_goes_on_while_the_workspace_is_taken_up_anew(self):
        tap = self.tap("visits", "--json", "--limit", "2")
        self.weir.send("visits", [visit("10:00", "/before")])
        json.loads(tap.stdout.readline())
        since = self.weir.get("/weir/v1/status").data["serving_since_seconds"]
        self.weir.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 30
        while self.weir.get("/weir/v1/status").data["serving_since_seconds"] == since:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        self.weir.send("visits", [visit("10:01", "/after")])
        self.assertEqual(json.loads(tap.communicate(timeout=5)[0])["page"], "/after")

    def test_a_tap_is_held_to_the_scopes_of_its_token(self):
        def token(*scopes):
            return self.weir.post("/weir/v1/tokens", {"scopes": scopes}).data["token"]

        source, table, other = token("read:visits"), token("read:hourly"), token("write:visits")
        for name, secret, status in [
            ("visits", source, 200), ("quarantine(visits)", source, 200), ("hourly", source, 200),
            ("late(hourly)", source, 200), ("hourly", table, 200), ("visits", table, 403),
            ("late(hourly)", table, 403), ("visits", other, 403), ("visit", True, 404),
        ]:  # fmt: skip
            answer = self.weir.get(f"/weir/v1/tap/{name}?timeout=0s", token=secret)
            self.assertEqual(answer.status, status, (name, answer.body))
        wrong = ("limit=0", "limit=10001", "after=-1", "after=999999999", "timeout=11s", "x=1")
        for query in wrong:
            self.assertEqual(self.weir.get(f"/weir/v1/tap/visits?{query}").status, 400, query)
        self.assertEqual(
            self.weir.get("/weir/v1/tap/visits?timeout=0s&limit=3").data,
            {"rows": [], "next": self.weir.get("/weir/v1/status").data["journal_end"],
             "dropped": 0, "skipped_bytes": 0},
        )  # fmt: skip


if __name__ == "__main__":
    unittest.main()
