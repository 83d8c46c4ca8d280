"""Checks that NOTICE names every dependency of tools/dependencies.toml."""

import pathlib
import tomllib

from files import ROOT

# Packages that bring a compiler, a tool or a shell, and nothing that a user of Weir receives.
TOOLS = {
    "ca-certificates", "ccache", "cmake", "g++", "git", "mold", "ninja-build", "pkg-config",
    "python3", "python3-venv", "wrk",
}  # fmt: skip


def unnamed(dependencies: dict, notice: str) -> list[str]:
    names = [name for name in dependencies["apt"]["packages"] if name not in TOOLS]
    names += dependencies["pypi"]
    names += [archive["name"] for archive in dependencies["archive"]]
    return [name for name in names if name not in notice]


def check(root: pathlib.Path = ROOT) -> list[str]:
    dependencies = tomllib.loads((root / "tools/dependencies.toml").read_text())
    notice = (root / "NOTICE").read_text()
    return [
        f"NOTICE does not name {name}: add it with its licence"
        for name in unnamed(dependencies, notice)
    ]
