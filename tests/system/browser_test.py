"""The web-events example in a real browser: a page sends beacons, and its views are counted."""

import contextlib
import functools
import http.server
import pathlib
import subprocess
import tempfile
import threading
import unittest

from running import ROOT, Weir, free_port

EXAMPLE = ROOT / "examples/web-events"
BROWSER = [
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--virtual-time-budget=3000",
]  # fmt: skip


class QuietPages(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def pages(folder: pathlib.Path, port: int):
    serve = functools.partial(QuietPages, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


def visit(url: str) -> None:
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [*BROWSER, f"--user-data-dir={profile}", "--dump-dom", url],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip


class BrowserTest(unittest.TestCase):
    def test_a_pages_beacons_are_counted_by_page_and_minute(self):
        port = free_port()
        texts = {path.name: path.read_text() for path in EXAMPLE.iterdir() if path.is_file()}
        texts = {name: text.replace(":8000", f":{port}") for name, text in texts.items()}
        with Weir(texts) as weir, tempfile.TemporaryDirectory() as folder:
            page = texts["index.html"].replace(":8080", f":{weir.port}")
            (pathlib.Path(folder) / "index.html").write_text(page)
            with pages(pathlib.Path(folder), port):
                visit(f"http://127.0.0.1:{port}/")
                visit(f"http://127.0.0.1:{port}/index.html")
                visit(f"http://localhost:{port}/")
            self.assertEqual(self.views(weir), {"/": 2, "/index.html": 1})

    def test_a_page_of_another_origin_counts_nothing(self):
        texts = {path.name: path.read_text() for path in EXAMPLE.iterdir() if path.is_file()}
        port = free_port()
        with Weir(texts) as weir, tempfile.TemporaryDirectory() as folder:
            page = texts["index.html"].replace(":8080", f":{weir.port}")
            (pathlib.Path(folder) / "index.html").write_text(page)
            with pages(pathlib.Path(folder), port):
                visit(f"http://127.0.0.1:{port}/")
            self.assertEqual(self.views(weir), {})

    def views(self, weir: Weir) -> dict:
        position = weir.end("page_views")
        answer = weir.get("/api/v1/data/views_by_page", wait=position)
        self.assertEqual(answer.status, 200, answer.body)
        counts = {}
        for row in answer.data:
            counts[row["page"]] = counts.get(row["page"], 0) + row["views"]
        return counts


if __name__ == "__main__":
    unittest.main()
