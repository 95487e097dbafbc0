"""What a set of rows is worth: counts, sums, longest runs and fair shares, with what is not known about them.

Of each row it is true, false or unknown whether it counts; beyond the day that an extract covers there may be rows we
have not got. So there are values that are `sure`, others that `maybe` count, and perhaps `more`. A missing value is None.
Nothing here knows of expressions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from jixiang.language.typed import AggregateKind
from jixiang.readings.bounds import MISSING, Bounds, exactly, half_up
from jixiang.values.month import Month


@dataclass(frozen=True, slots=True)
class Rows:
    """Keys of the rows that count, of those that may, in the relation's order; and whether there may be others."""

    sure: tuple[str, ...]
    maybe: tuple[str, ...]
    more: bool

    @property
    def complete(self) -> bool:
        return not self.maybe and not self.more


def exists(rows: Rows) -> bool | None:
    """One sure row is enough; none is certain only where no other may count."""
    return True if rows.sure else False if rows.complete else None


def count(rows: Rows) -> Bounds:
    """From the sure rows to all of them."""
    return Bounds(len(rows.sure), None if rows.more else len(rows.sure) + len(rows.maybe))


def count_distinct(sure: list[Any], maybe: list[Any], more: bool) -> Bounds:
    """At least the values that are sure; at most all known ones, and one for each row whose value is missing."""
    low = {value for value in sure if value is not None}
    high = {value for value in sure + maybe if value is not None}
    return Bounds(len(low), None if more else len(high) + (sure + maybe).count(None))


def growing_sum(sure: list[Any], maybe: list[Any], more: bool) -> Bounds:
    """The sum of amounts that cannot be negative: from the sure ones to all."""
    unlimited = more or None in sure + maybe
    return Bounds(sum(value for value in sure if value is not None), None if unlimited else sum(sure + maybe))


def longest_run(sure: list[Any], maybe: list[Any], more: bool) -> Bounds:
    """最长连续: more months can only make it longer."""
    unlimited = more or None in sure + maybe
    return Bounds(_run(sure), None if unlimited else _run(sure + maybe))


def _run(months: Iterable[Month | None]) -> int:
    """How many consecutive months the longest unbroken stretch holds."""
    found = {month.index for month in months if month is not None}
    best = 0
    for start in found:
        if start - 1 not in found:
            length = 1
            while start + length in found:
                length += 1
            best = max(best, length)
    return best


def of_every_row(kind: AggregateKind, values: list[Any]) -> Bounds:
    """What needs every row: a sum of amounts with signs, 平均, 最大, 最小. Of no rows only the sum is known."""
    if None in values:
        return MISSING
    match kind:
        case "sum":
            return exactly(sum(values))
        case "average" if values:
            return exactly(Fraction(sum(values)) / len(values))
        case "max":
            return exactly(max(values, default=None))
        case "min":
            return exactly(min(values, default=None))
        case _:
            return MISSING


def share(money: Fraction | int, key: str, rows: Rows) -> Bounds:
    """均分: the row's equal part in whole fen; the first in the relation's order takes what is left over."""
    if not rows.complete or key not in rows.sure:
        return MISSING
    total = half_up(money)
    each = total // len(rows.sure)
    return exactly(each + (total - each * len(rows.sure) if key == rows.sure[0] else 0))
