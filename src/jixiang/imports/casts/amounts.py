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
from jixiang.imports.casts.byte_rows import ByteRows, all_digits, decimal
from jixiang.imports.casts.cells import Cells, Mask, matching

DECIMALS = {"分": 0, "元": 2, "万元": 6}  # of one fen
PLAIN = {
    "分": r"^-?[0-9]{1,17}$",
    "元": r"^-?[0-9]{1,15}(\.[0-9]{1,2})?$",
    "万元": r"^-?[0-9]{1,11}(\.[0-9]{1,6})?$",
}
WRITTEN = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
POINT, MOST_DIGITS = ord("."), 9
MOST_FEN = 2**63 - 1


def amounts(cells: Cells) -> pa.Array:
    unit = cells.layout.money
    good, fen = _usual(cells, DECIMALS[unit])
    rest = np.flatnonzero(cells.filled & ~good)
    if len(rest):
        texts = cells.texts.take(pa.array(rest))
        plain = matching(texts, PLAIN[unit])
        fen[rest], good[rest] = _unscaled(texts, plain, DECIMALS[unit]), plain
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


def _usual(cells: Cells, decimals: int) -> tuple[Mask, npt.NDArray[np.int64]]:
    """Which cells are up to nine digits, with as many behind the point as the unit has, and what they are."""
    rows = ByteRows(cells.texts)
    good, fen = np.zeros_like(cells.filled), np.zeros(len(cells.filled), np.int64)
    tail = decimals + 1 if decimals else 0
    for width in range(tail + 1, tail + MOST_DIGITS + 1):
        chosen = np.flatnonzero(cells.filled & (rows.lengths == width))
        if not len(chosen):
            continue
        matrix = rows.matrix(chosen, width)
        whole, rest = matrix[: width - tail], matrix[width - decimals :]
        right = all_digits(whole) & all_digits(rest)
        if tail:
            right &= matrix[width - tail] == POINT
        good[chosen] = right
        fen[chosen] = np.where(right, decimal(whole).astype(np.int64) * 10**decimals + decimal(rest), 0)
    return good, fen


def _unscaled(texts: pa.Array, good: Mask, decimals: int) -> npt.NDArray[np.int64]:
    """The good decimals without their point. They fit in the low half of Arrow's 128 bits."""
    plain = texts if good.all() else pc.if_else(pa.array(good), texts, "0")
    exact = plain.cast(pa.decimal128(18, decimals))
    if not len(exact):
        return np.zeros(0, np.int64)
    return np.frombuffer(exact.buffers()[1], "<i8")[::2][exact.offset : exact.offset + len(exact)].copy()
