"""Checks that what the documents point at exists: links, and paths in the architecture page."""

import pathlib
import re

from files import ROOT, tracked

LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)(#[^)]*)?\)")
PATH = re.compile(r"`([\w.-]+(?:/[\w.*-]+)*/?)`")
ARCHITECTURE = pathlib.Path("docs/internals/architecture.md")


def broken_links(root: pathlib.Path, file: pathlib.Path, text: str) -> list[str]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        for match in LINK.finditer(line):
            target = match.group(1)
            if "://" in target or target.startswith("mailto:"):
                continue
            if not (root / file.parent / target).exists():
                found.append(f"{file}:{number}: the link to {target} leads nowhere")
    return found


def missing_paths(root: pathlib.Path, file: pathlib.Path, text: str) -> list[str]:
    """Words in backticks with a slash are paths from the root or from src/; `*` is a shell's."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        for match in PATH.finditer(line):
            path = match.group(1).rstrip("/")
            if "/" not in match.group(1):
                continue
            if not any(root.glob(path)) and not any((root / "src").glob(path)):
                found.append(f"{file}:{number}: {path} does not exist")
    return found


LOG_CODES = pathlib.Path("src/telemetry")


def unused_log_codes(root: pathlib.Path) -> list[str]:
    """That a code in use stands in the table, the compiler sees; the other way round we do."""
    declared = re.findall(r"\{LogCode::(\w+), \"", (root / LOG_CODES / "log_code.cpp").read_text())
    used = set()
    for file in (root / "src").rglob("*.cpp"):
        if file.parent.name != LOG_CODES.name and not file.stem.endswith("_test"):
            used |= set(re.findall(r"LogCode::(\w+)", file.read_text()))
    return [
        f"{LOG_CODES}/log_code.cpp: nothing is logged with {code}: delete it"
        for code in declared
        if code not in used
    ]


def check(root: pathlib.Path = ROOT) -> list[str]:
    found = []
    for file in tracked("*.md"):
        found += broken_links(root, file, (root / file).read_text())
    if (root / LOG_CODES).exists():
        found += unused_log_codes(root)
    if (root / ARCHITECTURE).exists():
        found += missing_paths(root, ARCHITECTURE, (root / ARCHITECTURE).read_text())
    return found
