"""What the server tells its operator: a line an event, with a code; no secret, no flood."""

import json
import pathlib
import re
import subprocess
import threading
import unittest

from running import PROGRAM, ROOT, Weir

WORKSPACE = {
    "weir.yaml": "weir: 1\nname: logged\n",
    "w.yaml": "source: views\nfrom: http\nschema: {at: timestamp, page: varchar}\nevent_time: at\n",
}
FLOOD = 4000


def lines_of(weir: Weir) -> list[dict]:
    weir.log.flush()
    text = pathlib.Path(weir.log.name).read_text()
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


class LogTest(unittest.TestCase):
    def test_a_flood_of_refused_requests_is_counted_and_tells_no_secret(self):
        with Weir(WORKSPACE) as weir:
            token = weir.token
            secret = "wrong-secret-0123456789"

            def flood():
                for _ in range(FLOOD // 4):
                    path = "/weir/v1/status?key=hidden-in-the-url"
                    self.assertEqual(weir.get(path, token=secret).status, 401)

            threads = [threading.Thread(target=flood) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(weir.stop(), 0)
            lines = lines_of(weir)
            refused = [line for line in lines if line["code"] == "REQUEST_REFUSED"]
            unknown = [line for line in refused if line["error"] == "TOKEN_UNKNOWN"]
            told = sum(line.get("count", 1) for line in unknown)
            self.assertEqual(told, FLOOD)
            # Five and a sum in each ten seconds.
            self.assertLess(len(unknown), 40)
            self.assertEqual(unknown[0]["path"], "/weir/v1/status")
            said = json.dumps(lines)
            for hidden in (secret, token, "hidden-in-the-url"):
                self.assertNotIn(hidden, said)

    def test_tokens_made_and_revoked_are_told_by_their_ids(self):
        with Weir(WORKSPACE) as weir:
            made = weir.post("/weir/v1/tokens", {"scopes": ["read:*"]}).data
            self.assertEqual(weir.run("token", "revoke", made["id"]).returncode, 0)
            weir.stop()
            told = [line for line in lines_of(weir) if line["code"].startswith("TOKEN_")]
        self.assertEqual([line["token"] for line in told], [made["id"]] * 2)
        self.assertEqual(told[0]["scopes"], "read:*")
        self.assertNotIn(made["token"], json.dumps(told))

    def test_lines_are_objects_with_a_code_of_the_reference(self):
        with Weir(WORKSPACE) as weir:
            (weir.folder / "w.yaml").write_text("source: views\nfrom: htpp\n")
            deadline = threading.Event()
            for _ in range(100):
                if "WORKSPACE_REFUSED" in weir.said():
                    break
                deadline.wait(0.1)
            (weir.folder / "w.yaml").write_text(WORKSPACE["w.yaml"])
            weir.stop()
            lines = lines_of(weir)
        known = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs/reference/log-codes.md").read_text()))
        self.assertLessEqual({line["code"] for line in lines}, known)
        self.assertEqual(lines[0]["code"], "SERVER_STARTED")
        self.assertEqual(lines[0]["workspace"], "logged")
        self.assertEqual(lines[-1]["code"], "SERVER_STOPPED")
        [refused] = [line for line in lines if line["code"] == "WORKSPACE_REFUSED"]
        self.assertEqual(refused["level"], "error")
        self.assertIn('write http', refused["message"])

    def test_text_is_for_people_and_a_level_leaves_out_what_is_below(self):
        with Weir(WORKSPACE) as weir:
            weir.stop()
            (weir.folder / "w.yaml").write_text("source: views\nfrom: htpp\nschema: {a: bigint}\n")
            options = ("--log-format", "text", "--log-level", "error")
            done = subprocess.run(
                [PROGRAM, "run", weir.folder, *options], text=True, capture_output=True, timeout=60
            )
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertRegex(done.stderr, r"^20\S+Z error   SERVER_FAILED: (?s:.+)write http\n$")


if __name__ == "__main__":
    unittest.main()
