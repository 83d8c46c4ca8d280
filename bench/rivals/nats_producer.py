"""Sends records to one JetStream stream, by NATS's own protocol: no client costs less.

A call is an atomic batch of the server's, acknowledged once for all its records.
"""

import json
import socket
import sys
import time

import producing


class Connection:
    def __init__(self, port: int, inbox: str):
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.inbox = inbox
        self.kept = b""
        options = json.dumps({"verbose": False, "pedantic": False, "headers": True})
        self.socket.sendall(f"CONNECT {options}\r\nSUB {inbox} 1\r\n".encode())

    def messages(self) -> list[bytes]:
        """The bodies of what came, at least one."""
        found = []
        while not found:
            read = self.socket.recv(1 << 20)
            if not read:
                raise RuntimeError("the server closed the connection")
            *lines, self.kept = (self.kept + read).split(b"\r\n")
            if any(line.startswith(b"-ERR") for line in lines):
                raise RuntimeError(lines)
            found = [line for line in lines if line.startswith(b"{")]
        return found

    def ask(self, subject: str, body: dict) -> dict:
        text = json.dumps(body)
        self.socket.sendall(f"PUB {subject} {self.inbox} {len(text)}\r\n{text}\r\n".encode())
        answer = json.loads(self.messages()[-1])
        if "error" in answer:
            raise RuntimeError(answer)
        return answer


def batch(subject: str, inbox: str, identity: str, records: list[bytes]) -> bytes:
    parts = []
    for number, record in enumerate(records, 1):
        header = f"NATS/1.0\r\nNats-Batch-Id: {identity}\r\nNats-Batch-Sequence: {number}\r\n"
        is_last = number == len(records)
        header += "Nats-Batch-Commit: 1\r\n\r\n" if is_last else "\r\n"
        reply = f"{inbox} " if is_last else ""
        line = f"HPUB {subject} {reply}{len(header)} {len(header) + len(record)}\r\n{header}"
        parts += [line.encode(), record, b"\r\n"]
    return b"".join(parts)


def main() -> None:
    port, number = int(sys.argv[1]), int(sys.argv[2])
    stream = f"records_{number}"
    connection = Connection(port, f"_INBOX.{stream}")
    config = {"name": stream, "subjects": [f"records.{number}"], "storage": "file",
              "num_replicas": 1, "allow_atomic": True}  # fmt: skip
    connection.ask(f"$JS.API.STREAM.CREATE.{stream}", config)
    records = producing.Records(number)

    def send(end: float) -> tuple[int, int]:
        under_way = acknowledged = calls = 0
        while under_way or time.monotonic() < end:
            while under_way < producing.CALLS_UNDER_WAY and time.monotonic() < end:
                identity = f"{number}-{records.count}"
                call = batch(f"records.{number}", connection.inbox, identity, records.take())
                connection.socket.sendall(call)
                under_way += 1
            if not under_way:
                break
            for answer in map(json.loads, connection.messages()):
                if answer.get("count") != producing.RECORDS_PER_CALL:
                    raise RuntimeError(answer)
                calls += 1
                under_way -= 1
        acknowledged = calls * producing.RECORDS_PER_CALL
        info = connection.ask(f"$JS.API.STREAM.INFO.{stream}", {})
        return acknowledged, info["state"]["messages"]

    producing.serve(send)


if __name__ == "__main__":
    main()
