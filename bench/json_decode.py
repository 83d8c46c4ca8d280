"""JSON into typed columns on one thread, against DuckDB's read_json over the same bytes."""

import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import duckdb

ROOT = pathlib.Path(__file__).resolve().parents[1]
RUNS = 5
MILLIONS = 2
ROWS = MILLIONS * 1_000_000
PROGRAM = ROOT / "build/release/json_decode_bench"


def decoded() -> dict:
    done = subprocess.run([PROGRAM, str(MILLIONS)], text=True, capture_output=True, check=True)
    return json.loads(done.stdout)


def read_by_duckdb(file: pathlib.Path) -> dict:
    with duckdb.connect(config={"threads": 1}) as connection:
        began = time.monotonic()
        connection.execute(f"CREATE TABLE t AS FROM read_json('{file}')")
        seconds = time.monotonic() - began
        rows, id_sum = connection.execute("SELECT count(*), sum(id) FROM t").fetchone()
    return {"rows": rows, "id_sum": id_sum, "seconds": seconds}


def check(ours: dict, theirs: dict):
    for result in (ours, theirs):
        if result["rows"] != ROWS or result["id_sum"] != ours["id_sum"]:
            raise RuntimeError(f"the two read different rows: {ours} and {theirs}, of {ROWS}")


def decode():
    subprocess.run(["bash", "tools/build.sh", "release", "json_decode_bench"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL, env=os.environ)  # fmt: skip
    file = pathlib.Path(tempfile.gettempdir()) / "weir-decode.ndjson"
    ours, theirs = [], []
    try:
        subprocess.run([PROGRAM, str(MILLIONS), "--write", file], check=True)
        for _ in range(RUNS):
            mine, other = decoded(), read_by_duckdb(file)
            check(mine, other)
            ours.append(mine["seconds"])
            theirs.append(other["seconds"])
    finally:
        file.unlink(missing_ok=True)
    ratio = statistics.median(b / a for a, b in zip(ours, theirs))
    rate = ROWS / statistics.median(ours) / 1e6
    return [
        ("JSON decode into columns, one thread", rate, "M rows/s", ">= 8"),
        ("the same against read_json", ratio, "times", ">= 4"),
    ]


def races() -> dict:
    return {"json_decode": decode}
