"""python -m benchmarks: the benchmark. Exit 1 if the two readings disagree about anybody."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path

from benchmarks.compare import counted, differences
from benchmarks.facts import facts_of
from benchmarks.page import RESULTS, write_decisions
from benchmarks.places import KEPT
from benchmarks.report import report
from benchmarks.rounds import measure

SHOWN = 20  # differences


def main() -> int:
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--scale", type=float, default=0.1, help="1 is the whole city")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the page is written")
    given = parser.parse_args()
    print(f"facts of a city of scale {given.scale:g} …", flush=True)
    facts = facts_of(given.scale, given.seed)
    load = os.getloadavg()[0]
    print(f"{given.rounds} rounds of both sides …", flush=True)
    out = KEPT / "run"
    rounds = measure(facts, out, given.rounds)
    if different := differences(out / "decisions", out / "by_hand.parquet"):
        print(f"{len(different)} candidates are judged differently:", *different[:SHOWN], sep="\n  ", file=sys.stderr)
        return 1
    text = report(rounds, scale=given.scale, seed=given.seed, counts=counted(out / "by_hand.parquet"), load=load)
    write_decisions(given.results, text)
    print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
