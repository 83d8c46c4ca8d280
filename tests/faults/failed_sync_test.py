"""An fdatasync that fails: Weir takes nothing until it is restarted, and loses nothing it took."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
from running import Weir  # noqa: E402

WORKSPACE = {
    "events.yaml": """
source: events
from: http
schema: {id: {type: bigint, required: true}}
---
stream: copies
sql: SELECT id FROM events
into: copies
""",
}

# Stands before the C library's: fails for segments while the file that FAILING names is there.
SHIM = r"""
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int fdatasync(int descriptor) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t bytes = readlink(link, path, sizeof path - 1);
  path[bytes < 0 ? 0 : bytes] = 0;
  if (strstr(path, ".segment") && access(getenv("FAILING"), F_OK) == 0) {
    errno = EIO;
    return -1;
  }
  return (int)syscall(SYS_fdatasync, descriptor);
}
"""


def build_shim(folder: pathlib.Path) -> pathlib.Path:
    source, library = folder / "shim.c", folder / "shim.so"
    source.write_text(SHIM)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    return library


class FailedSyncTest(unittest.TestCase):
    def setUp(self):
        if shutil.which("cc") is None:
            self.skipTest("there is no cc to build the library that makes fdatasync fail")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-shim-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def test_nothing_is_taken_after_it_and_nothing_taken_is_lost(self):
        failing = self.folder / "failing"
        weir = Weir(WORKSPACE)
        self.addCleanup(weir.close)
        weir.start(LD_PRELOAD=str(build_shim(self.folder)), FAILING=str(failing))
        kept = weir.send("events", [{"id": number} for number in range(100)])
        self.assertEqual(kept.status, 200, kept.body)

        failing.touch()
        self.refused(weir, 1000, "Input/output error")
        failing.unlink()
        # The disk works again, but what it holds nobody knows.
        self.refused(weir, 2000, "takes nothing until it is opened again")
        ready = weir.get("/readyz")
        self.assertEqual(ready.status, 503)
        self.assertEqual(ready.json["error"], "NOT_READY")
        status = weir.get("/weir/v1/status").data
        self.assertIn("takes nothing until it is opened again", status["not_ready"])
        self.assertEqual(weir.get("/healthz").status, 200)

        weir.kill()
        weir.start()
        again = weir.send("events", [{"id": 3000}])
        self.assertEqual(again.status, 200, again.body)
        position = again.data["position"]
        fresh = weir.get("/api/v1/data/copies", limit=1, wait=position, timeout="30s")
        self.assertEqual(fresh.status, 200, fresh.body)
        wanted = [{"n": 101, "ids": 101, "last": 3000}]
        for relation in ("events", "copies"):
            counts = "count(*) AS n, count(DISTINCT id) AS ids, max(id) AS last"
            self.assertEqual(weir.sql(f"SELECT {counts} FROM {relation}"), wanted)
        self.assertEqual(weir.stop(), 0)

    def refused(self, weir: Weir, number: int, words: str):
        answer = weir.send("events", [{"id": number}])
        self.assertEqual(answer.status, 503, answer.body)
        self.assertEqual(answer.json["error"], "JOURNAL_UNAVAILABLE")
        self.assertIn(words, answer.json["message"])
        self.assertIn("Retry-After", answer.headers)


if __name__ == "__main__":
    unittest.main()
