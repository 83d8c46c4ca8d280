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


def ask(connection, method: str, path: str, token: str, body: str | None = None) -> dict:
    connection.request(method, path, body, {"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answers {answer.status}: {text}")
    return json.loads(text)["data"]


def probe(weir, number: int, sender, reader) -> float:
    """Seconds from the answer to one event until a read that waits for it has the row."""
    position = ask(sender, "POST", "/ingest/events", weir.token, PROBE % number)["position"]
    began = time.monotonic()
    # What waits is what is measured; that the row is there is checked at the end of the run.
    ask(reader, "GET", f"/api/v1/data/copies?limit=1&select=ms&wait={position}", weir.token)
    return time.monotonic() - began


def one_run() -> tuple[float, float]:
    """Milliseconds, p50 and p99."""
    files = {"events.yaml": SOURCE.split("---")[0] + APPEND}
    with Weir(files) as weir, steady(weir, "events", EVENTS_A_SECOND):
        sender, reader = connect(weir.port), connect(weir.port)
        time.sleep(1)
        seconds = []
        for number in range(PROBES):
            seconds.append(probe(weir, number, sender, reader))
            time.sleep(PAUSE_SECONDS)
        [kept] = weir.sql("SELECT count(*) AS n FROM copies WHERE page = '/p/probe'")
        if kept["n"] != PROBES:
            raise RuntimeError(f"{kept['n']} of {PROBES} probes are in the table")
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
