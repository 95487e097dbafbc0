"""What came of the rounds, as Markdown: the same text on the terminal and in RESULTS.md."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from benchmarks.importing.extract import Extract
from benchmarks.importing.plain import THREADS
from benchmarks.importing.rounds import AGAIN, BARE, FIRST, Rounds, Run
from benchmarks.page import IMPORTS
from benchmarks.report import machine, spread, table

INTRODUCTION = """
`make bench-import` writes this section. One file a kind, as a source that writes UTF-8 would send it, without faults. An import
is the whole act: the file opened and hashed, every cell read strictly and cast, numbers and names matched in the encrypted
vault, facts staged, settled with what is known, written and committed; contradictions are not looked for. The first import
goes into an empty home, so everybody in it is new to the vault. Then the same rows come as the extract of a later day, and
every one of them is compared with what is known. Beside it, bare: DuckDB copies the same file into Parquet, every cell as
text, on {threads} threads, and looks at nothing. Each run is a process of its own, from its start to its end, and they take turns.
"""
SIDES = {BARE: "bare copy by DuckDB", FIRST: "first import", AGAIN: "the same rows as a later extract"}
PHASES = {
    "start": "start: Python, city pack, vault",
    "opened": "files opened and hashed",
    "taken": "rows read, cast, matched, staged",
    "settled": "settled with what is known",
    "written": "facts written",
    "committed": "vault, ledger and logs committed",
}


def report(rounds: Rounds, extracts: Sequence[Extract], *, scale: float, seed: int, load: float) -> str:
    parts = [
        IMPORTS,
        INTRODUCTION.strip().format(threads=THREADS) + "\n",
        _setting(rounds, extracts, scale, seed, load),
    ]
    parts += [_times(rounds), _ratios(rounds), "### Where the time of an import goes\n\nMedians of the rounds.\n"]
    return "\n".join([*parts, _phases(rounds)])


def _setting(rounds: Rounds, extracts: Sequence[Extract], scale: float, seed: int, load: float) -> str:
    files = "; ".join(f"{one.kind} {one.rows:,} rows, {one.bytes / 1e6:,.0f} MB" for one in extracts)
    count = max(len(runs) for sides in rounds.runs.values() for runs in sides.values())
    return f"Scale {scale:g} (1 = the whole city), seed {seed}: {files}. {count} rounds.\n{machine(load)}"


def _times(rounds: Rounds) -> str:
    rows = [
        (
            f"{kind}: {SIDES[side]}",
            spread(runs, lambda r: r.wall),
            spread(runs, lambda r: r.processor),
            f"{median(r.peak_mb for r in runs):,.0f}",
            f"{median(r.rows / r.wall for r in runs):,.0f}",
            f"{median(r.rows / r.processor for r in runs):,.0f}",
        )
        for kind, sides in rounds.runs.items()
        for side, runs in sides.items()
    ]
    heads = ("", "wall s", "processor s", "peak MB", "rows a second", "rows a processor second")
    return table(heads, rows)


def _ratios(rounds: Rounds) -> str:
    rows = [
        (
            f"{kind}: {SIDES[side]}",
            _ratio(sides[side], sides[BARE], "wall"),
            _ratio(sides[side], sides[BARE], "processor"),
        )
        for kind, sides in rounds.runs.items()
        for side in (FIRST, AGAIN)
    ]
    return table(("import to bare copy", "wall: median [min–max]", "processor: median [min–max]"), rows)


def _ratio(ours: Sequence[Run], bare: Sequence[Run], measure: str) -> str:
    ratios = [getattr(one, measure) / getattr(other, measure) for one, other in zip(ours, bare, strict=True)]
    return f"{median(ratios):.2f} [{min(ratios):.2f}–{max(ratios):.2f}]"


def _phases(rounds: Rounds) -> str:
    sides = [(kind, side) for kind, found in rounds.runs.items() for side in found if side != BARE]
    heads = ("wall s / processor s", *(f"{kind}: {SIDES[side]}" for kind, side in sides))
    rows = [(said, *(_phase(rounds.runs[kind][side], phase) for kind, side in sides)) for phase, said in PHASES.items()]
    return table(heads, rows)


def _phase(runs: Sequence[Run], phase: str) -> str:
    spent = [run.spent.get(phase, (0.0, 0.0)) for run in runs]
    return f"{median(wall for wall, _ in spent):.2f} / {median(processor for _, processor in spent):.2f}"
