"""Runs the GoogleTest programs: one a room, and tests/golden's, which runs the pipelines there.

Names are read from the sources, so that nothing is built that a pattern does not match.
"""

import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import subprocess
import tempfile

from files import ROOT, tracked
from outcome import Outcome

# The rooms in which threads meet; their tests run under ThreadSanitizer too.
ROOMS_WITH_THREADS = {"core", "net", "journal", "collect", "dataflow", "process"}
SECONDS_MAX = 900

_CASE = re.compile(r"^\s*TEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)", re.MULTILINE)


@dataclasses.dataclass
class Program:
    target: str
    cases: list[str]  # "Suite.case"; empty: all

    def filter(self) -> str:
        return ":".join(f"*{case}*" for case in self.cases) or "*"


def unit_programs(pattern: re.Pattern | None) -> list[Program]:
    """The rooms' programs with the cases that match "room/x_test.cpp Suite.case"."""
    cases: dict[str, list[str]] = {}
    for file in tracked("src/*_test.cpp"):
        room = file.parts[1]
        for suite, case in _CASE.findall((ROOT / file).read_text()):
            name = f"{room}/{file.name} {suite}.{case}"
            if pattern is None:
                cases.setdefault(room, [])
            elif pattern.search(name):
                cases.setdefault(room, []).append(f"{suite}.{case}")
    return [Program(f"{room}_test", found) for room, found in cases.items()]


def golden_programs(pattern: re.Pattern | None) -> list[Program]:
    """The golden program with the pipelines whose path matches."""
    pipelines = [file for file in tracked("tests/golden/*") if file.suffix in (".test", ".golden")]
    if pattern is None:
        return [Program("golden_test", [])] if pipelines else []
    matching = [file.stem for file in pipelines if pattern.search(str(file))]
    return [Program("golden_test", matching)] if matching else []


def environment() -> dict:
    suppressions = ROOT / "tests/tsan.supp"
    return os.environ | {
        "TSAN_OPTIONS": f"suppressions={suppressions} halt_on_error=1",
        "UBSAN_OPTIONS": "print_stacktrace=1",
    }


def run_program(program: Program, preset: str) -> Outcome:
    outcome = Outcome()
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        path = ROOT / "build" / preset / program.target
        command = [path, f"--gtest_output=json:{report.name}", f"--gtest_filter={program.filter()}"]
        try:
            done = subprocess.run(
                command, cwd=ROOT, text=True, capture_output=True, errors="replace",
                env=environment(), timeout=SECONDS_MAX,
            )  # fmt: skip
            said, code = done.stdout + done.stderr, done.returncode
        except subprocess.TimeoutExpired as late:
            said, code = f"still running after {late.timeout} s", -1
        text = pathlib.Path(report.name).read_text()
    suites = json.loads(text)["testsuites"] if text else []
    for suite in suites:
        for case in suite["testsuite"]:
            failures = "\n".join(failure["failure"] for failure in case.get("failures", []))
            outcome.add(f"{preset} {suite['name']}.{case['name']}", not failures, failures)
    if code != 0 and not outcome.failed:
        outcome.add(f"{preset} {program.target}", False, "\n".join(said.splitlines()[-60:]))
    return outcome


def build(preset: str, targets: list[str]) -> bool:
    return subprocess.run(["bash", "tools/build.sh", preset, *targets], cwd=ROOT).returncode == 0


def run(programs: list[Program], preset: str) -> Outcome:
    """Builds and runs the programs, two at a time."""
    outcome = Outcome()
    if not programs:
        return outcome
    if not build(preset, [program.target for program in programs]):
        outcome.add(f"{preset} build", False)
        return outcome
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for part in pool.map(lambda program: run_program(program, preset), programs):
            outcome.merge(part)
    return outcome
