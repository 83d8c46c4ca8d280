"""Reads C++ as far as the checks need it: what is code and what is not, includes, functions.

Not a parser: the code is formatted by clang-format, which makes braces and names easy to find.
"""

import dataclasses
import re

_TOKEN = re.compile(
    r"""
      (?P<line_comment>//[^\n]*)
    | (?P<block_comment>/\*.*?\*/)
    | (?P<raw>R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)")
    | (?P<string>"(?:\\.|[^"\\\n])*")
    | (?P<char>(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+')
    """,
    re.VERBOSE | re.DOTALL,
)
_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
_NOT_FUNCTIONS = {
    "if",
    "for",
    "while",
    "switch",
    "catch",
    "return",
    "do",
    "else",
    "sizeof",
    "decltype",
}


def _blank(match: re.Match) -> str:
    """Spaces in place of the text, so that lines and columns stay; quotes stay too."""
    text = match.group(0)
    blanked = re.sub(r"[^\n]", " ", text)
    if match.lastgroup in ("string", "char", "raw", "mark"):
        return '"' + blanked[1:-1] + '"'
    return blanked


def code_only(text: str) -> str:
    """The text with comments blanked, and strings emptied."""
    return _TOKEN.sub(_blank, text)


def includes(text: str) -> list[tuple[int, str, bool]]:
    """(line from 1, what is included, whether in <>) of each include."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = _INCLUDE.match(line)
        if match:
            found.append((number, match.group(2), match.group(1) == "<"))
    return found


@dataclasses.dataclass
class Function:
    name: str
    line: int  # of its name, from 1
    lines: int  # from the opening to the closing brace, without blank and comment lines
    parameters: int
    nesting: int  # of control flow inside the body
    is_table: bool  # a switch or table of one-line cases: counts as one line


def _split_parameters(text: str) -> int:
    depth = 0
    commas = 0
    for character in text:
        depth += character in "([{<"
        depth -= character in ")]}>"
        commas += character == "," and depth == 0
    return commas + 1 if text.strip() not in ("", "void") else 0


def _closing(code: str, at: int) -> int:
    """The place of the brace or parenthesis that closes the one at `at`."""
    opening = code[at]
    closing = {"(": ")", "{": "}"}[opening]
    depth = 0
    for place in range(at, len(code)):
        if code[place] == opening:
            depth += 1
        elif code[place] == closing:
            depth -= 1
            if depth == 0:
                return place
    return len(code) - 1


_HEAD = re.compile(r"(?P<name>~?[A-Za-z_][\w:~]*|operator\s*[^\s(]+|operator\s*\(\s*\))\s*\(")
_AFTER_PARAMETERS = re.compile(
    r"\s*(?:(?:const|noexcept|override|final|mutable|&&?|try|requires[^{;]*"
    r"|->\s*[\w:<>,\s*&]+)\s*)*"
)


def _body_start(code: str, after: int) -> int | None:
    """Where the body's brace is, if a function's parameters end before `after`."""
    place = _AFTER_PARAMETERS.match(code, after).end()
    if place < len(code) and code[place] == ":" and code[place : place + 2] != "::":
        place += 1
        while place < len(code):
            match = re.compile(r"\s*[\w:<>,\s]*?([({])").match(code, place)
            if not match:
                return None
            place = _closing(code, match.end() - 1) + 1
            following = re.compile(r"\s*(\.\.\.)?\s*").match(code, place).end()
            if following < len(code) and code[following] == ",":
                place = following + 1
                continue
            place = following
            break
    return place if place < len(code) and code[place] == "{" else None


def _nesting(body: str) -> int:
    """How deep if, for, while, switch and do stand in each other; no other brace counts."""
    deepest = 0
    depth = 0
    controls: list[bool] = []
    for match in re.finditer(r"[{}]", body):
        if match.group() == "{":
            before = body[max(0, match.start() - 400) : match.start()].rstrip()
            control = before.endswith(("else", "do")) or _opens_control(before)
            controls.append(control)
            depth += control
            deepest = max(deepest, depth)
        elif controls:
            depth -= controls.pop()
    return deepest


def _opens_control(before: str) -> bool:
    if not before.endswith(")"):
        return False
    depth = 0
    for place in range(len(before) - 1, -1, -1):
        depth += before[place] == ")"
        depth -= before[place] == "("
        if depth == 0:
            return (
                re.search(r"\b(if|for|while|switch)\s*(constexpr\s*)?$", before[:place]) is not None
            )
    return False


def _is_table(lines: list[str]) -> bool:
    """Nine lines of ten are cases or entries that stand on one line."""
    entry = re.compile(r'^\s*(case\b.*;|case\b.*:|default:.*|\{.*\},?|"[^"]*".*,)\s*$')
    return len(lines) > 10 and sum(bool(entry.match(line)) for line in lines) >= 0.9 * (
        len(lines) - 4
    )


def functions(text: str) -> list[Function]:
    """Every function with a body, outermost only: a lambda counts for the function it stands in."""
    code = code_only(text)
    found = []
    place = 0
    while match := _HEAD.search(code, place):
        place = match.end()
        if match.group("name") in _NOT_FUNCTIONS:
            continue
        line_start = code.rfind("\n", 0, match.start()) + 1
        if code[line_start:].lstrip().startswith("#"):
            continue
        parameters_end = _closing(code, match.end() - 1)
        start = _body_start(code, parameters_end + 1)
        if start is None:
            continue
        end = _closing(code, start)
        lines = [line for line in code[start:end].splitlines() if line.strip()]
        found.append(
            Function(
                name=match.group("name"),
                line=code.count("\n", 0, match.start()) + 1,
                lines=len(lines),
                parameters=_split_parameters(code[match.end() : parameters_end]),
                nesting=_nesting(code[start + 1 : end]),
                is_table=_is_table(text[start:end].splitlines()[1:]),
            )
        )
        place = end
    return found
