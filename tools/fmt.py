"""Formats C++ as .clang-format says; what is formatted already is not touched."""

import pathlib
import subprocess
import sys

from files import ROOT, tracked

PROGRAM = pathlib.Path(sys.executable).parent / "clang-format"


def sources() -> list[pathlib.Path]:
    return tracked("src/*.h", "src/*.cpp", "tests/*.h", "tests/*.cpp", "bench/*.cpp")


def check() -> list[str]:
    command = [PROGRAM, "--dry-run", "-Werror", *sources()]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
    wrong = {line.split(":")[0] for line in done.stderr.splitlines() if "error: " in line}
    return [f"{file} is not formatted: ./dev fmt" for file in sorted(wrong)]


def mend() -> list[str]:
    """Formats, and returns the files that changed."""
    wrong = [problem.split()[0] for problem in check()]
    if wrong:
        subprocess.run([PROGRAM, "-i", *wrong], cwd=ROOT, check=True)
    return wrong


if __name__ == "__main__":
    changed = mend()
    for name in changed:
        print(name)
    print(f"fmt: {len(changed)} files formatted")
