"""Events over HTTP, durable before the answer, until the windowed result can be read."""

import re
import statistics
import time

from load import bodies_file, wrk
from running import Weir

RUNS = 3
SOURCE = """
source: events
from: http
schema:
  ts: {type: timestamp, format: epoch_ms}
  user: varchar
  page: varchar
  ms: integer
  ok: boolean
  note: varchar
event_time: ts
lateness: 1h
max_ahead: 36500d
---
stream: pages
sql: |
  SELECT window_start, page, count(*) AS views, avg(ms) AS ms_mean, max(ms) AS ms_max
  FROM tumble(events, ts, INTERVAL 10 SECOND) GROUP BY ALL
into: pages
"""
APPEND = """
---
stream: copies
sql: SELECT * FROM events
into: copies
"""


# Windows of ten sizes over one source, by page or by whether it went well.
TEN_WINDOWS = SOURCE.split("---")[0] + "".join(
    f"""---
stream: {table}
sql: |
  SELECT window_start, {column}, count(*) AS views, avg(ms) AS ms_mean, max(ms) AS ms_max
  FROM tumble(events, ts, INTERVAL {seconds} SECOND) GROUP BY ALL
into: {table}
"""
    for table, column, seconds in [("pages", "page", 10)]
    + [(f"pages_{seconds}", "page", seconds) for seconds in (5, 15, 20, 30, 60)]
    + [(f"outcomes_{seconds}", "ok", seconds) for seconds in (5, 10, 20, 60)]
)


def load(workspace: str, events_a_body: int, connections: int) -> dict:
    """One run: rows a second until queryable, and the latencies; the counts must agree first."""
    bodies = bodies_file(200 if events_a_body > 1 else 20_000, events_a_body)
    tables = re.findall("into: (.*)", workspace)
    with Weir({"events.yaml": workspace}) as weir:
        began = time.monotonic()
        result = wrk(weir, "events", bodies, connections)
        position = weir.end("events")
        for table in tables:
            answer = weir.get(f"/api/v1/data/{table}", limit=1, wait=position, timeout="60s")
            if answer.status != 200:
                raise RuntimeError(f"{table} is not fresh: {answer.body}")
        seconds = time.monotonic() - began
        [source] = weir.get("/weir/v1/status").data["sources"]
        check(weir, tables, source, result["requests"] * events_a_body)
        return result | {"rows": source["accepted"], "rows_a_second": source["accepted"] / seconds}


def check(weir: Weir, tables: list, source: dict, acknowledged: int) -> None:
    """wrk leaves requests under way when it ends, so there may be more than it saw acknowledged."""
    rows = source["accepted"]
    if not (acknowledged <= rows == source["rows_in"]):
        raise RuntimeError(f"{acknowledged} acknowledged, {source}")
    for table in tables:
        counted = "count(*)" if table == "copies" else "sum(views)"
        [kept] = weir.sql(f"SELECT {counted} AS n FROM {table}")
        if kept["n"] != rows:
            raise RuntimeError(f"{rows} accepted, {kept} in {table}")


def races() -> dict:
    """Name -> what runs it; each gives figures as (name, value, unit, target)."""

    def batches(workspace: str, name: str, target: float):
        runs = [load(workspace, 1000, 8) for _ in range(RUNS)]
        rate = statistics.median(run["rows_a_second"] for run in runs)
        return [(name, rate / 1e6, "M events/s", f">= {target}")]

    def singles():
        runs = [load(SOURCE, 1, 64) for _ in range(RUNS)]
        rate = statistics.median(run["requests"] / run["micros"] * 1e6 for run in runs)
        late = statistics.median(run["p99"] for run in runs)
        return [
            ("one event a request, 64 connections", rate / 1e3, "k requests/s", ">= 45"),
            ("the same, p99", late / 1e3, "ms", "<= 5"),
        ]

    return {
        "ingest_window": lambda: batches(
            SOURCE, "NDJSON, 1,000 events a request, windowed result queryable", 1.5
        ),
        "ingest_append": lambda: batches(
            SOURCE + APPEND, "the same, every row also appended to a table", 0.6
        ),
        "ingest_ten_windows": lambda: batches(TEN_WINDOWS, "the same into ten window streams", 1),
        "ingest_single": singles,
    }
