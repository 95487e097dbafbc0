"""Whole numbers: counts, marks, ranks, and durations in months or days.

Digits, with a minus where the attribute may be below zero. Nothing is rounded: "1.0" is no whole number.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jixiang.imports.casts.bounds import within
from jixiang.imports.casts.cells import Cells, matching
from jixiang.tables.schema import STORAGE


def counts(cells: Cells) -> pa.Array:
    stored = STORAGE[cells.column.type.kind]
    written = cells.filled & matching(cells.texts, "^-?[0-9]+$")
    short = written & matching(cells.texts, "^-?0*[0-9]{1,18}$")
    cells.mark("number-form", cells.filled & ~written)
    plain = pc.if_else(pa.array(short), cells.texts, "0")
    numbers = np.asarray(plain.cast(pa.int64()))
    most = np.iinfo(stored.to_pandas_dtype()).max
    good = short & (np.abs(numbers) <= most)
    cells.mark("value-bounds", written & ~good)
    return pa.array(np.where(good, numbers, 0), pa.int64(), mask=~within(cells, numbers, good)).cast(stored)
