"""Runs the tests written in Python: of the tools themselves, and of the program from outside."""

import pathlib
import re
import sys
import time
import unittest

from files import ROOT
from outcome import Outcome


class _Notes(unittest.TestResult):
    """Prints one line a test and keeps the score."""

    def __init__(self, outcome: Outcome):
        super().__init__()
        self.outcome = outcome
        self.began = 0.0

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()

    def addSuccess(self, test):
        self.outcome.add(name_of(test), True)
        print(f"  ok {name_of(test)} ({time.monotonic() - self.began:.1f} s)", flush=True)

    def addFailure(self, test, err):
        self.outcome.add(name_of(test), False, self._exc_info_to_string(err, test))

    def addError(self, test, err):
        self.addFailure(test, err)

    def addSkip(self, test, reason):
        print(f"  skipped {name_of(test)}: {reason}", flush=True)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.outcome.add(str(subtest), False, self._exc_info_to_string(err, test))


def name_of(test) -> str:
    """system/ingest_test: a row that does not fit is set aside."""
    parts = test.id().split(".")
    folder = getattr(test, "suite_folder", "")
    return f"{folder}{parts[0]}: {parts[-1].removeprefix('test_').replace('_', ' ')}"


def _tests(suite: unittest.TestSuite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from _tests(item)
        else:
            yield item


def collect(folder: pathlib.Path, pattern: re.Pattern | None) -> unittest.TestSuite:
    """The tests of the folder's *_test.py whose name matches, with spaces or underscores."""
    sys.path.insert(0, str(folder))
    found = unittest.TestSuite()
    for file in sorted(folder.glob("*_test.py")):
        for test in _tests(unittest.defaultTestLoader.loadTestsFromName(file.stem)):
            test.suite_folder = f"{folder.relative_to(ROOT)}/"
            names = f"{name_of(test)} {test.id()}"
            if pattern is None or pattern.search(names):
                found.addTest(test)
    return found


def run(tests: unittest.TestSuite) -> Outcome:
    outcome = Outcome()
    tests.run(_Notes(outcome))
    return outcome
