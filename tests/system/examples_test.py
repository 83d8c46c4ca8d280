"""Every example is a sound workspace whose own tests pass."""

import subprocess
import unittest

from running import PROGRAM, ROOT


class ExamplesTest(unittest.TestCase):
    def test_every_example_is_valid_and_its_tests_pass(self):
        examples = sorted(path.parent for path in (ROOT / "examples").glob("*/weir.yaml"))
        self.assertGreaterEqual(len(examples), 2)
        for example in examples:
            for command in ("validate", "test"):
                with self.subTest(f"weir {command} {example.name}"):
                    done = subprocess.run(
                        [PROGRAM, command, example], text=True, capture_output=True, timeout=120
                    )
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_what_init_writes_is_valid_and_passes(self):
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            for command in (["init", "shop"], ["validate", "shop"], ["test", "shop"]):
                done = subprocess.run(
                    [PROGRAM, *command], cwd=folder, text=True, capture_output=True, timeout=120
                )
                self.assertEqual(done.returncode, 0, f"{command}: {done.stdout}{done.stderr}")


if __name__ == "__main__":
    unittest.main()
