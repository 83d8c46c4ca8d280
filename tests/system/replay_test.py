"""`weir quarantine replay`: rows that were set aside are sent again, each once."""

import json
import time
import unittest

from commands_test import SOURCE, STREAM, visit
from running import Weir


class ReplayTest(unittest.TestCase):
    """Rows that a source refused, sent again when the source takes them."""

    def setUp(self):
        self.weir = Weir({"visits.yaml": SOURCE + STREAM}).start()
        self.addCleanup(self.weir.close)

    def take_negative_seconds(self):
        """Mends the source, and starts it anew."""
        self.assertEqual(self.weir.stop(), 0)
        path = self.weir.folder / "visits.yaml"
        path.write_text(path.read_text().replace("min: 0", "min: -10"))
        self.weir.start()

    def refuse(self, count=2):
        rows = [visit(f"10:{i % 60:02}", f"/{i}", -1) for i in range(count)]
        sent = self.weir.send("visits", [*rows, {"page": "no time"}, visit("10:30", "/late", -99)])
        self.assertEqual(sent.data["quarantined"], count + 2)

    def replay(self, *words, code=0) -> dict:
        done = self.weir.run("quarantine", "replay", "visits", "--json", *words)
        self.assertEqual(done.returncode, code, done)
        answer = json.loads(done.stdout)
        self.assertEqual(answer["still_late"], 0)
        return {key: answer[key] for key in ("accepted", "refused", "replayed_before")}

    def listed(self) -> dict:
        done = self.weir.run("quarantine", "list", "--json")
        return {
            row["code"]: (row["rows"], row["replayed"], row["remaining"])
            for row in json.loads(done.stdout)["data"]
        }

    def events(self) -> int:
        return self.weir.sql("SELECT count(*) AS n FROM visits")[0]["n"]

    def test_mended_rows_become_events_once(self):
        self.refuse()
        self.assertEqual(self.replay(), {"accepted": 0, "refused": 4, "replayed_before": 0})
        self.assertEqual(self.listed(), {"MISSING": (1, 0, 1), "OUT_OF_RANGE": (3, 0, 3)})
        self.take_negative_seconds()
        would = {"accepted": 2, "refused": 2, "replayed_before": 0}
        self.assertEqual(self.replay("--dry-run"), would)
        self.assertEqual(self.events(), 0)
        self.assertEqual(self.replay(), would)
        self.assertEqual(self.listed(), {"MISSING": (1, 0, 1), "OUT_OF_RANGE": (3, 2, 1)})
        self.assertEqual(self.replay(), {"accepted": 0, "refused": 2, "replayed_before": 2})
        self.weir.stop()
        self.weir.start()
        self.assertEqual(self.replay(), {"accepted": 0, "refused": 2, "replayed_before": 2})
        self.assertEqual(self.events(), 2)
        rows = self.weir.get("/api/v1/data/hourly", wait=self.weir.end("visits")).data
        self.assertEqual(sum(row["visits"] for row in rows), 2)
        self.assertEqual(self.replay("--again"), would)
        self.assertEqual(self.events(), 4)

    def test_replay_chooses_by_code_and_time(self):
        self.refuse()
        self.take_negative_seconds()
        none = {"accepted": 0, "refused": 0, "replayed_before": 0}
        self.assertEqual(self.replay("--to", "2001-01-01"), none)
        self.assertEqual(self.replay("--from", "2101-01-01T00:00:00Z"), none)
        self.assertEqual(self.replay("--code", "MISSING"), none | {"refused": 1})
        times = ("--from", "2001-01-01", "--to", "2101-01-01")
        found = self.replay("--code", "OUT_OF_RANGE", *times)
        self.assertEqual(found, none | {"accepted": 2, "refused": 1})
        done = self.weir.run("quarantine", "replay", "visits", "--from", "noon")
        self.assertEqual((done.returncode, "is no time" in done.stderr), (2, True))
        done = self.weir.run("quarantine", "replay", "visit")
        self.assertEqual((done.returncode, 'did you mean "visits"?' in done.stderr), (2, True))

    def test_original_bytes_are_sent_whatever_their_form(self):
        headers = {"Content-Type": "application/json"}
        bodies = [
            '[{"seen": "2024-05-01 10:00",\n "page": "/a",\n "seconds": -1}, [1], 7]',
            '{"seen": "2024-05-01 10:00", "page": "/\\u00fc\\"", "seconds": -2}',
        ]
        for body in bodies:
            self.weir.post("/ingest/visits", body, headers)
        self.weir.send("visits", [])
        lines = {"Content-Type": "application/x-ndjson"}
        self.weir.post("/ingest/visits", b'{"seen": "2024\n', lines)
        self.take_negative_seconds()
        self.assertEqual(self.replay(), {"accepted": 2, "refused": 3, "replayed_before": 0})
        pages = self.weir.sql("SELECT page FROM visits ORDER BY page")
        self.assertEqual(pages, [{"page": "/a"}, {"page": '/\u00fc"'}])

    def test_replaying_is_for_those_who_may_read_and_write(self):
        def token(*scopes):
            return self.weir.post("/weir/v1/tokens", {"scopes": scopes}).data["token"]

        path = "/weir/v1/quarantine/visits/replay"
        for scopes, status in [
            (("read:visits",), 403), (("write:visits",), 403), (("read:*", "write:visits"), 200),
        ]:  # fmt: skip
            answer = self.weir.post(path, "{}", token=token(*scopes))
            self.assertEqual(answer.status, status, scopes)
        self.assertEqual(self.weir.get(path).status, 405)
        for wrong in ('{"cod": 1}', '{"again": "yes"}', "[]"):
            self.assertEqual(self.weir.post(path, wrong).json["error"], "INVALID_BODY")

    def test_an_answer_looks_at_some_megabytes_and_says_where_to_go_on(self):
        wide = visit("10:00", "/" + "x" * 1_000_000, -1)
        for _ in range(3):
            self.weir.send("visits", [wide] * 4)
        answer = self.weir.post("/weir/v1/quarantine/visits/replay", {"dry_run": True}).data
        self.assertEqual((answer["rows"], answer["refused"]), (9, 9))
        self.assertIsNotNone(answer["next"])
        self.assertEqual(self.replay(), {"accepted": 0, "refused": 12, "replayed_before": 0})

    def test_many_rows_survive_a_kill_in_between_without_doubling(self):
        rows = 30_000
        lines = "".join(json.dumps(visit("10:00", f"/{i}", -1)) + "\n" for i in range(rows))
        sent = self.weir.post("/ingest/visits", lines, {"Content-Type": "application/x-ndjson"})
        self.assertEqual(sent.data["quarantined"], rows)
        self.take_negative_seconds()
        kills = 0
        for pause in (0.02, 0.05, 0.1, 0.2):
            with self.weir.start_command("quarantine", "replay", "visits") as replay:
                time.sleep(pause)
                self.weir.kill()
                kills += replay.wait(60) != 0
            self.weir.start()
        self.assertGreater(kills, 0)
        last = self.replay()
        self.assertEqual(last["accepted"] + last["replayed_before"], rows)
        self.assertEqual(self.listed(), {"OUT_OF_RANGE": (rows, rows, 0)})
        pages = self.weir.sql("SELECT count(*) AS n, count(DISTINCT page) AS pages FROM visits")
        self.assertEqual(pages, [{"n": rows, "pages": rows}])


CORRECTIONS = """---
source: corrections
from: http
schema:
  seen: {type: timestamp, from: [when, "at"], format: epoch_ms}
  page: varchar
  seconds: smallint
event_time: seen
---
stream: daily
sql: |
  SELECT window_start, page, count(*) AS visits, sum(seconds) AS seconds
  FROM tumble(corrections, seen, INTERVAL 1 DAY) GROUP BY ALL
into: daily
---
stream: others
sql: |
  SELECT window_start, count(*) AS visits
  FROM tumble(corrections, seen, INTERVAL 1 HOUR) GROUP BY ALL
"""


class ReplayLateTest(unittest.TestCase):
    def setUp(self):
        self.weir = Weir({"visits.yaml": SOURCE + STREAM + CORRECTIONS}).start()
        self.addCleanup(self.weir.close)
        self.weir.send("visits", [visit("10:00"), visit("12:00")])
        late = self.weir.send("visits", [visit("10:30", '/"ü"', 7), visit("10:31:00.25", "/b", 8)])
        self.weir.get("/api/v1/data/hourly", wait=late.data["position"])

    def replay(self, name, *words, code=0) -> dict | str:
        done = self.weir.run("quarantine", "replay", name, "--late", "--json", *words)
        self.assertEqual(done.returncode, code, done)
        answer = json.loads(done.stdout)
        if code:
            return answer["message"]
        return tuple(answer[key] for key in ("accepted", "replayed_before", "still_late"))

    def test_late_rows_that_would_be_late_again_are_left_where_they_are(self):
        for name in ("hourly", "visits"):
            self.assertEqual(self.replay(name), (0, 0, 2))
        self.assertEqual(self.weir.sql("SELECT count(*) AS n FROM visits"), [{"n": 4}])
        said = self.weir.run("quarantine", "replay", "hourly", "--late").stderr
        self.assertIn("--into sends them to another source", said)

    def test_late_rows_go_once_to_another_source_in_its_own_form(self):
        into = ("--into", "corrections")
        self.assertEqual(self.replay("hourly", *into, "--dry-run"), (2, 0, 0))
        self.assertEqual(self.replay("hourly", *into, "--to", "2001-01-01"), (0, 0, 0))
        self.assertEqual(self.replay("visits", *into), (2, 0, 0))
        self.weir.kill()
        self.weir.start()
        self.assertEqual(self.replay("hourly", *into), (0, 2, 0))
        rows = self.weir.sql("SELECT page, seen, seconds FROM corrections ORDER BY seconds")
        self.assertEqual(rows, [
            {"page": '/"ü"', "seen": "2024-05-01T10:30:00Z", "seconds": 7},
            {"page": "/b", "seen": "2024-05-01T10:31:00.25Z", "seconds": 8},
        ])  # fmt: skip
        daily = self.weir.get("/api/v1/data/daily", wait=self.weir.end("corrections")).data
        self.assertEqual(sorted(row["seconds"] for row in daily), [7, 8])

    def test_a_replay_of_late_rows_says_what_it_does_not_know(self):
        self.assertIn("name one of daily, others", self.replay("corrections", code=2))
        self.assertIn('did you mean "hourly"?', self.replay("hourl", code=2))
        self.assertIn('did you mean "visits"?', self.replay("hourly", "--into", "visit", code=2))
        self.assertIn("leave out code", self.replay("hourly", "--code", "MISSING", code=2))
        done = self.weir.run("quarantine", "replay", "visits", "--into", "corrections")
        self.assertEqual((done.returncode, "leave out into" in done.stderr), (2, True))


if __name__ == "__main__":
    unittest.main()
