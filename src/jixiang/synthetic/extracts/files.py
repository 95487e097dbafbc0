"""The files of one kind: each row goes into one of the layouts that can say it, and planted rows stand among them.

A file is a workbook or text; which one is a habit of its source. Workbooks are kept to what a person could open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from zlib import crc32

import numpy as np
import pyarrow as pa

from jixiang.imports.kinds import Kind, Layout
from jixiang.imports.rows import TEXT
from jixiang.synthetic.draws import Stream, stream
from jixiang.synthetic.extracts import spoil
from jixiang.synthetic.extracts.filled import Filled, split
from jixiang.synthetic.extracts.planted import Expected, ExtractFile
from jixiang.synthetic.extracts.spelling import EXCEL, Speller, Spelt
from jixiang.synthetic.extracts.spoil import CODES, ON_GOOD_ROWS, Line, Spoiler
from jixiang.synthetic.extracts.strangers import Strangers
from jixiang.synthetic.extracts.text_file import Style, TextFile
from jixiang.synthetic.extracts.workbook import PlantedRow, Workbook

WORKBOOK_ROWS = 20_000
AT_ONCE = 500_000
SAMPLE = 400
LEAST_TO_SPOIL = 5
UNSPELT = "layout-lacks"


@dataclass(frozen=True)
class Order:
    """What is to be written. `each`: plantings of every fault a kind."""

    folder: Path
    extracted: date
    seed: int
    each: int
    strangers: Strangers


def is_workbook(kind: Kind, layout: Layout) -> bool:
    """Sources that name a sheet send workbooks, and half of those that may give dates as cells."""
    return bool(layout.sheet) or (EXCEL in layout.dates and crc32(f"{kind.code}:{layout.name}".encode()) % 2 == 0)


def file_name(kind: Kind, layout: str, extracted: date, *, workbook: bool) -> str:
    return f"{kind.code}_{layout.replace('/', '-')}_{extracted:%Y%m%d}.{'xlsx' if workbook else 'csv'}"


@dataclass
class Sheet:
    """One file while it is written; opened with the first row that it gets."""

    order: Order
    kind: Kind
    layout: Layout
    workbook: bool
    planting: Mapping[str, int]
    rows: int = 0
    expected: list[Expected] = field(default_factory=list)
    sample: list[tuple[str, ...]] = field(default_factory=list)  # good rows as they are spelled, by place
    _file: TextFile | Workbook | None = None
    _late: list[Line] = field(default_factory=list)
    _notes: dict[int, str] = field(default_factory=dict)  # good row of the first stretch → what is to be said of it

    def __post_init__(self) -> None:
        self.name = file_name(self.kind, self.layout.name, self.order.extracted, workbook=self.workbook)
        self.speller = Speller(self.layout, self.workbook)
        self.columns = tuple(self.layout.headings)
        self.places = (*self.columns, *self.layout.ignored)
        self.style = Style.of(self.kind.code, self.layout)
        self.rng: Stream = stream(self.order.seed, "extracts", self.kind.code, self.layout.name)

    def write(self, rows: Filled) -> None:
        for start in range(0, len(rows), AT_ONCE):
            self._write(rows.take(np.arange(start, min(start + AT_ONCE, len(rows)))))

    def _write(self, rows: Filled) -> None:
        cells = self._spelt(rows)
        if self._file is None:
            self._file = self._opened()
            lines = self._planted(cells)
            cells = self._noted(cells)
        else:
            lines = []
        self.rows += len(rows)
        places = np.sort(self.rng.integers(0, len(rows) + 1, len(lines))).tolist()
        good, start = self._file.spelled(cells, places), 0
        for line, place in zip(lines, places, strict=True):
            self._good(good, start, place)
            self._plant(line)
            start = place
        self._good(good, start, len(rows))
        self._notes.clear()

    def _good(self, lines: pa.Array, start: int, stop: int) -> None:
        assert self._file is not None
        for row in sorted(row for row in self._notes if start <= row < stop):
            at = self._file.line + row - start
            self.expected.append(Expected(self.name, at, (self._notes[row],), "note"))
        self._file.put(lines.slice(start, stop - start))

    def close(self) -> None:
        if self._file is not None:
            for line in self._late:
                self._plant(line)
            self._file.__exit__(None, None, None)

    @property
    def written(self) -> ExtractFile:
        return ExtractFile(self.kind.code, self.layout.name, self.name, self.rows)

    def _opened(self) -> TextFile | Workbook:
        headings = [*self.layout.headings.values(), *self.layout.ignored]
        path = self.order.folder / self.name
        return Workbook(path, headings, self.layout.sheet) if self.workbook else TextFile(path, self.style, headings)

    def _spelt(self, rows: Filled) -> list[Spelt]:
        values = dict(rows.values)
        for names, total in rows.sums.items():
            here = [name for name in names if name in self.layout.headings]
            values.update(zip(here, split(self.rng, total, len(here)), strict=True))
        columns = [self.kind.columns[name] for name in self.columns]
        empty = pa.nulls(len(rows), pa.string())
        cells = [self.speller.spell(column, values.get(column.name, empty), rows.ordinals) for column in columns]
        numbers = Spelt(pa.array(rows.ordinals + 1).cast(pa.string()))
        nothing = Spelt(pa.repeat("", len(rows)))
        return [*cells, *(nothing if n else numbers for n, _ in enumerate(self.layout.ignored))]

    # Planted rows ------------------------------------------------------------------------------------------------

    def _planted(self, cells: Sequence[Spelt]) -> list[Line]:
        count = len(cells[0].texts)
        if count < LEAST_TO_SPOIL or not self.order.each:
            return []
        at = pa.array(np.sort(self.rng.permutation(count)[:SAMPLE]))
        columns = [cell.texts.take(at).to_pylist() for cell in cells]
        self.sample = list(zip(*columns, strict=True))
        sample = [dict(zip(self.places, row, strict=True)) for row in self.sample]
        natures = {name: cell.nature for name, cell in zip(self.places, cells, strict=True) if cell.nature != TEXT}
        natures = natures if self.workbook else {}
        spoiler = Spoiler(self.kind, self.speller, self.places, natures, sample, self.order.strangers)
        plantings = [spoiler.lines(code, n) for code in CODES for n in range(self.planting.get(code, 0))]
        lines = [line for planting in plantings for line in planting]
        self._late = [line for line in lines if line.late]
        early = [line for line in lines if not line.late]
        return [early[n] for n in self.rng.permutation(len(early))]

    def _noted(self, cells: list[Spelt]) -> list[Spelt]:
        """Some numbers of good rows as people write them, or as they once were."""
        at = next((n for n, name in enumerate(self.columns) if self.kind.columns[name].role == "number"), None)
        if at is None or not self.order.each or len(cells[at].texts) < LEAST_TO_SPOIL:
            return cells
        texts = cells[at].texts.to_pylist()
        candidates = self.rng.permutation(len(texts)).tolist()
        for code in ON_GOOD_ROWS:
            done = 0
            while candidates and done < self.planting.get(code, 0):
                row = candidates.pop()
                number = texts[row]
                told = spoil.WRITTEN[code](number, done) if len(number) == 18 else None
                if told is not None:
                    texts[row], done = told, done + 1
                    self._notes[row] = code
        return [*cells[:at], Spelt(pa.array(texts, pa.string()), cells[at].nature), *cells[at + 1 :]]

    def _plant(self, line: Line) -> None:
        at = self._put(line)
        self.expected.append(Expected(self.name, at, line.codes, line.weight))

    def _put(self, line: Line) -> int:
        if isinstance(self._file, Workbook):
            return self._file.row(PlantedRow(line.cells, line.natures, line.hidden))
        assert self._file is not None
        style = self.style
        if -1 in line.raw:
            return self._file.raw(line.raw[-1])
        cells = [
            line.raw[n] if n in line.raw else style.cell(text).encode(style.encoding)
            for n, text in enumerate(line.cells)
        ]
        return self._file.raw(style.delimiter.encode(style.encoding).join(cells))
