"""A page in headless Chromium that a test can look into and act on, over its debugging socket."""

import base64
import json
import os
import pathlib
import socket
import struct
import subprocess
import tempfile
import time
import urllib.request

BROWSER = [
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--remote-debugging-port=0", "--remote-allow-origins=*",
]  # fmt: skip
SECONDS_MAX = 60


class Page:
    def __init__(self, url: str):
        # The browser's helpers may write for a moment after it has ended.
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.browser = subprocess.Popen(
            [*BROWSER, f"--user-data-dir={self.profile.name}", url],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.number = 0
        try:
            self.socket = self.connect()
        except BaseException:
            self.end()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.end()

    def end(self):
        self.browser.kill()
        self.browser.wait()
        self.profile.cleanup()

    def connect(self) -> socket.socket:
        deadline = time.monotonic() + SECONDS_MAX
        while time.monotonic() < deadline:
            try:
                lines = (pathlib.Path(self.profile.name) / "DevToolsActivePort").read_text()
                port = int(lines.splitlines()[0])
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
                    pages = [one for one in json.load(answer) if one["type"] == "page"]
                return self.shake_hands(port, pages[0]["webSocketDebuggerUrl"])
            except (OSError, IndexError, ValueError):
                time.sleep(0.1)
        raise RuntimeError("the browser did not start")

    def shake_hands(self, port: int, url: str) -> socket.socket:
        path = "/" + url.split("/", 3)[3]
        key = base64.b64encode(os.urandom(16)).decode()
        connection = socket.create_connection(("127.0.0.1", port), SECONDS_MAX)
        connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        while not connection.recv(1) == b"\n" or not connection.recv(2) == b"\r\n":
            pass
        return connection

    def receive(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise RuntimeError("the browser went away")
            data += part
        return data

    def read_message(self) -> dict:
        text = b""
        while True:
            first, second = self.receive(2)
            length = second & 127
            if length == 126:
                [length] = struct.unpack(">H", self.receive(2))
            elif length == 127:
                [length] = struct.unpack(">Q", self.receive(8))
            text += self.receive(length)
            if first & 128:
                return json.loads(text)

    def evaluate(self, script: str):
        """The value of JavaScript in the page; a promise's once it is there."""
        self.number += 1
        asked = {"expression": script, "returnByValue": True, "awaitPromise": True}
        text = json.dumps(
            {"id": self.number, "method": "Runtime.evaluate", "params": asked}
        ).encode()
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(text))
        self.socket.sendall(struct.pack(">BBH", 129, 128 | 126, len(text)) + mask + masked)
        while True:
            message = self.read_message()
            if message.get("id") == self.number:
                return message["result"]["result"].get("value")

    def wait_for(self, script: str):
        """Evaluates until it is true of the page."""
        deadline = time.monotonic() + SECONDS_MAX
        while time.monotonic() < deadline:
            value = self.evaluate(f"Boolean({script})")
            if value:
                return value
            time.sleep(0.1)
        raise RuntimeError(f"never true: {script}\n{self.evaluate('document.body.innerText')}")
