"""Dates, months and years, by the forms that the layout declares.

A cell that a workbook holds as a date is taken only where "excel" is declared, and as a month only if it is the first
day of one. No form is tried that is not declared.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jixiang.imports.casts.bounds import within
from jixiang.imports.casts.byte_rows import ByteRows, all_digits, decimal
from jixiang.imports.casts.calendar_forms import EXCEL, Pattern, Written, day_patterns, month_patterns, read
from jixiang.imports.casts.cells import Cells, Mask
from jixiang.imports.rows import DATE

LAST_YEAR = 9999
EXCEL_DAYS = (*day_patterns("yyyy-mm-dd"), *day_patterns("yyyy-mm-dd hh:mm:ss"))
# The day, counted from 1970, on which each month from the year 0 on begins; one more month to end the last.
MONTH_BEGINS: npt.NDArray[np.int32] = (
    (np.arange((LAST_YEAR + 1) * 12 + 1) - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]").astype(np.int32)
)


def dates(cells: Cells) -> pa.Array:
    written, _ = _written(cells, cells.layout.dates, day_patterns)
    exists, days = epoch_days(written)
    cells.mark("date-form", cells.filled & ~written.follows)
    cells.mark("date-impossible", written.follows & ~exists)
    good = within(cells, days, written.follows & exists)
    return pa.array(days, pa.int32(), mask=~good).cast(pa.date32())


def months(cells: Cells) -> pa.Array:
    written, typed = _written(cells, cells.layout.months, month_patterns)
    good = written.follows & (written.month >= 1) & (written.month <= 12) & (written.year >= 1)
    good &= ~typed | (written.day == 1)
    cells.mark("month-form", cells.filled & ~good)
    numbers = written.year * 100 + written.month
    return pa.array(numbers, pa.int32(), mask=~within(cells, numbers, good))


def years(cells: Cells) -> pa.Array:
    """Four digits."""
    rows = ByteRows(cells.texts)
    four = np.flatnonzero(cells.filled & ~cells.are(DATE) & (rows.lengths == 4))
    matrix = rows.matrix(four, 4)
    numbers = np.zeros(len(cells.filled), np.int32)
    numbers[four] = np.where(all_digits(matrix), decimal(matrix), 0)
    good = numbers >= 1
    cells.mark("number-form", cells.filled & ~good)
    return pa.array(numbers, pa.int32(), mask=~within(cells, numbers, good))


def epoch_days(written: Written) -> tuple[Mask, npt.NDArray[np.int32]]:
    """Whether there is such a day, and which it is, counted from 1970."""
    possible = (written.month >= 1) & (written.month <= 12) & (written.day >= 1) & (written.year >= 1)
    index = np.where(possible, written.year * 12 + written.month - 1, 0)
    days = MONTH_BEGINS[index] + written.day - 1
    exists: Mask = possible & (days < MONTH_BEGINS[index + 1])
    return exists, days.astype(np.int32)


def _written(
    cells: Cells, forms: tuple[str, ...], patterns: Callable[[str], tuple[Pattern, ...]]
) -> tuple[Written, Mask]:
    """What the cells say, and which of them were typed as dates."""
    rows, typed = ByteRows(cells.texts), cells.are(DATE)
    declared = tuple(pattern for form in forms if form != EXCEL for pattern in patterns(form))
    said = read(rows, cells.filled & ~typed, declared)
    if EXCEL not in forms or not typed.any():
        return said, typed
    also = read(rows, typed, EXCEL_DAYS)
    year, month, day = said.year + also.year, said.month + also.month, said.day + also.day
    return Written(year, month, day, said.follows | also.follows), typed
