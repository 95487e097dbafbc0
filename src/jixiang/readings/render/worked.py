"""Worked cases as a person reads them: what most of them have in common said once, then of each what is different, and the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from jixiang.language.parts import CasePart, FactPart, Text
from jixiang.language.parts import Grid as Written
from jixiang.language.source import fold
from jixiang.readings.render.page import Block, Grid, Prose, cell

NAME = "案例"
RESULTS = ("结果", "金额", "荣誉")
EXPECTED = "应为 "
COMMON_MIN = 3  # of fewer cases nothing is said to be usual


def worked(part: CasePart, outcomes: frozenset[str]) -> tuple[Block, ...]:
    """A 案例 block. `outcomes`: headings that are expected of a case besides 结果 and 金额 (the stages of the policy)."""
    headings = [fold(text.text).strip() for text in part.grid.header]
    results = [at for at, name in enumerate(headings) if _is_result(name, outcomes)]
    given = [at for at, name in enumerate(headings) if at not in results and name != NAME]
    usual = _usual(part.grid.rows, given)
    rows = []
    for number, row in enumerate(part.grid.rows, 1):
        name = row[headings.index(NAME)].text if NAME in headings else f"例 {number}"
        facts = "；".join(_facts(headings, row, given, usual)) or "同上面所写"
        rows.append((cell(name), cell(facts), *(cell(row[at].text.strip()) for at in results)))
    said = "；".join(_fact(headings[at], value) for at, value in usual.items() if value)
    before = (Prose((f"各例除另外写明的以外：{said}。",)),) if said else ()
    shown = tuple(headings[at].removeprefix(EXPECTED) for at in results)
    return (*before, Grid("案例", ("案例", "给出的事实", *shown), tuple(rows)))


def _is_result(heading: str, outcomes: frozenset[str]) -> bool:
    return heading in RESULTS or heading.startswith(EXPECTED) or heading in outcomes


def _usual(rows: Sequence[Sequence[Text]], given: Sequence[int]) -> dict[int, str]:
    """What more than half of the cases say alike, by column."""
    found = {}
    for at in given:
        value, times = Counter(row[at].text.strip() for row in rows).most_common(1)[0]
        if len(rows) >= COMMON_MIN and times * 2 > len(rows):
            found[at] = value
    return found


def _facts(headings: Sequence[str], row: Sequence[Text], given: Sequence[int], usual: dict[int, str]) -> Iterator[str]:
    """What is given in this case and not usual. An empty cell gives nothing: the fact is not known."""
    for at in given:
        value = row[at].text.strip()
        if at in usual and value != usual[at]:
            yield _fact(headings[at], value or "不明")
        elif at not in usual and value:
            yield _fact(headings[at], value)


def _fact(heading: str, value: str) -> str:
    return f"{heading.replace('.', '的')}：{value}"


def facts(part: FactPart) -> Grid:
    """The rows that cases need, as they are written."""
    return as_written(part.grid, f"案例用到的{part.entity.text}", folded=True)


def as_written(grid: Written, caption: str, *, folded: bool = False) -> Grid:
    headings = tuple(text.text.strip() for text in grid.header)
    return Grid(caption, headings, tuple(tuple(cell(text.text) for text in row) for row in grid.rows), folded)
