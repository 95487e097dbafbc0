"""Amounts of money, to the fen: plain decimals in the unit that the layout declares.

"1500", "1500.10", "-3.50" and nothing else: no thousands commas, no signs of currency, no full width, no exponents.
Never a float: decimals are read as whole numbers of fen.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jixiang.imports.casts.bounds import within
from jixiang.imports.casts.cells import Cells, Mask, matching

DECIMALS = {"分": 0, "元": 2, "万元": 6}  # of one fen
PLAIN = {
    "分": r"^-?[0-9]{1,17}$",
    "元": r"^-?[0-9]{1,15}(\.[0-9]{1,2})?$",
    "万元": r"^-?[0-9]{1,11}(\.[0-9]{1,6})?$",
}
WRITTEN = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
MOST_FEN = 2**63 - 1


def amounts(cells: Cells) -> pa.Array:
    unit = cells.layout.money
    good = cells.filled & matching(cells.texts, PLAIN[unit])
    fen = _unscaled(cells.texts, good, DECIMALS[unit])
    slow = np.flatnonzero(cells.filled & ~good)
    wrong: dict[str, list[int]] = {}
    for row, text in zip(slow, cells.texts.take(pa.array(slow)).to_pylist(), strict=True):
        found = in_fen(text, DECIMALS[unit])
        if isinstance(found, str):
            wrong.setdefault(found, []).append(int(row))
        else:
            fen[row], good[row] = found, True
    for code, rows in wrong.items():
        cells.mark_rows(code, np.array(rows))
    return pa.array(fen, pa.int64(), mask=~within(cells, fen, good))


def in_fen(text: str, decimals: int) -> int | str:
    """One amount, or the code of what is wrong with it."""
    match = WRITTEN.fullmatch(text)
    if match is None:
        return "money-form"
    sign, whole, rest = match.groups(default="")
    if rest[decimals:].strip("0"):
        return "money-fen"
    digits = (whole + rest[:decimals].ljust(decimals, "0")).lstrip("0") or "0"
    if len(digits) > len(str(MOST_FEN)) or int(digits) > MOST_FEN:
        return "value-bounds"
    return -int(digits) if sign else int(digits)


def _unscaled(texts: pa.Array, good: Mask, decimals: int) -> npt.NDArray[np.int64]:
    """The good decimals without their point. They fit in the low half of Arrow's 128 bits."""
    plain = texts if good.all() else pc.if_else(pa.array(good), texts, "0")
    exact = plain.cast(pa.decimal128(18, decimals))
    if not len(exact):
        return np.zeros(0, np.int64)
    return np.frombuffer(exact.buffers()[1], "<i8")[::2][exact.offset : exact.offset + len(exact)].copy()
