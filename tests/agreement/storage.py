"""Facts of a small world as the files that a run reads: plain ones, or ones that say when each row was recorded."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from tests.agreement.town import VOCABULARY

from jixiang.language.typed import Value
from jixiang.readings.world import World
from jixiang.tables.schema import CUTOFF, META, FactTable, fact_tables
from jixiang.tables.store import FactStore
from jixiang.values.month import Month

TABLES = fact_tables(VOCABULARY)
Key = tuple[Any, ...]
Rows = dict[Key, dict[str, Any]]


def rows_of(world: World) -> dict[str, Rows]:
    """Table → key → row, as stored."""
    found: dict[str, Rows] = {name: {} for name in TABLES}
    for entity in VOCABULARY.entities.values():
        for key, row in world.rows.get(entity.name, {}).items():
            cells = {entity.attributes[name].column: stored(value) for name, value in row.items()}
            found[entity.table][(key,)] = {entity.key_column: key, **cells}
        for attribute in entity.attributes.values():
            for key, spans in world.histories.get((entity.name, attribute.name), {}).items():
                for since, until, value in spans:
                    row = {attribute.column: stored(value), "valid_from": since, "valid_to": until}
                    found[f"{entity.table}_{attribute.column}"][key, since] = {entity.key_column: key, **row}
    for name, day in world.cutoffs.items():
        table = VOCABULARY.entities[name].table
        found[CUTOFF][(table,)] = {"entity": table, "covers_until": day}
    return found


def stored(value: Value) -> Any:
    return value.yyyymm if isinstance(value, Month) else value


def write_plain(folder: Path, world: World, *, shuffled: int | None = None) -> FactStore:
    """One Parquet file a table, without a word on when anything was recorded."""
    for name, rows in rows_of(world).items():
        table = TABLES[name]
        listed = list(rows.values())
        if shuffled is not None:
            random.Random(shuffled).shuffle(listed)
        _write(folder, table, listed, pa.schema([f for f in table.schema if f.name not in META.names]), parts=1)
    return FactStore(folder)


def write_recorded(
    folder: Path, dates: Sequence[date], worlds: Sequence[World], *, shuffled: int | None = None, parts: int = 1
) -> FactStore:
    """Append-only: every change with the time it was recorded, after the run before and not after the run that knows it."""
    folder.mkdir(parents=True, exist_ok=True)
    changes: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    before: dict[str, Rows] = {name: {} for name in TABLES}
    for number, (day, world) in enumerate(zip(dates, worlds, strict=True)):
        now = rows_of(world)
        for name in TABLES:
            changes[name] += list(_changes(number, day, before[name], now[name]))
        before = now
    for name, listed in changes.items():
        if shuffled is not None:
            random.Random(shuffled).shuffle(listed)
        _write(folder, TABLES[name], listed, TABLES[name].schema, parts)
    return FactStore(folder)


def _changes(number: int, day: date, before: Rows, now: Rows) -> Iterator[dict[str, Any]]:
    """Rows as recorded between two runs. What changes is said twice in one moment, the second time right."""
    at = datetime.combine(day, time.max) if number % 2 else datetime.combine(day - timedelta(days=20), time.min)
    said = {"recorded_at": at, "source": "甲", "source_row": 1, "retracted": False}
    for key, row in now.items():
        if before.get(key) != row:
            if key in before:
                yield before[key] | said
            yield row | said | {"source_row": 2}
    for key, row in before.items():
        if key not in now:
            yield row | said | {"source_row": 3, "retracted": True}


def _write(folder: Path, table: FactTable, rows: list[dict[str, Any]], schema: pa.Schema, parts: int) -> None:
    if not rows:
        return
    target = folder / table.name
    target.mkdir(parents=True, exist_ok=True)
    for part in range(min(parts, len(rows))):
        chosen = [dict.fromkeys(schema.names) | row for row in rows[part::parts]]
        pq.write_table(pa.Table.from_pylist(chosen, schema=schema), target / f"{part}.parquet")


def append_recorded(folder: Path, number: int, day: date, before: World | None, now: World) -> FactStore:
    """What has changed from one run to the next, each time as files of their own beside those that lie there."""
    then = {name: {} for name in TABLES} if before is None else rows_of(before)
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in rows_of(now).items():
        changes = list(_changes(number, day, then[name], rows))
        if changes:
            listed = [dict.fromkeys(TABLES[name].schema.names) | row for row in changes]
            (folder / name).mkdir(exist_ok=True)
            pq.write_table(
                pa.Table.from_pylist(listed, schema=TABLES[name].schema), folder / name / f"{number}.parquet"
            )
    return FactStore(folder)
