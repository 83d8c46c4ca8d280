"""A damaged file of tables: told of at the start with the command that mends it without loss."""

import time
import unittest

from faulty import FaultTest

EIGHT_DAYS = 8 * 24 * 3600  # a stream's results are kept for seven


def damage(path, how):
    if how == "flipped":
        with open(path, "r+b") as file:
            file.seek(0)
            head = file.read(4096)
            file.seek(0)
            file.write(bytes(byte ^ 0xFF for byte in head))
    else:
        with open(path, "r+b") as file:
            file.truncate(5000)


class DamagedTablesTest(FaultTest):
    def stopped(self):
        weir = self.weir()
        weir.start()
        for _ in range(3):
            self.assertEqual(weir.send_rows(100).status, 200)
        self.assertEqual(weir.stop(), 0)
        return weir

    def test_a_damaged_file_is_refused_and_rebuilt(self):
        for how in ("flipped", "truncated"):
            with self.subTest(how):
                weir = self.stopped()
                damage(weir.data / "tables/weir.duckdb", how)
                with self.assertRaisesRegex(RuntimeError, "weir ended with 1"):
                    weir.start()
                self.assertIn("weir tables rebuild", weir.said())
                rebuilt = weir.run("tables", "rebuild")
                self.assertEqual(rebuilt.returncode, 0, rebuilt.stderr)
                self.assertIn("table copies: results of stream copies from the beginning",
                              rebuilt.stdout)  # fmt: skip
                self.assertIn("tables-damaged-1", rebuilt.stderr)
                self.assertTrue((weir.data / "tables-damaged-1/weir.duckdb").exists())
                weir.start()
                self.compare(weir)

    def test_a_running_server_keeps_its_tables(self):
        weir = self.stopped().start()
        refused = weir.run("tables", "rebuild")
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertIn(f"process {weir.process.pid}", refused.stderr)
        self.assertFalse((weir.data / "tables-damaged-1").exists())
        self.compare(weir)

    def test_shorter_tables_are_made_only_where_that_is_wanted(self):
        weir = self.stopped()
        weir.arm(f"clock * {EIGHT_DAYS}")
        weir.start()
        oldest = weir.data / "history/copies"
        deadline = time.monotonic() + 20
        rows_kept = 0
        identity = weir.data / "journal/identity"
        while time.monotonic() < deadline and "retained copies" not in identity.read_text():
            self.assertEqual(weir.send_rows(10).status, 200)
            rows_kept += 10
            time.sleep(0.1)
        self.assertEqual(weir.stop(), 0)
        self.assertFalse(oldest.exists())
        before = (weir.data / "tables/weir.duckdb").read_bytes()
        refused = weir.run("tables", "rebuild")
        self.assertEqual(refused.returncode, 1, refused.stdout)
        self.assertIn("--shorter", refused.stderr)
        self.assertIn("table copies: results of stream copies are kept from 20", refused.stderr)
        self.assertEqual((weir.data / "tables/weir.duckdb").read_bytes(), before)
        wanted = weir.run("tables", "rebuild", "--shorter")
        self.assertEqual(wanted.returncode, 0, wanted.stderr)
        weir.start()
        [rows] = weir.sql("SELECT count(*) AS n FROM copies")
        self.assertEqual(rows["n"], rows_kept)


if __name__ == "__main__":
    unittest.main()
