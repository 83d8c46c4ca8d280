"""A steady flow of events: so many a second, whatever the answers take."""

import array
import contextlib
import http.client
import multiprocessing
import pathlib
import tempfile
import time

from load import bodies_file

EVENTS_A_BODY = 500
BODIES = 200
BEHIND_SECONDS_MAX = 1.0


def connect(port: int) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.connect()
    return connection


class Flow:
    """Sends from a process of its own. Counts what was acknowledged and how far it fell behind."""

    def __init__(self, weir, source: str, events_a_second: int):
        self.port, self.token, self.source = weir.port, weir.token, source
        self.pause = EVENTS_A_BODY / events_a_second
        self.stopped = multiprocessing.Value("b", 0)
        self.sent = multiprocessing.Value("q", 0)
        self.behind = multiprocessing.Value("d", 0.0)
        self.times = tempfile.NamedTemporaryFile(prefix="weir-flow-")
        self.process = multiprocessing.Process(target=self.send)

    def send(self):
        lines = pathlib.Path(bodies_file(BODIES, EVENTS_A_BODY)).read_text().split("\n")[:-1]
        bodies = [line.replace("\x1e", "\n").encode() for line in lines]
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/x-ndjson"}
        connection = connect(self.port)
        due = time.monotonic()
        number = 0
        while not self.stopped.value:
            began = time.monotonic()
            connection.request("POST", f"/ingest/{self.source}", bodies[number % BODIES], headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"the steady sender got {answer.status}")
            number += 1
            self.sent.value += EVENTS_A_BODY
            now = time.monotonic()
            array.array("d", (began, now - began)).tofile(self.times)
            due += self.pause
            self.behind.value = max(self.behind.value, now - due)
            time.sleep(max(0, due - now))
        self.times.flush()

    def latencies(self) -> list:
        """When each request began and how long its answer took, in seconds."""
        values = array.array("d", pathlib.Path(self.times.name).read_bytes())
        return list(zip(values[::2], values[1::2]))

    def finish(self):
        self.stopped.value = 1
        self.process.join(30)


@contextlib.contextmanager
def steady(weir, source: str, events_a_second: int):
    """Sends while the block runs; yields the flow.

    One that ended early or fell behind its rate was no flow of that rate: that is an error.
    """
    flow = Flow(weir, source, events_a_second)
    flow.process.start()
    try:
        yield flow
        if not flow.process.is_alive():
            raise RuntimeError("the steady sender ended early")
        if flow.behind.value > BEHIND_SECONDS_MAX:
            raise RuntimeError(f"the steady sender fell {flow.behind.value:.1f} s behind")
    finally:
        flow.finish()
