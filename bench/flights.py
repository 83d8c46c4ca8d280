"""The flights example: rate, peak memory, and the start after a kill -9."""

import pathlib
import statistics
import subprocess
import time

from running import PROGRAM, ROOT, Weir

RUNS = 3
FLIGHTS = ROOT / "build/deps/data/flights-3m.parquet"
ROWS = 3_000_000


def peak_mb(pid: int) -> float:
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    [line] = [line for line in text.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def one_run() -> tuple[float, float, float]:
    """Rows a second through `weir send`, peak MB, seconds to ready after a kill."""
    files = {path.name: path.read_text() for path in (ROOT / "examples/flights").iterdir()}
    with Weir(files) as weir:
        began = time.monotonic()
        subprocess.run(
            [PROGRAM, "send", "flights", FLIGHTS], cwd=weir.folder, check=True, capture_output=True
        )
        rate = ROWS / (time.monotonic() - began)
        peak = peak_mb(weir.process.pid)
        weir.kill()
        began = time.monotonic()
        weir.start()
        ready = time.monotonic() - began
        [kept] = weir.sql("SELECT count(*) AS n FROM flights")
        if kept["n"] != ROWS - 142:
            raise RuntimeError(f"{kept} flights after the kill")
        return rate, peak, ready


def flights():
    runs = [one_run() for _ in range(RUNS)]
    rate, peak, ready = (statistics.median(values) for values in zip(*runs))
    return [
        ("the demo's flights through `weir send`", rate / 1e6, "M events/s", ">= 0.5"),
        ("peak memory during the demo", peak, "MB", "<= 500"),
        ("ready after kill -9 of the demo", ready * 1e3, "ms", "<= 1000"),
    ]


def races() -> dict:
    return {"flights": flights}
