"""Runs the sides in turn, each run in a process of its own, and keeps what they say.

cold: from the raw rows · warm: from what is kept ready · month: what is kept is a month old, and takes in what has come since.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.clock import Spent
from benchmarks.compare import differences, unlike_outcomes
from benchmarks.folders import Folders
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


@dataclass
class Rounds:
    """A list holds one entry a round; `whole`: one warm run to the end. `wrong`: who was judged otherwise than by hand."""

    by_hand: list[Round] = field(default_factory=list)
    cold: list[Round] = field(default_factory=list)
    warm: list[Round] = field(default_factory=list)
    month: list[Round] = field(default_factory=list)
    whole: list[Round] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def measure(folders: Folders, out: Path, count: int) -> Rounds:
    """`count` rounds by turns. Leaves the last round's files under `out`."""
    rounds = Rounds()
    hand = out / "by_hand.parquet"
    for number in range(count):
        shutil.rmtree(out, ignore_errors=True)
        for side in ("cold", "warm", "month", "whole"):
            (out / side).mkdir(parents=True)
        said = run_side("benchmarks.by_hand", folders.facts, hand)
        rounds.by_hand.append(Round(said["spent"], said["peak_mb"]))
        rounds.cold.append(_judged(run_side("benchmarks.ours", folders.facts, out / "cold", "--judge-only")))
        rounds.warm.append(_judged(run_side("benchmarks.ours", folders.warm, out / "warm", "--judge-only")))
        month = folders.a_month_ago()
        rounds.month.append(_judged(run_side("benchmarks.ours", month, out / "month", "--judge-only", "--advance")))
        for side in ("cold", "warm", "month"):
            rounds.wrong += [
                f"round {number + 1}, {side}: {said}" for said in unlike_outcomes(out / side / "ours.parquet", hand)
            ]
    whole = run_side("benchmarks.ours", folders.warm, out / "whole")
    rounds.whole.append(Round(_without_the_extra_file(whole["spent"]), whole["peak_mb"]))
    rounds.wrong += [str(one) for one in differences(out / "whole" / "decisions", hand)]
    return rounds


def _judged(said: Any) -> Round:
    return Round(said["judged"]["spent"], said["judged"]["peak_mb"])


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
