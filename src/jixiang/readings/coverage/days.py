"""From the values of a part to the words: by how much it falls short, and on which day it comes true if nothing else changes.

Plain functions over values; knows no engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any

from jixiang.language import typed as t
from jixiang.language.types import Type
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.bounds import Bounds
from jixiang.readings.coverage.parts import Part, Way
from jixiang.readings.shortfall import by_how_much, gap_of
from jixiang.readings.wording import named, say, spell, word
from jixiang.values.dates import FOREVER, add_days, add_months
from jixiang.values.month import Month


@dataclass(frozen=True)
class Found:
    """What can be said of one who is short. `short`: by how much in a few words, `gap` as a number above zero; None where it is not
    measured. `day`: the decision date from which the part holds; None where that does not follow."""

    said: str
    short: str
    gap: Fraction | None
    day: date | None


def typed(value: Any, by: Any, of: Type) -> Any:
    """A value of the engine's as the interpreter has it."""
    if value is None:
        return None
    match of.kind:
        case "month":
            return Month(int(value))
        case "number" | "money":
            return Fraction(int(value), int(by) if by is not None else 1)
        case "months" | "days" | "year":
            return int(value) if by is None else Fraction(int(value), int(by))
        case _:
            return value


def found(
    part: Part, sides: Sequence[tuple[Bounds, Bounds]], needs: Sequence[Any], today: date, words: Vocabulary
) -> Found:
    """`sides`: left and right of each of the part's comparisons. `needs`: the values that the way asks for."""
    best: tuple[Any, int] | None = None
    for number, (compare, (left, right)) in enumerate(zip(part.compares, sides, strict=True)):
        gap = _gap(compare, left, right, words)
        if gap not in (None, 0) and (best is None or abs(gap) < abs(best[0])):
            best = gap, number
    said, gap, of = "", None, None
    if best is not None:
        gap, number = best
        of = part.compares[number]
        said = _said(of, sides[number], gap, words)
        said = f"最接近的一条: {said}" if part.nearest else said
    day = _day(part, sides, gap, needs, today)
    if part.way.moves == "ends":
        said = f"到 {needs[0]} 为止" if needs[0] not in (None, FOREVER) else "还没有截止日期"
    short = _size(gap, of, words)
    return Found(said, short, None if gap is None else abs(Fraction(gap)), day if day != FOREVER else None)


def _gap(said: t.Compare, left: Bounds, right: Bounds, words: Vocabulary) -> Any:
    if FOREVER in (left.lo, left.hi, right.lo, right.hi):
        return None
    if said.left.type.kind == "code":
        ranks = words.codes[said.left.type.of].rank
        left, right = (
            Bounds(*(None if v is None else Fraction(ranks[v]) for v in (b.lo, b.hi))) for b in (left, right)
        )
        return gap_of(said.op, left, right, Type("number", unit="级"))
    gap = gap_of(said.op, left, right, said.left.type)
    if gap is not None:
        return gap
    left, right = (Bounds(b.hi if b.lo is None else b.lo, b.lo if b.hi is None else b.hi) for b in (left, right))
    return gap_of(said.op, left, right, said.left.type)


def _said(said: t.Compare, sides: tuple[Bounds, Bounds], gap: Any, words: Vocabulary) -> str:
    """缴费月数 11 个月, 应不少于 12 个月, 还差 1 个月"""
    of = said.left.type
    has, needs = (say(side if of.ordered else side.lo, of, words) for side in sides)
    left, right = (_called(side, words) for side in (said.left, said.right))
    text = f"{named(left, has)}, 应{word(said.op, of)} {needs if isinstance(said.right, t.Constant) else named(right, needs)}"
    return f"{text}, {_size(gap, said, words)}"


def _called(side: t.Expr, words: Vocabulary) -> str:
    """What a side is called; of the best of several rows it is what that row brings."""
    best = isinstance(side, t.Aggregate) and side.kind in ("min", "max") and side.value is not None
    return spell(side.value if best else side, words)  # type: ignore[union-attr, arg-type]


def _size(gap: Any, of: t.Compare | None, words: Vocabulary) -> str:
    """A gap alone: 还差 1 个月, 晚了 3 天, 低 2 级."""
    if gap is None or of is None:
        return ""
    if of.left.type.kind == "code":
        return f"{'低' if gap > 0 else '高'} {abs(gap)} 级"
    return by_how_much(gap, of.left.type, words)


# On which day ----------------------------------------------------------------------------------------------------


def _day(
    part: Part, sides: Sequence[tuple[Bounds, Bounds]], gap: Any, needs: Sequence[Any], today: date
) -> date | None:
    way = part.way
    if way.moves == "ends":
        last = needs[0]
        return last if last is None or last == FOREVER else add_days(last, 1 if way.op == "<=" else 0)
    if way.moves == "paid":
        return None if gap is None else (Month.of(today) + ceil(abs(gap))).first_day
    if not sides or way.moves in ("late", "still", "facts", "other"):
        return None
    goal = sides[0][0 if way.turned else 1].value
    start = needs[0] if needs else None
    if goal is None or (needs and start is None) or FOREVER in (goal, start):
        return None
    return _reaches(way, goal, start, 1 if way.op == ">" else 0)


def _reaches(way: Way, goal: Any, start: Any, more: int) -> date | None:
    """The first day on which the side that moves is at the goal, or beyond it."""
    match way.moves:
        case "day":
            return add_days(goal, more)
        case "age":
            return add_months(start, 12 * _whole(goal, more))
        case "months":
            return add_months(start, _whole(goal, more))
        case "days":
            return add_days(start, _whole(goal, more) - 1)
        case "part":
            later = 1 if way.step in ("previous_month", "previous_year") else 0
            if isinstance(goal, Month):
                return (goal + (more + later)).first_day
            return date(int(goal) + more + later, 1, 1)
    return None


def _whole(goal: Any, more: int) -> int:
    """The least whole number that is not below the goal, or above it."""
    return int(goal // 1) + 1 if more else ceil(goal)
