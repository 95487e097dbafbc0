"""What became of the rows of one file: read = yielded + refused + ignored, at every moment.

Sets aside what is no row of data (blank, totals) and what has cells where no column is. Never looks at what a cell means.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jixiang.imports.rows import Natures, Positions, Refusal

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # tab and line ends may stand in a quoted cell

SPACES = "\x85\xa0\u1680\u2000\u2028\u202f\u205f\u3000"  # one for each first byte in UTF-8


@dataclass
class Tally:
    """Counts of one pass over a file, and the rows that it refused, to be drained by whoever reads."""

    file: str
    read: int = 0
    yielded: int = 0
    refused: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)

    def take(self, rows: int) -> None:
        self.read += rows
        self.yielded += rows

    def ignore(self, code: str, rows: int = 1) -> None:
        if rows:
            self.read += rows
            self.ignored[code] += rows

    def refuse(self, line: int, cells: Mapping[str, str], *reasons: str, detail: str = "") -> None:
        self.read += 1
        self.refused += 1
        details = (detail,) + ("",) * (len(reasons) - 1) if detail else ()
        self.refusals.append(Refusal(self.file, line, cells, reasons, ("",) * len(reasons), details))

    def drain(self) -> list[Refusal]:
        """The rows refused since the last call, in the file's order."""
        taken, self.refusals = self.refusals, []
        return sorted(taken, key=lambda refusal: refusal.line)


@dataclass(frozen=True)
class Sheetful:
    """Some rows as they were read: all columns in the file's order under "0", "1", …, still with blank rows and totals."""

    cells: pa.Table
    lines: Positions
    natures: Mapping[int, Natures] = field(default_factory=dict)

    def take(self, kept: npt.NDArray[np.bool_]) -> Sheetful:
        if kept.all():
            return self
        return Sheetful(
            self.cells.filter(pa.array(kept)), self.lines[kept], {n: codes[kept] for n, codes in self.natures.items()}
        )


def sheetful(rows: Sequence[Sequence[str]], lines: Sequence[int], width: int) -> Sheetful:
    """Rows of `width` cells, put together."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    table = pa.table([pa.array(list(column), pa.string()) for column in columns], names=[str(n) for n in range(width)])
    return Sheetful(table, np.array(lines, np.int64))


def kind_of_row(cells: Sequence[str], totals: Sequence[str]) -> str:
    """The code for which a row is ignored, "" if it is one of data."""
    first = next((text for cell in cells if (text := cell.strip())), "")
    if not first:
        return "row-blank"
    return "row-totals" if first.startswith(tuple(totals)) else ""


def set_aside(
    rows: Sheetful, *, headings: Sequence[str], totals: Sequence[str], tally: Tally, blank_known: bool = False
) -> Sheetful:
    """Without blank rows, totals (unless that is done), and rows that fill a column without a heading; each counted."""
    blank = summed = np.zeros(rows.cells.num_rows, bool)
    if not blank_known:
        blank, summed = _no_data(rows.cells, totals)
    odd = np.zeros(rows.cells.num_rows, bool)
    for n, heading in enumerate(headings):
        if not heading:
            odd |= pc.not_equal(rows.cells.column(n), "").to_numpy(zero_copy_only=False)
    odd &= ~(blank | summed)
    tally.ignore("row-blank", int(blank.sum()))
    tally.ignore("row-totals", int(summed.sum()))
    for position in np.flatnonzero(odd).tolist():
        texts = [column[position].as_py() for column in rows.cells.columns]
        tally.refuse(int(rows.lines[position]), {"": "\t".join(texts)}, "row-ragged", detail="没有列名的列里有内容")
    return rows.take(~(blank | summed | odd))


def _no_data(cells: pa.Table, totals: Sequence[str]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which rows are blank, and of which the first filled cell begins with one of `totals`."""
    blank = np.zeros(cells.num_rows, bool)
    summed = np.zeros(cells.num_rows, bool)
    rest = _suspects(cells.column(0), totals)
    for column in cells.columns:
        if not len(rest):
            break
        texts = [text.strip() for text in column.take(pa.array(rest)).to_pylist()]
        filled = np.fromiter((bool(text) for text in texts), bool, len(texts))
        summed[rest] = np.fromiter((text.startswith(tuple(totals)) for text in texts), bool, len(texts)) & filled
        rest = rest[~filled]
    blank[rest] = True
    return blank, summed


def _suspects(column: pa.ChunkedArray, totals: Sequence[str]) -> Positions:
    """Rows whose first cell is empty, begins with a byte that a space may begin with, or with one of `totals`."""
    first = np.zeros(256, bool)
    first[: ord(" ") + 1] = True
    first[[space.encode()[0] for space in SPACES]] = True
    found, base = [], 0
    for chunk in column.chunks:
        _, offsets, data = chunk.buffers()
        bounds = np.frombuffer(offsets, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
        content = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
        maybe = (np.diff(bounds) == 0) | first[content[np.minimum(bounds[:-1], len(content) - 1)]]
        for text in totals:
            maybe |= pc.starts_with(chunk, text).to_numpy(zero_copy_only=False)
        found.append(np.flatnonzero(maybe).astype(np.int64) + base)
        base += len(chunk)
    return np.concatenate(found) if found else np.zeros(0, np.int64)
