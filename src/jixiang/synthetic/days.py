"""Days and months as whole columns of integers: days since 1970-01-01, months since 1970-01.

`NONE` stands for an empty cell in every column of this room. The rule for month ends is that of `values.dates`.
"""

from __future__ import annotations

from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Column: TypeAlias = npt.NDArray[Any]  # of int32, unless it holds fen or keys past two thousand million
Mask: TypeAlias = npt.NDArray[np.bool_]

NONE = -(2**31)


def day(year: int, month: int, day_of_month: int) -> int:
    return (date(year, month, day_of_month) - date(1970, 1, 1)).days


START = day(2019, 1, 1)
END = day(2021, 12, 31)
FIRST_MONTH = (2019 - 1970) * 12
MONTHS = 36


def month_of(days: Column) -> Column:
    """The month that each day lies in."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int32)


def first_day(months: Column) -> Column:
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int32)


def last_day(months: Column) -> Column:
    return first_day(months + 1) - 1


def shift_months(days: Column, months: Column | int) -> Column:
    """Each day that many months later; the last day of the month where the month lacks that day."""
    start = month_of(days)
    target = (start + months).astype(np.int32)
    shifted: Column = np.minimum(first_day(target) + (days - first_day(start)), last_day(target)).astype(np.int32)
    return shifted


def yyyymm(months: Column) -> Column:
    """Months as they are stored in files."""
    stored: Column = ((months // 12 + 1970) * 100 + months % 12 + 1).astype(np.int32)
    return stored


def from_yyyymm(number: int) -> int:
    """A stored month as months since 1970-01."""
    return (number // 100 - 1970) * 12 + number % 100 - 1


def half_year(index: int, from_year: int) -> tuple[int, int]:
    """First and last day of the half-year: 0 is January to June of `from_year`."""
    year, second = from_year + index // 2, index % 2
    return (day(year, 7, 1), day(year, 12, 31)) if second else (day(year, 1, 1), day(year, 6, 30))
