"""Runs the snippets of the documents that are marked ```sh run, in a new folder, with weir on PATH.

What a snippet of ```text after it shows must come out, line by line, in that order.
"""

import os
import pathlib
import re
import signal
import subprocess
import tempfile

from files import ROOT, tracked
from outcome import Outcome

_SNIPPET = re.compile(
    r"^```sh run\n(?P<commands>.*?)^```\n(?:\n```text\n(?P<expected>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
SECONDS_MAX = 120


def missing_line(expected: str, said: str) -> str | None:
    """The first expected line that does not come, in order; none when all do."""
    lines = iter(said.splitlines())
    for wanted in filter(None, map(str.strip, expected.splitlines())):
        if not any(wanted in line for line in lines):
            return wanted
    return None


def run_snippet(commands: str, expected: str) -> str | None:
    """Why the snippet fails; nothing when it runs and shows what it promises."""
    path = f"{ROOT}/build/release:{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as folder:
        shell = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", commands], cwd=folder, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            env=os.environ | {"PATH": path},
        )  # fmt: skip
        try:
            said = shell.communicate(timeout=SECONDS_MAX)[0]
        except subprocess.TimeoutExpired:
            return f"takes more than {SECONDS_MAX} s"
        finally:
            end_session(shell)
    if shell.returncode != 0:
        return f"exit code {shell.returncode}:\n{said}"
    missing = missing_line(expected, said)
    return f"does not print '{missing}' but:\n{said}" if missing else None


def end_session(shell: subprocess.Popen) -> None:
    """A server that a failed snippet leaves behind would answer the next one."""
    try:
        os.killpg(shell.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    shell.wait()


def snippets(text: str) -> list[tuple[int, str, str]]:
    """(line, commands, expected output) of each."""
    return [
        (text.count("\n", 0, match.start()) + 1, match["commands"], match["expected"] or "")
        for match in _SNIPPET.finditer(text)
    ]


def run() -> Outcome:
    outcome = Outcome()
    for file in tracked("*.md"):
        for line, commands, expected in snippets((ROOT / file).read_text()):
            why = run_snippet(commands, expected)
            outcome.add(f"{file}:{line}", why is None, why or "")
    return outcome
