"""A drop under a running server that fails: whoever waits for it is told why, at once."""

import time
import unittest

from faulty import FaultTest

SECONDS_MAX = 30
DROP = ("drop", "totals", "--restart", "--yes")


class FailedDropTest(FaultTest):
    def test_it_ends_with_the_reason_and_the_next_start_finishes_it(self):
        weir = self.weir().start()
        self.assertEqual(weir.send_rows().status, 200)
        weir.arm("unlink */data/drop.json EIO")
        for _ in range(2):
            began = time.monotonic()
            failed = weir.run(*DROP)
            self.assertLess(time.monotonic() - began, SECONDS_MAX)
            self.assertEqual(failed.returncode, 1, failed)
            self.assertRegex(failed.stderr, 'the drop of totals was begun and failed: ')
            self.assertRegex(failed.stderr, "drop.json: Input/output error")
            self.assertIn("`weir stop`", failed.stderr)
        weir.disarm()
        self.assertEqual(weir.stop(), 0)
        weir.start()
        self.assertFalse((weir.data / "drop.json").exists())
        self.compare(weir)


if __name__ == "__main__":
    unittest.main()
