"""Rows by key and cached answers over REST, while events flow into another table."""

import statistics
import time

from ingest import SOURCE
from load import run_wrk
from running import Weir
from steady import steady

RUNS = 3
ROWS = 1_000_000
EVENTS_A_SECOND = 100_000
CONNECTIONS = 32
ROWS_A_BODY = 10_000
PROFILES = """
---
source: profiles
from: http
schema:
  id: {type: bigint, required: true}
  name: varchar
  city: varchar
  born: date
---
stream: people
sql: SELECT id, name, city, born FROM profiles
into: people
---
table: people
key: [id]
indexes: [[id]]
---
api: best_pages
path: /pages/best
sql: SELECT page, sum(views) AS views FROM pages GROUP BY ALL ORDER BY 2 DESC LIMIT 10
cache: 5s
"""


def fill(weir):
    cities = ("Basel", "Bern", "Genf", "Chur")
    answer = None
    for first in range(0, ROWS, ROWS_A_BODY):
        numbers = range(first, first + ROWS_A_BODY)
        rows = [{"id": n, "name": f"name {n}", "city": cities[n % 4]} for n in numbers]
        answer = weir.send("profiles", rows)
        if answer.data["accepted"] != ROWS_A_BODY:
            raise RuntimeError(f"not filled: {answer.body}")
    return answer.data["position"]


def check(weir, position: int):
    for number in (0, 7, ROWS - 1):
        answer = weir.get("/api/v1/data/people", id=number, wait=position, timeout="60s")
        if [row["name"] for row in answer.data] != [f"name {number}"]:
            raise RuntimeError(f"person {number}: {answer.body}")


def reads_a_second(weir, read: str) -> float:
    result = run_wrk(weir, CONNECTIONS, "reads.lua", {"READ": read, "KEYS": str(ROWS)})
    return result["requests"] / result["micros"] * 1e6


def one_run(weir) -> tuple:
    with steady(weir, "events", EVENTS_A_SECOND) as flow:
        time.sleep(1)
        sent, began = flow.sent.value, time.monotonic()
        by_key = reads_a_second(weir, "/api/v1/data/people?id=%d")
        cached = reads_a_second(weir, "/api/v1/pages/best")
        beside = (flow.sent.value - sent) / (time.monotonic() - began)
    return by_key, cached, beside


def reads():
    with Weir({"events.yaml": SOURCE + PROFILES}) as weir:
        check(weir, fill(weir))
        by_key, cached, beside = map(statistics.median, zip(*(one_run(weir) for _ in range(RUNS))))
    return [
        ("rows by key, 1 M rows, 100 k events/s beside", by_key / 1e3, "k reads/s", ">= 10"),
        ("a cached api, the same beside", cached / 1e3, "k reads/s", ">= 30"),
        ("events beside them", beside / 1e3, "k events/s", ">= 80"),
    ]


def races() -> dict:
    return {"reads": reads}
