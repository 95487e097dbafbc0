"""What a plan reads: the facts as known on the run's day, one view an entity, and the past of what changes with time.

The engine offers every fact table as `raw_<table>`. Of rows with one key the newest recorded by the run's day speaks, and
a retracted one says that there is none. Most keys have one row only, so the few that may have more are looked for first
(in the loads after the first, which are small) and only those are put in order. Months become counts of months on the way in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlglot import exp

from jixiang.language.typed import Rulebook
from jixiang.language.types import DATE, TEXT, Type
from jixiang.language.vocabulary import Attribute, Entity, Vocabulary
from jixiang.readings.query import sql
from jixiang.readings.query.months import months_of, shared_attributes
from jixiang.readings.query.offered import Offered
from jixiang.readings.query.sql import Sql, col
from jixiang.values.dates import FOREVER

VERSION = ("recorded_at", "source_row", "source")


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

    def _speaking(
        self, name: str, table: str, key: tuple[str, ...], columns: list[tuple[str, Type]]
    ) -> list[tuple[str, exp.Query]]:
        """The rows that speak: of each key the newest, unless retracted."""
        shown = [sql.alias(_read(col(c), type_), c) for c, type_ in columns]
        raw = sql.table(f"raw_{table}", "r")
        if table not in self.offered.loads:
            return [(name, sql.select(shown, raw))]
        end = sql.cast(sql.text(f"{self.known_on.isoformat()} 23:59:59.999999"), "TIMESTAMP")
        known = sql.binary("<=", col("recorded_at"), end)
        stands = sql.not_(sql.coalesce(col("retracted"), sql.FALSE))
        if self.offered.loads[table] == "one":
            return [(name, sql.select(shown, raw, where=sql.and_([known, stands])))]
        again = self._again(table, key, known)
        same = sql.and_([sql.binary("=", col(k), col(k, "a")) for k in key])
        once = sql.select(
            shown,
            raw,
            joins=[sql.join(sql.table(f"{name}_again", "a"), same)],
            where=sql.and_([known, stands, sql.is_null(col(key[0], "a"))]),
        )
        order = [exp.Ordered(this=col(c), desc=True, nulls_first=False) for c in VERSION]
        number = exp.Window(
            this=exp.RowNumber(), partition_by=[col(k) for k in key], order=exp.Order(expressions=order)
        )
        several = sql.select(
            [*shown, sql.alias(col("retracted"), "retracted"), sql.alias(number, "n")],
            raw,
            joins=[sql.join(sql.table(f"{name}_again", "a"), same, kind="INNER")],
            where=known,
        )
        newest = sql.select(
            [col(c.alias) for c in shown],
            exp.Subquery(this=several, alias=exp.TableAlias(this=exp.to_identifier("r"))),
            where=sql.and_([sql.binary("=", col("n"), sql.number(1)), stands]),
        )
        return [(f"{name}_again", again), (name, sql.union_all([once, newest]))]

    def _again(self, table: str, key: tuple[str, ...], known: Sql) -> exp.Select:
        """The keys that more than one row may have."""
        keys = [col(k) for k in key]
        if self.offered.loads[table] == "several":
            return sql.select(keys, sql.table(f"later_{table}", "r"), where=known, group=keys)
        again = sql.select(keys, sql.table(f"raw_{table}", "r"), where=known, group=keys)
        again.set("having", exp.Having(this=sql.binary(">", sql.count_rows(sql.TRUE), sql.number(1))))
        return again

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


def _read(column: Sql, type_: Type) -> Sql:
    """A stored value as the plan computes with it: a month as its count from year 0."""
    if type_.kind != "month":
        return column
    years = sql.binary("*", sql.binary("//", column, sql.number(100)), sql.number(12))
    return sql.binary("-", sql.binary("+", years, sql.binary("%", column, sql.number(100))), sql.number(1))
