"""Identity numbers that stand in a column of another meaning, because columns slipped: they must not become facts.

Only eighteen characters that make a possible number are taken for one; of fifteen digits that can not be told. None is quoted.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jixiang.imports.casts.cells import Cells, mask
from jixiang.values import resident_id

LEAST_BYTES = 18
FOUND = r"(^|[^\p{Nd}])\p{Nd}{17}[\p{Nd}XxＸｘ]($|[^\p{Nd}])"
NUMBER = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")


def set_aside(cells: Cells) -> None:
    """Marks the cells with such a number, and takes them out of those that are to be cast."""
    long = np.flatnonzero(cells.filled & mask(pc.greater_equal(pc.binary_length(cells.texts), LEAST_BYTES)))
    if not len(long):
        return
    texts = cells.texts.take(pa.array(long))
    likely = np.flatnonzero(mask(pc.match_substring_regex(texts, FOUND)))
    wrong = [n for n, text in zip(likely, texts.take(pa.array(likely)).to_pylist(), strict=True) if _has(text, cells)]
    rows = long[wrong]
    cells.mark_rows("number-misplaced", rows)
    cells.filled = cells.filled.copy()
    cells.filled[rows] = False


def _has(text: str, cells: Cells) -> bool:
    found = NUMBER.findall(unicodedata.normalize("NFKC", text))
    return any(resident_id.parse(one, today=cells.today)[0] is not None for one in found)
