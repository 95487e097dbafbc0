"""Whose verdicts may be others when facts are others: the ways on which a policy comes to rows, and those ways back.

A policy's expressions lead from its subject to other rows: by what a row refers to, and to the rows that belong to it.
`ways_of` gathers them from the typed tree of all versions of a policy; `Concern` follows them back from the rows that differ.
A certificate that went from one person to another leads back to both: by what it said before, and by what it says now. On a way
with several changed rows the first one does so; from there to the subject all is as it was, and the facts of today lead back.

Too many subjects cost time, one too few would be a wrong decision; so what can not be followed back concerns everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import pyarrow as pa
from sqlglot import exp

from jixiang.engines.engine import Engine
from jixiang.language import typed as t
from jixiang.language.types import Type
from jixiang.language.vocabulary import Entity, Relation, Vocabulary
from jixiang.readings.query import sql
from jixiang.readings.query.plan import Step
from jixiang.readings.query.sources import Sources
from jixiang.readings.query.sql import Sql, col
from jixiang.readings.tree import children, walk
from jixiang.values.dates import FOREVER

# Ways from a row to others -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refers:
    """To the row that an attribute names."""

    attribute: str


@dataclass(frozen=True)
class Has:
    """To the rows that belong to it."""

    relation: Relation


@dataclass(frozen=True)
class Anywhere:
    """To a row that does not depend on where one stands, or not in a way that can be followed back."""

    entity: str


Way = Refers | Has | Anywhere


@dataclass(eq=False)
class Place:
    """Rows of an entity that are come to on one way. `read`: fact tables and the columns that are looked at in them, the
    key apart: whether there is a row is looked at in each of them."""

    entity: Entity
    read: dict[str, set[str]] = field(default_factory=dict)
    ways: dict[Way, Place] = field(default_factory=dict)

    def look(self, table: str, *columns: str) -> None:
        self.read.setdefault(table, set()).update(columns)

    def further(self, way: Way, entity: Entity) -> Place:
        return self.ways.setdefault(way, Place(entity))

    def every(self) -> Iterator[Place]:
        yield self
        for place in self.ways.values():
            yield from place.every()


@dataclass(frozen=True)
class Ways:
    """From the subjects of a policy. `counted`: entities over whose rows it has aggregates."""

    subject: Place
    counted: frozenset[str]

    def tables(self) -> dict[str, set[str]]:
        """Every fact table that the policy looks at, with the columns that are needed to follow its rows back."""
        found: dict[str, set[str]] = {}
        for place in self.subject.every():
            for table, columns in place.read.items():
                found.setdefault(table, set()).update(columns, {place.entity.key_column})
        return found


def ways_of(vocabulary: Vocabulary, rulebook: t.Rulebook, code: str) -> Ways | None:
    """All ways of all versions of a policy: newer ones hand subjects over to older ones. None if its versions are not about
    the same kind of subject.

    分期 is left out: what is due is reckoned anew for every grant of a run.
    """
    versions = rulebook.policies[code]
    if len({version.entity for version in versions}) > 1:
        return None
    entity = vocabulary.entities[versions[0].entity]
    subject = Place(entity)
    subject.look(entity.table)
    tracer = _Tracer(vocabulary, subject)
    for expr in chain.from_iterable(expressions_of(rulebook, version) for version in versions):
        tracer.trace(expr, {0: (subject,)})
    return Ways(subject, frozenset(tracer.counted))


def expressions_of(rulebook: t.Rulebook, policy: t.Policy) -> Iterator[t.Expr]:
    """All that a verdict rests on."""
    yield from (policy.effective_date, policy.beneficiary, policy.payee, policy.amount)
    if policy.where is not None:
        yield policy.where
    yield from (condition.expr for condition in policy.conditions)
    yield from (condition for condition, _ in policy.transitions)
    yield from (key.expr for key in policy.order)
    for rule in rulebook.rules_of(policy.code):
        binding = rule.bindings.get((policy.code, policy.version))
        if binding is not None:
            yield from binding.keys
            yield from (expr for expr in (binding.most, binding.when, binding.level) if expr is not None)


def tables_named(expr: t.Expr) -> Iterator[str]:
    """The tables and lists that an expression looks up."""
    return (node.table for node in walk(expr) if isinstance(node, (t.Look, t.Listed)))


Rows = Mapping[int, tuple[Place, ...]]


@dataclass
class _Tracer:
    vocabulary: Vocabulary
    subject: Place
    counted: set[str] = field(default_factory=set)

    def trace(self, expr: t.Expr, rows: Rows) -> tuple[Place, ...]:
        """Notes all that an expression looks at; of one that names a row, where that row may stand."""
        match expr:
            case t.Row(binder=binder):
                return rows[binder]
            case t.TheOne(type=type_):
                entity = self.vocabulary.entities[type_.of]
                place = self.subject.further(Anywhere(entity.name), entity)
                place.look(entity.table)
                return (place,)
            case t.Get(of=of, attribute=name):
                return self._cell(self.trace(of, rows), name)
            case t.GetOn(of=of, attribute=name, on=on):
                self.trace(on, rows)
                return self._past_cell(self.trace(of, rows), name)
            case t.Aggregate() | t.Share():
                return self._related(expr, rows)
            case t.Named(expr=inner):
                return self.trace(inner, rows)
            case t.If(condition=condition, then=then, otherwise=otherwise):
                self.trace(condition, rows)
                return (*self.trace(then, rows), *self.trace(otherwise, rows))
        for child in children(expr):
            self.trace(child, rows)
        return ()

    def _cell(self, places: Iterable[Place], name: str) -> tuple[Place, ...]:
        found = []
        for place in places:
            attribute = place.entity.attributes[name]
            place.look(place.entity.table, attribute.column)
            if attribute.type.kind == "ref":
                found.append(place.further(Refers(name), self.vocabulary.entities[attribute.type.of]))
        return tuple(found)

    def _past_cell(self, places: Iterable[Place], name: str) -> tuple[Place, ...]:
        found = []
        for place in places:
            attribute = place.entity.attributes[name]
            place.look(place.entity.table)
            place.look(f"{place.entity.table}_{attribute.column}", attribute.column, "valid_to")
            if attribute.type.kind == "ref":  # over a history there is no way back
                entity = self.vocabulary.entities[attribute.type.of]
                found.append(self.subject.further(Anywhere(entity.name), entity))
        return tuple(found)

    def _related(self, expr: t.Aggregate | t.Share, rows: Rows) -> tuple[Place, ...]:
        relation = expr.relation
        target = self.vocabulary.entities[relation.target]
        self.counted.add(target.name)
        found = []
        for place in self.trace(expr.of, rows):
            place.look(place.entity.table, *_columns(place.entity, (s for s, _ in relation.pairs)))
            there = place.further(Has(relation), target)
            there.look(target.table, *_columns(target, (*(name for _, name in relation.pairs), *relation.order)))
            found.append(there)
        if isinstance(expr, t.Share):
            self.trace(expr.money, rows)
        within = {**rows, expr.binder: tuple(found)}
        for inner in (expr.where, expr.value if isinstance(expr, t.Aggregate) else None):
            if inner is not None:
                self.trace(inner, within)
        return ()


def _columns(entity: Entity, names: Iterable[str]) -> list[str]:
    return [entity.attributes[name].column for name in names if name]


# The ways back -------------------------------------------------------------------------------------------------------


@dataclass
class Concern:
    """Which subjects are concerned by what differs. `changed`: fact table → its rows that differ (see
    `tables.changes.changed_rows`); None where there are too many. `touched`: entities of which all is held to differ that
    belongs to some rows, whose keys the relation `touched_<table>` names."""

    engine: Engine
    sources: Sources
    changed: Mapping[str, pa.Table | None]
    touched: frozenset[str] = frozenset()
    _everybody: list[exp.Query] = field(default_factory=list)

    def find(self, ways: Mapping[str, Ways | None]) -> dict[str, int | None]:
        """Of each policy how many subjects are concerned, whose keys the relation `concerned_<code>` holds; None: all are."""
        for table, rows in self.changed.items():
            if rows is not None:
                self.engine.offer(f"changed_{table}", rows)
        found: dict[str, int | None] = {}
        for code, way in ways.items():
            if way is None or any(table in self.changed and self.changed[table] is None for table in way.tables()):
                found[code] = None
            else:
                found[code] = self._count(relation_of(code), way)
        for table, rows in self.changed.items():
            if rows is not None:
                self.engine.drop(f"changed_{table}", kept=True)
        return found

    def _count(self, relation: str, ways: Ways) -> int | None:
        self._everybody = []
        keys = self._distinct(self._keys(ways.subject))
        steps = [Step(name, query, kept=False) for name, query in self.sources.steps()]
        self.engine.run(steps)
        everybody = any(self._any(query) for query in self._everybody)
        if not everybody:
            self.engine.keep(relation, keys)
        for step in reversed(steps):
            self.engine.drop(step.name, kept=False)
        if everybody:
            return None
        count = self.engine.fetch(sql.select([sql.alias(sql.count_rows(sql.TRUE), "n")], sql.table(relation, "r")))
        return int(count["n"].to_pylist()[0])

    def _any(self, query: exp.Query) -> bool:
        return bool(self.engine.fetch(query.limit(1)).num_rows)

    def _keys(self, place: Place) -> list[exp.Query]:
        """The keys of those rows at a place for which anything differs that is looked at from there."""
        own = [self._changed_keys(place)] if place.entity.table in place.read and self._has(place.entity.table) else []
        return [*own, *self._further_keys(place)]

    def _further_keys(self, place: Place) -> list[exp.Query]:
        """The same without what differs in the rows themselves."""
        entity = place.entity
        found: list[exp.Query] = []
        if entity.name in self.touched:
            found.append(sql.select([col("key")], sql.table(f"touched_{entity.table}", "r")))
        for table in place.read:
            if table != entity.table and self._has(table):
                found.append(self._changed_keys(place, table))
        for way, there in place.ways.items():
            match way:
                case Refers(attribute):
                    found += self._referring(entity, attribute, self._keys(there))
                case Has(relation):
                    found += self._having(entity, relation, there)
                case Anywhere():
                    self._everybody += self._keys(there)
        return found

    def _has(self, table: str) -> bool:
        return self.changed.get(table) is not None

    def _changed_keys(self, place: Place, table: str = "") -> exp.Query:
        key = place.entity.key_column
        named = sql.coalesce(col(f"before_{key}"), col(f"after_{key}"))
        table = table or place.entity.table
        source = sql.table(f"changed_{table}", "r")
        return sql.select([sql.alias(named, "key")], source, where=self._differs(place, table))

    def _differs(self, place: Place, table: str) -> Sql:
        """Is anything else in a row that is looked at from this place?"""
        apart = [sql.binary("≠", col("what"), sql.text("changed"))]
        for name in sorted(place.read[table]):
            apart.append(exp.NullSafeNEQ(this=col(f"before_{name}"), expression=col(f"after_{name}")))
        return sql.or_(apart)

    def _referring(self, entity: Entity, attribute: str, keys: Sequence[exp.Query]) -> list[exp.Query]:
        """Rows that refer to one of these."""
        if not keys:
            return []
        column = entity.attributes[attribute].column
        same = sql.binary("=", col(column), col("key", "f"))
        joins = [sql.join(self._found(keys), same, kind="INNER")]
        view = sql.table(self._rows(entity, column), "r")
        return [sql.select([sql.alias(col(entity.key_column), "key")], view, joins=joins)]

    def _having(self, entity: Entity, relation: Relation, there: Place) -> list[exp.Query]:
        """Rows to which one of these belongs, or did."""
        target = there.entity
        further = self._further_keys(there)
        parts: list[exp.Query] = []
        if self._has(target.table):
            parts += [self._side(side, relation, there) for side in ("before", "after")]
        if further:
            columns = _columns(target, (name for _, name in relation.pairs))
            same = sql.binary("=", col(target.key_column), col("key", "f"))
            shown = [self._cell(target, name, col(_column(target, name))) for _, name in relation.pairs]
            view = sql.table(self._rows(target, *columns), "r")
            parts.append(sql.select(_numbered(shown), view, joins=[sql.join(self._found(further), same, kind="INNER")]))
        if not parts:
            return []
        return [self._matching(entity, relation, parts), *(self._keys(there) if relation.with_self else [])]

    def _side(self, side: str, relation: Relation, there: Place) -> exp.Query:
        """What the relation matches in rows that differ, as they were or as they are."""
        target = there.entity
        shown = []
        for _, name in relation.pairs:
            stored = col(f"{side}_{_column(target, name)}")
            shown.append(self._cell(target, name, _read(stored, _type(target, name))))
        key = sql.known(col(f"{side}_{target.key_column}"))
        where = sql.and_([key, self._differs(there, target.table)])
        return sql.select(_numbered(shown), sql.table(f"changed_{target.table}", "r"), where=where)

    def _matching(self, entity: Entity, relation: Relation, parts: Sequence[exp.Query]) -> exp.Query:
        """The rows that the relation is seen from."""
        sources = [source for source, _ in relation.pairs]
        if sources == [""]:
            return sql.select([sql.alias(col("w0"), "key")], self._found(parts, "r"))
        view = sql.table(self._rows(entity, *_columns(entity, sources)), "r")
        same = [
            sql.binary("=", self._cell(entity, source, col(_column(entity, source))), col(f"w{number}", "f"))
            for number, source in enumerate(sources)
        ]
        joins = [sql.join(self._found(parts), sql.and_(same), kind="INNER")]
        return sql.select([sql.alias(col(entity.key_column), "key")], view, joins=joins)

    def _cell(self, entity: Entity, name: str, value: Sql) -> Sql:
        """An empty end date may read as no end."""
        open_ended = bool(name) and entity.attributes[name].open_ended
        return sql.coalesce(value, sql.day(FOREVER)) if open_ended else value

    # Relations that are read -----------------------------------------------------------------------------------------

    def _found(self, parts: Sequence[exp.Query], name: str = "f") -> exp.Subquery:
        return exp.Subquery(this=_union(parts), alias=exp.TableAlias(this=exp.to_identifier(name)))

    def _distinct(self, parts: Sequence[exp.Query]) -> exp.Query:
        if not parts:
            none = exp.Select(expressions=[sql.alias(sql.cast(sql.NULL, "VARCHAR"), "key")])
            return none.where("FALSE")
        return sql.select([col("key")], self._found(parts, "r"), where=sql.known(col("key")), group=[col("key")])

    def _rows(self, entity: Entity, *columns: str) -> str:
        """The rows of an entity as they are, with (at least) these columns."""
        return self.sources.fact(entity, (entity.key_column, *columns))


def relation_of(code: str) -> str:
    return f"concerned_{code.lower()}"


def _union(parts: Sequence[exp.Query]) -> exp.Query:
    tree = parts[0].copy()
    for part in parts[1:]:
        tree = exp.Union(this=tree, expression=part.copy(), distinct=True)
    return tree


def _numbered(columns: Sequence[Sql]) -> list[Sql]:
    return [sql.alias(column, f"w{number}") for number, column in enumerate(columns)]


def _column(entity: Entity, name: str) -> str:
    return entity.attributes[name].column if name else entity.key_column


def _type(entity: Entity, name: str) -> Type | None:
    return entity.attributes[name].type if name else None


def _read(stored: Sql, type_: Type | None) -> Sql:
    """A stored value as plans compute with it: a month as its count from year 0."""
    if type_ is None or type_.kind != "month":
        return stored
    years = sql.binary("*", sql.binary("//", stored, sql.number(100)), sql.number(12))
    return sql.binary("-", sql.binary("+", years, sql.binary("%", stored, sql.number(100))), sql.number(1))
