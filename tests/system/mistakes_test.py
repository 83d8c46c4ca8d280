"""What people mistype or expect: each command names what is wrong, and what to write."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from running import PROGRAM, Weir

SOURCE = """
source: visits
from: http
schema: {seen: timestamp, page: varchar}
event_time: seen
---
stream: hourly
sql: SELECT window_start, count(*) AS visits FROM tumble(visits, seen, INTERVAL 1 HOUR) GROUP BY ALL
into: hourly
---
test: none_come
steps: []
"""
NOBODY = 65534

# What is written, and what is said of it; all of it exits 2 and changes nothing.
WORDS = [
    ((), "name a command; `weir help` lists them"),
    (("--limit", "0"), 'weir: there is no option "--limit"; see `weir help`'),
    (("sattus",), 'no command "sattus"; see `weir help`; did you mean "status"?'),
    (("foo",), 'there is no command "foo"; see `weir help`\n'),
    (("journal",), "name a command of journal: stat, check, dump"),
    (("journal", "dmp"), 'no command "dmp" of journal; see `weir help journal`; did you mean'),
    (("help", "token", "crate"), 'no command "crate" of token; see `weir help token`; did you'),
    (("status", "now"), '"now" is one word too many for status; put quotes around'),
    (("status", "--jsno"), 'no option "--jsno" of status; see `weir help status`; did you'),
    (("drop", "hourly", "--yes=all"), "--yes takes no value; see `weir help drop`"),
    (("sql", "SELECT", "1"), "put quotes around what has spaces; see `weir help sql`"),
    (("new", "source"), "NAME is missing; see `weir help new`"),
    (("new", "sauce", "a"), 'KIND: "sauce" will not do: write source, stream, table, api, test'),
    (("new", "source", "x" * 64), '"xxxxxxxxxxxxxxxxxxxx..." of 64 bytes is no name of a source'),
    (("new", "stream", "a", "--from", "hourly"), "a stream is about a source, and the workspace"),
    (("new", "api", "a", "--from", "hourli"), 'none called "hourli"; did you mean "hourly"?'),
    (("tap", "visits", "--limit", "0"), '--limit: "0" will not do: write a whole number, 1 or'),
    (("tap", "visits", "--limit"), "--limit takes one value, and once; see `weir help tap`"),
    (("tap", "visits", "--late", "--quarantine"), "--late excludes --quarantine"),
    (("journal", "dump", "--limit", "0"), '"0" will not do: write a whole number, 1 or more'),
    (("quarantine", "show", "visits", "--limit", "0"), "write a whole number, 1 or more"),
    (("top", "--every", "never"), '"never" will not do: write a number from 0.1 to 3600'),
    (("send", "visits", "a.ndjson", "--batch", "0"), "write a whole number, from 1 to 1000000"),
    (("send", "visits", "a.ndjson", "--watermark", "now"), '"now" will not do: write end'),
    (("send", "visits", "gone.ndjson"), "weir: gone.ndjson: No such file or directory\n"),
    (("send", "visits", "gone.csv"), "weir: gone.csv: No such file or directory\n"),
    (("send", "visits", "data.csv"), "data.csv: this is a folder: name the files in it"),
    (("send", "visits", "a.txt"), "rows are sent from .ndjson"),
    (("validate", "shpo"), "shpo: No such file or directory"),
    (("stop", "shpo"), "shpo: No such file or directory"),
    (("validate", "weir.yaml"), "is no folder: name the one that holds weir.yaml"),
    (("test", ".", "none_com"), 'no test "none_com"; did you mean "none_come"?'),
    (("explain", "visits"), 'no stream, api or table "visits"'),
    (("explain", "hourl"), 'no stream, api or table "hourl"; did you mean "hourly"?'),
    (("quarantine", "replay", "visits", "--code", "MISING"), "rows are set aside as MALFORMED, "),
    (("quarantine", "replay", "visits", "--code", "MISING"), 'did you mean "MISSING"?'),
    (("quarantine", "replay", "visits", "--from", "noon"), '"noon" is no time: write 2001-02-03T'),
    (("quarantine", "replay", "visits", "--from", "2002-01-01", "--to", "2001-01-01"), "earlier"),
    (("token", "revoke", "none"), "`weir token list` shows them"),
    (("sql", ""), "there is no SQL: write one SELECT"),
    (("sql", "SET threads = 4"), "the engine's settings are not for queries"),
    (("sql", "SELECT read_text('x')"), "read_text() reads files, which SQL here does not"),
    (("sql", "FROM quarantine(visits)"), "put quotes around the name: quarantine('visits')"),
]  # fmt: skip


class MistakesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.weir = Weir({"visits.yaml": SOURCE}).start()
        cls.addClassCleanup(cls.weir.close)
        (cls.weir.folder / "data.csv").mkdir()

    def test_each_is_told_what_to_write(self):
        for words, said in WORDS:
            with self.subTest(" ".join(words)[:60]):
                done = self.weir.run(*words)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done)
                self.assertIn(said, done.stderr)
                self.assertLess(len(done.stderr), 400)

    def test_a_machine_is_told_as_json(self):
        for words in (("--json", "sattus"), ("--json", "tap", "visits", "--limit", "0")):
            done = self.weir.run(*words)
            self.assertEqual((done.returncode, done.stderr), (2, ""), done)
            self.assertEqual(json.loads(done.stdout)["exit"], 2)

    def test_version_and_help_come_by_both_ways(self):
        versions = {self.weir.run(*words).stdout for words in (["--version"], ["version"])}
        self.assertEqual(len(versions), 1)
        self.assertRegex(versions.pop(), r"^\d+\.\d+\.\d+\n$")
        asked = json.loads(self.weir.run("--json", "--version").stdout)
        self.assertEqual(asked, json.loads(self.weir.run("version", "--json").stdout))
        for command in ([], ["send"], ["token", "create"]):
            by_flag = self.weir.run(*command, "--help")
            self.assertEqual(by_flag.returncode, 0)
            self.assertEqual(by_flag.stdout, self.weir.run("help", *command).stdout)

    def test_files_that_hold_no_row_or_no_text(self):
        for name, bytes_, code, said in [
            ("empty.ndjson", b"", 0, "weir: there is no row in empty.ndjson\n"),
            ("heads.csv", b"seen,page\n", 0, "weir: there is no row in heads.csv\n"),
            ("empty.csv", b"", 2, "the file is empty: its first line has to name the columns"),
            ("latin.csv", b"seen,page\n2001-01-01,caf\xe9\n", 1, "latin.csv: line 2 is not UTF-8"),
            ("utf16.csv", "seen,page\n".encode("utf-16"), 1, "utf16.csv: line 1 is not UTF-8"),
        ]:
            (self.weir.folder / name).write_bytes(bytes_)
            done = self.weir.run("send", "visits", name)
            self.assertEqual(done.returncode, code, done)
            self.assertIn(said, done.stderr)
            self.assertNotIn("before this went wrong", done.stderr)

    def run_as_another(self, *words) -> subprocess.CompletedProcess:
        """By one who may not read the data folder."""
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder) / "weir"  # theirs to run, wherever the checkout is
            shutil.copy(PROGRAM, program)
            for path in (folder, program, self.weir.folder):
                os.chmod(path, 0o755)
            user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            return subprocess.run(
                [program, *words], cwd=self.weir.folder, text=True, capture_output=True,
                stdin=subprocess.DEVNULL, timeout=60, **user,
            )  # fmt: skip

    @unittest.skipUnless(os.getuid() == 0, "only root can be another user")
    def test_another_user_is_told_whose_the_data_is(self):
        for words in (("status",), ("stop",), ("journal", "stat"), ("tables", "rebuild"),
                      ("drop", "hourly", "--restart", "--yes"), ("backup", "/nowhere"),
                      ("send", "visits", "-"), ("run",)):  # fmt: skip
            with self.subTest(words):
                done = self.run_as_another(*words)
                self.assertEqual(done.returncode, 2, done)
                self.assertIn("is open to user root alone", done.stderr)
        self.assertEqual(self.weir.get("/healthz").status, 200)


class InitTest(unittest.TestCase):
    def run_init(self, *words) -> subprocess.CompletedProcess:
        return subprocess.run([PROGRAM, "init", *words], text=True, capture_output=True, timeout=60)

    def test_it_writes_where_nothing_is_in_the_way(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / ".gitignore").write_text("mine\n")
            (folder / "README.md").write_text("mine\n")
            made = self.run_init(name)
            self.assertEqual(made.returncode, 0, made)
            self.assertIn(".gitignore was there and is left as it is", made.stderr)
            self.assertEqual((folder / ".gitignore").read_text(), "mine\n")
            before = (folder / "weir.yaml").stat().st_mtime_ns
            for words, said in [
                ((name,), "holds YAML files already"),
                ((f"{name}/inside",), f"is inside the workspace {folder.resolve()}"),
                ((str(PROGRAM),), "cannot be made a folder"),
            ]:
                refused = self.run_init(*words)
                self.assertIn(refused.returncode, (1, 2), refused)
                self.assertIn(said, refused.stderr)
            self.assertEqual((folder / "weir.yaml").stat().st_mtime_ns, before)
            self.assertFalse((folder / "inside").exists())


if __name__ == "__main__":
    unittest.main()
