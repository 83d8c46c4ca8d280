"""The rivals that take events over HTTP, none of which syncs what it wrote."""

import http.client
import json
import urllib.parse

from running import free_port
from server import Server

QUESTDB_SETTINGS = """
http.bind.to=127.0.0.1:{port}
http.min.enabled=false
pg.enabled=false
line.tcp.enabled=false
line.udp.enabled=false
telemetry.enabled=false
"""
BENTHOS_SETTINGS = """
http: {{enabled: false}}
logger: {{level: WARN}}
input:
  http_server: {{address: "127.0.0.1:{port}", path: /events, allowed_verbs: [POST]}}
output:
  file: {{path: "{file}", codec: lines}}
"""
TELEGRAF_SETTINGS = """
[agent]
  omit_hostname = true
  flush_interval = "1s"
  metric_batch_size = 1000
  metric_buffer_limit = 5000000
  quiet = true
[[inputs.http_listener_v2]]
  service_address = "tcp://127.0.0.1:{port}"
  paths = ["/events"]
  data_format = "json"
  json_string_fields = ["user", "page", "ok", "note"]
  json_time_key = "ts"
  json_time_format = "unix_ms"
[[outputs.file]]
  files = ["{file}"]
  data_format = "json"
  use_batch_format = true
"""


class HttpServer(Server):
    def __init__(self, name: str):
        super().__init__(name)
        self.port = free_port()

    def request(self, method: str, target: str, body: bytes | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, target, body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def is_ready(self) -> bool:
        status, _ = self.request("GET", "/")
        return status < 500


class QuestDb(HttpServer):
    """Its line protocol over HTTP, and SQL."""

    target = "/write?precision=ms"
    table = (
        "CREATE TABLE events (ts TIMESTAMP, user VARCHAR, page SYMBOL, ms LONG, ok BOOLEAN,"
        " note VARCHAR) TIMESTAMP(ts) PARTITION BY HOUR WAL"
    )

    def __init__(self):
        super().__init__("questdb")
        (self.folder / "conf").mkdir()
        settings = QUESTDB_SETTINGS.format(port=self.port)
        (self.folder / "conf/server.conf").write_text(settings)

    def command(self) -> list:
        return ["java", "-XX:+UseParallelGC", "-p", f"{self.program}/jars", "-m",
                "io.questdb/io.questdb.ServerMain", "-d", self.folder]  # fmt: skip

    def is_ready(self) -> bool:
        return self.request("GET", "/ping")[0] == 204

    def sql(self, text: str) -> list:
        status, body = self.request("GET", "/exec?" + urllib.parse.urlencode({"query": text}))
        if status != 200:
            raise RuntimeError(f"{text}: {body}")
        return json.loads(body).get("dataset", [])


class FileWriter(HttpServer):
    """Appends events to a file, in which each has the mark once."""

    target = "/events"
    mark = b"\n"

    def __init__(self, name: str, settings: str):
        super().__init__(name)
        self.file = self.folder / "events.ndjson"
        self.settings = self.folder / "settings"
        self.settings.write_text(settings.format(port=self.port, file=self.file))

    def events(self) -> int:
        return self.file.read_bytes().count(self.mark) if self.file.exists() else 0


class Benthos(FileWriter):
    def __init__(self):
        super().__init__("benthos", BENTHOS_SETTINGS)

    def command(self) -> list:
        return [self.program / "benthos", "-c", self.settings]


class Telegraf(FileWriter):
    mark = b'"timestamp"'

    def __init__(self):
        super().__init__("telegraf", TELEGRAF_SETTINGS)

    def command(self) -> list:
        return [self.program / "telegraf", self.settings]
