"""Data that a start must not take as they are: told in words, and nothing is changed."""

import hashlib
import shutil
import time
import unittest

from faulty import FaultTest


SECONDS_MAX = 20


def sums_of(folder) -> dict:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


OWNERS = ("totals", "copies", "_collect")


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


class WrongDataTest(FaultTest):
    def stopped(self):
        """After two snapshots of all that has one."""
        weir = self.weir()
        weir.start()
        deadline = time.monotonic() + SECONDS_MAX
        while any(len(self.snapshots(weir, owner)) < 2 for owner in OWNERS):
            self.assertLess(time.monotonic(), deadline)
            self.assertEqual(weir.send_rows(100).status, 200)
        self.assertEqual(weir.stop(), 0)
        return weir

    def with_history(self):
        """Each start's first event makes a segment; the one before its elder goes to history."""
        weir = self.weir()
        for starts in range(5):
            weir.start()
            self.assertEqual(weir.send_rows(100).status, 200)
            deadline = time.monotonic() + SECONDS_MAX
            while any(len(self.parts(weir, name)) < starts - 1 for name in ("events", "copies")):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.05)
            self.compare(weir)
            self.assertEqual(weir.stop(), 0)
        return weir

    def parts(self, weir, topic: str) -> list:
        return sorted((weir.data / "history" / topic).glob("*.entries"))

    def snapshots(self, weir, owner: str) -> list:
        return sorted((weir.data / "state" / owner).glob("snapshot-*"),
                      key=lambda path: int(path.name.split("-")[1]))  # fmt: skip

    def refuse(self, weir, words: str, unchanged=("history", "state")):
        before = [sums_of(weir.data / part) for part in unchanged]
        with self.assertRaisesRegex(RuntimeError, "weir ended with 1"):
            weir.start()
        self.assertIn(words, weir.said())
        self.assertEqual([sums_of(weir.data / part) for part in unchanged], before)

    def test_a_journal_of_another_version_is_refused(self):
        weir = self.stopped()
        identity = weir.data / "journal/identity"
        text = identity.read_text()
        identity.write_text(text.replace("weir-journal 2\n", "weir-journal 99\n"))
        self.refuse(weir, "a newer Weir wrote this journal (format 99)", ("",))
        identity.write_text(text.replace("weir-journal 2\n", "weir-journal 1\n"))
        self.refuse(weir, "an older Weir wrote this journal (format 1)", ("",))
        identity.write_text(text)
        weir.start()
        self.compare(weir)

    def test_a_second_run_on_the_same_data_is_refused(self):
        weir = self.weir()
        weir.start()
        weir.send_rows(10)
        second = weir.run("run", "--listen", "127.0.0.1:0")
        self.assertEqual(second.returncode, 1, second.stdout)
        self.assertIn("a server runs over", second.stderr)
        weir.send_rows(10)
        self.compare(weir)

    def test_tables_ahead_of_the_journal_are_refused(self):
        weir = self.stopped()
        older = weir.folder / "older"
        shutil.copytree(weir.data, older)
        weir.start()
        weir.send_rows(100)
        self.compare(weir)
        self.assertEqual(weir.stop(), 0)
        newer = weir.folder / "newer"
        shutil.copytree(weir.data, newer)
        for part in ("journal", "state", "history"):
            shutil.rmtree(weir.data / part)
            shutil.copytree(older / part, weir.data / part)
        self.refuse(weir, "restore both from the same backup")
        shutil.rmtree(weir.data)
        newer.rename(weir.data)
        weir.start()
        self.compare(weir)

    def test_a_damaged_snapshot_is_passed_over(self):
        for owner in OWNERS:
            with self.subTest(owner):
                weir = self.stopped()
                flip(self.snapshots(weir, owner)[-1])
                weir.start()
                weir.send_rows(10)
                self.compare(weir)

    def test_a_file_that_is_missing_is_told(self):
        weir = self.with_history()
        whole = weir.folder / "whole"
        shutil.copytree(weir.data, whole)
        self.assertIn(" 0 places are damaged", weir.run("journal", "check").stdout)
        segments = sorted((weir.data / "journal").glob("*.segment"))
        events, copies = self.parts(weir, "events"), self.parts(weir, "copies")
        for file in (segments[0], events[0], events[1], events[-1], copies[1]):
            with self.subTest(file.name):
                file.unlink()
                name = file.name if file in segments else "*" + file.name[16:]
                self.refuse(weir, f"{name} is missing")
                check = weir.run("journal", "check")
                self.assertEqual(check.returncode, 1, check.stdout)
                self.assertIn(f"{name} is missing", check.stdout)
                self.assertIn(" 1 places are damaged", check.stdout)
                rebuilt = weir.run("tables", "rebuild")
                self.assertEqual(rebuilt.returncode, 1, rebuilt.stdout)
                self.assertIn(f"{name} is missing", rebuilt.stderr)
                if file in copies:
                    dropped = weir.run("drop", "copies", "--restart", "--yes")
                    self.assertEqual(dropped.returncode, 1, dropped.stdout)
                    self.assertIn(f"{name} is missing", dropped.stderr)
                shutil.rmtree(weir.data)
                shutil.copytree(whole, weir.data)
        weir.start()
        self.compare(weir)

    def test_damage_that_is_met_by_a_read_is_an_error_in_the_log(self):
        for part in ("flipped", "gone"):
            with self.subTest(part):
                weir = self.with_history()
                file = self.parts(weir, "events")[1]
                if part == "flipped":
                    flip(file)
                weir.start()
                if part == "gone":
                    file.unlink()
                read = weir.post("/weir/v1/sql", {"sql": "SELECT count(*) AS n FROM events"})
                self.assertEqual((read.status, read.json["error"]), (500, "CORRUPT"), read.body)
                deadline = time.monotonic() + 30  # lines are written five times a second
                while "REQUEST_FAILED" not in weir.said() and time.monotonic() < deadline:
                    time.sleep(0.1)
                self.assertIn('"level":"error","code":"REQUEST_FAILED"', weir.said())
                self.assertIn(file.name, weir.said())

    def test_an_admin_token_that_is_none_is_told_with_the_way_out(self):
        for text in ("", "garbled\n"):
            with self.subTest(text):
                weir = self.weir()
                weir.start()
                self.assertEqual(weir.stop(), 0)
                self.assertNotIn("ADMIN_TOKEN_UNKNOWN", weir.said())
                file = weir.data / "admin.token"
                file.write_text(text)
                weir.start()
                self.assertIn("ADMIN_TOKEN_UNKNOWN", weir.said())
                self.assertIn("admin.token holds no token that is valid here: remove it",
                              weir.said())  # fmt: skip
                self.assertEqual(file.read_text(), text)
                self.assertEqual(weir.stop(), 0)
                file.unlink()
                weir.start()
                weir.send_rows(10)
                self.compare(weir)

    def test_where_no_snapshot_is_whole_it_says_what_to_do(self):
        for owner in ("totals", "_collect"):
            with self.subTest(owner):
                weir = self.stopped()
                for snapshot in self.snapshots(weir, owner):
                    flip(snapshot)
                self.refuse(weir, "from a backup")


if __name__ == "__main__":
    unittest.main()
