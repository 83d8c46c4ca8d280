"""Runs clang-tidy over the sources that changed since they last passed.

What passed is remembered by the hash of the source, every project header it includes, .clang-tidy
and the tools' versions, so that another checkout of the same text is not checked again.
"""

import concurrent.futures
import hashlib
import os
import pathlib
import re
import subprocess
import sys

import cpp_source
from files import ROOT, tracked

PASSED = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
PASSED = PASSED / "weir/clang_tidy"


def with_headers(source: pathlib.Path) -> list[pathlib.Path]:
    """The source and every file of src/ it includes, directly or not."""
    found = {source}
    waiting = [source]
    while waiting:
        text = (ROOT / waiting.pop()).read_text()
        for _, included, is_system in cpp_source.includes(text):
            header = pathlib.Path("src") / included
            if not is_system and header not in found and (ROOT / header).is_file():
                found.add(header)
                waiting.append(header)
    return sorted(found)


def fingerprint(source: pathlib.Path) -> str:
    hashed = hashlib.sha256(str(source).encode())
    hashed.update((ROOT / ".clang-tidy").read_bytes())
    hashed.update((ROOT / "tools/dependencies.toml").read_bytes())
    for file in with_headers(source):
        hashed.update((ROOT / file).read_bytes())
    return hashed.hexdigest()


def run(source: pathlib.Path, build: pathlib.Path) -> list[str]:
    """What clang-tidy has to say, a line each; nothing where the source passes."""
    mark = PASSED / fingerprint(source)
    if mark.exists():
        return []
    program = pathlib.Path(sys.executable).parent / "clang-tidy"
    # __COUNTER__ is newer than the standard we name, and older than every compiler we use.
    options = ["--quiet", "-p", build, "--extra-arg=-Wno-c2y-extensions"]
    done = subprocess.run(
        ["nice", program, *options, source], cwd=ROOT, text=True, capture_output=True
    )
    if done.returncode == 0:
        PASSED.mkdir(parents=True, exist_ok=True)
        mark.touch()
        return []
    said = [line for line in done.stdout.splitlines() if re.search(r": (error|warning): ", line)]
    return said or [f"{source}: {done.stderr}"]


def check(only: list[str]) -> list[str]:
    """Problems of the project's sources whose path begins with one of `only`; of all without."""
    build = ROOT / "build/release"
    database = (build / "compile_commands.json").read_text()
    sources = [file for file in tracked("src/*.cpp") if str(ROOT / file) in database]
    if only:
        sources = [file for file in sources if str(file).startswith(tuple(only))]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = pool.map(lambda source: run(source, build), sources)
    # A header's problem comes up once for each source that includes it.
    return list(dict.fromkeys(line.replace(f"{ROOT}/", "") for lines in said for line in lines))
