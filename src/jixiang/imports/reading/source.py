"""A file that fits a layout: its rows as blocks of text, and those that could not be taken.

Nothing here knows what a cell means. A second pass gives the original texts of chosen rows back; before it the file is
checked to be the same.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa

from jixiang.imports.kinds import Layout
from jixiang.imports.reading.headings import RETURNED
from jixiang.imports.reading.refused import FileRefused, problem
from jixiang.imports.reading.tally import Sheetful, Tally
from jixiang.imports.rows import TEXT, Block, Positions, Refusal

HASHED_AT_ONCE = 4 << 20


class Body(Protocol):
    """The rows below the headings, however the file holds them."""

    def walk(self, tally: Tally, wanted: Positions | None) -> Iterator[Sheetful]:
        """Every row of data, the others counted in `tally`. With `wanted`, rows of other lines may be left out."""
        ...


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class SourceFile:
    """`refused` rows wait in `refusals` until they are drained: read = yielded + refused + ignored at every moment."""

    def __init__(self, path: Path, layout: Layout, headings: Sequence[str], sha256: str, body: Body) -> None:
        self.path = path
        self.layout = layout
        self.sha256 = sha256
        self.headings = tuple(heading for heading in headings if heading)
        self._columns = tuple(headings)
        self._body = body
        self._tally = Tally(path.name)
        self._state = _state(path)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def read(self) -> int:
        return self._tally.read

    @property
    def refused(self) -> int:
        return self._tally.refused

    @property
    def ignored(self) -> Counter[str]:
        return self._tally.ignored

    @property
    def refusals(self) -> list[Refusal]:
        """Those not drained yet."""
        return self._tally.refusals

    def drain(self) -> list[Refusal]:
        """The rows refused since the last call; after every block, so that they don't pile up."""
        return self._tally.drain()

    def blocks(self, rows_max: int = 200_000) -> Iterator[Block]:
        """From the beginning, each time. A block may have no row: then there are refusals to drain.

        Only the columns of the layout. Raises FileRefused where it shows late that the file can't be read.
        """
        self._tally = Tally(self.name)
        known = [(n, heading) for n, heading in enumerate(self._columns) if heading in self.layout.columns]
        for part in self._body.walk(self._tally, None):
            if not len(part.lines) and self._tally.refusals:
                yield _block(part, known, 0, 0)
            for start in range(0, len(part.lines), rows_max):
                block = _block(part, known, start, rows_max)
                self._tally.take(len(block.lines))
                yield block
        if _state(self.path) != self._state:
            raise FileRefused(problem("file-damaged", self.name, "读的时候文件变了"))

    def rows(self, lines: set[int]) -> Iterator[Refusal]:
        """The original texts of the rows that begin at `lines`, in the file's order, also of refused ones.

        Columns that are not read are given too; those that we add to returned rows are not.
        """
        if not lines:
            return
        if sha256_of(self.path) != self.sha256:
            raise FileRefused(problem("file-damaged", self.name, "文件在导入时变了"))
        wanted = np.array(sorted(lines), np.int64)
        known = [(n, heading) for n, heading in enumerate(self._columns) if heading and heading not in RETURNED]
        tally = Tally(self.name)
        for part in self._body.walk(tally, wanted):
            found = [refusal for refusal in tally.drain() if refusal.line in lines]
            chosen = part.take(np.isin(part.lines, wanted))
            texts = [chosen.cells.column(n).to_pylist() for n, _ in known]
            for row, line in enumerate(chosen.lines.tolist()):
                cells = {heading: texts[n][row] for n, (_, heading) in enumerate(known)}
                found.append(Refusal(self.name, line, cells, (), ()))
            yield from sorted(found, key=lambda refusal: refusal.line)


def _block(part: Sheetful, known: Sequence[tuple[int, str]], start: int, rows_max: int) -> Block:
    rows = slice(start, start + rows_max)
    lines = part.lines[rows]
    cells = pa.table(
        [part.cells.column(n).slice(start, len(lines)) for n, _ in known], names=[heading for _, heading in known]
    )
    natures = {
        heading: part.natures[n][rows]
        for n, heading in known
        if n in part.natures and (part.natures[n][rows] != TEXT).any()
    }
    return Block(cells, lines, natures)


def _state(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
