"""A weir started on a workspace of its own, for tests from outside and for the demo."""

import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build/release/weir"
READY_SECONDS_MAX = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Answer:
    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def data(self):
        return self.json["data"]


class Weir:
    """A workspace folder and the program that serves it, which may be killed and started again."""

    def __init__(self, files: dict[str, str], port: int | None = None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-"))
        self.port = port or free_port()
        self.process: subprocess.Popen | None = None
        self.log = open(self.folder.with_suffix(".log"), "a+b")
        if "weir.yaml" not in files:
            files = files | {"weir.yaml": "weir: 1\nname: tested\n"}
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        with open(self.folder / "weir.yaml", "a") as settings:
            settings.write(f"http: {{listen: 127.0.0.1:{self.port}}}\n")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    def start(self, ready_path="/readyz", **environment):
        self.process = subprocess.Popen(
            [PROGRAM, "run", self.folder], stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, env=os.environ | environment,
        )  # fmt: skip
        self.wait_for(ready_path, 200)
        return self

    def wait_for(self, path: str, status: int, seconds_max: float = READY_SECONDS_MAX):
        """Asks until it is answered so."""
        deadline = time.monotonic() + seconds_max
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"weir ended with {self.process.returncode}:\n{self.said()}")
            try:
                if self.get(path).status == status:
                    return
            except OSError:
                pass
            time.sleep(0.005)
        raise RuntimeError(f"{path} is not {status} after {seconds_max} s:\n{self.said()}")

    def said(self) -> str:
        self.log.flush()
        return pathlib.Path(self.log.name).read_text(errors="replace")[-6000:]

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()
        self.log.close()
        pathlib.Path(self.log.name).unlink()
        shutil.rmtree(self.folder)

    @property
    def data(self) -> pathlib.Path:
        return self.folder / "data"

    @property
    def token(self) -> str:
        return (self.data / "admin.token").read_text().strip()

    def bearing(self, token, headers=None) -> dict:
        """The headers with a token: True is the administrator's, False none."""
        if not token:
            return dict(headers or {})
        secret = self.token if token is True else token
        return {"Authorization": f"Bearer {secret}"} | (headers or {})

    def request(self, method, target, body=None, headers=None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, target, body, headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, headers=None, token=None, **query) -> Answer:
        if query:
            path += "?" + urllib.parse.urlencode(query)
        if token is None:
            token = not path.endswith("z")  # /healthz and /readyz are anyone's
        return self.request("GET", path, None, self.bearing(token, headers))

    def post(self, path, body, headers=None, token=True) -> Answer:
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        return self.request("POST", path, body, self.bearing(token, headers))

    def send(self, source: str, rows: list, **headers) -> Answer:
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        headers = {"Content-Type": "application/x-ndjson"} | headers
        return self.post(f"/ingest/{source}", lines, headers)

    def end(self, source: str) -> int:
        """Closes all windows; the position from which reads see it."""
        return self.post(f"/ingest/{source}/watermark", {"watermark": "end"}).data["position"]

    def sql(self, text: str) -> list:
        answer = self.post("/weir/v1/sql", {"sql": text})
        if answer.status != 200:
            raise AssertionError(answer.body.decode())
        return answer.data

    def run(self, *command: str, **options) -> subprocess.CompletedProcess:
        """A client command in the workspace."""
        return subprocess.run(
            [PROGRAM, *command], cwd=self.folder, text=True, capture_output=True,
            **({"timeout": 120, "stdin": subprocess.DEVNULL} | options),
        )  # fmt: skip

    def start_command(self, *command: str, stdout=subprocess.PIPE) -> subprocess.Popen:
        """One that goes on until it is told to end."""
        return subprocess.Popen(
            [PROGRAM, *command], cwd=self.folder, text=True, stdin=subprocess.DEVNULL,
            stdout=stdout, stderr=subprocess.PIPE,
        )  # fmt: skip
