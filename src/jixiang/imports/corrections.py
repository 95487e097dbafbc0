"""A decision of the desk finds its way into the facts: rows of a number become rows of another person, and back.

Every row that a number's files stated gets a newer version under the same key that shows the person whom the number now
speaks of; the number's own rows (the person, its histories) are retracted, and stand again when the decision is undone.
`source` and `source_row` stay those of the row, so that extracts are compared as if nothing had been decided; the act in
the ledger says when and why. Two numbers of one person may both have stated one thing: that is told, and both rows stay.

Only what is newest of each key is looked at. Imports of later files need nothing from here: they store what they state by
what the vault then says (`persons_of_rows`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from jixiang.engines.duckdb import DuckDB
from jixiang.imports.persons_of_rows import RETRACTED, SOURCE, own_keys, person_columns, resolve, restate
from jixiang.imports.publish import Addition
from jixiang.imports.settle_rows import FILE
from jixiang.tables.schema import FactTable
from jixiang.tables.store import FactStore

NEWEST = ("recorded_at", "source_row", "source")
MARKED = (SOURCE, RETRACTED)


@dataclass(frozen=True, slots=True)
class Move:
    """The number with this own key spoke of `before`, and speaks of `after`. A number by itself speaks of its own key."""

    own: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """Rows of one person that several of his numbers have stated: they differ in whose the number was only."""

    table: str
    person: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Correction:
    """What a decision adds to each table, in the tables' order, and what the desk should look at."""

    rows: Mapping[str, pa.Table]
    overlaps: tuple[Overlap, ...]
    tables: Mapping[str, FactTable]

    def additions(self) -> list[Addition]:
        return [Addition(self.tables[name], [[rows]], distinct=True) for name, rows in self.rows.items()]


def apply_moves(
    store: FactStore,
    tables: Iterable[FactTable],
    person: str,
    moves: Sequence[Move],
    *,
    received: datetime,
    memory_mb: int | None = None,
    folder: Path | None = None,
) -> Correction:
    """The newer versions of all rows that these moves concern. `person`: the entity whose rows are persons, in Chinese.

    `received`: when the decision counts as received (`Ledger.moment`). `folder`: where the engine puts what exceeds memory.
    """
    if not moves:
        return Correction({}, (), {})
    touched = {table.name: table for table in tables if person_columns(table, person) and store.files(table.name)}
    rows: dict[str, pa.Table] = {}
    overlaps: list[Overlap] = []
    with DuckDB(memory_mb=memory_mb, folder=folder) as engine:
        for name, table in touched.items():
            known = _known(engine, store, table, person_columns(table, person), moves)
            moved, stays = _moved(known, table, person, moves)
            overlaps += _overlaps(pa.concat_tables([moved, stays]), table, person, moves)
            if moved.num_rows:
                rows[name] = _recorded(moved, table, received)
    return Correction(rows, tuple(overlaps), touched)


def withdraw(
    store: FactStore,
    tables: Iterable[FactTable],
    person: str,
    owns: Sequence[str],
    *,
    received: datetime,
    folder: Path | None = None,
) -> dict[str, pa.Table]:
    """Retractions of all that files have stated of these numbers, in the tables' order: it is no longer clear whose they are.

    They count as if their extract had lacked them (line 0), so that the same rows may be sent again once a person has decided.
    """
    itself = [Move(own, own, own) for own in owns]
    found: dict[str, pa.Table] = {}
    with DuckDB(folder=folder) as engine:
        for table in tables:
            columns = person_columns(table, person)
            if not columns or not store.files(table.name):
                continue
            rows = _known(engine, store, table, columns, itself)
            stated = restate(rows, table, person)
            about = _any(pc.is_in(stated[column], value_set=pa.array(owns, pa.string())) for column in columns)
            rows = rows.filter(pc.and_not(about, pc.fill_null(rows[RETRACTED], False)))
            if rows.num_rows:
                taken = _replaced(rows, RETRACTED, pa.repeat(True, rows.num_rows))
                lines = pc.multiply(pc.divide(rows["source_row"], FILE), FILE)
                found[table.name] = _recorded(_replaced(taken, "source_row", lines), table, received)
    return found


def _known(
    engine: DuckDB, store: FactStore, table: FactTable, columns: Sequence[str], moves: Sequence[Move]
) -> pa.Table:
    """The newest row of every key that may have stated something of whom the moves are about."""
    name = f"raw_{table.name}"
    engine.offer_files(name, store.files(table.name), table.schema)
    persons = sorted({key for move in moves for key in (move.own, move.before, move.after)})
    shows = exp.or_(*(_column(column).isin(*persons) for column in columns))
    keys: list[exp.Expr] = [_column(key) for key in table.key]
    newest = exp.Window(
        this=exp.RowNumber(),
        partition_by=keys,
        order=exp.Order(expressions=[exp.Ordered(this=_column(c), desc=True, nulls_first=False) for c in NEWEST]),
    )
    using: list[int | str | exp.Expr] = [exp.to_identifier(key, quoted=True) for key in table.key]
    concerned = exp.select(*keys).from_(_named(name)).where(shows)
    engine.keep("concerned", concerned.distinct())
    found = exp.select(*(_column(column) for column in table.schema.names)).from_(_named(name))
    found = found.join(_named("concerned"), join_type="semi", using=using).qualify(
        exp.EQ(this=newest, expression=exp.Literal.number(1))
    )
    return engine.fetch(found).cast(table.schema)


def _moved(known: pa.Table, table: FactTable, person: str, moves: Sequence[Move]) -> tuple[pa.Table, pa.Table]:
    """The rows that change, as they are from now on, and those that do not."""
    columns = person_columns(table, person)
    stated = restate(known, table, person)
    decided = pa.array([move.own for move in moves], pa.string())
    concerned = _any(pc.is_in(stated[column], value_set=decided) for column in columns)
    before = known.filter(concerned)
    persons = dict(_decided_before(before, table, columns)) | {move.own: move.after for move in moves}
    now = resolve(stated.filter(concerned), table, person, persons)
    changed = _any(pc.not_equal(now[name], before[name]) for name in {*columns, *MARKED})
    stays = pa.concat_tables([known.filter(pc.invert(concerned)), before.filter(pc.invert(changed))])
    return now.filter(changed), stays


def _decided_before(rows: pa.Table, table: FactTable, columns: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Own key → person, as the rows that refer to a person show it."""
    for column in columns:
        if column not in table.key:
            found = zip(own_keys(rows, column).to_pylist(), rows[column].to_pylist(), strict=True)
            yield from ((own, person) for own, person in found if own is not None)


def _overlaps(rows: pa.Table, table: FactTable, person: str, moves: Sequence[Move]) -> Iterator[Overlap]:
    """Keys of one person that are the same but for the own keys in them, one of which has moved."""
    moved = {move.own for move in moves}
    rows = rows.filter(pc.invert(pc.fill_null(rows[RETRACTED], False)))
    for column in person_columns(table, person):
        if column in table.key:
            continue
        owns = pc.coalesce(own_keys(rows, column), rows[column])
        same: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for key, own, whose in zip(*(c.to_pylist() for c in (rows[table.key[0]], owns, rows[column])), strict=True):
            if own is not None:
                same[whose, _without(own, key)][key] = own
        for (whose, _), keys in sorted(same.items()):
            if len(keys) > 1 and moved & set(keys.values()):
                yield Overlap(table.name, whose, tuple(sorted(keys)))


def _without(own: str, key: str) -> str:
    """A key with an own key among its parts taken out."""
    return "/".join("" if part == own else part for part in key.split("/"))


def _recorded(rows: pa.Table, table: FactTable, received: datetime) -> pa.Table:
    rows = _replaced(rows, "recorded_at", pa.repeat(pa.scalar(received, pa.timestamp("us")), rows.num_rows))
    return rows.sort_by([(column, "ascending") for column in table.order])


def _replaced(rows: pa.Table, column: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    at = rows.schema.get_field_index(column)
    return rows.set_column(at, rows.schema.field(at), values)


def _any(found: Iterable[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Where one of several is true; what is not known is not."""
    return reduce(pc.or_, (pc.fill_null(one, False) for one in found))


def _column(name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True))


def _named(table: str) -> exp.Table:
    return exp.to_table(f'"{table}"')
