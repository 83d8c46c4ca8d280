import unittest

import cpp_source
import tidy


def said(file, text):
    return [problem.message for problem in tidy.check_file(file, text)]


def one(test, file, text):
    [message] = said(file, text)
    return message


def function(lines=1, parameters="int a", name="f"):
    body = "\n".join(f"  g({number});" for number in range(lines))
    return f"void {name}({parameters}) {{\n{body}\n}}\n"


class TidyTest(unittest.TestCase):
    def test_a_sound_file_passes(self):
        self.assertEqual(said("src/a/b.cpp", function(60)), [])
        self.assertEqual(said("src/a/b.h", "// Solves it.\n#pragma once\nclass Segment {};\n"), [])

    def test_each_budget_is_kept(self):
        deep = "void f() {\n  if (a) {\n for (;;) {\n while (b) {\n if (c) {\n }\n}\n}\n}\n}\n"
        for text, part in (
            (function(71), "f has 72 lines, 70 at most: which step would a caller name?"),
            (function(1, "int a, int b, int c, int d, int e"), "f has 5 parameters, 4 at most"),
            (deep, "f has 4 levels of nesting, 3 at most"),
            ("int a;\n" * 401, "401 lines, 400 at most: which second idea lives here"),
        ):
            with self.subTest(part):
                self.assertIn(part, one(self, "src/a/b.cpp", text))

    def test_comments_and_tables_do_not_count(self):
        commented = "void f() {\n" + "  // why\n" * 80 + "  g();\n}\n"
        table = "int f(int a) {\n  switch (a) {\n" + "    case 1: return 2;\n" * 80 + "  }\n}\n"
        self.assertEqual(said("src/a/b.cpp", commented + table), [])

    def test_a_template_argument_is_no_parameter(self):
        self.assertEqual(
            said("src/a/b.cpp", function(1, "std::map<int, int> a, F<int(int, int)> b")), []
        )

    def test_names_that_nobody_decided_are_refused(self):
        for name in ("WindowManager", "RowHandler", "AppContext", "StringUtils"):
            with self.subTest(name):
                self.assertIn(name, one(self, "src/a/b.cpp", f"class {name} {{}};\n"))
        self.assertIn("file's name", one(self, "src/a/string_utils.cpp", "int a;\n"))

    def test_an_exception_ends_at_its_librarys_seam(self):
        caught = "void f() {\n  try {\n  } catch (const E& e) {\n  }\n}\n"
        self.assertIn("away from a library's seam", one(self, "src/a/b.cpp", caught))
        self.assertEqual(said("src/a/b.cpp", "#include <yaml-cpp/yaml.h>\n" + caught), [])
        self.assertIn("return an Error", one(self, "src/a/b.cpp", "void f() {\n  throw 1;\n}\n"))

    def test_a_header_begins_with_what_it_solves(self):
        self.assertIn("problem its type solves", one(self, "src/a/b.h", "#pragma once\n"))

    def test_work_left_behind_is_refused(self):
        self.assertIn("finish it", one(self, "src/a/b.cpp", "// TO" "DO: later\n"))
        self.assertIn("neither skips", one(self, "src/a/b_test.cpp", "  GTEST_" "SKIP();\n"))

    def test_a_folder_holds_twenty_units(self):
        files = [tidy.pathlib.Path(f"src/a/x{number}.{end}") for number in range(21) for end in "h"]
        [problem] = tidy.check_folders(files)
        self.assertIn("21 units, 20 at most", problem.message)
        self.assertEqual(tidy.check_folders(files[1:]), [])

    def test_python_has_the_same_budgets(self):
        text = "def f(a, b, c, d, e):\n    pass\n"
        self.assertIn("f has 5 parameters", one(self, "tools/a.py", text))


class WaiverTest(unittest.TestCase):
    problem = tidy.Problem("src/a/b.cpp", 1, "f", "too long")
    waiver = {"file": "src/a/b.cpp", "function": "f", "why": "It is a table."}

    def test_a_waiver_lets_its_function_pass(self):
        self.assertEqual(tidy.apply_waivers([self.problem], [self.waiver], 100), [])

    def test_a_waiver_that_waives_nothing_is_refused(self):
        [problem] = tidy.apply_waivers([], [self.waiver], 100)
        self.assertIn("needs no waiver", problem.message)

    def test_one_function_in_a_hundred_is_waived_at_most(self):
        other = tidy.Problem("src/a/c.cpp", 1, "g", "too long")
        waivers = [self.waiver, self.waiver | {"file": "src/a/c.cpp", "function": "g"}]
        [problem] = tidy.apply_waivers([self.problem, other], waivers, 199)
        self.assertIn("2 waivers, 1 at most", problem.message)


class CppSourceTest(unittest.TestCase):
    def test_functions_are_found_as_they_are_written(self):
        text = """
namespace { int free_one(int a) noexcept { return a; } }
Result<Type> Parser::read(std::size_t depth) const {
  auto inner = [&](int x) { return x; };
  return inner(1);
}
Batch::Batch(Schema s) : schema_(std::move(s)), rows_{0} {}
bool operator==(const A& a, const A& b) { return true; }
const char* text = "void not_one() { }";
// void nor_this() {}
int declared(int a);
"""
        names = [found.name for found in cpp_source.functions(text)]
        self.assertEqual(names, ["free_one", "Parser::read", "Batch::Batch", "operator=="])
