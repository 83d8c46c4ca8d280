"""Calls on files that fail, one at each place that makes one: what was taken is there after it."""

import functools
import signal
import time
import unittest

from faulty import FaultTest

SENDS = 4
PAUSE_SECONDS = 0.15  # a checkpoint_interval and a half

# Where the journal's own files fail, nobody knows what is on the disk: it takes nothing any more.
JOURNAL_ENDS = {
    "sync */journal/*.segment EIO": "syncing",
    "sync */data/journal EIO": "syncing",
    "write */journal/*.segment EIO": "writing",
    "open */journal/next EACCES": "Permission denied",
    "allocate */journal/next EIO": "making room for",
    "rename */journal/*.segment EIO": "renaming",
}

# Events are taken all the same; what failed is told of in these words, on stderr or in the status.
EVENTS_GO_ON = {
    "unlink */journal/*.segment EIO": "removing",
    "open */history/*.half EMFILE": "Too many open files",
    "sync */history/*.half EIO": "syncing",
    "rename */history/*.entries EIO": "renaming",
    "sync */history/events EIO": "syncing",
    "open */state/*draft EACCES": "Permission denied",
    "sync */state/*draft EIO": "syncing",
    "sync */state/copies EIO": "syncing",
    "rename */state/*/snapshot-* EIO": "renaming",
    "unlink */state/_collect/snapshot-* EIO": "removing",
    "write *.duckdb.wal EIO": "weir.duckdb.wal",
    "sync *.duckdb.wal EIO": "fsync failed",
    "write *indexes.sqlite-wal EIO": "indexes.sqlite: disk I/O error",
    "sync *indexes.sqlite-wal EIO": "indexes.sqlite: disk I/O error",
}

# A part of what was asked, or a signal in between: carried on as if it had not happened.
UNNOTICED = ("write */journal/*.segment EINTR 5", "write */journal/* short",
             "write */history/* short", "write */state/* short", "write *indexes.sqlite* short",
             "write */tables/* short", "write *catalogue.sqlite* short")  # fmt: skip

START_REFUSED = {
    "open */journal/identity EIO": "journal/identity: Input/output error",
    "open */journal/draft EIO": "journal/draft: Input/output error",
    "open */run.json.new EACCES": "run.json: Permission denied",
    "rename */run.json EIO": "run.json: Input/output error",
    "open */weir.duckdb EIO": "weir.duckdb",
    "open *indexes.sqlite EACCES": "indexes.sqlite: unable to open",
}

TORN = ("*/journal/*.segment", "*/history/*", "*/state/*", "*/tables/*", "*indexes.sqlite*")


class FailedCallsTest(FaultTest):
    def with_history(self):
        """Started a second time: its first event makes a segment, whose elder goes to history."""
        weir = self.weir()
        weir.start()
        self.assertEqual(weir.send_rows(100).status, 200)
        self.assertEqual(weir.stop(), 0)
        return weir

    def send_some(self, weir):
        answers = []
        for _ in range(SENDS):
            answers.append(weir.send_rows())
            time.sleep(PAUSE_SECONDS)
        return answers

    def assert_all_there_after_a_restart(self, weir):
        weir.kill()
        weir.start()
        self.assertEqual(weir.send_rows().status, 200)
        self.compare(weir)

    def test_the_journal_takes_nothing_until_it_is_opened_again(self):
        for rule, words in JOURNAL_ENDS.items():
            with self.subTest(rule):
                weir = self.with_history().start()
                weir.arm(rule)
                self.assertIn(words, weir.send_rows().json["message"])
                weir.disarm()
                refused = weir.send_rows()
                self.assertEqual(refused.status, 503, refused.body)
                self.assertIn("Retry-After", refused.headers)
                self.assertIn("takes nothing until it is opened again", refused.json["message"])
                self.assertEqual(weir.get("/readyz").status, 503)
                self.assertEqual(weir.get("/healthz").status, 200)
                self.assert_all_there_after_a_restart(weir)

    def test_too_many_open_files_are_waited_out_without_a_restart(self):
        weir = self.with_history().start()
        weir.arm("open */journal/next EMFILE", "open */journal/reserve EMFILE")
        refused = [answer for answer in self.send_some(weir) if answer.status != 200]
        for answer in refused:
            self.assertEqual(answer.status, 503, answer.body)
            self.assertIn("Too many open files", answer.json["message"])
        self.assertGreater(len(refused), 0)
        weir.disarm()
        weir.wait_for("/readyz", 200)
        self.assertEqual(weir.send_rows().status, 200)
        self.compare(weir)

    def test_events_go_on_where_something_beside_the_journal_fails(self):
        for rule, words in EVENTS_GO_ON.items():
            with self.subTest(rule):
                weir = self.with_history().start()
                weir.arm(rule)
                for answer in self.send_some(weir):
                    self.assertEqual(answer.status, 200, answer.body)
                self.wait_for_words(weir, words)
                weir.disarm()
                self.assert_all_there_after_a_restart(weir)

    def wait_for_words(self, weir, words):
        """What is done now and then fails when its time comes."""
        deadline = time.monotonic() + 20
        said = ""
        while words not in said:
            self.assertLess(time.monotonic(), deadline, said)
            said = weir.said() + weir.get("/weir/v1/status").body.decode()
            time.sleep(0.05)

    def test_a_short_write_and_a_signal_change_nothing(self):
        weir = self.with_history()
        weir.arm(*UNNOTICED)
        weir.start()
        for answer in self.send_some(weir):
            self.assertEqual(answer.status, 200, answer.body)
        self.compare(weir)
        self.assertEqual(weir.post("/weir/v1/tokens", {"scopes": ["read:copies"]}).status, 200)
        self.assertEqual(weir.stop(), 0)
        self.assertEqual(weir.met(), set(UNNOTICED))
        weir.disarm()
        weir.start()
        self.compare(weir)
        self.assertEqual(weir.run("journal", "check").returncode, 0)

    def test_a_start_that_cannot_open_what_it_needs_says_so_and_ends(self):
        weir = self.with_history()
        for rule, words in START_REFUSED.items():
            with self.subTest(rule):
                weir.arm(rule)
                with self.assertRaisesRegex(RuntimeError, "weir ended with [13]"):
                    weir.start()
                self.assertIn(words, weir.said())
                weir.disarm()
        weir.start()
        self.compare(weir)

    def wait_until(self, holds):
        deadline = time.monotonic() + 30
        while not holds():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    def test_a_drop_that_fails_halfway_leaves_a_server_that_serves_and_is_finished_later(self):
        for finish in ("a reload", "a start"):
            with self.subTest(finish):
                weir = self.with_history().start()
                weir.arm("rename */journal/identity EIO")
                wish = {"names": ["totals"], "restart": True}
                self.assertTrue(weir.post("/weir/v1/drop", wish).data["begun"])
                status = functools.partial(weir.get, "/weir/v1/status")
                self.wait_until(lambda ask=status: ask().data["reload_refused"])
                self.assertEqual(weir.send_rows().status, 200)
                self.compare(weir)
                weir.disarm()
                if finish == "a reload":
                    weir.process.send_signal(signal.SIGHUP)
                    self.wait_until(lambda weir=weir: not (weir.data / "drop.json").exists())
                else:
                    weir.kill()
                    weir.start()
                self.assertFalse((weir.data / "drop.json").exists())
                self.compare(weir)

    def test_a_write_torn_in_the_middle_leaves_nothing_half(self):
        for path in TORN:
            with self.subTest(path):
                weir = self.with_history().start()
                weir.arm(f"write {path} torn")
                try:
                    self.send_some(weir)
                    self.fail("it lives on")
                except OSError:
                    pass
                self.assertEqual(weir.process.wait(10), 137)
                weir.disarm()
                weir.start()
                self.assertEqual(weir.send_rows().status, 200)
                self.compare(weir)


if __name__ == "__main__":
    unittest.main()
