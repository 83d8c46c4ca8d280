"""From the acknowledgement of an event to its row in a table, while others flow in."""

import json
import statistics
import time

from ingest import APPEND, SOURCE
from running import Weir
from steady import connect, steady

EVENTS_A_SECOND = 50_000
RUNS = 3
PROBES = 400
PAUSE_SECONDS = 0.01
PROBE = (
    '{"ts":1700000000000,"user":"probe%d","page":"/p/probe","ms":1,"ok":true,"note":""}'
)


class Prober:
    """Sends an event and asks for its row, each over a connection kept open."""

    def __init__(self, weir):
        self.headers = {"Authorization": f"Bearer {weir.token}"}
        self.sender, self.reader = connect(weir.port), connect(weir.port)

    def ask(self, connection, target: str, body: str | None = None):
        connection.request("POST" if body else "GET", target, body, self.headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{target} answers {answer.status}: {text}")
        return json.loads(text)["data"]

    def probe(self, number: int) -> float:
        """Seconds from the answer to one event until a read that waits for it has the row."""
        position = self.ask(self.sender, "/ingest/events", PROBE % number)["position"]
        began = time.monotonic()
        # What waits is what is measured; that the row is there is checked at the end of the run.
        target = f"/api/v1/data/copies?limit=1&select=ms&wait={position}"
        self.ask(self.reader, target)
        return time.monotonic() - began


def check(weir, sent: int):
    weir.get("/api/v1/data/copies", limit=1, wait=weir.end("events"))
    count = "count(*) AS n, count(*) FILTER (page = '/p/probe') AS probes"
    [kept] = weir.sql(f"SELECT {count} FROM copies")
    if kept != {"n": sent + PROBES, "probes": PROBES}:
        raise RuntimeError(f"{sent} events and {PROBES} probes sent, {kept} in the table")


def one_run() -> tuple[float, float]:
    """Milliseconds, p50 and p99."""
    files = {"events.yaml": SOURCE.split("---")[0] + APPEND}
    with Weir(files) as weir:
        seconds = []
        with steady(weir, "events", EVENTS_A_SECOND) as flow:
            prober = Prober(weir)
            time.sleep(1)
            for number in range(PROBES):
                seconds.append(prober.probe(number))
                time.sleep(PAUSE_SECONDS)
        check(weir, flow.sent.value)
    cuts = statistics.quantiles(seconds, n=100)
    return statistics.median(seconds) * 1e3, cuts[98] * 1e3


def visible():
    halves, lates = zip(*(one_run() for _ in range(RUNS)))
    return [
        ("acknowledged to readable in a table, p50", statistics.median(halves), "ms", "<= 10"),
        ("the same, p99", statistics.median(lates), "ms", "<= 50"),
    ]


def races() -> dict:
    return {"visible": visible}
