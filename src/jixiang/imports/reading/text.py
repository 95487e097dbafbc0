"""A text file (CSV) as rows: the fast way where its bytes are plain, the careful way where they are not.

Bounded by blocks whatever the file's size. Both ways give the same rows; which one ran shows nowhere.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from jixiang.imports.reading import fast
from jixiang.imports.reading.coding import LF, LINE_MAX, Chunk, Coding, chunks, count_of, lines_in
from jixiang.imports.reading.quoted import Parsed, Records
from jixiang.imports.reading.tally import CONTROLS, Sheetful, Tally, kind_of_row, set_aside, sheetful
from jixiang.imports.rows import Positions

CAREFUL_AT_ONCE = 20_000
TROUBLED = 1 << 16  # bytes that are not worth halving again


@dataclass(frozen=True)
class TextHead:
    """The first row of a text file, and where what follows it begins."""

    coding: Coding
    delimiter: str
    cells: tuple[str, ...]
    line: int
    offset: int  # bytes
    next_line: int
    blank: int  # lines before it


class TextRows:
    """One pass over the rows below the headings. `wanted`: only blocks that hold one of these lines are taken apart."""

    def __init__(
        self,
        head: TextHead,
        *,
        headings: Sequence[str],
        totals: Sequence[str],
        tally: Tally,
        wanted: Positions | None = None,
        block: int = 0,
    ) -> None:
        self._head = head
        self._headings = headings
        self._totals = totals
        self._tally = tally
        self._wanted = wanted
        self._block = block
        self._records = Records(head.delimiter)
        self._line = head.next_line
        self._carry = b""
        self._swift = (head.delimiter.isascii() and head.delimiter.isprintable()) or head.delimiter == "\t"

    def walk(self, file: BinaryIO) -> Iterator[Sheetful]:
        file.seek(self._head.offset)
        self._tally.ignore("row-blank", self._head.blank)
        sized = {"block": self._block} if self._block else {}
        for chunk in chunks(file, self._head.coding, **sized):
            yield from self._chunk(chunk)
        yield from self._careful(self._carry, frozenset())
        yield self._sorted_out(self._records.finish())

    def _chunk(self, chunk: Chunk) -> Iterator[Sheetful]:
        if chunk.giant:
            carry, self._carry = self._carry, b""
            yield from self._careful(carry, frozenset())
            yield self._sorted_out(self._records.giant(self._line, chunk.data.decode(), odd=chunk.odd))
            self._line += 1
            return
        before = lines_in(self._carry) if chunk.bad else 0
        data, self._carry = self._carry + chunk.data, b""
        yield from self._lines(data, frozenset(n + before for n in chunk.bad))

    def _lines(self, data: bytes, bad: frozenset[int]) -> Iterator[Sheetful]:
        """Whole lines. Trouble is narrowed down to the few that it is in, where a row is a line."""
        troubled = bool(bad) or not fast.plain(data)
        if self._records.open or not self._swift or (troubled and (b'"' in data or len(data) <= TROUBLED)):
            yield from self._careful(data, bad)
        elif troubled:
            middle = data.rfind(b"\n", 0, len(data) // 2) + 1
            if not middle:
                yield from self._careful(data, bad)
                return
            before = lines_in(data[:middle])
            yield from self._lines(data[:middle], frozenset(n for n in bad if n < before))
            yield from self._lines(data[middle:], frozenset(n - before for n in bad if n >= before))
        elif b'"' in data:
            yield from self._quoted(data)
        else:
            found = fast.unquoted(data)
            if found is None:
                yield from self._careful(data, frozenset())
            else:
                yield from self._swiftly(found[0], found[1], quotes=False)

    def _quoted(self, data: bytes) -> Iterator[Sheetful]:
        stretch = fast.quoted(data, self._head.delimiter)
        if stretch is None:
            yield from self._careful(data, frozenset())
            return
        rest = data[stretch.length :]
        if stretch.length:
            yield from self._swiftly(data[: stretch.length], stretch, quotes=True)
        if self._records.open or len(rest) > LINE_MAX:
            yield from self._careful(rest, frozenset())
        else:
            self._carry = rest

    def _swiftly(self, data: bytes, stretch: fast.Stretch, *, quotes: bool) -> Iterator[Sheetful]:
        """`data` is whole rows."""
        lines = count_of(data, LF) + (not data.endswith(b"\n"))
        if self._wanted is not None and not self._wants(lines):
            self._line += lines
            return
        taken = fast.parse(
            data,
            delimiter=self._head.delimiter,
            width=len(self._headings),
            rows=len(stretch.starts),
            quotes=quotes,
            over_lines=stretch.over_lines,
        )
        if taken is None:
            yield from self._careful(data, frozenset())
            return
        starts = stretch.starts + self._line
        kept = np.ones(len(starts), bool)
        kept[[n for n, _ in taken.odd]] = False
        for n, text in taken.odd:
            for row in [*Records(self._head.delimiter).feed(int(starts[n]), text)]:
                self._misfit(row)
        yield self._set_aside(Sheetful(taken.cells, starts[kept]))
        self._line += lines

    def _wants(self, lines: int) -> bool:
        assert self._wanted is not None
        first, after = np.searchsorted(self._wanted, (self._line, self._line + lines)).tolist()
        return bool(first < after)

    def _careful(self, data: bytes, bad: frozenset[int]) -> Iterator[Sheetful]:
        rows: list[Parsed] = []
        for n, text in enumerate(io.StringIO(data.decode(), newline="")):
            rows.extend(self._records.feed(self._line, text, undecodable=n in bad))
            self._line += 1
            if len(rows) >= CAREFUL_AT_ONCE:
                yield self._sorted_out(rows)
                rows = []
        if rows:
            yield self._sorted_out(rows)

    def _sorted_out(self, rows: Sequence[Parsed]) -> Sheetful:
        width = len(self._headings)
        good: list[list[str]] = []
        lines: list[int] = []
        for row in rows:
            if row.cells is None or row.reasons or len(row.cells) != width or CONTROLS.search(row.text):
                self._misfit(row)
            else:
                good.append(row.cells)
                lines.append(row.line)
        return self._set_aside(sheetful(good, lines, width))

    def _set_aside(self, rows: Sheetful) -> Sheetful:
        return set_aside(rows, headings=self._headings, totals=self._totals, tally=self._tally)

    def _misfit(self, row: Parsed) -> None:
        """A row that is not of data, or has something wrong with it; all that is wrong is said."""
        reasons = list(row.reasons)
        if CONTROLS.search(row.text):
            reasons.append("row-control")
        if row.cells is not None and not reasons and (code := kind_of_row(row.cells, self._totals)):
            self._tally.ignore(code)
            return
        fits = row.cells is not None and len(row.cells) == len(self._headings)
        if row.cells is not None and not fits:
            reasons.append("row-ragged")
        cells = {"": row.text}
        if fits and row.cells is not None and all(self._headings):
            cells = dict(zip(self._headings, row.cells, strict=True))
        self._tally.refuse(row.line, cells, *reasons)
