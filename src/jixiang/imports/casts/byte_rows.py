"""The bytes of a column of texts, so that cells of one width can be looked at column by column.

Never copies what it is not asked for.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jixiang.imports.rows import Positions

Bytes: TypeAlias = npt.NDArray[np.uint8]
DIGIT_ZERO = ord("0")


class ByteRows:
    """`lengths` are in bytes. The texts have no nulls."""

    def __init__(self, texts: pa.Array) -> None:
        _, offsets, data = texts.buffers()
        bounds = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1] if len(texts) else None
        ends = bounds if bounds is not None else np.zeros(1, np.int32)
        self.data: Bytes = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(0, np.uint8)
        self.starts = ends[:-1]
        self.lengths = np.diff(ends)

    def matrix(self, rows: Positions, width: int) -> Bytes:
        """The bytes of these rows, all of them `width` long: one line for each place in the text."""
        starts = self.starts[rows].astype(np.int64)
        if len(rows) and np.all(np.diff(starts) == width):
            cells = self.data[starts[0] : starts[0] + len(rows) * width].reshape(-1, width)
            return np.ascontiguousarray(cells.T)
        found: Bytes = self.data[starts[None, :] + np.arange(width)[:, None]]
        return found


def all_digits(matrix: Bytes) -> npt.NDArray[np.bool_]:
    """Whether each text consists of digits only."""
    digits: npt.NDArray[np.bool_] = np.logical_and.reduce((matrix - np.uint8(DIGIT_ZERO)) <= 9, axis=0)
    return digits


def decimal(matrix: Bytes) -> npt.NDArray[np.int32]:
    """The number that up to nine digits stand for."""
    value = np.zeros(matrix.shape[1], np.int32)
    for place in matrix:
        value *= 10
        value += place - np.uint8(DIGIT_ZERO)
    return value
