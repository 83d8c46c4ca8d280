"""Which files are the project's own."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def tracked(*patterns: str) -> list[pathlib.Path]:
    """Files git knows or would add that match, from the root, in order; all without patterns."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=True).stdout
    return sorted({pathlib.Path(line) for line in listed.splitlines() if (ROOT / line).is_file()})
