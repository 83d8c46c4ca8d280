"""./dev demo [--once]: three million US flights through HTTP, windows, tables and REST.

Sends the file as events, shows a result and the line that asks for it, and compares every table
with plain DuckDB over the same file. Without --once it keeps serving until it is interrupted.
"""

import argparse
import os
import pathlib
import socket
import subprocess
import sys
import time

import unit_suite
from files import ROOT

sys.path.insert(0, str(ROOT / "tests/system"))
import flights_check  # noqa: E402
from running import PROGRAM, Weir, free_port  # noqa: E402

DATA = pathlib.Path(os.environ.get("WEIR_DEPS", ROOT / "build/deps")) / "data"
FLIGHTS = DATA / "flights-3m.parquet"
PORT = 8080
SINCE = "2001-06-01"


def example() -> Weir:
    """The example's workspace in a folder of its own, on its usual port where that is free."""
    files = {
        path.name: path.read_text()
        for path in (ROOT / "examples/flights").iterdir()
        if path.is_file()
    }
    try:
        return Weir(files, PORT if port_is_free(PORT) else free_port())
    except OSError as error:
        sys.exit(f"demo: {error}")


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def send(weir: Weir) -> float:
    """Seconds until every flight was acknowledged and the last windows closed."""
    began = time.monotonic()
    subprocess.run(
        [PROGRAM, "send", "flights", FLIGHTS, "--watermark", "end"], cwd=weir.folder, check=True
    )
    return time.monotonic() - began


def show_worst(weir: Weir, position: int) -> None:
    path = f"/api/v1/origins/worst?since={SINCE}&limit=10"
    rows = weir.get(f"{path}&wait={position}&timeout=60s").data
    print(f"\nThe airports with the longest delays since {SINCE}:\n")
    print(f"  {'origin':<7} {'city':<22} {'state':<6} {'flights':>8} {'minutes late':>13}")
    for row in rows:
        print(
            f"  {row['origin']:<7} {row['city'] or '':<22} {row['state'] or '':<6}"
            f" {row['flights']:>8} {row['delay_avg']:>13.1f}"
        )
    token = weir.data / "admin.token"
    print(f'\n  curl -H "Authorization: Bearer $(cat {token})" \\')
    print(f"    'http://127.0.0.1:{weir.port}{path}'\n")


def run(once: bool) -> int:
    with example() as weir:
        print(f"demo: weir serves examples/flights at http://127.0.0.1:{weir.port}", flush=True)
        seconds = send(weir)
        position = weir.end("flights")
        show_worst(weir, position)
        wrong = flights_check.compare(weir, FLIGHTS, position)
        print(
            f"\n3,000,000 flights in {seconds:.1f} s: {3.0 / seconds:.2f} M events/s, each durable"
            " before it was acknowledged",
            flush=True,
        )
        if wrong:
            print("demo: FAILED: " + "; ".join(wrong))
            return 1
        if not once:
            keep_serving(weir)
        return weir.stop()


def keep_serving(weir: Weir) -> None:
    print("demo: still serving; Ctrl-C ends it", flush=True)
    try:
        weir.process.wait()
    except KeyboardInterrupt:
        print()


def main() -> int:
    options = argparse.ArgumentParser(prog="./dev demo")
    options.add_argument("--once", action="store_true", help="end after the comparison")
    once = options.parse_args().once
    if not unit_suite.build("release", ["weir"]):
        return 1
    return run(once)


if __name__ == "__main__":
    sys.exit(main())
