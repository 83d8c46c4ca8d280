"""./dev test [PATTERN]: everything CI runs, or what PATTERN matches, which is built for it.

PATTERN is a regular expression, without regard to case, over the names of unit tests, golden
pipelines, system tests, fault tests and examples.
"""

import re
import sys
import time

import check
import docs_snippets
import fuzz
import python_suite
import unit_suite
from files import ROOT
from outcome import Outcome

PROGRAM_FOLDERS = ("tests/system", "tests/faults")


def run_checks() -> Outcome:
    outcome = Outcome()
    for name, find in check.checks([]).items():
        problems = find()
        outcome.add(f"check {name}", not problems, "\n".join(map(str, problems)))
    return outcome


def run_python(folders: tuple, pattern: re.Pattern | None) -> Outcome:
    outcome = Outcome()
    suites = [python_suite.collect(ROOT / folder, pattern) for folder in folders]
    if not any(suite.countTestCases() for suite in suites):
        return outcome
    needs_program = folders == PROGRAM_FOLDERS
    if needs_program and not unit_suite.build("release", ["weir"]):
        outcome.add("release build of weir", False)
        return outcome
    for suite in suites:
        outcome.merge(python_suite.run(suite))
    return outcome


def sanitized(preset: str, rooms: set | None) -> Outcome:
    programs = unit_suite.unit_programs(None)
    if rooms is not None:
        programs = [one for one in programs if one.target.removesuffix("_test") in rooms]
    return unit_suite.run(programs, preset)


def parts(pattern: re.Pattern | None) -> dict:
    """Each part's name and what runs it; a pattern leaves out what has no names."""
    found = {
        "tools": lambda: run_python(("tools",), pattern),
        "unit": lambda: unit_suite.run(unit_suite.unit_programs(pattern), "release"),
        "golden": lambda: unit_suite.run(unit_suite.golden_programs(pattern), "release"),
        "fuzz": lambda: fuzz.run(pattern, fuzz.SECONDS_IN_TESTS),
        "system, examples, faults": lambda: run_python(PROGRAM_FOLDERS, pattern),
    }
    if pattern is None:
        found |= {
            "docs": docs_snippets.run,
            "checks": run_checks,
            "unit, ASan and UBSan": lambda: sanitized("dev", None),
            "unit, TSan": lambda: sanitized("tsan", unit_suite.ROOMS_WITH_THREADS),
        }
    return found


def main() -> int:
    pattern = re.compile(sys.argv[1], re.IGNORECASE) if len(sys.argv) > 1 else None
    total = Outcome()
    for name, run in parts(pattern).items():
        began = time.monotonic()
        outcome = run()
        total.merge(outcome)
        count = outcome.passed + len(outcome.failed)
        if count or pattern is None:
            print(f"test: {name}: {count} tests, {time.monotonic() - began:.0f} s", flush=True)
    if pattern and not total.passed and not total.failed:
        print(
            f"nothing matches '{sys.argv[1]}': try a part of a test's, pipeline's or example's name"
        )
        return 2
    for name in total.failed:
        print(f"failed: {name}")
    print(f"{total.passed} passed, {len(total.failed)} failed")
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
