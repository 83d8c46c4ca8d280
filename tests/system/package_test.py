"""What ./dev package makes runs where there is nothing but a minimal Debian."""

import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import unittest

from running import ROOT, free_port

sys.path.insert(0, str(ROOT / "deploy"))
import package  # noqa: E402

EVENT = {"seen": "2001-01-01 00:10:00", "page": "/", "seconds": 4}
SECONDS_MAX = 30
# With /proc, as every machine has it: the loader asks there where the program stands. It goes
# with the command.
CHROOT = (
    "unshare", "--mount", "sh", "-c",
    'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"',
)  # fmt: skip


def done(*command, **options) -> subprocess.CompletedProcess:
    ended = subprocess.run(command, text=True, capture_output=True, timeout=240, **options)
    if ended.returncode != 0:
        raise AssertionError(f"{command}: {ended.returncode}\n{ended.stdout}{ended.stderr}")
    return ended


def minimal_debian() -> pathlib.Path:
    """A root folder of it, made once and kept in build/."""
    root = ROOT / "build/minbase"
    if not root.exists():
        half = root.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        done("mmdebstrap", "--quiet", "--variant=minbase", "bookworm", half)
        half.rename(root)
    return root


def ask(port: int, path: str, token: str, body=None) -> tuple[int, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        method = "POST" if body else "GET"
        connection.request(method, path, body and json.dumps(body), headers if token else {})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def wait_ready(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if ask(port, "/readyz", "")[0] == 200:
                return
        except OSError:
            time.sleep(0.02)
    process.kill()
    raise AssertionError(process.communicate()[0])


@unittest.skipUnless(os.geteuid() == 0, "only root may change the root folder")
class PackageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tarball = package.make_tarball()

    def serve_and_read_back(self, port: int, token: str, table_rows: int) -> None:
        """One event, its window closed, the table's row."""
        status, answer = ask(port, "/ingest/page_views", token, EVENT)
        self.assertEqual((status, answer["data"]["accepted"]), (200, 1), answer)
        end = {"watermark": "end"}
        _, answer = ask(port, "/ingest/page_views/watermark", token, end)
        position = answer["data"]["position"]
        status, answer = ask(
            port, f"/api/v1/data/views_by_page?wait={position}&timeout=20s", token
        )
        self.assertEqual((status, len(answer["data"])), (200, table_rows), answer)

    def test_the_tarball_runs_on_a_minimal_debian_without_a_compiler(self):
        root = minimal_debian()
        self.assertFalse(list(root.glob("usr/bin/*gcc*")) + list(root.glob("usr/bin/*g++*")))
        for left in ("opt", "shop"):
            shutil.rmtree(root / left, ignore_errors=True)
        with tarfile.open(self.tarball) as packed:
            packed.extractall(root / "opt", filter="data")
        inside = [*CHROOT, root, f"/opt/{package.name()}/bin/weir"]
        self.assertEqual(done(*inside, "version").stdout, package.version() + "\n")
        done(*inside, "init", "/shop")
        done(*inside, "test", "/shop")
        for example in sorted((root / "opt" / package.name() / "examples").iterdir()):
            done(*inside, "validate", f"/opt/{package.name()}/examples/{example.name}")
        port = free_port()
        server = subprocess.Popen(
            [*inside, "run", "/shop", "--listen", f"127.0.0.1:{port}"], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.addCleanup(server.kill)
        wait_ready(port, server)
        token = (root / "shop/data/admin.token").read_text().strip()
        self.serve_and_read_back(port, token, 1)
        done(*inside, "stop", "/shop")
        self.assertEqual(server.wait(SECONDS_MAX), 0, server.communicate()[0])

    def test_the_package_brings_every_licence_and_no_library_of_glibc(self):
        with tarfile.open(self.tarball) as packed:
            names = {member.name.partition("/")[2] for member in packed.getmembers()}
            notice = packed.extractfile(f"{package.name()}/NOTICE").read().decode()
        libraries = {name.removeprefix("lib/") for name in names if name.startswith("lib/")}
        self.assertIn("libduckdb.so", libraries)
        self.assertFalse(libraries & {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"})
        for library in libraries:
            self.assertIn(library, notice)
        licences = {name for name in names if name.startswith("licences/")}
        self.assertGreater(len(licences), 10)
        for file in (
            "LICENSE", "README.md", "docs/guides/operations.md", "examples/flights/weir.yaml",
            "deploy/Containerfile", "deploy/grafana/weir.json", "deploy/prometheus/weir.rules.yml",
        ):  # fmt: skip
            self.assertIn(file, names)

    def test_the_image_serves_as_its_own_user_and_drains_on_sigterm(self):
        tag = "weir-tested:" + package.version()
        package.make_image(tag)
        buildah = ("buildah", "--storage-driver", "vfs")
        container = done(*buildah, "from", "--pull-never", tag).stdout.strip()
        root = pathlib.Path(done(*buildah, "mount", container).stdout.strip())
        try:
            done("mount", "-t", "proc", "proc", root / "proc")
            self.run_container(json.loads(done(*buildah, "inspect", container).stdout), root)
        finally:
            done("umount", root / "proc")
            done(*buildah, "rm", container)
            done(*buildah, "rmi", tag)

    def run_container(self, inspected: dict, root: pathlib.Path) -> None:
        """As an engine does it, but in the machine's own network, so at a port that is free."""
        config = inspected["Docker"]["config"]
        self.assertEqual(config["User"], "10001:10001")
        self.assertEqual(list(config["Volumes"]), ["/workspace"])
        self.assertEqual(config["StopSignal"], "SIGTERM")
        self.assertFalse((root / "usr/bin/sh").exists() or (root / "bin/sh").exists())
        port = free_port()
        environment = dict(pair.split("=", 1) for pair in config["Env"])
        environment["WEIR_LISTEN"] = environment["WEIR_LISTEN"].replace("8080", str(port))

        def enter():
            os.chroot(root)
            os.chdir(config["WorkingDir"])
            os.setgroups([])
            os.setgid(package.IMAGE_USER)
            os.setuid(package.IMAGE_USER)

        inside = {"env": environment, "preexec_fn": enter}
        done(*config["Entrypoint"], "init", ".", **inside)
        server = subprocess.Popen(
            [*config["Entrypoint"], *config["Cmd"]], text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, **inside,
        )  # fmt: skip
        try:
            wait_ready(port, server)
            how, *health = config["Healthcheck"]["Test"]
            self.assertEqual(how, "CMD")
            done(*health, **inside)
            token = (root / "workspace/data/admin.token").read_text().strip()
            self.serve_and_read_back(port, token, 1)
            server.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(SECONDS_MAX), 0, server.communicate()[0])
        finally:
            server.kill()
            server.wait()
        self.assertNotEqual(subprocess.run(health, capture_output=True, **inside).returncode, 0)


if __name__ == "__main__":
    unittest.main()
