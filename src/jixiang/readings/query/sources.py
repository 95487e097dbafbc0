"""What a plan reads: the facts as known on the run's day, one view an entity, and the past of what changes with time.

The engine offers every fact table as `raw_<table>`; `speaking` says which of its rows count. Months become counts of months
on the way in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlglot import exp

from jixiang.language.typed import Rulebook
from jixiang.language.types import DATE, TEXT, Type
from jixiang.language.vocabulary import Attribute, Entity, Vocabulary
from jixiang.readings.query import sql
from jixiang.readings.query.months import months_of, shared_attributes
from jixiang.readings.query.offered import Offered
from jixiang.readings.query.speaking import read, speaking
from jixiang.readings.query.sql import col
from jixiang.values.dates import FOREVER


@dataclass
class Sources:
    """`known_on`: the day up to which records count. `decision_date` may be an earlier run's. `cutoffs`: by Chinese entity name.

    Columns are asked for while expressions compile; `steps` then writes the views with just those.
    """

    vocabulary: Vocabulary
    rulebook: Rulebook
    decision_date: date
    known_on: date
    cutoffs: Mapping[str, date | None]
    offered: Offered
    columns: dict[str, dict[str, None]] = field(default_factory=dict)
    pasts: dict[str, tuple[Entity, Attribute]] = field(default_factory=dict)
    histories: dict[str, dict[str, None]] = field(default_factory=dict)

    def fact(self, entity: Entity, columns: tuple[str, ...]) -> str:
        """The view of an entity's rows, with (at least) these columns."""
        self.columns.setdefault(entity.name, {}).update(dict.fromkeys(columns))
        return f"fact_{entity.table}"

    def history(self, entity: Entity, columns: tuple[str, ...]) -> str:
        """The relation of an entity's months, with (at least) these sets and sums."""
        self.histories.setdefault(entity.name, {}).update(dict.fromkeys(columns))
        return f"months_{entity.table}"

    def past(self, entity: Entity, attribute: Attribute) -> str:
        """The relation (key, attribute, since, until) of stretches that do not overlap, of one attribute's history."""
        name = f"past_{entity.table}_{attribute.column}"
        self.pasts[name] = (entity, attribute)
        return name

    def steps(self) -> list[tuple[str, exp.Query]]:
        found = [step for name, columns in self.histories.items() for step in self._history(name, columns)]
        for name, columns in self.columns.items():
            entity = self.vocabulary.entities[name]
            types = {a.column: a.type for a in entity.attributes.values() if not a.varies and a.column}
            wanted = [(c, types.get(c, TEXT)) for c in columns or (entity.key_column,)]
            found += self._speaking(f"fact_{entity.table}", entity.table, (entity.key_column,), wanted)
        for name, (entity, attribute) in self.pasts.items():
            found += self._past(name, entity, attribute)
        return found

    def as_they_lie(self) -> set[str]:
        """The views of tables in which each row counts: to keep a copy of them would save nothing."""
        tables = (self.vocabulary.entities[name].table for name in self.columns)
        return {f"fact_{table}" for table in tables if table not in self.offered.loads}

    def _speaking(
        self, name: str, table: str, key: tuple[str, ...], columns: list[tuple[str, Type]]
    ) -> list[tuple[str, exp.Query]]:
        shown = {c: read(col(c), type_) for c, type_ in columns}
        until = datetime.combine(self.known_on, time.max)
        return speaking(name, table, key, shown, self.offered.loads.get(table), until)

    def _history(self, name: str, columns: Mapping[str, None]) -> list[tuple[str, exp.Query]]:
        """The months of an entity, from its rows, unless they have been kept."""
        entity = self.vocabulary.entities[name]
        if f"months_{entity.table}" in self.offered.kept:
            return []
        stated = self.columns.get(name, {})
        shared = [a.column for a in map(entity.attributes.__getitem__, shared_attributes(entity)) if a.column in stated]
        summed = {column.rpartition("_")[0] for column in columns} - {""}
        self.fact(entity, (*shared, *sorted(summed), entity.attributes[entity.time].column))
        view = sql.table(f"fact_{entity.table}", "r")
        return [(f"months_{entity.table}", months_of(entity, view, shared, columns, self.offered.months[name]))]

    def _past(self, name: str, entity: Entity, attribute: Attribute) -> list[tuple[str, exp.Query]]:
        """Stretches of days for each of which one row speaks: of those in force, the one that began last."""
        key, column = entity.key_column, attribute.column
        dates = [(key, TEXT), ("valid_from", DATE), ("valid_to", DATE), (column, attribute.type)]
        steps = self._speaking(f"{name}_rows", f"{entity.table}_{column}", (key, "valid_from"), dates)
        until = sql.coalesce(col("valid_to"), sql.day(FOREVER))
        rows = sql.table(f"{name}_rows", "r")
        begun = sql.known(col("valid_from"))
        starts = sql.select([sql.alias(col(key), key), sql.alias(col("valid_from"), "since")], rows, where=begun)
        after = sql.binary("+", until, sql.cast(sql.number(1), "INT"))
        limited = sql.and_([begun, sql.binary("<", until, sql.day(FOREVER))])
        ends = sql.select([sql.alias(col(key), key), sql.alias(after, "since")], rows, where=limited)
        edges = exp.Union(this=starts, expression=ends, distinct=True)
        following = exp.Window(
            this=sql.func("LEAD", col("since")),
            partition_by=[col(key)],
            order=exp.Order(expressions=[exp.Ordered(this=col("since"), nulls_first=False)]),
        )
        last = sql.binary("-", following, sql.cast(sql.number(1), "INT"))
        stretch = sql.select(
            [col(key), col("since"), sql.alias(sql.coalesce(last, sql.day(FOREVER)), "until")],
            exp.Subquery(this=edges, alias=exp.TableAlias(this=exp.to_identifier("r"))),
        )
        covers = sql.and_(
            [
                sql.binary("=", col(key), col(key, "s")),
                sql.binary("<=", col("valid_from"), col("since", "s")),
                sql.binary(">=", until, col("since", "s")),
            ]
        )
        newest = exp.Window(
            this=exp.RowNumber(),
            partition_by=[col(key, "s"), col("since", "s")],
            order=exp.Order(expressions=[exp.Ordered(this=col("valid_from"), desc=True, nulls_first=False)]),
        )
        candidates = sql.select(
            [col(key, "s"), col("since", "s"), col("until", "s"), col(column), sql.alias(newest, "n")],
            sql.table(f"{name}_edges", "s"),
            joins=[sql.join(rows, covers, kind="INNER")],
        )
        chosen = sql.select(
            [col(key), col("since"), col("until"), col(column)],
            exp.Subquery(this=candidates, alias=exp.TableAlias(this=exp.to_identifier("r"))),
            where=sql.binary("=", col("n"), sql.number(1)),
        )
        return [*steps, (f"{name}_edges", stretch), (name, chosen)]
