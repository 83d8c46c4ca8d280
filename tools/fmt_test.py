import subprocess
import unittest

import fmt
from files import ROOT


class FormatTest(unittest.TestCase):
    def test_a_source_that_is_not_formatted_is_found(self):
        for text, code in (("int a;\n", 0), ("int   a ;\n", 1)):
            command = [fmt.PROGRAM, "--dry-run", "-Werror", "--assume-filename=src/a.cpp"]
            done = subprocess.run(command, cwd=ROOT, input=text, text=True, capture_output=True)
            self.assertEqual(done.returncode, code, done.stderr)
