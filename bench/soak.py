"""An hour at a steady rate: memory, open files and latency stay what they were.

Left out of `./dev bench` without a name, as it takes an hour: `./dev bench soak`. SOAK_SECONDS
shortens it.
"""

import os
import pathlib
import statistics
import time

from running import Weir
from start import resident_mb
from steady import steady

EVENTS_A_SECOND = 100_000
SECONDS = int(os.environ.get("SOAK_SECONDS", "3600"))
SAMPLE_SECONDS = 5
DATA_GB_MAX = 20
WORKSPACE = """
source: events
from: http
schema:
  ts: {type: timestamp, format: epoch_ms}
  user: varchar
  page: varchar
  ms: integer
  ok: boolean
  note: varchar
retention: {size: 1GB}
---
stream: pages
sql: |
  SELECT window_start, page, count(*) AS views, avg(ms) AS ms_mean, max(ms) AS ms_max
  FROM tumble(events, _accepted, INTERVAL 10 SECOND) GROUP BY ALL
into: pages
---
table: pages
retention: 10m
"""


def sample(weir) -> tuple:
    """Seconds, resident MB, open files, MB of data."""
    pid = weir.process.pid
    size = sum(file.stat().st_size for file in weir.data.rglob("*") if file.is_file())
    if size > DATA_GB_MAX << 30:
        raise RuntimeError(f"the data folder has {size} bytes")
    files = len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))
    return time.monotonic(), resident_mb(pid), files, size / 1e6


def growth(samples: list, began: float, pick) -> float:
    """How the last sixth's median stands to that of the second sixth; the first warms up."""
    sixth = SECONDS / 6
    early = [pick(one) for one in samples if sixth <= one[0] - began < 2 * sixth]
    late = [pick(one) for one in samples if one[0] - began >= 5 * sixth]
    return statistics.median(late) / statistics.median(early)


def run(weir) -> tuple:
    samples = []
    with steady(weir, "events", EVENTS_A_SECOND) as flow:
        began = time.monotonic()
        while time.monotonic() - began < SECONDS:
            time.sleep(SAMPLE_SECONDS)
            samples.append(sample(weir))
    return began, samples, flow


def soak():
    with Weir({"events.yaml": WORKSPACE}) as weir:
        began, samples, flow = run(weir)
        [source] = weir.get("/weir/v1/status").data["sources"]
        if source["accepted"] != flow.sent.value:
            raise RuntimeError(f"{flow.sent.value} acknowledged, {source}")
        requests = flow.latencies()
        cuts = statistics.quantiles((seconds for _, seconds in requests), n=100)
    target = "<= 1.1"
    return [
        ("memory, the last sixth against the second", growth(samples, began, lambda s: s[1]),
         "times", target),
        ("open files", growth(samples, began, lambda s: s[2]), "times", target),
        ("median latency", growth(requests, began, lambda r: r[1]), "times", target),
        ("bytes of data kept", growth(samples, began, lambda s: s[3]), "times", "<= 10"),
        ("memory at the end", samples[-1][1], "MB", "<= 500"),
        ("p99 of a request of 500 events", cuts[98] * 1e3, "ms", "<= 50"),
    ]  # fmt: skip


def races() -> dict:
    return {"soak": soak}
