"""Weir against others at the same work in the same run: windows over batches, single events."""

import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import ingest
import obtain
from load import SECONDS, bodies_file, run_wrk, wrk
from receivers import Benthos, QuestDb, Telegraf
from running import Weir
from server import cpu_seconds

RUNS = 3
WAIT_SECONDS_MAX = 120
BATCH, BATCH_CONNECTIONS, SINGLE_CONNECTIONS = 1000, 8, 64
WINDOWS = """
SELECT timestamp_floor('10s', ts) AS window_start, page, count() AS views, avg(ms) AS ms_mean,
  max(ms) AS ms_max
FROM events GROUP BY window_start, page
"""
ONLY_SOURCE = ingest.SOURCE.split("---")[0]
INSERTS_JOINED = 100
DISK_BYTES_MAX = 10 << 30
CHDB_LOAD = pathlib.Path(obtain.__file__).with_name("chdb_load.py")


def line_protocol(record: str) -> str:
    event = json.loads(record)
    ok = "t" if event["ok"] else "f"
    return (f'events,page={event["page"]} user="{event["user"]}",ms={event["ms"]}i,ok={ok},'
            f'note="{event["note"]}" {event["ts"]}')  # fmt: skip


def line_protocol_bodies() -> pathlib.Path:
    """The same events as bodies_file() has, as QuestDB wants them."""
    events = bodies_file(200, BATCH)
    path = events.with_name(events.name + ".ilp")
    if not path.exists():
        bodies = ("\x1e".join(map(line_protocol, line.rstrip("\n").split("\x1e")))
                  for line in events.open())  # fmt: skip
        path.write_text("".join(f"{body}\x1e\n" for body in bodies))
    return path


def weir_windows() -> float:
    return ingest.load(ingest.SOURCE, BATCH, BATCH_CONNECTIONS)["rows_a_second"]


def questdb_windows() -> float:
    """Rows a second until the windows over all that was acknowledged have been read."""
    settings = {"BODIES": str(line_protocol_bodies()), "TARGET": QuestDb.target}
    with QuestDb() as server:
        server.sql(server.table)
        began = time.monotonic()
        result = run_wrk(server, BATCH_CONNECTIONS, "bodies.lua", settings)
        server.wait(lambda: is_applied(server), "done with its log", WAIT_SECONDS_MAX)
        windows = server.sql(WINDOWS)
        seconds = time.monotonic() - began
        [[rows]] = server.sql("SELECT count() FROM events")
    acknowledged = result["requests"] * BATCH
    check("questdb", acknowledged, rows, sum(window[2] for window in windows))
    return rows / seconds


def is_applied(server: QuestDb) -> bool:
    """Everything in the table's log is in the table, and the table goes on."""
    [[is_suspended, written, logged]] = server.sql(
        "SELECT suspended, writerTxn, sequencerTxn FROM wal_tables() WHERE name = 'events'"
    )
    if is_suspended:
        raise RuntimeError(f"questdb has suspended its table:\n{server.said()}")
    return written == logged


def check(name: str, acknowledged: int, rows: int, in_windows: int) -> None:
    """wrk leaves up to a request a connection under way when it ends."""
    most = acknowledged + BATCH_CONNECTIONS * BATCH
    if not (acknowledged <= rows <= most and in_windows == rows):
        raise RuntimeError(f"{name}: {acknowledged} sent, {rows} kept, {in_windows} in windows")


def chdb_windows(bodies_an_insert: int) -> float:
    python = obtain.obtain("chdb") / "venv/bin/python"
    with tempfile.TemporaryDirectory(prefix="chdb-run-", dir=obtain.RIVALS) as folder:
        done = subprocess.run(
            [python, CHDB_LOAD, folder, bodies_file(200, BATCH), str(SECONDS),
             str(bodies_an_insert)],
            text=True, capture_output=True,
        )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"chdb ended with {done.returncode}: {done.stderr}")
    report = json.loads(done.stdout)
    check("chdb", report["sent"], report["rows"], report["rows"])
    return report["rows"] / report["seconds"]


def window() -> list:
    racers = {"questdb": {"QuestDB": questdb_windows}, "chdb": {
        "chDB": lambda: chdb_windows(1),
        f"chDB, {INSERTS_JOINED} requests an insert": lambda: chdb_windows(INSERTS_JOINED),
    }}  # fmt: skip
    runs = {"weir": weir_windows}
    for name in obtain.those_to_be_had(*racers):
        runs |= racers[name]
    rates = {name: [] for name in runs}
    for _ in range(RUNS):
        for name, run in runs.items():
            rates[name].append(run())
    own = rates.pop("weir")
    figures = [("windows beside the rivals", statistics.median(own) / 1e6, "M events/s", "")]
    for name, theirs in rates.items():
        figures += against(name, own, theirs, f"{name}: windows of the same events")
    return figures


def against(name: str, own: list, theirs: list, what: str) -> list:
    times = statistics.median(one / other for one, other in zip(own, theirs))
    return [
        (f"against {name}", times, "times", ">= 2"),
        (what, statistics.median(theirs) / 1e3, "k events/s", ""),
    ]


def weir_singles(workspace: str) -> tuple[float, float]:
    """Events a CPU-second and a second."""
    with Weir({"events.yaml": workspace}) as weir:
        cpu = cpu_seconds(weir.process.pid)
        result = wrk(weir, "events", bodies_file(20_000, 1), SINGLE_CONNECTIONS)
        position = weir.end("events")
        if "into: pages" in workspace:
            weir.get("/api/v1/data/pages", limit=1, wait=position, timeout="60s")
        cpu = cpu_seconds(weir.process.pid) - cpu
        [source] = weir.get("/weir/v1/status").data["sources"]
        if not (result["requests"] <= source["accepted"] == source["rows_in"]):
            raise RuntimeError(f"{result} acknowledged, {source}")
        return source["accepted"] / cpu, result["requests"] / result["micros"] * 1e6


def file_singles(rival) -> tuple[float, float]:
    """The same, once every event that was acknowledged is in the file."""
    with rival() as server:
        settings = {"BODIES": str(bodies_file(20_000, 1)), "TARGET": server.target}
        cpu = server.cpu_seconds()
        result = run_wrk(server, SINGLE_CONNECTIONS, "bodies.lua", settings)
        server.wait(
            lambda: server.events() >= result["requests"], "done writing", WAIT_SECONDS_MAX, 0.5
        )
        cpu = server.cpu_seconds() - cpu
        return server.events() / cpu, result["requests"] / result["micros"] * 1e6


def single() -> list:
    rivals = {"benthos": ("Benthos", Benthos), "telegraf": ("Telegraf", Telegraf)}
    runs = {
        "Weir": lambda: weir_singles(ONLY_SOURCE),
        "Weir with windows": lambda: weir_singles(ingest.SOURCE),
    }
    for name in obtain.those_to_be_had(*rivals):
        shown, rival = rivals[name]
        runs[shown] = lambda rival=rival: file_singles(rival)
    done = {name: [] for name in runs}
    for _ in range(RUNS):
        for name, run in runs.items():
            done[name].append(run())
    figures = []
    for name, pairs in done.items():
        per_cpu, rate = map(statistics.median, zip(*pairs))
        figures.append((f"{name}: single events, a CPU-second", per_cpu / 1e3, "k events", ""))
        figures.append((f"{name}: single events, a second", rate / 1e3, "k events", ""))
    own = [per_cpu for per_cpu, _ in done["Weir"]]
    for name in (shown for shown, _ in rivals.values() if shown in done):
        times = statistics.median(one / other for one, (other, _) in zip(own, done[name]))
        figures.append((f"single events a CPU-second against {name}", times, "times", ">= 2"))
    return figures


def races() -> dict:
    return {"rivals_window": window, "rivals_single": single}
