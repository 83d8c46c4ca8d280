"""The durable journal alone, and two logs that also sync before they acknowledge, in one run."""

import json
import os
import pathlib
import statistics
import subprocess
import tempfile

import obtain
from logs import PARTITIONS, Kafka, Nats
from obtain import ROOT

RUNS = 3
SECONDS = 5
WARM_UP_SECONDS = 2
PROGRAM = ROOT / "build/release/journal_bench"
PRODUCERS = pathlib.Path(obtain.__file__).parent
LOGS = {"nats": ("NATS JetStream", Nats), "kafka": ("Kafka", Kafka)}


def ours() -> dict:
    """Read back and compared by the program itself, whose CPU is that of the writers too."""
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="weir-journal-", dir=ROOT / "build") as folder:
        done = subprocess.run([PROGRAM, folder, str(SECONDS)], text=True, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


class Producers:
    """As many as there are partitions, started and told when to begin."""

    def __init__(self, command: list):
        self.processes = [
            subprocess.Popen(
                [*command, str(number)], cwd=PRODUCERS, text=True, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            for number in range(PARTITIONS)
        ]  # fmt: skip

    def __enter__(self):
        self.lines()
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()

    def lines(self) -> list[str]:
        lines = [process.stdout.readline() for process in self.processes]
        if not all(lines):
            raise RuntimeError("a producer ended early")
        return lines

    def send(self, seconds: float) -> list[dict]:
        for process in self.processes:
            process.stdin.write(f"{seconds}\n")
            process.stdin.flush()
        return [json.loads(line) for line in self.lines()]


def theirs(log) -> dict:
    """After a warm-up; what the log says it keeps must be all that it acknowledged."""
    with log() as server, Producers(server.producer()) as producers:
        warm = producers.send(WARM_UP_SECONDS)
        cpu = server.cpu_seconds()
        reports = producers.send(SECONDS)
        cpu = server.cpu_seconds() - cpu
        for before, report in zip(warm, reports):
            if report["kept"] != before["records"] + report["records"]:
                raise RuntimeError(f"{server.name} keeps other records: {before}, then {report}")
    return {
        "records": sum(report["records"] for report in reports),
        "seconds": max(report["seconds"] for report in reports),
        "cpu_seconds": cpu,
        "client_cpu_seconds": sum(report["cpu_seconds"] for report in reports),
    }


def rate(run: dict) -> float:
    return run["records"] / run["seconds"]


def median_of(runs: list, what) -> float:
    return statistics.median(what(run) for run in runs)


def costs(name: str, runs: list) -> list:
    """Shown without a target: what a CPU-second of the server and one of the client bought."""
    per_cpu = median_of(runs, lambda run: run["records"] / run["cpu_seconds"])
    figures = [
        (f"{name}", median_of(runs, rate) / 1e3, "k records/s", ""),
        (f"{name}, a CPU-second of its process", per_cpu / 1e3, "k records", ""),
    ]
    if "client_cpu_seconds" in runs[0]:
        share = median_of(runs, lambda r: r["client_cpu_seconds"] / r["seconds"] / os.cpu_count())
        figures.append((f"{name}, its clients' share of the machine", share * 100, "%", ""))
    return figures


def journal() -> list:
    subprocess.run(["bash", "tools/build.sh", "release", "journal_bench"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    runs = {"weir": []} | {name: [] for name in obtain.those_to_be_had(*LOGS)}
    for _ in range(RUNS):
        for name, done in runs.items():
            done.append(ours() if name == "weir" else theirs(LOGS[name][1]))
    own = runs.pop("weir")
    rate_here = median_of(own, rate)
    figures = [("durable journal, records of 250 bytes", rate_here / 1e6, "M records/s", ">= 1")]
    figures += costs("the journal", own)[1:]
    for name, done in runs.items():
        shown = LOGS[name][0]
        times = statistics.median(rate(one) / rate(other) for one, other in zip(own, done))
        figures.append((f"the journal against {shown}, synced", times, "times", ">= 20"))
        figures += costs(f"{shown}, synced", done)
    return figures


def races() -> dict:
    return {"journal": journal}
