"""The metrics, the dashboard and the alerts, as a real Prometheus takes them."""

import json
import re
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

from running import ROOT, Weir, free_port

RULES = ROOT / "deploy/prometheus/weir.rules.yml"
DASHBOARD = ROOT / "deploy/grafana/weir.json"
WORKSPACE = {
    "w.yaml": """
source: views
from: http
schema: {seen: timestamp, page: varchar}
event_time: seen
---
stream: by_page
sql: |
  SELECT window_start, page, count(*) AS views
  FROM tumble(views, seen, INTERVAL 1 HOUR) GROUP BY ALL
into: by_page
---
table: by_page
indexes: [[views]]
"""
}
# Metrics that the dashboard shows nothing of, on purpose.
LEFT_OUT: set[str] = set()
SECONDS_MAX = 40


def dashboard_expressions() -> list[str]:
    """As Grafana sends them."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    texts = [target["expr"] for panel in panels for target in panel["targets"]]
    return [
        text.replace("$__rate_interval", "1m").replace("$instance", ".*") for text in texts
    ]


def metrics_named(text: str) -> set[str]:
    """Without the parts of a histogram, which is one metric."""
    names = re.findall(r"\bweir_\w+", text)
    return {re.sub(r"(_seconds)_(bucket|count|sum)$", r"\1", name) for name in names}


def promtool(*arguments, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["promtool", *arguments], text=True, capture_output=True, timeout=60, **options
    )


class Prometheus:
    """A real one that scrapes a server each second and evaluates the rules."""

    def __init__(self, weir: Weir):
        self.folder = tempfile.mkdtemp(prefix="prometheus-")
        self.port = free_port()
        config = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(RULES)],
            "scrape_configs": [{
                "job_name": "weir",
                "authorization": {"credentials_file": str(weir.data / "admin.token")},
                "static_configs": [{"targets": [f"127.0.0.1:{weir.port}"]}],
            }],
        }  # fmt: skip
        with open(f"{self.folder}/prometheus.json", "w") as file:
            json.dump(config, file)  # JSON is YAML
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={self.folder}/prometheus.json",
             f"--storage.tsdb.path={self.folder}/data",
             f"--web.listen-address=127.0.0.1:{self.port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder)

    def ask(self, path: str, **query):
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["data"]

    def wait_for(self, expression: str):
        deadline = time.monotonic() + SECONDS_MAX
        while time.monotonic() < deadline:
            try:
                if self.ask("query", query=expression)["result"]:
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"Prometheus has no {expression}")


class MetricsTest(unittest.TestCase):
    def test_the_rules_are_sound_and_alert_when_they_should(self):
        for arguments in (("check", "rules"), ("test", "rules")):
            file = RULES if arguments[0] == "check" else RULES.with_suffix(".test.yml")
            done = promtool(*arguments, file)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        alerts = set(re.findall(r"alert: (\w+)", RULES.read_text()))
        tested = set(re.findall(r"alertname: (\w+)", RULES.with_suffix(".test.yml").read_text()))
        self.assertEqual(alerts, tested)

    def test_a_real_prometheus_evaluates_every_expression(self):
        with Weir(WORKSPACE) as weir:
            self.send(weir, hour=1)
            metrics = weir.get("/metrics").body.decode()
            checked = promtool("check", "metrics", input=metrics)
            self.assertEqual((checked.returncode, checked.stderr), (0, ""), checked.stdout)
            known = set(re.findall(r"^# TYPE (\w+)", metrics, re.MULTILINE))
            named = metrics_named("\n".join(dashboard_expressions()) + RULES.read_text())
            self.assertLessEqual(named, known)
            self.assertEqual(known - metrics_named("\n".join(dashboard_expressions())), LEFT_OUT)
            documented = metrics_named((ROOT / "docs/guides/operations.md").read_text())
            self.assertEqual(documented, known)
            with Prometheus(weir) as prometheus:
                # Two scrapes, between which something was counted.
                prometheus.wait_for("weir_ready == 1")
                self.send(weir, hour=2)
                prometheus.wait_for("rate(weir_source_rows_total[1m]) > 0")
                self.evaluate(prometheus)

    def evaluate(self, prometheus: Prometheus) -> None:
        for expression in dashboard_expressions():
            with self.subTest(expression):
                found = prometheus.ask("query", query=expression)["result"]
                self.assertTrue(found, "nothing came of it")
        groups = prometheus.ask("rules")["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        self.assertGreater(len(rules), 10)
        for rule in rules:
            self.assertEqual(rule["health"], "ok", rule)
            self.assertNotEqual(rule["state"], "firing", rule)

    def send(self, weir: Weir, hour: int) -> None:
        """Through every route that has a latency."""
        row = {"seen": f"2001-01-01 0{hour}:10:00", "page": "/"}
        self.assertEqual(weir.send("views", [row, row]).status, 200)
        position = weir.end("views")
        self.assertEqual(weir.get("/api/v1/data/by_page", wait=position).status, 200)
        weir.sql("SELECT 1")


if __name__ == "__main__":
    unittest.main()
