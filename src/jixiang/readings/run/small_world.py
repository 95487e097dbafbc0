"""A world in memory as fact tables, so that the engine can decide a case, or a city of six people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from jixiang.engines.engine import Engine
from jixiang.language.typed import Value
from jixiang.language.vocabulary import Entity
from jixiang.readings.query.offered import Offered, look_over, monthly_columns
from jixiang.readings.run.decide_city import Run, decide_offered
from jixiang.readings.run.request import Request
from jixiang.readings.world import World
from jixiang.tables.footers import said_by
from jixiang.tables.schema import META, FactTable, fact_tables
from jixiang.values.month import Month


def offer_world(engine: Engine, world: World) -> Offered:
    """Every fact table of the world's vocabulary, as `raw_<table>`, without a word on when a row was recorded."""
    footers = {}
    months = monthly_columns(world.vocabulary)
    for name, table in fact_tables(world.vocabulary).items():
        rows = fact_table(world, table)
        engine.offer(f"raw_{name}", rows)
        footers[name] = said_by(rows, [months[name]] if name in months else [])
    return look_over(world.vocabulary, {}, footers)


def decide_world(engine: Engine, request: Request, world: World) -> Run:
    """The run over a world: rows are known at all times."""
    known = offer_world(engine, world)
    cutoffs: dict[str, date | None] = {name: world.cutoff(name) for name in world.vocabulary.entities}
    return decide_offered(engine, request, cutoffs, known)


def fact_table(world: World, table: FactTable) -> pa.Table:
    """One table of the world's facts."""
    schema = pa.schema([f for f in table.schema if f.name not in META.names])
    if not table.entity:
        return schema.empty_table()
    entity = world.vocabulary.entities[table.entity]
    varying = next(
        (a for a in entity.attributes.values() if a.varies and table.name == f"{entity.table}_{a.column}"), None
    )
    rows = _past(world, entity, varying.name) if varying else _rows(world, entity)
    return pa.Table.from_pylist(list(rows), schema=schema)


def _rows(world: World, entity: Entity) -> Iterator[dict[str, Any]]:
    for key in world.keys(entity.name):
        row = world.row(entity.name, key) or {}
        stored = {
            a.column: _stored(row.get(name)) for name, a in entity.attributes.items() if a.column and not a.varies
        }
        yield {entity.key_column: key, **stored}


def _past(world: World, entity: Entity, attribute: str) -> Iterator[dict[str, Any]]:
    column = entity.attributes[attribute].column
    for key in world.histories.get((entity.name, attribute), {}):
        for since, until, value in world.history(entity.name, key, attribute):
            yield {entity.key_column: key, column: _stored(value), "valid_from": since, "valid_to": until}


def _stored(value: Value) -> Any:
    """As fact tables hold it: a month as yyyymm, whole numbers as integers."""
    match value:
        case Month():
            return value.yyyymm
        case bool() | None | str() | date():
            return value
    return int(value)  # type: ignore[arg-type]
