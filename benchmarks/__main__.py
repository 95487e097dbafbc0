"""python -m benchmarks: the benchmark. Exit 1 if any two readings disagree about anybody."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path

from benchmarks.compare import counted
from benchmarks.facts import facts_of
from benchmarks.folders import folders_of
from benchmarks.page import RESULTS, write_decisions, write_peers
from benchmarks.peers import measure_peers, section
from benchmarks.places import KEPT
from benchmarks.report import Sides, report
from benchmarks.rounds import measure, run_side

SHOWN = 20  # differences
SMALL = 0.1  # peers that keep everything in memory, or go case by case, get no larger city


def main() -> int:
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--scale", type=float, default=0.1, help="1 is the whole city")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the page is written")
    parser.add_argument("--no-peers", action="store_true", help="leave their section as it is")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    sides = measured(given.scale, given.seed, given.rounds)
    smaller = measured(given.scale / 10, given.seed, given.rounds)
    wrong = [*sides.rounds.wrong, *smaller.rounds.wrong]
    text = report(sides, seed=given.seed, load=load, smaller=smaller)
    if not wrong:
        write_decisions(given.results, text)
    print(text, flush=True)
    if not given.no_peers:
        peers = measure_peers(facts_of(min(given.scale, SMALL), given.seed), KEPT / "peers", given.rounds)
        wrong += peers.wrong
        if not peers.wrong:
            write_peers(given.results, section(peers))
        print(section(peers))
    if wrong:
        print(f"{len(wrong)} candidates are judged differently:", *wrong[:SHOWN], sep="\n  ", file=sys.stderr)
    return 1 if wrong else 0


def measured(scale: float, seed: int, count: int, kept: Path = KEPT) -> Sides:
    """Everything about a city of one scale."""
    print(f"facts of a city of scale {scale:g}, and what is kept of them …", flush=True)
    folders = folders_of(facts_of(scale, seed, kept))
    out = kept / "run"
    print(f"{count} rounds of all sides …", flush=True)
    rounds = measure(folders, out, count)
    again, explained = (run_side(f"benchmarks.{one}", folders.warm) for one in ("again", "explain"))
    return Sides(rounds, scale, counted(out / "by_hand.parquet"), folders, again, explained)


if __name__ == "__main__":
    raise SystemExit(main())
