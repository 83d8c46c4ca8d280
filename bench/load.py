"""Events of 100 bytes, and wrk to send them."""

import json
import os
import pathlib
import random
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
EVENT_BYTES = 100
SECONDS = 8
START_MS = 1_700_000_000_000


def event(draw: random.Random, number: int) -> str:
    """One JSON object of six fields, exactly EVENT_BYTES with its line end."""
    page = draw.randrange(300)
    text = (
        f'{{"ts":{START_MS + number % 60_000},"user":"u{draw.randrange(100_000):05}",'
        f'"page":"/p/{page:03}","ms":{draw.randrange(100, 1000)},'
        f'"ok":{"true" if page % 2 else "false"},'
        f'"note":""}}'
    )
    return text[:-2] + "x" * (EVENT_BYTES - 1 - len(text)) + '"}'


def write_bodies(path: pathlib.Path, bodies: int, events_a_body: int) -> None:
    draw = random.Random(1)
    with open(path, "w") as file:
        for body in range(bodies):
            rows = (event(draw, body * events_a_body + row) for row in range(events_a_body))
            file.write("\x1e".join(rows) + "\n")


def wrk(weir, source: str, bodies: pathlib.Path, connections: int) -> dict:
    """Requests answered, microseconds, latencies; every answer must be a 2xx."""
    settings = {"BODIES": str(bodies), "TARGET": f"/ingest/{source}"}
    return run_wrk(weir, connections, "bodies.lua", settings)


def run_wrk(weir, connections: int, script: str, settings: dict) -> dict:
    """The same of requests that a script of this folder makes."""
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", "-s", HERE / script,
         f"http://127.0.0.1:{weir.port}"],
        env=os.environ | {"TOKEN": weir.token} | settings,
        text=True, capture_output=True, check=True,
    )  # fmt: skip
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    result = json.loads(line.removeprefix("RESULT "))
    if result["refused"] or result["broken"]:
        raise RuntimeError(f"not every request was accepted: {result}\n{weir.said()}")
    return result


def bodies_file(bodies: int, events_a_body: int) -> pathlib.Path:
    path = pathlib.Path(tempfile.gettempdir()) / f"weir-bodies-{bodies}x{events_a_body}"
    if not path.exists():
        write_bodies(path, bodies, events_a_body)
    return path
