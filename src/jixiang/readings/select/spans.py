"""`n 年内`, `n 个月内`, `n 天内`: any span of that length.

Two grants of days a ≤ b lie in one span if b is before a + span (a month's end as in `values.dates`). So a + span itself
is outside: five years from 1 March 2020 end with 28 February 2025.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from jixiang.readings.select.claims import Asked, ClaimId
from jixiang.values.dates import add_months


@lru_cache(maxsize=1 << 16)
def _months_later(day: int, months: int) -> int:
    return max(day + 1, add_months(date.fromordinal(day), months).toordinal())


def span_end(day: int, asked: Asked) -> int:
    """The first day after the span that begins on `day`."""
    return _months_later(day, asked.span_months) if asked.span_months else day + asked.span_days


def first_sharing(days: Sequence[tuple[int, ClaimId]], day: int, asked: Asked) -> int:
    """The index of the first of `days` (in order) that is before `day` and in one span with it; else where `day` begins."""
    here = bisect_left(days, (day,))
    return bisect_right(days, day, hi=here, key=lambda one: span_end(one[0], asked))
