"""From exec to ready, and the memory held at rest."""

import statistics
import time

from running import Weir

RUNS = 9
EMPTY = {"weir.yaml": "weir: 1\nname: empty\n"}


def resident_mb(pid: int) -> float:
    with open(f"/proc/{pid}/status") as status:
        [line] = [line for line in status if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def start():
    seconds, memory = [], []
    for _ in range(RUNS):
        with Weir(dict(EMPTY)) as weir:
            assert weir.stop() == 0
            began = time.monotonic()
            weir.start()
            seconds.append(time.monotonic() - began)
            assert weir.get("/weir/v1/status").status == 200
            memory.append(resident_mb(weir.process.pid))
    return [
        ("start of an empty workspace to ready", statistics.median(seconds) * 1e3, "ms", "<= 200"),
        ("memory at rest", statistics.median(memory), "MB", "<= 80"),
    ]


def races() -> dict:
    return {"start": start}
