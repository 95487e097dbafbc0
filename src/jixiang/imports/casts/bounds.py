"""The bounds that the vocabulary puts on an attribute (`1900-01-01 至 今日`, `0 以上`), in what is stored.

Numbers, amounts and durations are never below zero unless the attribute says so (可为负). Never changes a value.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from jixiang.imports.casts.cells import Cells, Mask
from jixiang.imports.kinds import Column
from jixiang.values.money import Money
from jixiang.values.month import Month

TODAY = "今日"
EPOCH = date(1970, 1, 1).toordinal()


def within(cells: Cells, values: npt.NDArray[np.int32] | npt.NDArray[np.int64], good: Mask) -> Mask:
    """The good values that lie within the bounds; the others are marked."""
    low, high = bounds(cells.column, cells.today)
    outside = np.zeros_like(good)
    if low is not None:
        outside |= values < low
    if high is not None:
        outside |= values > high
    outside &= good
    if not outside.any():
        return good
    cells.mark("value-bounds", outside)
    return good & ~outside


def bounds(column: Column, today: date) -> tuple[int | None, int | None]:
    """The least and the greatest value as they are stored, None for no bound."""
    attribute, kind = column.attribute, column.type.kind
    low, high = (attribute.low, attribute.high) if attribute is not None else ("", "")
    least = _stored(low, kind, today) if low else None
    if least is None and kind in ("number", "money", "months", "days") and not (attribute and attribute.signed):
        least = 0
    return least, _stored(high, kind, today) if high else None


def _stored(bound: str, kind: str, today: date) -> int:
    """Raises ValueError where the vocabulary gives a bound that is no value of the type."""
    match kind:
        case "date":
            day = today if bound == TODAY else date.fromisoformat(bound)
            return day.toordinal() - EPOCH
        case "month":
            month = Month.of(today) if bound == TODAY else Month.parse(bound)
            return month.yyyymm
        case "year":
            return today.year if bound == TODAY else int(bound)
        case "money":
            return Money.parse(bound).fen
    return int(bound)
