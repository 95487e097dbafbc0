"""Runs both sides in turn, each in a process of its own, and keeps what they say."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.clock import Spent
from benchmarks.places import ROOT
from benchmarks.rooms import seconds

STARTING = ("start", "documents", "plan")


@dataclass(frozen=True)
class Round:
    """One run of a side. `spent`: what took how long, wall and processor; `whole` = with the line, the fund and the files."""

    spent: dict[str, Spent]
    peak_mb: float

    @property
    def wall(self) -> float:
        return seconds(self.spent)[0]

    @property
    def processor(self) -> float:
        return seconds(self.spent)[1]

    @property
    def engine_wall(self) -> float:
        """Without what does not grow with the city: starting Python, reading the documents, making the plan."""
        return seconds({name: spent for name, spent in self.spent.items() if name not in STARTING})[0]


@dataclass(frozen=True)
class Rounds:
    by_hand: list[Round]
    judged: list[Round]
    whole: list[Round]


def measure(facts: Path, out: Path, count: int) -> Rounds:
    """`count` rounds by turns. Leaves the last round's files under `out`."""
    rounds = Rounds([], [], [])
    for _ in range(count):
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        hand = run_side("benchmarks.by_hand", facts, out / "by_hand.parquet")
        rounds.by_hand.append(Round(hand["spent"], hand["peak_mb"]))
        ours = run_side("benchmarks.ours", facts, out)
        rounds.judged.append(Round(ours["judged"]["spent"], ours["judged"]["peak_mb"]))
        rounds.whole.append(Round(_without_the_extra_file(ours["spent"]), ours["peak_mb"]))
    return rounds


def _without_the_extra_file(spent: dict[str, Spent]) -> dict[str, Spent]:
    """The whole run writes decisions; the outcomes before the line were written only for the comparison of times."""
    return {name: one for name, one in spent.items() if name != "outcomes written"}


def run_side(module: str, *arguments: object) -> Any:
    """One run in a process of its own; what it says."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{module} stopped:\n{done.stderr}")
    return json.loads(done.stdout)
