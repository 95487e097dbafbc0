"""Runs both sides in turn, each in a process of its own, and keeps what they say."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from benchmarks.clock import Spent
from benchmarks.importing.extract import EXTRACTED, Extract
from benchmarks.rooms import seconds
from benchmarks.rounds import run_side

LATER = date(2021, 7, 31)
BARE, FIRST, AGAIN = "bare", "first", "again"


@dataclass(frozen=True)
class Run:
    rows: int
    spent: Mapping[str, Spent]
    peak_mb: float

    @property
    def wall(self) -> float:
        return seconds(self.spent)[0]

    @property
    def processor(self) -> float:
        return seconds(self.spent)[1]


@dataclass
class Rounds:
    """Kind → what was done with its file → one run a round."""

    runs: dict[str, dict[str, list[Run]]] = field(default_factory=dict)

    def add(self, kind: str, side: str, run: Run) -> None:
        self.runs.setdefault(kind, {}).setdefault(side, []).append(run)


def measure(extracts: Sequence[Extract], out: Path, count: int) -> Rounds:
    """`count` rounds by turns: a bare copy, an import into an empty home, the same rows once more as a later extract."""
    rounds = Rounds()
    for _ in range(count):
        for extract in extracts:
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir(parents=True)
            said = run_side("benchmarks.importing.plain", extract.path, out / "bare.parquet")
            rounds.add(extract.kind, BARE, Run(said["rows"], said["spent"], said["peak_mb"]))
            for side, day in ((FIRST, EXTRACTED), (AGAIN, LATER)):
                said = run_side("benchmarks.importing.ours", out / "home", extract.kind, extract.path, day)
                if not said["read"] == said["accepted"] == extract.rows:
                    raise SystemExit(f"{extract.kind}: of {extract.rows} rows {said['accepted']} were accepted")
                rounds.add(extract.kind, side, Run(said["read"], said["spent"], said["peak_mb"]))
    shutil.rmtree(out, ignore_errors=True)
    return rounds
