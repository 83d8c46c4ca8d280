"""`weir send`: a row of a file counts once, whatever happens on its way."""

import http.server
import json
import threading
import unittest

from running import Weir

SOURCE = """
source: visits
from: http
schema: {seen: timestamp, page: varchar}
event_time: seen
"""


class AnswerLoser(http.server.BaseHTTPRequestHandler):
    """Hands every request on, and loses the answer to each that takes events, the first time."""

    weir: Weir
    lost: set

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.weir.request("POST", self.path, body, dict(self.headers))
        if body not in self.lost:
            self.lost.add(body)
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_):
        pass


class SendTest(unittest.TestCase):
    def setUp(self):
        self.weir = Weir({"visits.yaml": SOURCE}).start()
        self.addCleanup(self.weir.close)

    def write(self, pages: list[str]) -> str:
        lines = [json.dumps({"seen": "2024-05-01 10:00", "page": page}) for page in pages]
        (self.weir.folder / "visits.ndjson").write_text("\n".join(lines))
        return "visits.ndjson"

    def send(self, file: str, *words: str):
        done = self.weir.run("send", "visits", file, *words)
        self.assertEqual(done.returncode, 0, done.stderr)

    def kept(self) -> int:
        [counted] = self.weir.sql("SELECT count(*) AS n FROM visits")
        return counted["n"]

    def through_an_answer_loser(self) -> list[str]:
        handler = type("Losing", (AnswerLoser,), {"weir": self.weir, "lost": set()})
        proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=proxy.serve_forever).start()
        self.addCleanup(proxy.server_close)
        self.addCleanup(proxy.shutdown)
        return ["--url", f"http://127.0.0.1:{proxy.server_port}", "--token", self.weir.token]

    def test_rows_count_once_where_answers_are_lost_also_when_they_are_sent_again(self):
        file = self.write(["/a", "/b", "/c"])
        self.send(file, "--batch", "2", *self.through_an_answer_loser())
        self.assertEqual(self.kept(), 3)
        self.send(file, "--batch", "2")
        self.assertEqual(self.kept(), 3)
        self.send(file, "--batch", "2", "--again", *self.through_an_answer_loser())
        self.assertEqual(self.kept(), 6)

    def test_large_rows_go_in_bodies_that_the_server_takes(self):
        self.send(self.write([f"{i:05}" + "/" * 4_000 for i in range(9_000)]))
        self.assertEqual(self.kept(), 9_000)


if __name__ == "__main__":
    unittest.main()
