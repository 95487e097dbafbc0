"""Which layout a file is written in: the one that its headings fit exactly.

Exactly: every required column is there, no heading is unknown, none stands twice. Two that fit, or none, and the file
is refused saying of each layout what lacks and what is too many. A first row that looks like data is never quoted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jixiang.imports.kinds import Column, Layout
from jixiang.imports.reading.refused import problem
from jixiang.values.problem import Problem

RETURNED = ("退回原因", "怎么办", "原文件", "原行号")  # columns that we add to refused rows; accepted and not read
COLUMNS_MAX = 1000
SHOWN_MAX = 12
SHOWN_LENGTH = 30
NUMBERS = re.compile(r"\d{6,}")


@dataclass(frozen=True)
class Fit:
    """How a layout and a file's headings go together."""

    layout: Layout
    lacking: tuple[str, ...]
    unknown: tuple[tuple[int, str], ...]  # position from 0, heading
    twice: tuple[str, ...]
    shared: int

    @property
    def exact(self) -> bool:
        return not (self.lacking or self.unknown or self.twice)

    @property
    def distance(self) -> int:
        return len(self.lacking) + len(self.unknown) + len(self.twice)


def tidy(cells: Sequence[str]) -> tuple[str, ...]:
    """Headings without the spaces around them; "" of a column that has none (it has to be empty in every row)."""
    return tuple(cell.strip() for cell in cells)


def fit(headings: Sequence[str], layout: Layout, columns: Mapping[str, Column]) -> Fit:
    ours = {heading for heading in RETURNED if heading not in layout.columns}
    known = layout.columns.keys() | set(layout.ignored) | ours
    present = set(headings)
    lacking = (h for c, h in layout.headings.items() if h not in present and c in columns and columns[c].required)
    counts = Counter(h for h in headings if h)
    return Fit(
        layout=layout,
        lacking=tuple(lacking),
        unknown=tuple((n, h) for n, h in enumerate(headings) if h and h not in known),
        twice=tuple(h for h, n in counts.items() if n > 1),
        shared=len(present & known),
    )


def misfits(file: str, fits: Sequence[Fit], *, line: int, sheet: str = "") -> tuple[Problem, ...]:
    """Why none of the layouts is the one, nearest first, or why several are."""
    exact = [f.layout.name for f in fits if f.exact]
    if exact:
        names = "、".join(exact)
        return (problem("layout-unknown", file, f"同时符合几种约定({names}),请指明是哪一种", line=line, sheet=sheet),)
    found: list[Problem] = []
    if len(fits) != 1 or not fits[0].shared:
        found.append(problem("layout-unknown", file, _overview(fits), line=line, sheet=sheet))
    for one in sorted(fits, key=lambda f: f.distance):
        found.extend(_misfit(file, one, line=line, sheet=sheet))
    return tuple(found)


def _overview(fits: Sequence[Fit]) -> str:
    if not any(f.shared for f in fits):
        return "这一行里没有一个认识的列名,像是缺少表头"
    return ""


def _misfit(file: str, one: Fit, *, line: int, sheet: str) -> list[Problem]:
    found = []
    by = f"按约定“{one.layout.name}”"
    if one.lacking:
        shown = listed(one.lacking)
        found.append(problem("heading-missing", file, f"{by}缺少 {shown}", line=line, sheet=sheet))
    if one.unknown:
        quoted = one.shared * 2 >= one.shared + len(one.unknown)  # else the row may be data, which is never quoted
        words = [f"第 {n + 1} 列“{masked(h)}”" if quoted else f"第 {n + 1} 列" for n, h in one.unknown]
        column = one.unknown[0][0] + 1
        found.append(
            problem("heading-unknown", file, f"{by}多出 {listed(words)}", line=line, column=column, sheet=sheet)
        )
    known = [h for h in one.twice if h in one.layout.columns or h in one.layout.ignored or h in RETURNED]
    if one.twice:
        words = known or ["不认识的列"]
        found.append(problem("heading-twice", file, listed(words), line=line, sheet=sheet))
    return found


def listed(words: Sequence[str]) -> str:
    shown = "、".join(words[:SHOWN_MAX])
    return shown if len(words) <= SHOWN_MAX else f"{shown} 等 {len(words)} 列"


def masked(heading: str) -> str:
    """A heading as it may be shown: short, and no long number in it."""
    text = NUMBERS.sub("…", heading)
    return text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + "…"
