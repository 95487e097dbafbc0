"""Makes the file of kept facts from the fact files, table by table, and puts it in its place when it is whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from jixiang.engines.duckdb import DuckDB
from jixiang.language.vocabulary import Entity, Vocabulary
from jixiang.readings.kept_facts.state import LAYOUT, STATE, State, files_of, path_of, said_by
from jixiang.readings.offering import offer_facts
from jixiang.readings.query import sql
from jixiang.readings.query.months import all_columns, months_of, shared_attributes
from jixiang.readings.query.offered import Offered
from jixiang.readings.query.plan import Step
from jixiang.readings.query.speaking import read, speaking
from jixiang.readings.query.sql import col
from jixiang.tables.footers import footers_of
from jixiang.tables.schema import CUTOFF, META, FactTable, fact_tables
from jixiang.tables.store import FactStore

Progress = Callable[[str, float], None]
RECORDED = "recorded_at"
KEPT = "kept"  # the name under which the file is attached
AT_ANY_TIME = datetime(1, 1, 1)  # where no fact says when it was recorded, all are known always


def build(
    store: FactStore,
    vocabulary: Vocabulary,
    until: datetime | None = None,
    *,
    memory_mb: int | None = None,
    threads: int | None = None,
    progress: Progress = lambda what, done: None,
) -> State:
    """Keeps what was known by `until`; None: all that is known. A file that is there already is replaced at once, or not at
    all. Whoever may not be the only writer holds `alone`."""
    path = path_of(store)
    draft = path.with_suffix(".draft")
    state = write(draft, store, vocabulary, until, memory_mb=memory_mb, threads=threads, progress=progress)
    os.replace(draft, path)
    return state


def write(
    path: Path,
    store: FactStore,
    vocabulary: Vocabulary,
    until: datetime | None,
    *,
    memory_mb: int | None = None,
    threads: int | None = None,
    progress: Progress = lambda what, done: None,
) -> State:
    """The same as a file of any name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in (path, path.with_name(f"{path.name}.wal")):
        left.unlink(missing_ok=True)
    with DuckDB(memory_mb=memory_mb, threads=threads, folder=path.parent) as engine:
        offered, newest = offer_facts(engine, vocabulary, store), newest_of(engine, store, vocabulary)
        until = until or newest or AT_ANY_TIME
        state = state_of(store, vocabulary, offered, until, newest)
        engine.attach(path, KEPT, write=True)
        tables = [t for name, t in fact_tables(vocabulary).items() if name != CUTOFF]
        for number, table in enumerate(tables):
            progress(table.name, number / len(tables))
            keep(engine, vocabulary, table, offered, until)
        engine.offer(STATE, pa.table({"said": [state.text()]}), within=KEPT)
        engine.detach(KEPT)
    progress("", 1.0)
    return state


def state_of(
    store: FactStore, vocabulary: Vocabulary, offered: Offered, until: datetime, newest: datetime | None
) -> State:
    tables = {e.name: e.table for e in vocabulary.entities.values()}
    filled: dict[str, tuple[str, ...]] = {}
    for entity, attribute in sorted(offered.filled):
        filled[tables[entity]] = (*filled.get(tables[entity], ()), attribute)
    months = {tables[entity]: (span.first, span.last) for entity, span in offered.months.items()}
    return State(LAYOUT, said_by(vocabulary), files_of(store, vocabulary), until, newest, months, filled)


def newest_of(engine: DuckDB, store: FactStore, vocabulary: Vocabulary) -> datetime | None:
    """The last instant at which any row of these facts was recorded, as far as they say."""
    found: list[datetime] = []
    for name in fact_tables(vocabulary):
        if name == CUTOFF or not store.has_meta(name):
            continue
        said = footers_of(store.files(name), [RECORDED]).ranges
        if RECORDED in said:
            found.append(said[RECORDED][1])
        else:
            last = exp.select(exp.alias_(exp.Max(this=exp.column("recorded_at")), "last"))
            found += [t for t in engine.fetch(last.from_(f"raw_{name}"))["last"].to_pylist() if t is not None]
    return max(found, default=None)


def keep(engine: DuckDB, vocabulary: Vocabulary, table: FactTable, offered: Offered, until: datetime) -> None:
    """One table of the file: its rows that speak, or the months of an entity that has them."""
    entity = next((e for e in vocabulary.entities.values() if e.table == table.name), None)
    if entity is not None and entity.name in offered.months:
        steps = months_steps(entity, table, offered, until)
    else:
        steps = rows_steps(table, offered, until)
    *needed, (name, query) = steps
    engine.run([Step(step, early, kept=step.endswith("_again")) for step, early in needed])
    engine.keep(name, query, within=KEPT)
    for step, _ in needed:
        engine.drop(step, kept=step.endswith("_again"))


def rows_steps(table: FactTable, offered: Offered, until: datetime) -> list[tuple[str, exp.Query]]:
    """The rows of a table that speak, as they are stored, under its own name."""
    shown: Mapping[str, sql.Sql] = {f.name: col(f.name) for f in table.schema if f.name not in META.names}
    *needed, (name, query) = speaking(table.name, table.name, table.key, shown, offered.loads.get(table.name), until)
    return [*needed, (name, _ordered(query, table.order))]


def months_steps(entity: Entity, table: FactTable, offered: Offered, until: datetime) -> list[tuple[str, exp.Query]]:
    """The months of an entity, with everything that they can hold."""
    span = offered.months[entity.name]
    columns = {a.column: a.type for a in entity.attributes.values() if not a.varies and a.column}
    shown = {name: read(col(name), type_) for name, type_ in columns.items()}
    steps = speaking(f"rows_{entity.table}", entity.table, table.key, shown, offered.loads.get(entity.table), until)
    shared = [entity.attributes[name].column for name in shared_attributes(entity)]
    rows = sql.table(f"rows_{entity.table}", "r")
    query = months_of(entity, rows, shared, all_columns(entity, span), span)
    return [*steps, (f"months_{entity.table}", _ordered(query, shared))]


def _ordered(query: exp.Query, columns: Sequence[str]) -> exp.Query:
    whole = exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier("r")))
    return sql.select([sql.star()], whole).order_by(*(exp.column(c, quoted=True) for c in columns))
