"""Is an extract what one would expect after the last one: not smaller by a third, not older, no column gone empty?

Says what differs; whether it may go on is a person's decision. Only counts pass here, never what a cell said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jixiang.imports.faults import FAULTS
from jixiang.imports.report import LONG_NUMBER, ActCounts, Compared, FileCounts, Freshness, Missing
from jixiang.language.vocabulary import Entity
from jixiang.values.month import Month

Mask = npt.NDArray[np.bool_]


# Against the last extract ----------------------------------------------------------------------------------------


def check_against_last(now: ActCounts, earlier: Iterable[ActCounts]) -> tuple[str, ...]:
    """The codes that stop an act until a person confirms: `extract-older`, `extract-smaller`.

    Older: an extract of a later day of the kind is known. Smaller: of a layout, fewer than two thirds of the rows that
    the extract day before had in that layout. What came in several acts of one extract day counts together, so rows
    that are sent again after mending are no small extract.
    """
    same = [act for act in earlier if (act.kind, act.shape) == (now.kind, now.shape)]
    stops = ["extract-older"] if any(act.extracted > now.extracted for act in same) else []
    today = _together([*(act for act in same if act.extracted == now.extracted), now])
    days = _by_day(act for act in same if act.extracted < now.extracted)
    for layout in now.accepted:
        last = next((day.accepted[layout] for day in reversed(days) if layout in day.accepted), None)
        if last is not None and 3 * today.accepted[layout] < 2 * last:
            stops.append("extract-smaller")
            break
    return tuple(stops)


def compare(now: ActCounts, earlier: Iterable[ActCounts]) -> Compared:
    """The same as numbers, beside the newest extract day before; of that one, the layouts that this one has."""
    acts = list(earlier)
    same = [act for act in acts if (act.kind, act.shape) == (now.kind, now.shape)]
    today = _together([*(act for act in same if act.extracted == now.extracted), now])
    last = _before(now, same)
    return Compared(
        last_extracted=last.extracted if last else None,
        read=today.read,
        accepted=sum(today.accepted[layout] for layout in now.accepted),
        last_read=last.read if last else 0,
        last_accepted=sum(last.accepted.get(layout, 0) for layout in now.accepted) if last else 0,
        stops=check_against_last(now, acts),
    )


def _before(now: ActCounts, same: Iterable[ActCounts]) -> ActCounts | None:
    """The newest extract day before this one's, of extracts in some layout of this one where there is such."""
    days = _by_day(act for act in same if act.extracted < now.extracted)
    alike = [day for day in days if day.accepted.keys() & now.accepted.keys()]
    chosen = alike or days
    return chosen[-1] if chosen else None


def _by_day(acts: Iterable[ActCounts]) -> list[ActCounts]:
    """One line an extract day, oldest first."""
    ordered = sorted(acts, key=lambda act: act.extracted)
    return [_together(list(day)) for _, day in groupby(ordered, key=lambda act: act.extracted)]


def _together(acts: list[ActCounts]) -> ActCounts:
    return replace(
        acts[-1],
        read=sum(act.read for act in acts),
        refused=sum(act.refused for act in acts),
        ignored=sum(act.ignored for act in acts),
        accepted=_added(act.accepted for act in acts),
        missing=_added(act.missing for act in acts),
        missing_rows=sum(act.missing_rows for act in acts),
    )


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for counted in counts:
        for name, count in counted.items():
            total[name] = total.get(name, 0) + count
    return total


# Empty cells -----------------------------------------------------------------------------------------------------


@dataclass
class MissingTally:
    """Empty cells per logical column, block by block. Of the rows that are taken only: the others go back."""

    rows: int = 0
    empty: dict[str, int] = field(default_factory=dict)

    def add(self, columns: Mapping[str, pa.Array | pa.ChunkedArray], taken: Mask | None = None) -> None:
        """`columns`: logical column → its values, null where empty, all of one block. `taken`: which rows count."""
        mask = None if taken is None else pa.array(taken)
        count = None
        for name, values in columns.items():
            if count is None:
                count = len(values) if taken is None else int(taken.sum())
            gone = values.null_count if mask is None else pc.sum(pc.and_(values.is_null(), mask)).as_py()
            self.empty[name] = self.empty.get(name, 0) + (gone or 0)
        self.rows += count or 0


def missing_rates(tally: MissingTally, now: ActCounts, earlier: Iterable[ActCounts]) -> tuple[Missing, ...]:
    """Per logical column this time and last time, in the columns' order."""
    last = _before(now, [act for act in earlier if (act.kind, act.shape) == (now.kind, now.shape)])
    before = last.missing if last else {}
    rows = last.missing_rows if last else 0
    return tuple(
        Missing(column, empty, tally.rows, before.get(column, 0), rows if column in before else 0)
        for column, empty in tally.empty.items()
    )


# How new ---------------------------------------------------------------------------------------------------------


def freshness(entity: Entity, newest: date | Month | None, covers: date | None, received: datetime) -> Freshness:
    """`newest`: the latest day or month that any row has in the attribute that says when a row happened."""
    end = newest.last_day if isinstance(newest, Month) else newest
    since = covers or end
    days = (received.date() - since).days if since else None
    return Freshness(entity.table, entity.name, entity.time, str(newest) if newest else "", covers, days)


# What became of the rows of a file -------------------------------------------------------------------------------


@dataclass
class FileTally:
    """Counts of one file while its blocks pass. A number in its name may be somebody's, and is left out."""

    name: str
    layout: str
    read: int = 0
    accepted: int = 0
    refused: int = 0
    ignored: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)
    fault: str = ""  # why the file as a whole was not read

    def rows(self, *, accepted: int = 0, refused: int = 0, ignored: int = 0) -> None:
        """Rows that were read, each with what became of it."""
        self.read += accepted + refused + ignored
        self.accepted += accepted
        self.refused += refused
        self.ignored += ignored

    def moved(self, count: int, *, refused: bool) -> None:
        """Rows that counted as accepted until they were seen beside the others."""
        self.accepted -= count
        if refused:
            self.refused += count
        else:
            self.ignored += count

    def says(self, code: str, count: int, line: int) -> None:
        """A fault or note of so many rows, `line` the first of them."""
        if count:
            self.codes[code] = self.codes.get(code, 0) + count
            self.first[code] = min(line, self.first.get(code, line))

    def counts(self) -> FileCounts:
        return FileCounts(
            LONG_NUMBER.sub("…", self.name), self.layout, self.read, self.accepted, self.refused, self.ignored,
            self._of("row"), self._of("ignored"), self._of("note"), dict(sorted(self.first.items())), self.fault,
        )  # fmt: skip

    def _of(self, weight: str) -> dict[str, int]:
        return {code: count for code, count in sorted(self.codes.items()) if FAULTS[code].weight == weight}
