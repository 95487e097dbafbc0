"""What came of the rounds, as Markdown: the same text on the terminal and in RESULTS.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import TypeVar

import duckdb
import numpy
import pyarrow

from benchmarks.by_hand.run import AS_OF
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
conditions failed and the places that each claim asks for; by hand there is neither.
"""


def report(rounds: Rounds, *, scale: float, seed: int, counts: dict[str, dict[str, int]], load: float) -> str:
    decisions = sum(sum(one.values()) for one in counts.values())
    parts = [
        INTRODUCTION.format(day=AS_OF),
        _setting(rounds, scale, seed, decisions, load),
        _times(rounds, decisions),
        _ratios(rounds),
        "## Where the time goes: ours\n\nMedians of the rounds. A view is computed by the table that reads it.\n",
        _rooms(rounds.whole, OURS),
        "## Where the time goes: by hand\n",
        _rooms(rounds.by_hand, BY_HAND),
        "## The outcomes, the same on both sides\n",
        _outcomes(counts),
    ]
    return "\n".join(parts)


def _setting(rounds: Rounds, scale: float, seed: int, decisions: int, load: float) -> str:
    return (
        f"Scale {scale:g} (1 = the whole city), seed {seed}: {decisions:,} candidates. {len(rounds.by_hand)} rounds.\n"
        f"{machine(load)}"
    )


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


def _times(rounds: Rounds, decisions: int) -> str:
    sides = (
        ("by hand, judged", rounds.by_hand),
        ("ours, judged", rounds.judged),
        ("ours, the whole run", rounds.whole),
    )
    rows = [
        (
            name,
            spread(side, lambda r: r.wall),
            spread(side, lambda r: r.processor),
            f"{median(r.peak_mb for r in side):,.0f}",
            f"{decisions / median(r.wall for r in side):,.0f}",
        )
        for name, side in sides
    ]
    return table(("", "wall s", "processor s", "peak MB", "decisions a second"), rows)


def _ratios(rounds: Rounds) -> str:
    def row(name: str, side: list[Round], of: Callable[[Round], float]) -> tuple[str, str]:
        ratios = [of(ours) / of(hand) for ours, hand in zip(side, rounds.by_hand, strict=True)]
        return name, f"{median(ratios):.2f} [{min(ratios):.2f}–{max(ratios):.2f}]"

    rows = [
        row("judged, wall, from an empty process to the file", rounds.judged, lambda r: r.wall),
        row("judged, processor, from an empty process to the file", rounds.judged, lambda r: r.processor),
        row("judged, wall, without start, documents and plan", rounds.judged, lambda r: r.engine_wall),
        row("our whole run (line, fund, reasons, files) to judging by hand, wall", rounds.whole, lambda r: r.wall),
    ]
    return table(("ours to by hand", "ratio: median of the rounds [min–max]"), rows)


def _rooms(side: list[Round], rooms: tuple[tuple[str, str], ...]) -> str:
    found = [by_room(r.spent, rooms) for r in side]
    medians = {n: (median(f[n][0] for f in found), median(f[n][1] for f in found)) for n, _ in rooms}
    whole = sum(wall for wall, _ in medians.values()) or 1.0
    rows = [
        (name, f"{wall:.2f}", f"{processor:.2f}", f"{wall / whole:.0%}")
        for name, (wall, processor) in medians.items()
        if wall or processor
    ]
    return table(("", "wall s", "processor s", "share"), rows)


def _outcomes(counts: dict[str, dict[str, int]]) -> str:
    kinds = ("holds", "denied", "unknown")
    return table(("policy", *kinds), [(p, *(f"{c.get(k, 0):,}" for k in kinds)) for p, c in counts.items()])


def spread(side: Sequence[T], of: Callable[[T], float]) -> str:
    values = [of(r) for r in side]
    return f"{median(values):.2f} [{min(values):.2f}–{max(values):.2f}]"


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---", *("---:" for _ in heads[1:])), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
