"""What came of the rounds, as Markdown: the same text on the terminal and in RESULTS.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeVar

import duckdb
import numpy
import pyarrow

from benchmarks.by_hand.run import AS_OF
from benchmarks.folders import Folders
from benchmarks.ours import MEMORY_MB
from benchmarks.rooms import BY_HAND, OURS, by_room
from benchmarks.rounds import Round, Rounds

T = TypeVar("T")

INTRODUCTION = """# Benchmark: a city decided by its documents, beside the same policies written by hand

`make bench` writes this page. The eight policies of the Wuxi pack over a synthetic city, as of {day}. Both sides read the same
Parquet files, choose of every row the newest version recorded by that day, and write every candidate's outcome; each run is a
process of its own, cold but for the file cache, and the sides take turns. The SQL by hand (`benchmarks/by_hand/`) is written
well and for these policies only: it knows what is never empty, shares one pass over the contributions, and keeps months as
bits. It stops at the outcome: **limits, exclusions, funds, instalments and reasons are left out of it**, so ratios compare
judging with judging, and our whole run stands on a line of its own. What is called judged here still finds, on our side, which
conditions failed and the places that each claim asks for; by hand there is neither. In every round all outcomes of all sides
are compared row by row.

- **cold**: from the raw rows; nothing is kept.
- **warm**: from what is kept ready (`jixiang keep`, [docs/kept-facts.md](../docs/kept-facts.md)): the rows that speak, months as
  bits. All is judged anew.
- **new month**: what is kept is of a month before; it takes in what has come since, and then all is judged. By hand nothing is
  kept, so it is held against the same full run.

Our engine may use {memory} MB (`--memory-mb`), the rest goes to the disk; the SQL by hand may use all there is.
"""


@dataclass(frozen=True)
class Sides:
    """What was measured at one scale. `again`, `explained`: what their processes said; `building_s`: making what is kept."""

    rounds: Rounds
    scale: float
    counts: Mapping[str, Mapping[str, int]]
    folders: Folders
    again: Mapping[str, Any]
    explained: Mapping[str, Any]

    @property
    def decisions(self) -> int:
        return sum(sum(one.values()) for one in self.counts.values())


def report(sides: Sides, *, seed: int, load: float, smaller: Sides | None = None) -> str:
    rounds = sides.rounds
    parts = [
        INTRODUCTION.format(day=AS_OF, memory=f"{MEMORY_MB:,}"),
        f"Scale {sides.scale:g} (1 = the whole city), seed {seed}: {sides.decisions:,} candidates. {len(rounds.by_hand)} rounds.\n"
        + machine(load),
        _times(sides),
        _ratios(rounds),
        _growth(sides, smaller) if smaller else "",
        _singles(sides),
        "## Where the time goes: ours\n\nMedians of the rounds. A view is computed by the table that reads it.\n",
        _rooms(
            {"cold": rounds.cold, "warm": rounds.warm, "new month": rounds.month, "warm, to the end": rounds.whole},
            OURS,
        ),
        "## Where the time goes: by hand\n",
        _rooms({"by hand": rounds.by_hand}, BY_HAND),
        "## The outcomes, the same on all sides\n",
        _outcomes(sides.counts),
    ]
    return "\n".join(part for part in parts if part)


def machine(load: float) -> str:
    """What it ran on, and whether it had the machine for itself."""
    cores = os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    quiet = (
        "quiet"
        if load < 0.5 * cores
        else f"**busy with other work (load {load:.1f}): read the ratios, not the seconds**"
    )
    return (
        f"Machine: {cores} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}; when the rounds began it was "
        f"{quiet}.\nPython {platform.python_version()}, DuckDB {duckdb.__version__}, PyArrow {pyarrow.__version__}, "
        f"NumPy {numpy.__version__}.\n"
    )


def _named(rounds: Rounds) -> tuple[tuple[str, list[Round]], ...]:
    return (
        ("by hand, judged", rounds.by_hand),
        ("ours, cold, judged", rounds.cold),
        ("ours, warm, judged", rounds.warm),
        ("ours, new month taken in and judged", rounds.month),
        ("ours, warm, the whole run", rounds.whole),
    )


def _times(sides: Sides) -> str:
    rows = [
        (
            name,
            spread(side, lambda r: r.wall),
            spread(side, lambda r: r.processor),
            f"{median(r.peak_mb for r in side):,.0f}",
            f"{sides.decisions / median(r.wall for r in side):,.0f}",
        )
        for name, side in _named(sides.rounds)
    ]
    return table(("", "wall s", "processor s", "peak MB", "decisions a second"), rows)


def _ratios(rounds: Rounds) -> str:
    def row(name: str, side: list[Round], of: Callable[[Round], float], aim: str) -> tuple[str, str, str]:
        ratios = [of(ours) / of(hand) for ours, hand in zip(side, rounds.by_hand, strict=False)]
        return name, f"{median(ratios):.2f} [{min(ratios):.2f}–{max(ratios):.2f}]", aim

    rows = []
    for name, side, aim in (
        ("cold", rounds.cold, "0.8"),
        ("warm", rounds.warm, "0.2"),
        ("new month", rounds.month, "0.6"),
    ):
        rows.append(row(f"{name}, wall, from an empty process to the file", side, lambda r: r.wall, aim))
        rows.append(row(f"{name}, processor", side, lambda r: r.processor, ""))
        rows.append(row(f"{name}, wall, without start, documents and plan", side, lambda r: r.engine_wall, ""))
    rows.append(
        row("warm, the whole run (line, fund, reasons, files) to judging by hand", rounds.whole, lambda r: r.wall, "")
    )
    return table(("ours to by hand", "ratio: median of the rounds [min–max]", "aim: at most"), rows)


def _growth(sides: Sides, smaller: Sides) -> str:
    """Seconds at both scales; without what does not grow, the ratio would be that of the scales."""
    times = sides.scale / smaller.scale
    rows = []
    for (name, large), (_, small) in zip(_named(sides.rounds), _named(smaller.rounds), strict=True):
        one, other = (median(r.engine_wall for r in side) for side in (large, small))
        rows.append((name, f"{other:.2f}", f"{one:.2f}", f"{one / max(other, 1e-9):.1f}"))
    return (
        f"## From scale {smaller.scale:g} to {sides.scale:g}, that is {times:g} times the city\n\n"
        "Wall without start, documents and plan.\n\n"
        + table(("", f"s at {smaller.scale:g}", f"s at {sides.scale:g}", "times"), rows)
    )


def _singles(sides: Sides) -> str:
    again, explained = sides.again, sides.explained
    whole = [one["whole"] for one in explained["policies"].values()]
    rows = [
        (
            f"{again['people']:,} changed people re-decided ({again['verdicts']:,} verdicts), plan at hand",
            f"{median(again['seconds']):.2f} s [{min(again['seconds']):.2f}–{max(again['seconds']):.2f}]",
            "0.3 s",
        ),
        (
            "one decision explained, fetch included: 95th percentile, the slowest policy about people",
            f"{max(one['p95'] for one in _about_people(explained)):.1f} ms",
            "10 ms",
        ),
        (
            "the same, median over all policies of the 50th percentile",
            f"{median(one['p50'] for one in whole):.1f} ms",
            "",
        ),
        (
            "making what is kept, from the raw rows",
            f"{sides.folders.building_s:.1f} s, {sides.folders.kept_mb:,.0f} MB",
            "",
        ),
    ]
    by_policy = [
        (code, *(f"{one['whole'][name]:.1f}" for name in ("p50", "p95", "max")))
        for code, one in sorted(explained["policies"].items())
    ]
    return (
        "## One person, a thousand people, and what is kept\n\n"
        + table(("", "", "aim: at most"), rows)
        + f"\nExplained, {explained['subjects']} random subjects a policy, in a process that has the rulebook and what is kept open "
        "(policies about firms: a few):\n\n" + table(("policy", "p50 ms", "p95 ms", "max ms"), by_policy)
    )


def _about_people(explained: Mapping[str, Any]) -> list[Mapping[str, float]]:
    return [explained["policies"][code]["whole"] for code in explained["people"]]


def _rooms(sides: Mapping[str, list[Round]], rooms: tuple[tuple[str, str], ...]) -> str:
    found = {side: [by_room(r.spent, rooms) for r in rounds] for side, rounds in sides.items()}
    rows = []
    for name, _ in rooms:
        cells = [tuple(median(f[name][n] for f in each) for n in (0, 1)) for each in found.values()]
        if any(wall or processor for wall, processor in cells):
            rows.append((name, *(f"{wall:.2f} / {processor:.2f}" for wall, processor in cells)))
    return table(("wall s / processor s", *found), rows)


def _outcomes(counts: Mapping[str, Mapping[str, int]]) -> str:
    kinds = ("holds", "denied", "unknown")
    return table(("policy", *kinds), [(p, *(f"{c.get(k, 0):,}" for k in kinds)) for p, c in counts.items()])


def spread(side: Sequence[T], of: Callable[[T], float]) -> str:
    values = [of(r) for r in side]
    return f"{median(values):.2f} [{min(values):.2f}–{max(values):.2f}]"


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---", *("---:" for _ in heads[1:])), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
