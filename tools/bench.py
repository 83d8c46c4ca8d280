"""./dev bench [RACE]: rates and races, each after its correctness gate; medians of several runs.

Prints a table and appends a JSON line a figure to bench/results/. RACE is a part of a race's name.
"""

import datetime
import importlib
import json
import os
import platform
import subprocess
import sys

import unit_suite
from files import ROOT

sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "bench/rivals"), str(ROOT / "tests/system")]
RACES = (
    "json_decode", "journal", "start", "ingest", "visible", "replay", "reads", "flights",
    "rivals", "soak",
)  # fmt: skip
LONG = {"soak"}  # only by name


def all_races() -> dict:
    found = {}
    for module in RACES:
        found |= importlib.import_module(module).races()
    return found


def describe(figure: tuple) -> str:
    name, value, unit, target = figure
    if not target:  # told beside the others
        return f"{name:<62} {value:>10.2f} {unit}"
    relation, wanted = target.split()
    met = value >= float(wanted) if relation == ">=" else value <= float(wanted)
    return f"{name:<62} {value:>10.2f} {unit:<13} {target:<9} {'met' if met else 'MISSED'}"


def keep(race: str, figures: list) -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True, capture_output=True
    ).stdout.strip()
    folder = ROOT / "bench/results"
    folder.mkdir(exist_ok=True)
    with open(folder / f"{race}.jsonl", "a") as file:
        for name, value, unit, target in figures:
            line = {
                "when": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
                "commit": commit, "cores": os.cpu_count(), "machine": platform.machine(),
                "figure": name, "value": round(value, 3), "unit": unit, "target": target,
            }  # fmt: skip
            file.write(json.dumps(line) + "\n")


def main() -> int:
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = {
        name: run
        for name, run in all_races().items()
        if wanted in name and (wanted or name not in LONG)
    }
    if not chosen:
        print(f"no race is named like '{wanted}': there are {', '.join(all_races())}")
        return 2
    if not unit_suite.build("release", ["weir"]):
        return 1
    for race, run in chosen.items():
        figures = run()
        for figure in figures:
            print(describe(figure), flush=True)
        keep(race, figures)
    left_out = importlib.import_module("obtain").left_out
    for rival, why in left_out.items():
        print(f"left out: {rival}: {why}")
    return 1 if wanted and left_out else 0


if __name__ == "__main__":
    sys.exit(main())
