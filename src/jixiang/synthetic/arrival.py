"""How facts become known: late, in pieces, sometimes wrong at first, sometimes taken back.

A stage hands over what is finally true and the day on which each part of it happened. Here that becomes what an office
would have recorded: a row when a thing begins, another row when it ends, a few empty cells, a few rows that came late,
a few that were wrong and are answered by a newer row. Each commit to a table holds a key at most once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from jixiang.language.vocabulary import Vocabulary
from jixiang.synthetic.columns import Drawn, Rows, Text, batches, words
from jixiang.synthetic.days import END, FIRST_MONTH, MONTHS, NONE, START, Column, Mask, last_day
from jixiang.synthetic.draws import Stream, between, chance, sample, stream
from jixiang.synthetic.figures import Figures
from jixiang.tables.schema import CUTOFF, FactTable, fact_tables
from jixiang.tables.store import FactStore


@dataclass(frozen=True)
class Later:
    """Columns that stay empty until `day`, when a newer row of the same key fills them."""

    day: Column
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Sure:
    """Rows that a published number counts: on time, never wrong, never taken back, whole in `columns` (in all, if none)."""

    rows: Mask
    columns: tuple[str, ...] = ()


@dataclass
class Recorder:
    """Writes drawn rows into the fact tables. Tables and columns that the vocabulary lacks are left out."""

    store: FactStore
    vocabulary: Vocabulary
    figures: Figures
    seed: int
    tables: dict[str, FactTable] = field(init=False)
    rows: dict[str, int] = field(default_factory=dict)  # table → rows written so far

    def __post_init__(self) -> None:
        self.tables = fact_tables(self.vocabulary)

    def record(
        self,
        name: str,
        rows: Rows,
        known: Column,
        *later: Later,
        wrong: str = "",
        sure: Sure | None = None,
        prompt: bool = False,
    ) -> None:
        """Rows of a table. `known`: the day each began; what began after the last day is left out.

        `wrong` names a column of days or amounts that a few rows have wrong at first. `prompt`: none comes late, for
        rows that others refer to in one file. A table may be recorded in parts; the keys of a later part begin at
        `next_key`.
        """
        table = self.tables.get(name)
        if table is None:
            return
        part = self.rows.get(name, 0)
        rng = stream(self.seed, "arrival", name, *([part] if part else []))
        kept = np.flatnonzero(known <= END)
        final = {column: drawn[kept] for column, drawn in rows.items() if column in table.columns}
        surely = Sure(np.zeros(len(kept), dtype=bool)) if sure is None else Sure(sure.rows[kept], sure.columns)
        self._punch(rng, name, final, surely)
        phases = [Later(_limited(phase.day[kept]), phase.columns) for phase in later]
        happened = np.maximum(known[kept], START)
        begun = happened + self._lag(name) if prompt else self.arrived(rng, name, happened, surely.rows)
        first = _first_versions(final, phases)
        corrections = self._corrections(rng, table, phases, begun, wrong, surely.rows)
        ghosts = self._ghosts(rng, table, first, begun, surely.rows)
        self._commit(table, *_joined((_changed(first, corrections), begun), ghosts))
        self._later_versions(rng, table, final, phases, begun)
        self._commit(table, *_corrected(final, corrections))
        self._commit(table, ghosts[0], ghosts[1] + between(rng, 15, 60, len(ghosts[1])), retracted=True)

    def next_key(self, name: str) -> int:
        """A number past every key of the table so far, those of rows that never were included."""
        return self.rows.get(name, 0)

    def arrived(self, rng: Stream, name: str, happened: Column, on_time: Mask | None = None) -> Column:
        """The day a row reaches us: after the table's usual lag, and for a few, never those `on_time`, much later."""
        share, most = self.figures.numbers("arrival.late")
        late = chance(rng, share, len(happened)) * between(rng, 1, int(most), len(happened))
        if on_time is not None:
            late = np.where(on_time, 0, late)
        return happened + self._lag(name) + late.astype(np.int32)

    def _lag(self, name: str) -> int:
        return int(self.figures.rate("arrival.lag_days", name))

    def append(self, name: str, *parts: Iterable[pa.Table], rows: int) -> None:
        """Arrow batches that a stage has built itself, in the table's order and with no key twice."""
        if name in self.tables:
            self.store.append_sorted(self.tables[name], *parts, distinct=True)
            self.rows[name] = self.rows.get(name, 0) + rows

    def source(self, table: FactTable) -> str:
        entity = self.vocabulary.entities.get(table.entity)
        return entity.sources[0] if entity and entity.sources else ""

    def record_cutoffs(self) -> None:
        """For every table with a time, month by month: complete up to the month's end, said when its rows have come."""
        months = np.arange(FIRST_MONTH, FIRST_MONTH + MONTHS, dtype=np.int32)
        names = sorted(entity.table for entity in self.vocabulary.entities.values() if entity.time)
        until = np.tile(last_day(months), len(names))
        lags = np.repeat([int(self.figures.rate("arrival.lag_days", name)) for name in names], MONTHS).astype(np.int32)
        which = np.repeat(np.arange(len(names), dtype=np.int32), MONTHS)
        self._commit(
            self.tables[CUTOFF], {"entity": words(which, names), "covers_until": until}, until + lags, distinct=False
        )

    def _punch(self, rng: Stream, name: str, rows: dict[str, Drawn], sure: Sure) -> None:
        """Empties a few cells, as often as the figures say.

        A column of `holes.apart` has a stream of its own: naming one more moves no hole of another.
        """
        for column, drawn in rows.items():
            cell = f"{name}.{column}"
            apart = cell in self.figures["holes.apart"]
            rate = self.figures.rate("holes.apart" if apart else "holes.rates", cell)
            if rate and isinstance(drawn, np.ndarray):
                own = stream(self.seed, "holes", cell) if apart else rng
                empty = chance(own, rate, len(drawn))
                whole = not sure.columns or column in sure.columns
                rows[column] = _blanked(drawn, empty & ~sure.rows if whole else empty)

    def _corrections(
        self, rng: Stream, table: FactTable, phases: list[Later], begun: Column, wrong: str, sure: Mask
    ) -> tuple[str, Column, Column]:
        """The column, the rows that have it wrong at first, and the day each is put right.

        Only rows of which nothing is learnt later: a correction repeats the whole row.
        """
        settled = np.ones(len(begun), dtype=bool)
        for phase in phases:
            settled &= phase.day <= START
        wrong = wrong if wrong in table.columns else ""
        count = int(len(begun) * self.figures.numbers("arrival.corrected")[0]) if wrong else 0
        chosen = sample(rng, np.flatnonzero(settled).astype(np.int32), count)
        days = begun[chosen] + between(rng, 20, 90, len(chosen))
        return wrong, chosen[~sure[chosen]], days[~sure[chosen]]

    def _ghosts(
        self, rng: Stream, table: FactTable, first: Rows, begun: Column, sure: Mask
    ) -> tuple[dict[str, Drawn], Column]:
        """Rows that never were: copies under keys of their own, taken back later."""
        key = table.key[0]
        count = int(len(begun) * self.figures.numbers("arrival.corrected")[1]) if len(table.key) == 1 else 0
        chosen = sample(rng, np.arange(len(begun), dtype=np.int32), count if key in first else 0)
        chosen = chosen[~sure[chosen]]
        ghosts = {column: drawn[chosen] for column, drawn in first.items()}
        if len(chosen):
            keys = first[key]
            assert isinstance(keys, np.ndarray)
            ghosts[key] = (int(keys.max()) + 1 + np.arange(len(chosen))).astype(np.int32)
        return ghosts, begun[chosen]

    def _later_versions(self, rng: Stream, table: FactTable, final: Rows, phases: list[Later], begun: Column) -> None:
        """One commit a phase, of the rows for which it has come about. A phase repeats what earlier ones have told."""
        known = begun
        for n, phase in enumerate(phases):
            happened = np.flatnonzero(phase.day > START)
            known = known.copy()
            known[happened] = np.maximum(known[happened], self.arrived(rng, table.name, phase.day[happened]))
            told = _first_versions(final, phases[n + 1 :])
            self._commit(table, {column: drawn[happened] for column, drawn in told.items()}, known[happened])

    def _commit(
        self, table: FactTable, rows: Rows, recorded: Column, *, retracted: bool = False, distinct: bool = True
    ) -> None:
        if not len(recorded) and table.name in self.rows:
            return
        order = _order(table, rows, len(recorded))
        if order is not None:
            rows, recorded = {column: drawn[order] for column, drawn in rows.items()}, recorded[order]
        done = self.rows.get(table.name, 0)
        part = batches(
            table, self.vocabulary, rows, recorded, source=self.source(table), first_row=done + 1, retracted=retracted
        )
        self.store.append_sorted(table, part, distinct=distinct)
        self.rows[table.name] = done + len(recorded)


def _limited(days: Column) -> Column:
    """What happens after the last day has not happened."""
    return np.where(days > END, NONE, days).astype(np.int32)


def _first_versions(final: Rows, phases: Iterable[Later]) -> dict[str, Drawn]:
    """The rows as first recorded: what comes about after the first day is not in them yet."""
    first = dict(final)
    for phase in phases:
        pending = (phase.day > START) | (phase.day == NONE)
        for column in phase.columns:
            if column in first:
                first[column] = _blanked(first[column], pending)
    return first


def _blanked(drawn: Drawn, where: Mask) -> Drawn:
    if isinstance(drawn, Text):
        return Text(np.where(where, NONE, drawn.at).astype(np.int32), drawn.spell)
    return np.where(where, NONE, drawn.astype(np.int64 if drawn.dtype == np.int64 else np.int32))


def _changed(first: dict[str, Drawn], corrections: tuple[str, Column, Column]) -> dict[str, Drawn]:
    """With the wrong values in: some days or fen too many."""
    column, chosen, _ = corrections
    if not len(chosen):
        return first
    values = np.array(first[column])
    values[chosen] = np.where(values[chosen] == NONE, NONE, values[chosen] + 31)
    return {**first, column: values}


def _corrected(final: Rows, corrections: tuple[str, Column, Column]) -> tuple[Rows, Column]:
    _, chosen, days = corrections
    return {column: drawn[chosen] for column, drawn in final.items()}, days


def _joined(one: tuple[Rows, Column], two: tuple[Rows, Column]) -> tuple[Rows, Column]:
    if not len(two[1]):
        return one
    return {name: _appended(drawn, two[0][name]) for name, drawn in one[0].items()}, np.concatenate([one[1], two[1]])


def _appended(one: Drawn, two: Drawn) -> Drawn:
    if isinstance(one, Text) and isinstance(two, Text):
        return Text(np.concatenate([one.at, two.at]), one.spell)
    assert isinstance(one, np.ndarray) and isinstance(two, np.ndarray)
    return np.concatenate([one, two])


def _order(table: FactTable, rows: Rows, count: int) -> Column | None:
    """The positions in the table's order; None if the rows lie so already. Text is in the order of its numbers."""
    by = [_rank(rows[column]) for column in reversed(table.order) if column in rows]
    if not by or count < 2:
        return None
    order = np.lexsort(by).astype(np.int32)
    return None if bool((order[1:] > order[:-1]).all()) else order


def _rank(drawn: Drawn) -> Column:
    return np.asarray(drawn.at if isinstance(drawn, Text) else drawn)
