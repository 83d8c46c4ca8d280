"""./dev docs: writes docs/reference/ from the program's own declarations.

`stale` tells which pages the program would write otherwise; it is one of the checks.
"""

import pathlib
import re
import subprocess
import sys

import unit_suite
from files import ROOT

PROGRAM = ROOT / "build/release/weir"
FOLDER = ROOT / "docs/reference"


def said(*arguments: str) -> str:
    done = subprocess.run([PROGRAM, *arguments], text=True, capture_output=True, check=True)
    return done.stdout


def commands_of(help_text: str) -> list[str]:
    """The subcommands that a help text lists."""
    _, _, listed = help_text.partition("SUBCOMMANDS:")
    if not listed:
        _, _, listed = help_text.partition("Subcommands:")
    return re.findall(r"^ {2}(\w[\w-]*)", listed, re.MULTILINE)


def command_pages(path: tuple = ()) -> str:
    text = said(*path, "--help").rstrip()
    page = f"{'#' * min(len(path) + 1, 3)} {' '.join(('weir', *path))}\n\n```text\n{text}\n```\n\n"
    for name in commands_of(text):
        if name != "help":
            page += command_pages((*path, name))
    return page


def pages() -> dict[pathlib.Path, str]:
    return {
        FOLDER / "settings.md": said("schema", "--markdown").rstrip() + "\n",
        FOLDER / "commands.md": command_pages().rstrip() + "\n",
        FOLDER / "log-codes.md": said("run", "--log-codes").rstrip() + "\n",
        FOLDER / "workspace.schema.json": said("schema").rstrip() + "\n",
    }


def stale() -> list[str]:
    if not unit_suite.build("release", ["weir"]):
        return ["the program does not build"]
    return [
        f"{page.relative_to(ROOT)} is stale: run ./dev docs"
        for page, text in pages().items()
        if not page.exists() or page.read_text() != text
    ]


def main() -> int:
    if not unit_suite.build("release", ["weir"]):
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    for page, text in pages().items():
        page.write_text(text)
        print(f"docs: {page.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
