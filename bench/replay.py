"""A new window stream over a hundred million events that lie in the journal and its history."""

import time

from ingest import SOURCE
from load import bodies_file, wrk
from running import Weir

MILLIONS = 100
EVENTS = MILLIONS * 1_000_000
ROUND_SECONDS = 8
DISK_GB_MAX = 20
WAIT_SECONDS = 600


def fill(weir) -> int:
    """Sends until there are enough; how many there are."""
    bodies = bodies_file(200, 1000)
    kept = 0
    while kept < EVENTS:
        wrk(weir, "events", bodies, 8)
        [source] = weir.get("/weir/v1/status").data["sources"]
        kept = source["accepted"]
        size = sum(file.stat().st_size for file in weir.data.rglob("*") if file.is_file())
        if size > DISK_GB_MAX << 30:
            raise RuntimeError(f"{kept} events took {size} bytes")
    return kept


def wait_until_read(weir, position: int):
    deadline = time.monotonic() + WAIT_SECONDS
    answer = None
    while time.monotonic() < deadline:
        answer = weir.get("/api/v1/data/pages", limit=1, wait=position, timeout="60s")
        if answer.status == 200:
            return
    raise RuntimeError(f"not replayed: {answer.body}")


def replay():
    source, stream = SOURCE.split("---")
    with Weir({"source.yaml": source}) as weir:
        fill(weir)
        position = weir.end("events")
        [kept] = weir.sql("SELECT count(*) AS n FROM events")
        if weir.stop() != 0:
            raise RuntimeError(weir.said())
        (weir.folder / "stream.yaml").write_text(stream)
        began = time.monotonic()
        weir.start()
        wait_until_read(weir, position)
        seconds = time.monotonic() - began
        [views] = weir.sql("SELECT sum(views) AS n FROM pages")
        if views["n"] != kept["n"]:
            raise RuntimeError(f"{kept['n']} events, {views['n']} in windows")
    return [("replay through a window", kept["n"] / seconds / 1e6, "M events/s", ">= 4")]


def races() -> dict:
    return {"replay": replay}
