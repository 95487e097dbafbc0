"""The facts by which some subjects are judged, fetched out of the city's by the ways that their policies go.

They are few, so that a plan over them costs next to nothing, and each large table is looked through once or twice. Of a row
that is fetched all versions are, and of what is grouped by anything that is asked for all rows; so a plan finds in them all
that it would find in the whole. Never judges.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlglot import exp

from jixiang.language.vocabulary import Entity, Relation, Vocabulary
from jixiang.readings.concern import Anywhere, Has, Place, Refers, Way, Ways
from jixiang.readings.query import sql
from jixiang.readings.query.months import shared_attributes
from jixiang.readings.query.offered import Offered
from jixiang.readings.query.plan import Step
from jixiang.readings.query.sql import Sql, col
from jixiang.tables.schema import META, fact_tables
from jixiang.values.dates import FOREVER


@dataclass
class Spot:
    """Rows of an entity that are as many ways from a subject: the places of all policies that are so, taken together."""

    name: str
    entity: Entity
    keys: list[exp.Query] = field(default_factory=list)  # what gives the keys of its rows
    related: list[tuple[str, Relation]] = field(default_factory=list)  # rows that belong to those of another spot
    ways: dict[Way, None] = field(default_factory=dict)


@dataclass
class Near:
    """`ways`: by policy code. `subjects`: policy code → the relation whose `key` names whom to judge. `plan`: the steps that are
    to find all that they read of the facts."""

    vocabulary: Vocabulary
    offered: Offered
    ways: Mapping[str, Ways]
    subjects: Mapping[str, str]
    plan: Sequence[Step]
    _columns: dict[str, set[str]] = field(default_factory=dict)
    _spots: list[Spot] = field(default_factory=list)
    _whole: set[str] = field(default_factory=set)
    _steps: list[Step] = field(default_factory=list)

    def steps(self) -> tuple[tuple[Step, ...], dict[str, str]]:
        """What fetches the facts, and by which name each relation of facts goes then."""
        for ways in self.ways.values():
            for table, columns in ways.tables().items():
                self._columns.setdefault(table, set()).update(columns)
            for place in ways.subject.every():
                self._whole.update(
                    e.name for way, there in place.ways.items() if isinstance(way, Anywhere) for e in _all(there)
                )
        self._look_at_plan()
        self._walk()
        named: dict[str, str] = {}
        for entity in self.vocabulary.entities.values():
            if entity.name not in self._whole and entity.table in self._columns:
                named |= self._gather(entity)
        return tuple(self._steps), named

    @cached_property
    def _read(self) -> frozenset[str]:
        return frozenset(source.name for step in self.plan for source in step.query.find_all(exp.Table))

    def _look_at_plan(self) -> None:
        """The columns that are read of the rows, beside those that the ways go by."""
        tables = {f"raw_{name}": table for name, table in fact_tables(self.vocabulary).items()}
        for step in self.plan:
            read = {source.name for source in step.query.find_all(exp.Table) if source.name in tables}
            for table in map(tables.__getitem__, sorted(read)):
                columns = {column.name for column in step.query.find_all(exp.Column)} & table.columns.keys()
                self._columns.setdefault(table.name, set()).update(columns)

    # From spot to spot -----------------------------------------------------------------------------------------------

    def _walk(self) -> None:
        level: dict[str, tuple[Spot, list[Place]]] = {}
        for code, ways in self.ways.items():
            spot, places = self._spot(level, 0, ways.subject.entity)
            spot.keys.append(sql.select([col("key")], sql.table(self.subjects[code], "r")))
            places.append(ways.subject)
        number = 0
        while level:
            number += 1
            further: dict[str, tuple[Spot, list[Place]]] = {}
            for spot, places in level.values():
                self._fetch(spot)
                for place in places:
                    for way, there in place.ways.items():
                        if not isinstance(way, Anywhere) and (there.read or there.ways):
                            target, found = self._spot(further, number, there.entity)
                            found.append(there)
                            self._lead(spot, way, target)
            level = further

    def _spot(
        self, level: dict[str, tuple[Spot, list[Place]]], number: int, entity: Entity
    ) -> tuple[Spot, list[Place]]:
        if entity.name not in level:
            level[entity.name] = Spot(f"near_{number}_{entity.table}", entity), []
            self._spots.append(level[entity.name][0])
        return level[entity.name]

    def _lead(self, spot: Spot, way: Way, target: Spot) -> None:
        if way in spot.ways:
            return
        spot.ways[way] = None
        match way:
            case Refers(attribute):
                column = col(spot.entity.attributes[attribute].column)
                target.keys.append(
                    sql.select([sql.alias(column, "key")], sql.table(spot.name, "r"), where=sql.known(column))
                )
            case Has(relation):
                target.related.append((self._asked(spot, relation), relation))
                if relation.with_self:
                    target.keys.append(
                        sql.select([sql.alias(col(spot.entity.key_column), "key")], sql.table(spot.name, "r"))
                    )

    def _asked(self, spot: Spot, relation: Relation) -> str:
        """What a relation matches in the rows that it is seen from, each once."""
        name = f"{spot.name}_asks{len(self._steps)}"
        if [source for source, _ in relation.pairs] == [""] and spot.keys:  # rows may belong to a key that is no row's
            rows = sql.select([sql.alias(col(spot.entity.key_column), "w0")], sql.table(spot.name, "r"))
            keys = sql.select([sql.alias(col("key"), "w0")], sql.table(f"{spot.name}_keys", "r"))
            self._keep(name, _distinct([keys, rows], ["w0"]))
            return name
        values = [_cell(spot.entity, source) for source, _ in relation.pairs]
        shown = [sql.alias(value, f"w{n}") for n, value in enumerate(values)]
        self._keep(name, sql.select(shown, sql.table(spot.name, "r"), group=values))
        return name

    # What is fetched -------------------------------------------------------------------------------------------------

    def _fetch(self, spot: Spot) -> None:
        """The rows of a spot. Where rows have versions the keys are found first, and then all their versions."""
        entity, raw = spot.entity, f"raw_{spot.entity.table}"
        if entity.table not in self._columns:
            self._columns[entity.table] = {entity.key_column}
        columns = self._columns_of(entity.table)
        versions = entity.table in self.offered.loads
        keys = list(spot.keys)
        parts: list[exp.Query] = []
        for asked, relation in spot.related:
            shown = [sql.alias(col(entity.key_column), "key")] if versions else [col(c) for c in columns]
            (keys if versions else parts).append(self._matching(raw, entity, asked, relation, shown))
        if keys:
            self._keep(f"{spot.name}_keys", _distinct(keys, ["key"]))
            same = sql.binary("=", col(entity.key_column), col("key", "k"))
            joins = [sql.join(sql.table(f"{spot.name}_keys", "k"), same, kind="INNER")]
            parts.append(sql.select([col(c) for c in columns], sql.table(raw, "r"), joins=joins))
        self._keep(spot.name, _distinct(parts, columns))

    def _matching(self, source: str, entity: Entity, asked: str, relation: Relation, shown: Sequence[Sql]) -> exp.Query:
        same = [sql.binary("=", _cell(entity, name), col(f"w{n}", "k")) for n, (_, name) in enumerate(relation.pairs)]
        return sql.select(
            shown, sql.table(source, "r"), joins=[sql.join(sql.table(asked, "k"), sql.and_(same), kind="INNER")]
        )

    def _columns_of(self, table: str) -> list[str]:
        versions = META.names if table in self.offered.loads else []
        return [*sorted(self._columns[table]), *versions]

    def _gather(self, entity: Entity) -> dict[str, str]:
        """All that was fetched of an entity, under one name a table."""
        spots = [spot for spot in self._spots if spot.entity.name == entity.name]
        columns = self._columns_of(entity.table)
        rows = f"near_{entity.table}"
        self._keep(
            rows, _distinct([sql.select([col(c) for c in columns], sql.table(s.name, "r")) for s in spots], columns)
        )
        named = {f"raw_{entity.table}": rows}
        named |= self._beside(entity, rows, f"later_{entity.table}", [entity.key_column, *META.names])
        for attribute in entity.attributes.values():
            table = f"{entity.table}_{attribute.column}"
            if attribute.varies and table in self._columns:
                columns = sorted({*self._columns_of(table), "valid_from"})
                named |= self._beside(entity, rows, f"raw_{table}", columns)
                named |= self._beside(entity, rows, f"later_{table}", [entity.key_column, "valid_from", *META.names])
        months = f"months_{entity.table}"
        if months in self._read and months in self.offered.kept:
            asked = [one for spot in spots for one in spot.related if _monthly(entity, one[1])]
            parts = [self._matching(months, entity, name, relation, [sql.star()]) for name, relation in asked]
            if parts:
                self._keep(f"near_{months}", _union(parts))
                named[months] = f"near_{months}"
        return named

    def _beside(self, entity: Entity, rows: str, source: str, columns: Sequence[str]) -> dict[str, str]:
        """What lies under the same keys in another relation."""
        if source not in self._read:
            return {}
        keys, key = f"{rows}_keys", col(entity.key_column)
        if all(step.name != keys for step in self._steps):
            self._keep(keys, sql.select([sql.alias(key, "key")], sql.table(rows, "r"), group=[key]))
        joins = [sql.join(sql.table(keys, "k"), sql.binary("=", key, col("key", "k")), kind="INNER")]
        self._keep(f"near_{source}", sql.select([col(c) for c in columns], sql.table(source, "r"), joins=joins))
        return {source: f"near_{source}"}

    def _keep(self, name: str, query: exp.Query) -> None:
        self._steps.append(Step(name, query, kept=True))


def renamed(steps: Iterable[Step], names: Mapping[str, str]) -> tuple[Step, ...]:
    """The same steps over other relations."""
    found = []
    for step in steps:
        query = step.query.copy()
        for source in query.find_all(exp.Table):
            if source.name in names:
                source.set("this", exp.to_identifier(names[source.name], quoted=True))
        found.append(Step(step.name, query, step.kept))
    return tuple(found)


def _all(place: Place) -> list[Entity]:
    return [one.entity for one in place.every()]


def _monthly(entity: Entity, relation: Relation) -> bool:
    return all(name in shared_attributes(entity) for _, name in relation.pairs)


def _cell(entity: Entity, name: str) -> Sql:
    """What a relation matches; an empty end date may read as no end."""
    if not name:
        return col(entity.key_column)
    attribute = entity.attributes[name]
    value = col(attribute.column)
    return sql.coalesce(value, sql.day(FOREVER)) if attribute.open_ended else value


def _distinct(parts: Sequence[exp.Query], columns: Sequence[str]) -> exp.Query:
    source = exp.Subquery(this=_union(parts), alias=exp.TableAlias(this=exp.to_identifier("r")))
    return sql.select([col(c) for c in columns], source, group=[col(c) for c in columns])


def _union(parts: Sequence[exp.Query]) -> exp.Query:
    tree = parts[0].copy()
    for part in parts[1:]:
        tree = exp.Union(this=tree, expression=part.copy(), distinct=True)
    return tree
