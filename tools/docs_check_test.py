import pathlib
import tempfile
import unittest

import docs_check
import docs_snippets
from files import ROOT


class DocsCheckTest(unittest.TestCase):
    def test_a_link_that_leads_nowhere_is_refused(self):
        text = "[a](LICENSE) [b](https://example.org) [c](gone.md)\n"
        [problem] = docs_check.broken_links(ROOT, pathlib.Path("x.md"), text)
        self.assertEqual(problem, "x.md:1: the link to gone.md leads nowhere")

    def test_a_path_that_does_not_exist_is_refused(self):
        text = "`core/result.h` and `src/core/` and `tools/*.py`\n`src/cellar/wine.h`\n"
        [problem] = docs_check.missing_paths(ROOT, pathlib.Path("x.md"), text)
        self.assertEqual(problem, "x.md:2: src/cellar/wine.h does not exist")


    def test_a_log_code_that_nothing_logs_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            room = pathlib.Path(folder) / "src/telemetry"
            room.mkdir(parents=True)
            (room / "log_code.cpp").write_text('{LogCode::a_b, "A_B"\n{LogCode::c, "C"\n')
            (room.parent / "x.cpp").write_text("log(LogCode::c);\n")
            [problem] = docs_check.unused_log_codes(pathlib.Path(folder))
        self.assertIn("a_b", problem)


class SnippetTest(unittest.TestCase):
    def test_a_marked_snippet_is_found_with_what_it_shows(self):
        text = "# a\n\n```sh run\necho 1\n```\n\n```text\n1\n```\n\n```sh\nrm -rf x\n```\n"
        self.assertEqual(docs_snippets.snippets(text), [(3, "echo 1\n", "1\n")])

    def test_a_snippet_that_fails_or_shows_something_else_is_refused(self):
        self.assertIsNone(docs_snippets.run_snippet("echo one; echo two", "one\ntwo\n"))
        self.assertIn("exit code 3", docs_snippets.run_snippet("exit 3", ""))
        self.assertIn(
            "does not print 'one'",
            docs_snippets.run_snippet("echo two; echo one", "two\none\none\n"),
        )
