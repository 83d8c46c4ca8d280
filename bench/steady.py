"""A steady flow of events: so many a second, whatever the answers take."""

import contextlib
import http.client
import multiprocessing
import pathlib
import time

from load import bodies_file

EVENTS_A_BODY = 500
BODIES = 200
BEHIND_SECONDS_MAX = 1.0


def connect(port: int) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.connect()
    return connection


def send_steadily(port: int, token: str, path: str, events_a_second: int, state):
    """Until `state` says stop. It counts what was acknowledged, and how far it fell behind."""
    lines = pathlib.Path(bodies_file(BODIES, EVENTS_A_BODY)).read_text().splitlines()
    bodies = [line.replace("\x1e", "\n").encode() for line in lines]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    connection = connect(port)
    pause = EVENTS_A_BODY / events_a_second
    due = time.monotonic()
    number = 0
    while not state["stop"].value:
        connection.request("POST", path, bodies[number % BODIES], headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"the steady sender got {answer.status}")
        number += 1
        state["sent"].value += EVENTS_A_BODY
        due += pause
        state["behind"].value = max(state["behind"].value, time.monotonic() - due)
        time.sleep(max(0, due - time.monotonic()))


@contextlib.contextmanager
def steady(weir, source: str, events_a_second: int):
    """Sends from a process of its own while the block runs. Yields what it has sent and how late.

    A flow that fell behind its rate was no flow of that rate: the block ends in an error.
    """
    state = {
        "stop": multiprocessing.Value("b", 0),
        "sent": multiprocessing.Value("q", 0),
        "behind": multiprocessing.Value("d", 0.0),
    }
    sender = multiprocessing.Process(
        target=send_steadily,
        args=(weir.port, weir.token, f"/ingest/{source}", events_a_second, state),
    )
    sender.start()
    try:
        yield state
        if not sender.is_alive():
            raise RuntimeError("the steady sender ended early")
        if state["behind"].value > BEHIND_SECONDS_MAX:
            raise RuntimeError(f"the steady sender fell {state['behind'].value:.1f} s behind")
    finally:
        state["stop"].value = 1
        sender.join(30)
