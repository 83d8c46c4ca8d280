"""A rival's process: listens on loopback, and leaves nothing behind."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time

import obtain

READY_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30
DISK_BYTES_MAX = 10 << 30
LOOK_SECONDS = 0.5


def cpu_seconds(pid: int) -> float:
    """User and system time of all the process's threads."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def bytes_below(folder: pathlib.Path) -> int:
    """Files may go while they are counted."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(place, name)).st_size
            except FileNotFoundError:
                pass
    return total


class Server:
    """Started by a `with`; a rival says in `command` what to run and in `is_ready` when it is."""

    token = ""  # what load.py asks a server for; rivals want none

    def __init__(self, name: str):
        self.name = name
        self.program = obtain.obtain(name)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-run-", dir=obtain.RIVALS))
        self.closed = threading.Event()
        self.too_big = False
        self.process: subprocess.Popen | None = None

    def command(self) -> list:
        raise NotImplementedError

    def is_ready(self) -> bool:
        raise NotImplementedError

    def __enter__(self):
        try:
            with open(self.folder / "log", "wb") as log:
                self.process = subprocess.Popen(
                    self.command(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                    stderr=log,
                )  # fmt: skip
            threading.Thread(target=self.watch_disk, daemon=True).start()
            self.wait(self.is_ready, "ready", READY_SECONDS_MAX)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()
        if self.too_big:
            raise RuntimeError(f"{self.name} was stopped: it wrote over {DISK_BYTES_MAX} bytes")

    def watch_disk(self):
        while not self.closed.wait(LOOK_SECONDS):
            if bytes_below(self.folder) > DISK_BYTES_MAX:
                self.too_big = True
                self.process.kill()
                return

    def wait(self, is_so, what: str, seconds_max: float, pause: float = 0.02):
        deadline = time.monotonic() + seconds_max
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                code = self.process.returncode
                raise RuntimeError(f"{self.name} ended with {code}:\n{self.said()}")
            try:
                if is_so():
                    return
            except OSError:
                pass
            time.sleep(pause)
        raise RuntimeError(f"{self.name} is not {what} after {seconds_max} s:\n{self.said()}")

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.process.pid)

    def said(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-4000:]

    def close(self):
        self.closed.set()
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder)
