"""A weir whose calls on files and on the clock fail as a test says; see shim.c."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "system"))
from running import Weir  # noqa: E402

PAGE_ROWS = 50_000

WORKSPACE = {
    "weir.yaml": "weir: 1\nname: faulty\ncheckpoint_interval: 100ms\n",
    "events.yaml": """
source: events
from: http
schema: {id: {type: bigint, required: true}}
---
stream: copies
sql: SELECT id FROM events
into: copies
---
table: copies
indexes: [[id]]
---
stream: totals
sql: SELECT id % 10 AS k, count(*) AS n FROM events GROUP BY k
unbounded_state: allow
emit_interval: 10ms
into: totals
""",
}


class FaultyWeir(Weir):
    """Counts what it was answered: every row of `taken` must be there, none of `refused` twice."""

    def __init__(self, shim: pathlib.Path, files=None):
        super().__init__(files or WORKSPACE)
        self.rules = self.folder / ".faults"
        self.environment = {"LD_PRELOAD": str(shim), "WEIR_FAULTS": str(self.rules)}
        self.next = 0
        self.taken: set[int] = set()
        self.refused: set[int] = set()

    def start(self, **environment):
        return super().start(**self.environment, **environment)

    def arm(self, *rules: str):
        draft = self.folder / ".faults.new"
        draft.write_text("".join(rule + "\n" for rule in rules))
        draft.rename(self.rules)

    def met(self) -> set[str]:
        """The rules that some call has met, armed or no longer."""
        told = self.folder / ".faults.met"
        return set(told.read_text().splitlines()) if told.exists() else set()

    def disarm(self):
        self.rules.unlink(missing_ok=True)

    def send_rows(self, count: int = 10):
        ids = range(self.next, self.next + count)
        self.next += count
        self.refused.update(ids)  # until it is answered otherwise
        answer = self.send("events", [{"id": number} for number in ids])
        if answer.status == 200:
            self.refused.difference_update(ids)
            self.taken.update(ids)
        return answer


def ids_of(weir: Weir, relation: str) -> list[int]:
    """A page at a time: one answer holds no more."""
    found = []
    for first in range(0, weir.next + PAGE_ROWS, PAGE_ROWS):
        within = f"id >= {first} AND id < {first + PAGE_ROWS}"
        found += [row["id"] for row in weir.sql(f"SELECT id FROM {relation} WHERE {within}")]
    return found


class FaultTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if shutil.which("cc") is None:
            raise unittest.SkipTest("there is no cc to build tests/faults/shim.c")
        folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-shim-"))
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.shim = folder / "shim.so"
        build = ["cc", "-O1", "-shared", "-fPIC", "-o", cls.shim, HERE / "shim.c", "-ldl"]
        subprocess.run(build, check=True)

    def weir(self, files=None) -> FaultyWeir:
        weir = FaultyWeir(self.shim, files)
        self.addCleanup(weir.close)
        return weir

    def compare(self, weir: FaultyWeir, wait="30s"):
        """History, copies and totals hold all that was taken, once, and nothing else."""
        position = weir.end("events")
        for table in ("copies", "totals"):
            fresh = weir.get(f"/api/v1/data/{table}", limit=1, wait=position, timeout=wait)
            self.assertEqual(fresh.status, 200, fresh.body)
        for relation in ("events", "copies"):
            ids = ids_of(weir, relation)
            self.assertEqual(len(ids), len(set(ids)), f"{relation} holds rows twice")
            self.assertEqual(weir.taken - set(ids), set(), f"{relation} lost rows")
            self.assertEqual(set(ids) - weir.taken - weir.refused, set())
        [total] = weir.sql("SELECT sum(n)::BIGINT AS n FROM totals")
        self.assertEqual(total["n"], len(ids))
