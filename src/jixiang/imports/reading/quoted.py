"""Rows of a text file one line at a time, quotes read strictly: the careful way, for what the fast way does not take.

A quoted cell begins and ends beside a delimiter or a line end; a quote in it is doubled; it may go over several lines.
Where that is broken, all lines from the row's first to the one where it shows are refused, each by itself: which of them
is to blame would be a guess. A quote that is never closed so refuses all lines to the end of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from jixiang.imports.reading.coding import LINE_MAX, SHOWN_OF_GIANT

WHOLE, OPEN, BAD = range(3)


class Parsed(NamedTuple):
    """A row with the line of its first character; `cells` is None where it could not be taken apart."""

    line: int
    cells: list[str] | None
    text: str
    reasons: tuple[str, ...] = ()


class Records:
    """Takes physical lines in order, with their ends; gives rows."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._begin()

    def _begin(self) -> None:
        self._lines: list[Parsed] = []
        self._size = 0
        self._lost = False
        self._inside = False
        self._cells: list[str] = []
        self._part: list[str] = []

    @property
    def open(self) -> bool:
        """Whether the next line still belongs to a row that has begun."""
        return self._inside

    def feed(self, line: int, text: str, *, undecodable: bool = False) -> list[Parsed]:
        body = text.rstrip("\r\n")
        if not self._inside and '"' not in body and not undecodable and len(text) <= LINE_MAX:
            return [Parsed(line, body.split(self._delimiter), body)]
        reasons = ("row-undecodable",) if undecodable else ()
        if len(text) > LINE_MAX:
            reasons = (*reasons, "cell-long")
        self._lines.append(Parsed(line, None, text if len(text) <= LINE_MAX else text[:SHOWN_OF_GIANT], reasons))
        self._size += len(text)
        state = self._scan(text)
        if state == OPEN:
            self._lost |= self._size > LINE_MAX
            if not self._lost:
                return []
            self._cells, self._part = [], []
            return list(self._broken())
        rows = [self._row()] if state == WHOLE and not self._lost else list(self._broken())
        self._begin()
        return rows

    def giant(self, line: int, text: str, *, odd: bool) -> list[Parsed]:
        """A line of which only the beginning was kept, with an odd or even number of quotes."""
        rows = [*self._broken(), Parsed(line, None, text, ("cell-long",))]
        inside = self._inside != odd
        self._begin()
        self._inside = self._lost = inside
        return rows

    def finish(self) -> list[Parsed]:
        """What is still open at the end of the file."""
        rows = list(self._broken())
        self._begin()
        return rows

    def _broken(self) -> Iterator[Parsed]:
        for line in self._lines:
            reasons = line.reasons if "cell-long" in line.reasons else (*line.reasons, "row-quotes")
            yield line._replace(text=line.text.rstrip("\r\n"), reasons=reasons)
        self._lines = []

    def _row(self) -> Parsed:
        text = "".join(line.text for line in self._lines).rstrip("\r\n")
        reasons = tuple(dict.fromkeys(reason for line in self._lines for reason in line.reasons))
        cells = None if "cell-long" in reasons else self._cells
        return Parsed(self._lines[0].line, cells, text, reasons)

    def _scan(self, text: str) -> int:
        """Goes on with the row through one more line."""
        end = len(text.rstrip("\r\n"))
        at = 0
        while True:
            if not self._inside and at < end and text[at] == '"':
                self._inside = True
                at += 1
            if self._inside:
                at = self._quoted(text, at)
                if at < 0:
                    return OPEN
            else:
                stop = text.find(self._delimiter, at, end)
                stop = end if stop < 0 else stop
                if text.find('"', at, stop) >= 0:
                    return BAD
                self._cells.append(text[at:stop])
                at = stop
            if at >= end:
                return WHOLE
            if text[at] != self._delimiter:
                return BAD
            at += 1

    def _quoted(self, text: str, at: int) -> int:
        """The place after the closing quote, -1 if the line ends before."""
        while (close := text.find('"', at)) >= 0:
            if text[close + 1 : close + 2] != '"':
                self._cells.append("".join((*self._part, text[at:close])))
                self._part, self._inside = [], False
                return close + 1
            self._part.append(text[at : close + 1])
            at = close + 2
        self._part.append(text[at:])
        return -1
