"""Date arithmetic with one stated rule.

**The rule**: n months added to a day that the month lacks is that month's last day. So 31 January + 1 month is 28 (29)
February, and 29 February + 12 months is 28 February. Everything that counts months or years follows from it: the whole
months from a to b are the largest n for which a + n months is not later than b, and an age in years is the whole months
since birth, divided by twelve and rounded down.

Days run from `DAWN` to `FOREVER`; arithmetic that would leave this range stops at its edge, so that "no end" plus a
month is still "no end".
"""

from __future__ import annotations

import calendar
from datetime import date

DAWN = date(1, 1, 1)
FOREVER = date(9999, 12, 31)


def add_months(day: date, months: int) -> date:
    """The day `months` later (earlier, if negative)."""
    if day == FOREVER:
        return FOREVER
    index = day.year * 12 + day.month - 1 + months
    if index < 12:
        return DAWN
    if index >= 120000:
        return FOREVER
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def add_days(day: date, days: int) -> date:
    """The day `days` later (earlier, if negative)."""
    if day == FOREVER:
        return FOREVER
    ordinal = day.toordinal() + days
    return date.fromordinal(max(1, min(ordinal, FOREVER.toordinal())))


def whole_months(start: date, end: date) -> int:
    """The largest n for which `start` + n months is not later than `end`. Negative when `end` is before `start`."""
    months = (end.year - start.year) * 12 + end.month - start.month
    reached = min(start.day, calendar.monthrange(end.year, end.month)[1])
    return months - (end.day < reached)


def days_between(start: date, end: date) -> int:
    """The days from `start` to `end`, both included; 0 when `end` is before `start`."""
    return max(0, end.toordinal() - start.toordinal() + 1)


def age(birth: date, on: date) -> int | None:
    """Whole years lived; None for a day before birth."""
    months = whole_months(birth, on)
    return months // 12 if months >= 0 else None
