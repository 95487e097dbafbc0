"""Values that are known only to lie between two bounds, and what arithmetic makes of them.

Rows that are missing, or of which it is unknown whether they count, leave a number between two bounds. A comparison
then is unknown only if it needs to know which. `None` is an open end and never decides anything; both ends open is a
missing value. Nothing here knows of rows or documents.

The two ends are of one kind, which the checker has established; so they are `Any` here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Any, Literal

from jixiang.language.typed import CompareOp, PartKind
from jixiang.values.dates import FOREVER, add_days, add_months, age
from jixiang.values.month import Month

FIRST_MONTH, LAST_MONTH = Month(12), Month.of(FOREVER)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Not below `lo`, not above `hi`; None is open."""

    lo: Any
    hi: Any

    @property
    def certain(self) -> bool:
        return self.lo is not None and self.lo == self.hi

    @property
    def missing(self) -> bool:
        return self.lo is None and self.hi is None

    @property
    def value(self) -> Any:
        """The value where it is certain, else None."""
        return self.lo if self.certain else None

    def each(self, change: Callable[[Any], Any]) -> Bounds:
        """Both ends through a function that never falls."""
        return Bounds(None if self.lo is None else change(self.lo), None if self.hi is None else change(self.hi))


MISSING = Bounds(None, None)


def exactly(value: Any) -> Bounds:
    return Bounds(value, value)


def kleene_not(item: bool | None) -> bool | None:
    return None if item is None else not item


def kleene_and(items: Iterable[bool | None]) -> bool | None:
    seen = set(items)
    return False if False in seen else None if None in seen else True


def kleene_or(items: Iterable[bool | None]) -> bool | None:
    seen = set(items)
    return True if True in seen else None if None in seen else False


def compare(op: CompareOp, left: Bounds, right: Bounds) -> bool | None:
    """True or false where every value between the bounds says so."""
    match op:
        case "<":
            return _below(left, right)
        case ">":
            return _below(right, left)
        case ">=":
            return kleene_not(_below(left, right))
        case "<=":
            return kleene_not(_below(right, left))
        case "=":
            return _same(left, right)
        case "≠":
            return kleene_not(_same(left, right))


def _below(left: Bounds, right: Bounds) -> bool | None:
    if left.hi is not None and right.lo is not None and left.hi < right.lo:
        return True
    if left.lo is not None and right.hi is not None and left.lo >= right.hi:
        return False
    return None


def _same(left: Bounds, right: Bounds) -> bool | None:
    if left.certain and right.certain:
        return bool(left.lo == right.lo)
    apart = _below(left, right) is True or _below(right, left) is True
    return False if apart else None


def add(left: Bounds, right: Bounds) -> Bounds:
    return Bounds(_plus(left.lo, right.lo), _plus(left.hi, right.hi))


def subtract(left: Bounds, right: Bounds) -> Bounds:
    return Bounds(_plus(left.lo, _times(right.hi, -1)), _plus(left.hi, _times(right.lo, -1)))


def multiply(left: Bounds, right: Bounds) -> Bounds:
    """One factor must be certain; a product of two ranges is not followed."""
    if right.certain:
        return _scale(left, right.lo)
    return _scale(right, left.lo) if left.certain else MISSING


def divide(left: Bounds, right: Bounds) -> Bounds:
    """The divisor must be certain. A division by zero is missing."""
    if not right.certain or right.lo == 0:
        return MISSING
    return _scale(left, 1 / Fraction(right.lo))


def _scale(item: Bounds, factor: Any) -> Bounds:
    ends = _times(item.lo, factor), _times(item.hi, factor)
    return Bounds(*ends) if factor >= 0 else Bounds(*reversed(ends))


def _plus(left: Any, right: Any) -> Any:
    return None if left is None or right is None else left + right


def _times(end: Any, factor: Any) -> Any:
    return None if end is None else end * factor


def least(items: list[Bounds]) -> Bounds:
    """The smallest: below every known upper bound; its lower bound needs them all."""
    if any(item.missing for item in items):
        return MISSING
    los, his = [item.lo for item in items], [item.hi for item in items if item.hi is not None]
    return Bounds(None if None in los else min(los), min(his, default=None))


def greatest(items: list[Bounds]) -> Bounds:
    """The largest, mirrored."""
    if any(item.missing for item in items):
        return MISSING
    los, his = [item.lo for item in items if item.lo is not None], [item.hi for item in items]
    return Bounds(max(los, default=None), None if None in his else max(his))


def shift(item: Bounds, by: int, unit: str) -> Bounds:
    """A day by months or days, a month by months. Stops at the edges of the calendar."""

    def moved(end: date | Month) -> date | Month:
        if isinstance(end, Month):
            return clamp(end + by)
        return add_months(end, by) if unit == "months" else add_days(end, by)

    return item.each(moved)


def clamp(month: Month) -> Month:
    """Months keep to the calendar as days do."""
    return max(FIRST_MONTH, min(month, LAST_MONTH))


def part(kind: PartKind, end: Any) -> Any:
    """当月 当年 上月 上年 首日 末日 of a day, month or year."""
    month = Month.of(end) if isinstance(end, date) else end
    year = month if isinstance(month, int) else month.year
    match kind:
        case "month":
            return month
        case "year":
            return year
        case "previous_month":
            return clamp(month - 1)
        case "previous_year":
            return max(1, year - 1)
        case "first_day":
            return month.first_day if isinstance(month, Month) else date(year, 1, 1)
        case "last_day":
            return month.last_day if isinstance(month, Month) else date(year, 12, 31)


def passed(counted: Callable[[date, date], int], start: Bounds, end: Bounds) -> Bounds:
    """整月数, 天数: fewest from the latest start to the earliest end, most the other way round."""

    def count(first: date | None, last: date | None) -> int | None:
        return None if first is None or last is None else counted(first, last)

    return Bounds(count(start.hi, end.lo), count(start.lo, end.hi))


def age_on(birth: Bounds, on: Bounds) -> Bounds:
    """年龄; missing before birth, and where either day is not certain."""
    return exactly(age(birth.lo, on.lo)) if birth.certain and on.certain else MISSING


def rounded(fen: Fraction | int, unit_fen: int, direction: Literal["half_up", "down", "up"]) -> int:
    """To a multiple of a unit. half_up moves a half away from zero; down and up are toward −∞ and +∞."""
    count = Fraction(fen) / unit_fen
    match direction:
        case "down":
            return floor(count) * unit_fen
        case "up":
            return ceil(count) * unit_fen
        case "half_up":
            return half_up(count) * unit_fen


def half_up(number: Fraction | int) -> int:
    """The nearest integer, a half away from zero."""
    size = floor(abs(Fraction(number)) + Fraction(1, 2))
    return size if number >= 0 else -size
