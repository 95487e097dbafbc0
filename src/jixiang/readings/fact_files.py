"""The facts of one subject, read from fact files when they are asked for, so that one person costs no scan of memory.

Answers what `World` answers, on what was known on a day. Keeps what it has read; never decides anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlglot import exp

from jixiang.engines.duckdb import DuckDB
from jixiang.language.typed import Value
from jixiang.language.types import Type
from jixiang.language.vocabulary import Entity, Relation, Vocabulary
from jixiang.readings.query import sql
from jixiang.readings.query.sql import col
from jixiang.readings.world import Row, Span
from jixiang.values.month import Month

Record = Mapping[str, Any]


@dataclass
class FactFiles:
    """`engine` gives an engine that offers every fact table as `raw_<table>`. `cutoffs`: by Chinese entity name."""

    engine: Callable[[], DuckDB]
    vocabulary: Vocabulary
    known_on: date
    cutoffs: Mapping[str, date | None]
    _rows: dict[tuple[str, str], Row | None] = field(default_factory=dict)
    _related: dict[tuple[Relation, str], Sequence[str]] = field(default_factory=dict)
    _histories: dict[tuple[str, str, str], Sequence[Span]] = field(default_factory=dict)

    def row(self, entity: str, key: str) -> Row | None:
        if (entity, key) not in self._rows:
            self._remember(self.vocabulary.entities[entity], [key])
        return self._rows[entity, key]

    def keys(self, entity: str) -> Sequence[str]:
        known = self.vocabulary.entities[entity]
        records = self._read(known.table, known.key_column, None)
        found = _speaking(records, (known.key_column,), self.known_on)
        return sorted(record[known.key_column] for record in found)

    def related(self, relation: Relation, key: str) -> Sequence[str]:
        if (relation, key) not in self._related:
            self._related[relation, key] = self._find(relation, key)
        return self._related[relation, key]

    def history(self, entity: str, key: str, attribute: str) -> Sequence[Span]:
        wanted = (entity, key, attribute)
        if wanted not in self._histories:
            known = self.vocabulary.entities[entity]
            stated = known.attributes[attribute]
            records = self._read(f"{known.table}_{stated.column}", known.key_column, [key])
            speaking = _speaking(records, (known.key_column, "valid_from"), self.known_on)
            self._histories[wanted] = [
                (r["valid_from"], r["valid_to"], _value(r[stated.column], stated.type))
                for r in speaking
                if r["valid_from"]
            ]
        return self._histories[wanted]

    def cutoff(self, entity: str) -> date | None:
        return self.cutoffs.get(entity)

    def _find(self, relation: Relation, key: str) -> Sequence[str]:
        """Keys that were ever related; those that still are, in the relation's order."""
        source, target = (self.vocabulary.entities[name] for name in (relation.source, relation.target))
        mine = {"": key, **(self.row(relation.source, key) or {})}
        wanted = [(_column(target, t), _stored(mine.get(s))) for s, t in relation.pairs]
        found = {key} if relation.with_self else set()
        self._remember(target, sorted(found))
        if all(value is not None for _, value in wanted):
            found |= set(self._ever(target, *wanted[0]))
        rows = {k: r for k in found if (r := self._rows[target.name, k]) is not None}
        pairs = [(mine.get(s), t) for s, t in relation.pairs]
        fits = [
            k
            for k, r in rows.items()
            if all(value is not None and (r.get(t) if t else k) == value for value, t in pairs)
            or (relation.with_self and k == key and source is target)
        ]
        return sorted(fits, key=lambda k: (*((rows[k].get(n) is None, rows[k].get(n)) for n in relation.order), k))

    def _ever(self, entity: Entity, column: str, value: Any) -> Iterable[str]:
        """Keys of the rows that ever had a value in a column. What these rows are now is remembered."""
        keys = sorted({record[entity.key_column] for record in self._read(entity.table, column, [value])})
        self._remember(entity, keys)
        return keys

    def _remember(self, entity: Entity, keys: Iterable[str]) -> None:
        missing = [key for key in keys if (entity.name, key) not in self._rows]
        if not missing:
            return
        records = self._read(entity.table, entity.key_column, missing)
        self._rows.update({(entity.name, key): None for key in missing})
        self._take(entity, _speaking(records, (entity.key_column,), self.known_on))

    def _take(self, entity: Entity, speaking: Iterable[Record]) -> None:
        stored = [(a.name, a.column, a.type) for a in entity.attributes.values() if a.column and not a.varies]
        for record in speaking:
            row = {name: _value(record.get(column), type_) for name, column, type_ in stored}
            self._rows[entity.name, record[entity.key_column]] = row

    def _read(self, table: str, column: str, values: Sequence[Any] | None) -> Sequence[Record]:
        where: sql.Sql = sql.TRUE
        if values is not None:
            where = exp.In(this=col(column), expressions=[sql.text(str(v)) for v in values])
        query = sql.select([sql.star()], sql.table(f"raw_{table}", "r"), where=where)
        records: list[Record] = self.engine().fetch(query).to_pylist()
        return records


def _column(entity: Entity, attribute: str) -> str:
    return entity.attributes[attribute].column if attribute else entity.key_column


def _speaking(records: Iterable[Record], key: tuple[str, ...], known_on: date) -> list[Record]:
    """Of the records with one key, known by a day, the newest; none if that one is retracted."""
    end = datetime.combine(known_on, time.max)
    newest: dict[tuple[Any, ...], Record] = {}
    for record in sorted(records, key=_version):
        if "recorded_at" not in record or (record["recorded_at"] is not None and record["recorded_at"] <= end):
            newest[tuple(record[k] for k in key)] = record
    return [record for record in newest.values() if not record.get("retracted")]


def _version(record: Record) -> tuple[Any, ...]:
    recorded = record.get("recorded_at")
    return recorded is not None, recorded or datetime.min, record.get("source_row") or 0, record.get("source") or ""


def _value(stored: Any, type_: Type) -> Value:
    return Month.from_yyyymm(stored) if type_.kind == "month" and stored is not None else stored


def _stored(value: Value) -> Any:
    return value.yyyymm if isinstance(value, Month) else value
