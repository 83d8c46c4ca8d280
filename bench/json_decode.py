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
ROWS = 2_000_000
PROGRAM = ROOT / "build/release/json_decode_bench"


def decode_seconds() -> float:
    done = subprocess.run([PROGRAM, str(ROWS)], text=True, capture_output=True, check=True)
    result = json.loads(done.stdout)
    if result["rows"] != ROWS:
        raise RuntimeError(f"decoded {result['rows']} rows of {ROWS}")
    return result["seconds"]


def duckdb_seconds(file: pathlib.Path) -> float:
    connection = duckdb.connect(config={"threads": 1})
    began = time.monotonic()
    rows = connection.execute(f"CREATE TABLE t AS FROM read_json('{file}')").fetchone()
    seconds = time.monotonic() - began
    if rows != (ROWS,):
        raise RuntimeError(f"DuckDB read {rows} rows of {ROWS}")
    return seconds


def decode():
    subprocess.run(["bash", "tools/build.sh", "release", "json_decode_bench"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL, env=os.environ)  # fmt: skip
    file = pathlib.Path(tempfile.gettempdir()) / "weir-decode.ndjson"
    subprocess.run([PROGRAM, str(ROWS), "--write", file], check=True, stdout=subprocess.DEVNULL)
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(decode_seconds())
        theirs.append(duckdb_seconds(file))
    file.unlink()
    ratio = statistics.median(b / a for a, b in zip(ours, theirs))
    return [
        ("JSON decode into columns, one thread", ROWS / statistics.median(ours) / 1e6, "M rows/s", ">= 8"),
        ("the same against read_json", ratio, "times", ">= 4"),
    ]


def races() -> dict:
    return {"json_decode": decode}
