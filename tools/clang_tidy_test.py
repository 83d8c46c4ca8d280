import json
import pathlib
import tempfile
import unittest

import clang_tidy
from files import ROOT


class ClangTidyTest(unittest.TestCase):
    def test_a_mistake_is_found(self):
        with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
            build = pathlib.Path(folder)
            source = build / "wrong.cpp"
            source.write_text("int* Bad_name() { return 0; }\n")
            command = {"directory": folder, "file": str(source), "command": f"g++ -c {source}"}
            (build / "compile_commands.json").write_text(json.dumps([command]))
            said = "\n".join(clang_tidy.run(source.relative_to(ROOT), build))
        self.assertIn("modernize-use-nullptr", said)
        self.assertIn("readability-identifier-naming", said)
