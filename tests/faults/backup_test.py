"""Backups of running and stopped servers: whole or refused; every event comes back once."""

import contextlib
import fcntl
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
from running import PROGRAM, Weir  # noqa: E402
import kill_test  # noqa: E402

# How long an event may take while a backup is taken, on a machine that does other things too.
INGEST_SECONDS_MAX = 3
SAID_SECONDS_MAX = 10
REFUSED_SECONDS_MAX = 60
# Each table, and the same from the history by plain SQL.
RECOMPUTED = {
    "sums": "SELECT window_start, k, count(*) AS n, sum(v) AS s, median(v) AS m"
    " FROM tumble(events, ts, INTERVAL 1 SECOND) GROUP BY ALL",
    "totals": "SELECT k, count(*) AS n, sum(v) AS s FROM events GROUP BY k",
    "copies": "SELECT id, k, v * 2 AS twice FROM events",
}


def restored(weir: Weir, backup: pathlib.Path) -> Weir:
    """Another workspace of the same files, with the backup's data."""
    other = Weir(kill_test.WORKSPACE)
    done = weir.run("restore", str(backup), str(other.folder))
    if done.returncode != 0:
        raise AssertionError(done.stdout + done.stderr)
    return other


class BackupTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="backups-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def take(self, weir: Weir, name: str) -> pathlib.Path:
        done = weir.run("backup", str(self.folder / name))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return self.folder / name

    def start_senders(self, weir: Weir) -> tuple[threading.Event, list]:
        running = threading.Event()
        running.set()
        self.addCleanup(running.clear)
        senders = [kill_test.Sender(weir, index, running) for index in range(kill_test.SENDERS)]
        for sender in senders:
            sender.start()
        return running, senders

    def compare_tables(self, weir: Weir):
        position = weir.end("events")
        for table, sql in RECOMPUTED.items():
            fresh = weir.get(f"/api/v1/data/{table}", limit=1, wait=position, timeout="60s")
            self.assertEqual(fresh.status, 200, fresh.body)
            columns = ", ".join(fresh.data[0])
            stored, anew = f"SELECT {columns} FROM {table}", f"SELECT {columns} FROM ({sql})"
            self.assertEqual(weir.sql(f"{stored} EXCEPT ALL {anew}"), [], table)
            self.assertEqual(weir.sql(f"{anew} EXCEPT ALL {stored}"), [], table)

    def test_a_backup_under_load_brings_back_each_acknowledged_row_once(self):
        with Weir(kill_test.WORKSPACE) as weir:
            running, senders = self.start_senders(weir)
            time.sleep(1.5)
            before = [sender.batches for sender in senders]
            latencies = []
            done = threading.Event()

            def probe():
                while not done.is_set():
                    began = time.monotonic()
                    weir.send("events", [{"id": -1, "ts": 1_600_000_000_000, "k": "p", "v": -1}])
                    latencies.append(time.monotonic() - began)

            prober = threading.Thread(target=probe)
            prober.start()
            backups = [self.take(weir, f"under-load-{number}") for number in range(4)]
            done.set()
            prober.join()
            running.clear()
            for sender in senders:
                sender.join()
            weir.kill()
            self.assertLess(max(latencies), INGEST_SECONDS_MAX)
            self.assertGreater(min(before), 0)
            for backup in (backups[0], backups[-1]):
                self.check_restored(weir, backup, before, senders)

    def check_restored(self, weir, backup, before, senders):
        with restored(weir, backup) as other:
            kept = {row["id"] for row in other.sql("SELECT id FROM events")}
            for sender, batches in zip(senders, before, strict=True):
                numbers = range(batches * kill_test.ROWS_A_BATCH)
                rows = [kill_test.row(sender.index, number) for number in numbers]
                acknowledged = {row["id"] for row in rows if row["v"] >= 0}
                self.assertLessEqual(acknowledged, kept)
            [counts] = other.sql("SELECT count(*) AS n, count(DISTINCT id) AS ids FROM events")
            self.assertEqual(counts["n"], counts["ids"])
            # Every batch once more, with its key: what the backup has counts once.
            for sender in senders:
                again = kill_test.Sender(other, sender.index, threading.Event())
                for again.batches in range(sender.batches):
                    first = again.batches * kill_test.ROWS_A_BATCH
                    numbers = range(first, first + kill_test.ROWS_A_BATCH)
                    again.deliver([kill_test.row(sender.index, number) for number in numbers])
                self.assertEqual(again.mistakes, [])
            sent = [
                kill_test.row(sender.index, number)["v"]
                for sender in senders
                for number in range(sender.batches * kill_test.ROWS_A_BATCH)
            ]
            good = [v for v in sent if v >= 0]
            [history] = other.sql(
                "SELECT count(*) AS n, count(DISTINCT id) AS ids, sum(v) AS s FROM events"
            )
            self.assertEqual(history, {"n": len(good), "ids": len(good), "s": sum(good)})
            self.compare_tables(other)
            self.assertEqual(other.stop(), 0)

    def test_a_stopped_workspace_is_backed_up_and_its_tokens_too(self):
        with Weir(kill_test.WORKSPACE) as weir:
            weir.send("events", [kill_test.row(0, number) for number in range(200)])
            secret = weir.run("token", "create", "read:*").stdout.strip()
            self.assertEqual(weir.stop(), 0)
            backup = self.take(weir, "stopped")
            self.assertEqual(backup.stat().st_mode & 0o077, 0)
            self.assertEqual((backup / "admin.token").stat().st_mode & 0o077, 0)
            admin = weir.token
            with restored(weir, backup) as other:
                self.assertEqual(other.get("/weir/v1/status", token=secret).status, 200)
                self.assertEqual(other.get("/weir/v1/status", token=admin).status, 200)
                self.compare_tables(other)

    def test_what_is_not_whole_is_refused(self):
        with Weir(kill_test.WORKSPACE) as weir:
            weir.send("events", [kill_test.row(0, number) for number in range(200)])
            backup = self.take(weir, "whole")
            other = Weir(kill_test.WORKSPACE)
            self.addCleanup(other.close)

            def refused(*command, code, words):
                done = weir.run(*map(str, command))
                self.assertEqual(done.returncode, code, done.stdout + done.stderr)
                self.assertIn(words, done.stdout + done.stderr)
                self.assertFalse((other.folder / "data").exists())
                self.assertFalse((other.folder / "data.restoring").exists())

            refused("backup", backup, code=1, words="not empty")
            refused("backup", "data/history/b", code=2, words="in the data folder itself")
            self.assertFalse((weir.data / "history/b").exists())
            refused("restore", backup, weir.folder, code=1, words="move it away")
            self.assertEqual(weir.run("backup", "--check", str(backup)).returncode, 0)
            segment = next((backup / "journal").glob("*.segment"))
            content = bytearray(segment.read_bytes())
            content[100] ^= 1
            segment.write_bytes(content)
            refused("backup", "--check", backup, code=1, words=f"DAMAGED  {segment}")
            refused("restore", backup, other.folder, code=1, words=str(segment))
            (backup / "manifest.json").rename(backup / "aside")
            refused("restore", backup, other.folder, code=2, words="never finished")
            refused("backup", "--check", backup, code=2, words="never finished")
            text = (backup / "aside").read_text()
            (backup / "manifest.json").write_text(text.replace("journal/", "../journal/", 1))
            refused("restore", backup, other.folder, code=1, words="changed since")

    def test_a_backup_or_a_restore_that_is_killed_leaves_nothing_that_looks_whole(self):
        with Weir(kill_test.WORKSPACE) as weir:
            running, senders = self.start_senders(weir)
            time.sleep(0.5)
            finished = 0
            for number in range(12):
                backup = self.folder / f"killed-{number}"
                process = subprocess.Popen(
                    [PROGRAM, "backup", backup], cwd=weir.folder, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )  # fmt: skip
                time.sleep(0.01 * number)
                process.kill()
                process.wait()
                has_manifest = (backup / "manifest.json").exists()
                checked = weir.run("backup", "--check", str(backup)).returncode
                self.assertEqual(checked, 0 if has_manifest else 2)
                finished += has_manifest
            self.assertLess(finished, 12)
            running.clear()
            for sender in senders:
                sender.join()
            # Nothing of the killed ones holds the server up.
            self.compare_tables(weir)
            backup = self.take(weir, "last")
            other = Weir(kill_test.WORKSPACE)
            self.addCleanup(other.close)
            for number in range(8):
                process = subprocess.Popen([PROGRAM, "restore", backup, other.folder])
                time.sleep(0.005 * number)
                process.kill()
                if process.wait() == 0 or (other.folder / "data").exists():
                    break
            if not (other.folder / "data").exists():
                done = weir.run("restore", str(backup), str(other.folder))
                self.assertEqual(done.returncode, 0, done.stderr)
            other.start()
            self.compare_tables(other)

    def test_while_a_backup_copies_events_are_accepted_and_all_else_waits(self):
        with Weir(kill_test.WORKSPACE) as weir:
            rows = [kill_test.row(0, number) for number in range(20)]
            position = weir.send("events", rows).data["position"]
            read = weir.get("/api/v1/data/copies", limit=1, wait=position)
            self.assertEqual(read.status, 200)
            held = self.hold(weir.data / "backup.lock", weir.data / "tables/backup.lock")
            more = [kill_test.row(1, number) for number in range(20)]
            position = weir.send("events", more).data["position"]
            late = weir.get("/api/v1/data/copies", limit=1, wait=position, timeout="1s")
            self.assertEqual(late.status, 504)
            weir.process.send_signal(signal.SIGHUP)
            self.wait_until_said(weir, "tables/backup.lock", 2)
            weir.process.send_signal(signal.SIGTERM)
            self.wait_until_said(weir, "SERVER_STOPPING")
            self.assertIn("is not served, the one before is: the program stops", weir.said())
            with self.assertRaises(subprocess.TimeoutExpired):
                weir.process.wait(1.5)
            held.close()
            self.assertEqual(weir.process.wait(30), 0, weir.said())
            held = self.hold(weir.data / "backup.lock")
            starting = threading.Thread(target=weir.start)
            starting.start()
            starting.join(1)
            self.assertTrue(starting.is_alive())
            held.close()
            starting.join(30)
            self.compare_tables(weir)
            self.assertEqual(weir.sql("SELECT count(*) AS n FROM events"), [{"n": 40}])

    def test_events_wait_for_no_query_that_began_while_a_reload_waited_for_a_backup(self):
        with Weir(kill_test.WORKSPACE) as weir:
            self.assertEqual(weir.send("events", [kill_test.row(0, 0)]).status, 200)
            held = self.hold(weir.data / "tables/backup.lock")
            waiting = weir.said().count("tables/backup.lock")
            weir.process.send_signal(signal.SIGHUP)
            self.wait_until_said(weir, "tables/backup.lock", waiting + 1)
            sql = "SELECT levenshtein(repeat('ab', 300000), repeat('ba', 300000)) AS steps"
            asked = threading.Thread(target=weir.post, args=["/weir/v1/sql", {"sql": sql}])
            asked.start()
            time.sleep(0.3)  # until it works
            held.close()
            slowest, number = 0.0, 1
            deadline = time.monotonic() + REFUSED_SECONDS_MAX
            while not (refused := weir.get("/weir/v1/status").data["reload_refused"]):
                began = time.monotonic()
                self.assertEqual(weir.send("events", [kill_test.row(0, number)]).status, 200)
                slowest, number = max(slowest, time.monotonic() - began), number + 1
                self.assertLess(time.monotonic(), deadline, weir.said())
                time.sleep(0.05)
            self.assertIn("a query whose time is over does not end", refused)
            self.assertLess(slowest, INGEST_SECONDS_MAX)
            asked.join()

    def wait_until_said(self, weir: Weir, words: str, times: int = 1):
        deadline = time.monotonic() + SAID_SECONDS_MAX
        while weir.said().count(words) < times:
            self.assertLess(time.monotonic(), deadline, weir.said())
            time.sleep(0.05)

    def hold(self, *files: pathlib.Path) -> contextlib.ExitStack:
        """As a backup does, until it is closed."""
        held = contextlib.ExitStack()
        self.addCleanup(held.close)
        for file in files:
            for name in (f"{file}.line", file):
                fcntl.flock(held.enter_context(open(name, "r+b")), fcntl.LOCK_EX)
        return held

    @unittest.skipUnless(os.geteuid() == 0, "only root may mount a small disk")
    def test_room_is_asked_before_anything_is_copied(self):
        small = self.folder / "small"
        small.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", small], check=True)
        self.addCleanup(subprocess.run, ["umount", small], check=True)
        with Weir(kill_test.WORKSPACE) as weir:
            weir.send("events", [kill_test.row(0, 0)])
            done = weir.run("--json", "backup", str(small / "backup"))
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertIn("MB are needed", json.loads(done.stdout)["message"])
            self.assertEqual(list((small / "backup").iterdir()), [])


if __name__ == "__main__":
    unittest.main()
