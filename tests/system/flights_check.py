"""Compares the flights example's tables with plain DuckDB over the file they were made of."""

import datetime
import pathlib
import tempfile

import duckdb

from running import ROOT, Weir

PAGE_ROWS_MAX = 10_000
REFUSED = 142  # flights that left more than an hour early
AIRPORTS = ROOT / "examples/flights/airports.csv"
FIRST_DAY = datetime.date(2000, 12, 30)
LAST_DAY = datetime.date(2001, 7, 3)

# Each table as DuckDB makes it of all rows at once, with no window function of ours.
ORACLES = {
    "delays_by_origin": """
        SELECT time_bucket(INTERVAL 1 HOUR, date) AS window_start,
               time_bucket(INTERVAL 1 HOUR, date) + INTERVAL 1 HOUR AS window_end,
               origin, count(*) AS flights, avg(delay) AS delay_avg, max(delay) AS delay_max
        FROM fitting GROUP BY ALL""",
    "daily_delays": """
        SELECT hour - to_hours(back) AS window_start, hour - to_hours(back) + INTERVAL 1 DAY AS
               window_end, origin, name AS airport, city, state,
               sum(n)::BIGINT AS flights, sum(minutes) / sum(n) AS delay_avg
        FROM (SELECT *, unnest(range(24)) AS back
              FROM (SELECT time_bucket(INTERVAL 1 HOUR, date) AS hour, origin, count(*) AS n,
                           sum(delay) AS minutes FROM fitting GROUP BY ALL))
             LEFT JOIN airports ON iata = origin
        GROUP BY ALL""",
}
TYPES = {
    "delays_by_origin": "window_start TIMESTAMP, window_end TIMESTAMP, origin VARCHAR,"
    " flights BIGINT, delay_avg DOUBLE, delay_max BIGINT",
    "daily_delays": "window_start TIMESTAMP, window_end TIMESTAMP, origin VARCHAR, airport VARCHAR,"
    " city VARCHAR, state VARCHAR, flights BIGINT, delay_avg DOUBLE",
}


def fetch(weir: Weir, table: str, file: pathlib.Path) -> None:
    """All rows of the table as NDJSON, a day a request, as the data route serves them."""
    with open(file, "wb") as out:
        day = FIRST_DAY
        while day < LAST_DAY:
            after = day + datetime.timedelta(days=1)
            answer = weir.get(
                f"/api/v1/data/{table}", {"Accept": "application/x-ndjson"}, limit=PAGE_ROWS_MAX,
                **{"window_start.gte": str(day), "window_start.lt": str(after)},
            )  # fmt: skip
            lines = answer.body.count(b"\n")
            if answer.status != 200 or lines >= PAGE_ROWS_MAX:
                raise RuntimeError(f"{table} of {day}: {answer.status}, {lines} rows")
            out.write(answer.body)
            day = after


def compare_table(oracle: duckdb.DuckDBPyConnection, weir: Weir, table: str) -> str | None:
    with tempfile.NamedTemporaryFile(suffix=".ndjson") as file:
        fetch(weir, table, pathlib.Path(file.name))
        columns = "{" + ", ".join(
            f"{name}: '{kind}'" for name, kind in (one.split() for one in TYPES[table].split(", "))
        ) + "}"  # fmt: skip
        oracle.execute(
            f"CREATE OR REPLACE TABLE served AS FROM read_json('{file.name}', columns = {columns},"
            " format = 'newline_delimited')"
        )
    oracle.execute(f"CREATE OR REPLACE TABLE wanted({TYPES[table]})")
    oracle.execute(f"INSERT INTO wanted {ORACLES[table]}")
    [(rows, missing, extra)] = oracle.execute(
        "SELECT (SELECT count(*) FROM wanted),"
        " (SELECT count(*) FROM (FROM wanted EXCEPT ALL FROM served)),"
        " (SELECT count(*) FROM (FROM served EXCEPT ALL FROM wanted))"
    ).fetchall()
    # What lies outside of the days that were fetched shows in the count.
    [counted] = weir.sql(f"SELECT count(*) AS n FROM {table}")
    extra += counted["n"] - (rows - missing + extra)
    agrees = not missing and not extra and rows > 0
    verdict = "the same" if agrees else f"{missing} missing, {extra} too much"
    print(f"{table}: {rows:,} rows, EXCEPT ALL both ways against DuckDB: {verdict}", flush=True)
    return None if agrees else f"{table}: {verdict}"


def compare(weir: Weir, flights: pathlib.Path, position: int) -> list[str]:
    """What differs; empty when every table agrees and every row is accounted for."""
    oracle = duckdb.connect()
    oracle.execute(f"CREATE VIEW fitting AS FROM '{flights}' WHERE delay >= -60")
    oracle.execute(f"CREATE TABLE airports AS FROM read_csv('{AIRPORTS}')")
    found = []
    for table in ORACLES:
        fresh = weir.get(f"/api/v1/data/{table}", limit=1, wait=position, timeout="60s")
        if fresh.status != 200:
            found.append(f"{table}: {fresh.body.decode()}")
            continue
        found.append(compare_table(oracle, weir, table))
    [refused] = weir.sql(
        "SELECT count(*) AS n, min(decode(bytes)) AS one FROM quarantine('flights')"
    )
    print(f"quarantine: {refused['n']} rows of {REFUSED}, such as {refused['one']}", flush=True)
    if refused["n"] != REFUSED:
        found.append(f"quarantine: {refused['n']} rows instead of {REFUSED}")
    return [problem for problem in found if problem]
