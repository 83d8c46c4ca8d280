"""What the producers of the journal race have in common: records, the start and the report.

A producer is a process: arguments PORT NUMBER; it says `ready`, waits for a line with the seconds
to send, sends, and prints one line of JSON. It may be told several times.
"""

import json
import resource
import struct
import sys
import time

RECORD_BYTES = 250
RECORDS_PER_CALL = 64
CALLS_UNDER_WAY = 5


class Records:
    """Each another one: it begins with its number."""

    def __init__(self, producer: int):
        self.filler = bytes([ord("a") + producer]) * (RECORD_BYTES - 8)
        self.count = 0

    def take(self) -> list[bytes]:
        """Those of a call."""
        first = self.count
        self.count += RECORDS_PER_CALL
        return [struct.pack("<q", number) + self.filler for number in range(first, self.count)]


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def serve(send) -> None:
    """`send` takes the time at which to stop; returns acknowledged records, and all kept so far."""
    print("ready", flush=True)
    for line in sys.stdin:
        began, cpu_began = time.monotonic(), cpu_seconds()
        acknowledged, kept = send(began + float(line))
        report = {
            "records": acknowledged, "kept": kept, "seconds": time.monotonic() - began,
            "cpu_seconds": cpu_seconds() - cpu_began,
        }  # fmt: skip
        print(json.dumps(report), flush=True)
