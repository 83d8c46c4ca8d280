"""Checks what no compiler does: budgets, names, where exceptions end, what must not be left behind.

A budget is a smoke alarm: the message asks the question that finds the second idea. Where there is
none, tools/waivers.toml says so in one sentence, for at most one function in a hundred.
"""

import collections
import dataclasses
import pathlib
import re
import tomllib

import cpp_source
import layers
import py_source
from files import ROOT, tracked

HEADER_LINES_MAX = 200
SOURCE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
PARAMETERS_MAX = 4
NESTING_MAX = 3
COLUMNS_MAX = 100
UNITS_MAX = 20
WAIVED_SHARE_MAX = 0.01

SPLIT_FILE = "which second idea lives here, and what would a reader look for to find it?"
SPLIT_FUNCTION = (
    "which step would a caller name? If none, leave it whole and waive it (tools/waivers.toml)"
)
NAME_PARAMETERS = (
    "which of them does the field know as one thing (WindowSpec)? Never a struct of leftovers"
)
FLATTEN = "which condition can be answered first and left behind, or which inner step has a name?"
SPLIT_FOLDER = "which of its ideas deserves a room of its own?"

BANNED_NAME = re.compile(r"(Manager|Handler|Service|Context|Processor|Utils?|Helper|Common|Misc)$")
BANNED_FILE = re.compile(
    r"(^|_)(manager|handler|service|context|processor|utils?|helpers?|common|misc)$"
)
TYPE = re.compile(
    r"^\s*(?:class|struct|enum class|enum|using)\s+(?:\[\[\w+\]\]\s*)?(\w+)", re.MULTILINE
)
LEFT_BEHIND = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
SKIPPED = re.compile(r"\b(GTEST_" r"SKIP|DISABLED" r"_\w+|sleep_" r"for|sleep_" r"until)\b")


@dataclasses.dataclass
class Problem:
    file: str
    line: int
    name: str  # the function, or empty; what a waiver names
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def check_functions(file: str, functions: list[cpp_source.Function]) -> list[Problem]:
    problems = []
    for function in functions:
        lines = 1 if function.is_table else function.lines
        for what, found, most, question in (
            ("lines", lines, FUNCTION_LINES_MAX, SPLIT_FUNCTION),
            ("parameters", function.parameters, PARAMETERS_MAX, NAME_PARAMETERS),
            ("levels of nesting", function.nesting, NESTING_MAX, FLATTEN),
        ):
            if found > most:
                message = f"{function.name} has {found} {what}, {most} at most: {question}"
                problems.append(Problem(file, function.line, function.name, message))
    return problems


def check_length(file: str, text: str) -> list[Problem]:
    is_header = file.endswith(".h")
    most = HEADER_LINES_MAX if is_header else SOURCE_LINES_MAX
    comment = "#" if file.endswith(".py") else "//"
    lines = sum(not line.lstrip().startswith(comment) for line in text.splitlines())
    found = []
    if lines > most:
        found.append(Problem(file, 1, "", f"{lines} lines, {most} at most: {SPLIT_FILE}"))
    for number, line in enumerate(text.splitlines(), 1):
        # C++ columns are clang-format's: it leaves over-long only what it can't break.
        if len(line) > COLUMNS_MAX and file.endswith(".py"):
            found.append(Problem(file, number, "", f"{len(line)} columns, {COLUMNS_MAX} at most"))
    return found


def check_words(file: str, text: str) -> list[Problem]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        left = LEFT_BEHIND.search(line)
        if left:
            found.append(Problem(file, number, "", f"{left.group()}: finish it, or leave it out"))
        skipped = SKIPPED.search(line) if file.endswith("_test.cpp") else None
        if skipped:
            advice = "a test neither skips nor sleeps: hold the clock, wait for the event"
            found.append(Problem(file, number, "", f"{skipped.group()}: {advice}"))
    return found


def check_cpp_names(file: str, text: str) -> list[Problem]:
    code = cpp_source.code_only(text)
    found = []
    for match in TYPE.finditer(code):
        if BANNED_NAME.search(match.group(1)):
            line = code.count("\n", 0, match.start(1)) + 1
            message = f"{match.group(1)} names what nobody decided: what is it called in the field?"
            found.append(Problem(file, line, "", message))
    if BANNED_FILE.search(pathlib.Path(file).stem):
        found.append(
            Problem(file, 1, "", "this file's name says nothing: which one idea is in it?")
        )
    return found


def check_exceptions(file: str, text: str) -> list[Problem]:
    libraries = {layers.library_of(included) for _, included, _ in cpp_source.includes(text)}
    at_seam = bool(libraries - {None, "fmt", "gtest"})
    found = []
    for number, line in enumerate(cpp_source.code_only(text).splitlines(), 1):
        if re.search(r"\bcatch\s*\(", line) and not at_seam:
            message = "catch away from a library's seam: what fails here returns Result"
            found.append(Problem(file, number, "", message))
        if re.search(r"\bthrow\b", line):
            found.append(Problem(file, number, "", "throw: return an Error instead"))
    return found


def check_header(file: str, text: str) -> list[Problem]:
    if not text.startswith("// "):
        return [
            Problem(file, 1, "", "begin with a sentence that says what problem its type solves")
        ]
    if "#pragma once" not in text:
        return [Problem(file, 1, "", "no #pragma once")]
    return []


def check_file(file: str, text: str) -> list[Problem]:
    found = check_length(file, text) + check_words(file, text)
    if file.endswith(".py"):
        return found + check_functions(file, py_source.functions(text))
    found += check_cpp_names(file, text) + check_exceptions(file, text)
    if file.endswith(".h"):
        found += check_header(file, text)
    if not file.endswith("_test.cpp"):
        found += check_functions(file, cpp_source.functions(text))
    return found


def check_folders(files: list[pathlib.Path]) -> list[Problem]:
    units = collections.defaultdict(set)
    for file in files:
        units[file.parent].add(re.sub(r"_(test|fuzz)$", "", file.stem))
    return [
        Problem(str(folder), 1, "", f"{len(names)} units, {UNITS_MAX} at most: {SPLIT_FOLDER}")
        for folder, names in units.items()
        if len(names) > UNITS_MAX
    ]


def apply_waivers(problems: list[Problem], waivers: list[dict], functions: int) -> list[Problem]:
    """Problems that no waiver names, and waivers that waive nothing or are too many."""
    waived = {(waiver["file"], waiver["function"]) for waiver in waivers}
    used = {(problem.file, problem.name) for problem in problems}
    left = [problem for problem in problems if (problem.file, problem.name) not in waived]
    for file, function in sorted(waived - used):
        left.append(
            Problem("tools/waivers.toml", 1, "", f"{file} {function} needs no waiver any more")
        )
    most = max(1, int(functions * WAIVED_SHARE_MAX))
    if len(waivers) > most:
        message = f"{len(waivers)} waivers, {most} at most for {functions} functions"
        left.append(Problem("tools/waivers.toml", 1, "", message))
    return left


def check(root: pathlib.Path = ROOT) -> list[Problem]:
    files = tracked("src/*.h", "src/*.cpp", "tests/*.cpp", "tests/*.h", "bench/*.cpp", "*.py")
    problems = check_folders(files)
    functions = 0
    for file in files:
        text = (root / file).read_text()
        problems += check_file(str(file), text)
        functions += len(cpp_source.functions(text)) if file.suffix != ".py" else 0
    waivers = tomllib.loads((root / "tools/waivers.toml").read_text()).get("waiver", [])
    return apply_waivers(problems, waivers, functions)
