"""./dev package [--image]: what a machine without a compiler runs Weir from.

A tarball with the program, every library it needs but glibc's, and all that a user wants beside it.
With --image a container image too, which holds the tarball over a Debian of glibc and time zones.
"""

import argparse
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))
import unit_suite  # noqa: E402
from files import ROOT, tracked  # noqa: E402

BUILD = ROOT / "build/release"
DEPS = pathlib.Path(os.environ.get("WEIR_DEPS", ROOT / "build/deps"))
# What stands beside the program, by folder or file.
COMPANIONS = (
    "README.md", "README.zh-CN.md", "CHANGELOG.md", "LICENSE", "docs", "examples",
    "deploy/Containerfile", "deploy/grafana", "deploy/prometheus",
)  # fmt: skip
# Part of the program though no library of it: headers that were compiled in.
COMPILED_IN = ("libcli11-dev",)
# An image without a shell and without apt: nothing in it but what a program of glibc needs.
IMAGE_PACKAGES = ("base-files", "libc6", "netbase", "tzdata")
IMAGE_USER = 10001


def said(*command) -> str:
    return subprocess.run(command, text=True, capture_output=True, check=True).stdout


def version() -> str:
    return re.search(r"project\(weir VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]


def name() -> str:
    return f"weir-{version()}-linux-x86_64"


def tarball() -> pathlib.Path:
    return ROOT / "build" / f"{name()}.tar.gz"


def owner_of(file: pathlib.Path) -> str:
    """The Debian package a library came with; empty: none."""
    for path in (file, file.resolve(), pathlib.Path(str(file.resolve()).removeprefix("/usr"))):
        found = subprocess.run(["dpkg-query", "-S", path], text=True, capture_output=True)
        if found.returncode == 0:
            return found.stdout.split(":")[0]
    return ""


def libraries_of(program: pathlib.Path) -> dict[str, pathlib.Path]:
    """Every library that the program and its libraries load, by the name they load it by."""
    found = {}
    for line in said("ldd", program).splitlines():
        loaded, arrow, rest = line.strip().partition(" => ")
        if arrow and rest.startswith("not found"):
            sys.exit(f"package: {program} needs {loaded}, which is not there")
        if arrow:
            found[loaded] = pathlib.Path(rest.split(" (")[0])
    return found


def duckdb_licence() -> pathlib.Path:
    [licence] = DEPS.glob("venv/lib/python*/site-packages/duckdb-*/licenses/LICENSE")
    return licence


def licence_of(package: str) -> pathlib.Path:
    return pathlib.Path("/usr/share/doc") / package / "copyright"


def add_libraries(stage: pathlib.Path) -> None:
    """The libraries with their licences; those of glibc are the system's."""
    (stage / "lib").mkdir()
    (stage / "licences").mkdir()
    shutil.copy(duckdb_licence(), stage / "licences/duckdb")
    packages = dict.fromkeys(COMPILED_IN, ("compiled in",))
    for loaded, path in sorted(libraries_of(BUILD / "weir").items()):
        package = owner_of(path)
        if package == "libc6":
            continue
        shutil.copy(path.resolve(), stage / "lib" / loaded)
        if package:
            packages[package] = (*packages.get(package, ()), loaded)
        elif loaded != "libduckdb.so":
            sys.exit(f"package: {path} is of no Debian package, so its licence is unknown")
    for package in packages:
        shutil.copy(licence_of(package), stage / "licences" / package)
    add_notice(stage, packages)


def add_notice(stage: pathlib.Path, packages: dict) -> None:
    lines = [
        (ROOT / "NOTICE").read_text(),
        "This package brings DuckDB's library and some of Debian's, unchanged. Another one of the",
        "same name in lib/ takes its place. The licences stand in licences/; the sources are",
        "Debian's.",
        "  duckdb: libduckdb.so",
    ]
    for package, brought in sorted(packages.items()):
        exact = said("dpkg-query", "-W", "-f=${Version}", package)
        lines.append(f"  {package} {exact}: {', '.join(brought)}")
    (stage / "NOTICE").write_text("\n".join(lines) + "\n")


def add_companions(stage: pathlib.Path) -> None:
    for file in tracked(*COMPANIONS):
        (stage / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, stage / file)


def pack(stage: pathlib.Path, into: pathlib.Path) -> None:
    """The same bytes for the same commit: no owner, no clock of this machine."""
    committed = int(said("git", "-C", ROOT, "log", "-1", "--format=%ct"))

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = committed
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
        return member

    half = into.with_suffix(".half")
    with open(half, "wb") as file:
        with gzip.GzipFile("", "wb", 6, file, mtime=committed) as packed:
            with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive:
                archive.add(stage, stage.name, filter=plain)  # a folder's names in their order
    half.rename(into)


def make_tarball() -> pathlib.Path:
    if not unit_suite.build("release", ["weir"]):
        sys.exit("package: the program does not build")
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as scratch:
        stage = pathlib.Path(scratch) / name()
        # cmake gives the installed program its own RPATH, and takes out what a debugger reads.
        said("cmake", "--install", BUILD, "--prefix", stage, "--strip")
        add_libraries(stage)
        add_companions(stage)
        pack(stage, tarball())
    print(f"package: {tarball().relative_to(ROOT)}, {tarball().stat().st_size / 1e6:.1f} MB")
    return tarball()


def make_image(tag: str) -> None:
    """Without an engine: a root of packages, and buildah. As root, or as whom buildah lets."""
    buildah = ["buildah", "--storage-driver", "vfs"]
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as scratch:
        folder = pathlib.Path(scratch)
        shutil.copy(ROOT / "deploy/Containerfile", folder)
        with tarfile.open(tarball()) as packed:
            packed.extractall(folder, filter="data")
        (folder / name()).rename(folder / "weir")
        subprocess.run(
            ["mmdebstrap", "--quiet", "--variant=extract", f"--include={','.join(IMAGE_PACKAGES)}",
             "bookworm", folder / "rootfs.tar"], check=True,
        )  # fmt: skip
        (folder / "passwd").write_text(
            f"weir:x:{IMAGE_USER}:{IMAGE_USER}::/workspace:/sbin/nologin\n"
        )
        (folder / "group").write_text(f"weir:x:{IMAGE_USER}:\n")
        (folder / "workspace").mkdir()
        # HEALTHCHECK is Docker's; the format of OCI has none.
        subprocess.run(
            [*buildah, "build", "--quiet", "--format", "docker", "--isolation", "chroot",
             "--network", "host", "--build-arg", f"USER_ID={IMAGE_USER}", "--tag", tag, folder],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    archive = ROOT / "build" / f"weir-{version()}-image.tar"
    archive.unlink(missing_ok=True)
    subprocess.run(
        [*buildah, "push", "--quiet", tag, f"docker-archive:{archive}:{tag}"], check=True
    )
    megabytes = archive.stat().st_size / 1e6
    print(f"package: image {tag} in {archive.relative_to(ROOT)}, {megabytes:.0f} MB")


def main() -> int:
    arguments = argparse.ArgumentParser("./dev package", description=__doc__.partition("\n")[0])
    arguments.add_argument("--image", action="store_true", help="a container image too")
    wanted = arguments.parse_args()
    make_tarball()
    if wanted.image:
        make_image(f"weir:{version()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
