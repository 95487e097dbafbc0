"""python -m benchmarks.importing: how fast a city's contributions come in, beside a bare copy of the same file."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path

from benchmarks.importing.extract import extracts_of
from benchmarks.importing.report import report
from benchmarks.importing.rounds import measure
from benchmarks.page import RESULTS, write_imports
from benchmarks.places import KEPT


def main() -> int:
    parser = ArgumentParser(prog="python -m benchmarks.importing", description=__doc__)
    parser.add_argument("--scale", type=float, default=0.1, help="1 is the whole city")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kept", type=Path, default=KEPT, help="where the city, its files and the homes are put")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the page whose section is written")
    given = parser.parse_args()
    print(f"files of a city of scale {given.scale:g} …", flush=True)
    extracts = extracts_of(given.scale, given.seed, given.kept)
    load = os.getloadavg()[0]
    print(f"{given.rounds} rounds of both sides …", flush=True)
    rounds = measure(extracts, given.kept / "import", given.rounds)
    text = report(rounds, extracts, scale=given.scale, seed=given.seed, load=load)
    write_imports(given.results, text)
    print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
