"""What an expression is worth in the solver's terms: a value that may be missing, a truth that may be unknown, a day.

A day is two integers, its month (counted as `Month.index`) and its day in the month, so that months can be added and counted
without division: all that the language does with days is exact here for the years 1900 to 2199. z3 has no types of its own
for mypy, so its terms are `Any`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import z3

from jixiang.values.dates import FOREVER
from jixiang.values.month import Month

Z = Any
FOREVER_MONTH = Month.of(FOREVER).index
FIRST_YEAR, LAST_YEAR = 1900, 2099
NO_LEAP = (Month(1900 * 12 + 1).index, Month(2100 * 12 + 1).index)  # February of 1900 and 2100
CUMULATED = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


@dataclass(frozen=True, slots=True)
class Truth:
    """`t`: known to be true. `f`: known to be false. Neither: unknown."""

    t: Z
    f: Z


@dataclass(frozen=True, slots=True)
class Day:
    """`month` as Month.index, `day` from 1 to 31. `endless`: it may be FOREVER."""

    month: Z
    day: Z
    endless: bool = False

    @property
    def order(self) -> Z:
        return self.month * 32 + self.day


@dataclass(frozen=True, slots=True)
class Worth:
    """A value (`Day`, or an integer or real term) and whether it is known."""

    value: Any
    known: Z


class Logic:
    """Booleans that stay small: what is plainly true or false is not put into terms."""

    def __init__(self) -> None:
        self.context = z3.Context()
        self.yes = z3.BoolVal(True, self.context)
        self.no = z3.BoolVal(False, self.context)

    def all(self, items: Iterable[Z]) -> Z:
        kept = [item for item in items if not z3.is_true(item)]
        if any(z3.is_false(item) for item in kept):
            return self.no
        return self.yes if not kept else kept[0] if len(kept) == 1 else z3.And(*kept)

    def any(self, items: Iterable[Z]) -> Z:
        kept = [item for item in items if not z3.is_false(item)]
        if any(z3.is_true(item) for item in kept):
            return self.yes
        return self.no if not kept else kept[0] if len(kept) == 1 else z3.Or(*kept)

    def no_(self, item: Z) -> Z:
        return self.no if z3.is_true(item) else self.yes if z3.is_false(item) else z3.Not(item)

    def implies(self, one: Z, other: Z) -> Z:
        return self.any([self.no_(one), other])

    def pick(self, holds: Z, then: Any, otherwise: Any) -> Any:
        """若, for a day part by part."""
        if z3.is_true(holds):
            return then
        if z3.is_false(holds):
            return otherwise
        if isinstance(then, Day):
            endless = then.endless or otherwise.endless
            month = z3.If(holds, then.month, otherwise.month)
            return Day(month, z3.If(holds, then.day, otherwise.day), endless)
        return z3.If(holds, then, otherwise)

    def truth(self, holds: Z, known: Z) -> Truth:
        """A boolean that is `holds` where it is known."""
        return Truth(self.all([known, holds]), self.all([known, self.no_(holds)]))

    def integer(self, number: int) -> Z:
        return z3.IntVal(number, self.context)

    def number(self, number: Fraction | int) -> Z:
        exact = Fraction(number)
        if exact.denominator == 1:
            return self.integer(exact.numerator)
        return z3.RealVal(f"{exact.numerator}/{exact.denominator}", self.context)

    # Days ------------------------------------------------------------------------------------------------------------

    def day(self, day: date) -> Day:
        return Day(self.integer(Month.of(day).index), self.integer(day.day), day == FOREVER)

    def length(self, month: Z) -> Z:
        """Days of a month."""
        if z3.is_int_value(month):
            index = month.as_long()
            return self.integer(Month(index).last_day.day if 12 <= index < FOREVER_MONTH else 31)
        leap = self.all([month % 48 == 1, *(month != index for index in NO_LEAP)])
        short = self.any(month % 12 == m for m in (3, 5, 8, 10))
        return z3.If(month % 12 == 1, z3.If(leap, 29, 28), z3.If(short, self.integer(30), self.integer(31)))

    def valid(self, day: Day) -> Z:
        """Is it a day of the calendar, within the years that are looked at?"""
        within = self.all([day.month >= FIRST_YEAR * 12, day.month < (LAST_YEAR + 1) * 12])
        plain = self.all([within, day.day >= 1, day.day <= self.length(day.month)])
        return self.any([plain, self.is_forever(day)]) if day.endless else plain

    def is_forever(self, day: Day) -> Z:
        return self.all([day.month == FOREVER_MONTH, day.day == 31]) if day.endless else self.no

    def plus_months(self, day: Day, months: Z) -> Day:
        """The rule for month ends: a day that the month lacks is its last. FOREVER stays."""
        month = day.month + months
        length = self.length(z3.simplify(month))
        moved = Day(month, z3.If(day.day <= length, day.day, length), day.endless)
        return self.pick(self.is_forever(day), day, moved) if day.endless else moved

    def days_before(self, month: Z) -> Z:
        """Days from 1 January of the year 0 to the first of a month, up to a constant; exact for 1901 to 2099."""
        year, of_year = month / 12, month % 12
        cumulated: Z = self.integer(CUMULATED[11])
        for n in range(10, -1, -1):
            cumulated = z3.If(of_year == n, CUMULATED[n], cumulated)
        leap = z3.If(self.all([month % 48 >= 2, month % 48 <= 11]), self.integer(1), self.integer(0))
        return year * 365 + (year - 1) / 4 + cumulated + leap

    def ordinal(self, day: Day) -> Z:
        return self.days_before(day.month) + day.day

    def whole_months(self, start: Day, end: Day) -> Z:
        length = self.length(end.month)
        reached = z3.If(start.day <= length, start.day, length)
        return end.month - start.month - z3.If(end.day < reached, self.integer(1), self.integer(0))
