"""Loads NDJSON bodies into a MergeTree of chDB for some seconds, then asks for the windows.

Run by chDB's own Python: FOLDER BODIES SECONDS JOINED, the bodies an insert has. Prints one line
of JSON.
"""

import json
import pathlib
import sys
import time

from chdb import session

ROWS_A_BODY = 1000
TABLE = """
CREATE TABLE b.events
  (ts Int64, user String, page LowCardinality(String), ms Int32, ok Bool, note String)
ENGINE = MergeTree ORDER BY tuple()
"""
WINDOWS = """
SELECT toStartOfInterval(fromUnixTimestamp64Milli(ts), INTERVAL 10 SECOND) AS window_start, page,
  count() AS views, avg(ms) AS ms_mean, max(ms) AS ms_max
FROM b.events GROUP BY ALL
"""


def main() -> None:
    folder, file, seconds, joined = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
    lines = pathlib.Path(file).read_text().replace("\x1e", "\n").splitlines()
    rows = ROWS_A_BODY * joined
    inserts = ["INSERT INTO b.events FORMAT JSONEachRow " + "\n".join(lines[first : first + rows])
               for first in range(0, len(lines), rows)]  # fmt: skip
    database = session.Session(folder)
    database.query("CREATE DATABASE b")
    database.query(TABLE)
    began, sent = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        database.query(inserts[sent % len(inserts)])
        sent += 1
    result = database.query(f"SELECT sum(views), count() FROM ({WINDOWS})", "JSONCompactEachRow")
    kept, windows = json.loads(str(result))
    report = {"sent": sent * rows, "rows": int(kept), "windows": int(windows)}
    print(json.dumps(report | {"seconds": time.monotonic() - began}))


if __name__ == "__main__":
    main()
