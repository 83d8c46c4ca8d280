"""./dev fuzz [NAME] [SECONDS]: the fuzzers of src/*/*_fuzz.cpp with NAME in their name (default:
all), each for so long (default: 60).

What a fuzzer finds worth keeping grows in build/fuzz/corpus/; it starts from tests/fuzz/NAME/,
where every input that once broke something stays. An input that breaks something is left in
build/fuzz/.
"""

import concurrent.futures
import os
import re
import subprocess
import sys

import unit_suite
from files import ROOT, tracked
from outcome import Outcome

BUILD = ROOT / "build/fuzz"
SECONDS_IN_TESTS = 15
INPUT_SECONDS_MAX = 10
MEMORY_MB_MAX = 2048


def fuzzers(pattern: re.Pattern | None) -> list[str]:
    names = [file.stem for file in tracked("src/*_fuzz.cpp")]
    return [name for name in names if pattern is None or pattern.search(name)]


def run_one(name: str, seconds: int) -> tuple[bool, str]:
    """Whether it ran to its end, and the last it said."""
    corpus = BUILD / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    seeds = ROOT / "tests/fuzz" / name
    command = [
        BUILD / name, corpus, *([seeds] if seeds.is_dir() else []),
        f"-max_total_time={seconds}", f"-timeout={INPUT_SECONDS_MAX}",
        f"-rss_limit_mb={MEMORY_MB_MAX}", f"-artifact_prefix={BUILD / name}-",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, errors="replace")
    return done.returncode == 0, "\n".join(done.stderr.splitlines()[-40:])


def run(pattern: re.Pattern | None, seconds: int, is_shown: bool = False) -> Outcome:
    """Builds and runs the fuzzers, two at a time."""
    outcome = Outcome()
    names = fuzzers(pattern)
    if not names:
        return outcome
    if not unit_suite.build("fuzz", names):
        outcome.add("fuzz build", False)
        return outcome
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, (good, said) in zip(names, pool.map(lambda name: run_one(name, seconds), names)):
            outcome.add(f"fuzz {name}, {seconds} s", good, said)
            if is_shown:
                print(f"{name}: {said.splitlines()[-1] if good and said else 'broken'}", flush=True)
    return outcome


def main() -> int:
    arguments = sys.argv[1:]
    seconds = int(arguments.pop()) if arguments and arguments[-1].isdigit() else 60
    pattern = re.compile(arguments[0], re.IGNORECASE) if arguments else None
    outcome = run(pattern, seconds, is_shown=True)
    if not outcome.passed and not outcome.failed:
        print(f"no fuzzer has '{arguments[0]}' in its name: {', '.join(fuzzers(None))}")
        return 2
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    sys.exit(main())
