"""./dev check [PATH...]: mends the format, then says everything that the house rules find.

With paths, clang-tidy looks only at sources below them; all other checks are quick and see all.
"""

import subprocess
import sys
import time

import clang_tidy
import docs
import docs_check
import fmt
import layers
import licences
import tidy
from files import ROOT


def configure() -> None:
    """clang-tidy reads how each source is compiled from the release build's folder."""
    if not (ROOT / "build/release/compile_commands.json").exists():
        subprocess.run(
            ["bash", "tools/build.sh", "release", "help"],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )


def clang_tidy_check(only: list[str]) -> list[str]:
    configure()
    return clang_tidy.check(only)


def checks(only: list[str]) -> dict:
    """Each check's name, and what finds its problems."""
    return {
        "layers": lambda: layers.check(ROOT),
        "budgets and names": tidy.check,
        "format": fmt.check,
        "licences": licences.check,
        "docs": docs_check.check,
        "reference pages": docs.stale,
        "clang-tidy": lambda: clang_tidy_check(only),
    }


def main() -> int:
    for file in fmt.mend():
        print(f"formatted {file}")
    failed = 0
    for name, find in checks(sys.argv[1:]).items():
        began = time.monotonic()
        problems = find()
        for problem in problems:
            print(problem)
        failed += bool(problems)
        verdict = f"{len(problems)} problems" if problems else "ok"
        print(f"check: {name}: {verdict} ({time.monotonic() - began:.1f} s)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
