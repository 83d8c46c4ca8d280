"""Checks every include against src/LAYERS, which says what each room may know.

A room may include only the rooms on its line, a library lives only in the room that names it, and a
header that other rooms include shows no library of its own.
"""

import dataclasses
import pathlib
import re
import sys

import cpp_source

# How a library is known by what is included.
LIBRARIES = {
    "CLI11": r"CLI/",
    "curl": r"curl/",
    "duckdb": r"duckdb",
    "fmt": r"fmt/",
    "gtest": r"g(test|mock)/",
    "openssl": r"openssl/",
    "prometheus": r"prometheus/",
    "simdjson": r"simdjson",
    "sqlite3": r"sqlite3",
    "xxhash": r"xxhash",
    "yaml-cpp": r"yaml-cpp/",
    "zlib": r"zlib\.h",
    "zstd": r"zstd",
}
ADVICE = {
    ("serve", "process"): "read it through core/relation.h",
    ("process", "store"): "join tables through core/relation.h, which store implements",
    ("store", "process"): "read commit records through journal/heads.h",
}


@dataclasses.dataclass
class Layers:
    rooms: dict[str, set[str]]  # room -> rooms it may include
    homes: dict[str, set[str]]  # library -> rooms it lives in; "*" for all


def read_layers(text: str) -> Layers:
    layers = Layers({}, {})
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = re.fullmatch(r"(\*|\w+)\s*=\s*([\w\s]*?)\s*\|\s*([\w\s-]*)", line)
        if not match:
            sys.exit(f"src/LAYERS:{number}: write 'room = rooms it may include | libraries'")
        room, rooms, libraries = match.groups()
        above = [name for name in rooms.split() if name not in layers.rooms]
        if above:
            sys.exit(
                f"src/LAYERS:{number}: {room} names {', '.join(above)}, which stands below: a cycle"
            )
        if room != "*":
            layers.rooms[room] = set(rooms.split())
        for library in libraries.split():
            layers.homes.setdefault(library, set()).add(room)
    return layers


def library_of(included: str) -> str | None:
    return next((name for name, start in LIBRARIES.items() if re.match(start, included)), None)


def why_not_room(layers: Layers, room: str, target: str) -> str | None:
    if target == room or target in layers.rooms[room]:
        return None
    if target not in layers.rooms:
        return f"src/LAYERS knows no room '{target}'"
    advice = ADVICE.get((room, target))
    if not advice and room in layers.rooms[target]:
        advice = (
            f"{target} stands above {room}; let it call you, or hand in what you need as a function"
        )
    return f"{room} may not know {target}: {advice or 'pass it in from a room that knows both'}"


def why_not_library(layers: Layers, room: str, library: str) -> str | None:
    homes = layers.homes.get(library, set())
    if room in homes or "*" in homes:
        return None
    if not homes:
        return f"no room of src/LAYERS names the library {library}: decide where it lives"
    return f"{library} lives only in {', '.join(sorted(homes))}: ask that room for what you need"


def check_file(layers: Layers, name: str, text: str) -> list[str]:
    """`name` is relative to src/: "serve/rows.cpp"."""
    room = name.split("/")[0]
    if room not in layers.rooms:
        return [f"{name}:1: src/LAYERS knows no room '{room}': add its line"]
    problems = []
    for line, included, is_system in cpp_source.includes(text):
        library = library_of(included)
        if library:
            why = why_not_library(layers, room, library)
        elif is_system:
            continue
        elif "/" not in included:
            why = f'name the room: "{room}/{included}"'
        else:
            why = why_not_room(layers, room, included.split("/")[0])
        if why:
            problems.append(f"{name}:{line} includes {included}: {why}")
    return problems


def shown_libraries(layers: Layers, files: dict[str, str]) -> list[str]:
    """Headers that another room includes and that include a library of one room."""
    used_by: dict[str, str] = {}
    for name, text in files.items():
        for _, included, _ in cpp_source.includes(text):
            if included in files and included.split("/")[0] != name.split("/")[0]:
                used_by.setdefault(included, name)
    problems = []
    for header, user in used_by.items():
        for line, included, _ in cpp_source.includes(files[header]):
            library = library_of(included)
            if library and "*" not in layers.homes.get(library, set()):
                problems.append(
                    f"{header}:{line} shows {library} to {user}: keep the library's types in a .cpp"
                )
    return problems


def check(root: pathlib.Path) -> list[str]:
    layers = read_layers((root / "src/LAYERS").read_text())
    files = {}
    for path in sorted((root / "src").glob("*/*")):
        if path.suffix in (".h", ".cpp"):
            files[str(path.relative_to(root / "src"))] = path.read_text()
    problems = [
        problem for name, text in files.items() for problem in check_file(layers, name, text)
    ]
    return problems + shown_libraries(layers, files)
