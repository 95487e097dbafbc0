"""Rows in sight, and what is computed of them, level upon level.

A frame grows while expressions are compiled: columns of its base, to-one joins, computed columns. Each column has a level;
a level is computed from the one below, so nothing is computed twice and no expression grows without bound. Only when
everything is compiled do the levels become queries (`Frame.queries`).

A frame inside another one (rows of an aggregate beside the row that asks) takes over what it needs of the outer columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlglot import exp

from jixiang.language import typed as t
from jixiang.language.types import Type
from jixiang.readings.query import sql
from jixiang.readings.query.sql import Sql, col


@dataclass
class Joined:
    """A to-one LEFT JOIN: at most one row of `source` fits. `columns`: column of the source → column of the frame."""

    alias: str
    source: str
    on: Sql
    columns: dict[str, str] = field(default_factory=dict)


@dataclass
class Level:
    """`unnested`: a list column that this level lays out, one row an item, and the name of the item."""

    computed: dict[str, Sql] = field(default_factory=dict)
    joins: list[Joined] = field(default_factory=list)
    unnested: tuple[Sql, str] | None = None


@dataclass(eq=False)
class Frame:
    """`ids`: the columns that name a row; `own_key` gives the last of them once somebody asks for it. `base` gives the query
    of level 0, once all is known of which columns it must hold. `binder`: which typed `Row` these rows are. `pure`: columns
    that rest on no aggregate."""

    name: str
    binder: int
    ids: tuple[str, ...]
    base: Callable[[Frame], exp.Query]
    outer: Frame | None = None
    before: Frame | None = None
    entity: str = ""
    own_key: Callable[[], Sql] | None = None
    base_columns: dict[str, Sql] = field(default_factory=dict)
    imported: dict[str, None] = field(default_factory=dict)
    levels: list[Level] = field(default_factory=lambda: [Level()])
    level_of: dict[str, int] = field(default_factory=dict)
    pure: set[str] = field(default_factory=set)
    memo: dict[object, object] = field(default_factory=dict)
    _known: dict[str, str] = field(default_factory=dict)
    _joins: dict[str, tuple[int, Joined]] = field(default_factory=dict)

    def relation(self, level: int) -> str:
        """The relation that holds all columns up to a level."""
        return f"{self.name}_{level}"

    @property
    def top(self) -> str:
        return self.relation(len(self.levels) - 1)

    def in_base(self, name: str, value: Sql) -> exp.Column:
        """A column that the base itself holds."""
        if name not in self.level_of:
            if self.before is not None:
                self.before.in_base(name, value)
            else:
                self.base_columns[name] = value
            self.level_of[name] = 0
            self.pure.add(name)
        return col(name)

    def key(self) -> exp.Column:
        """The column that names the row itself. Rows that are only counted are not asked for it, and then it is not read."""
        name = f"k{self.binder}"
        if name not in self.level_of and self.own_key is not None:
            return self.in_base(name, self.own_key())
        return col(name)

    def identified(self) -> tuple[str, ...]:
        """`ids`, all of them in the frame."""
        self.key()
        return self.ids

    def take_over(self, name: str) -> exp.Column:
        """A column of the outer frame, carried along."""
        assert self.outer is not None
        if name not in self.level_of:
            self.imported[name] = None
            self.level_of[name] = 0
            if name in self.outer.pure:
                self.pure.add(name)
        return col(name)

    def level(self, value: Sql) -> int:
        """The level on which all columns of an expression exist."""
        return max((self.level_of[c.name] for c in value.find_all(exp.Column) if c.table == "r"), default=0)

    def is_pure(self, value: Sql) -> bool:
        return all(c.name in self.pure for c in value.find_all(exp.Column) if c.table == "r")

    def let(self, value: Sql) -> Sql:
        """A column for a computed value, so that using it twice costs nothing. Constants and columns stay as they are."""
        if not any(True for _ in value.find_all(exp.Column)) or isinstance(value, exp.Column):
            return value
        text = value.sql()
        if text not in self._known:
            name = f"{self.name}c{len(self.level_of)}"
            level = self.level(value) + 1
            self._at(level).computed[name] = value
            self.level_of[name] = level
            if self.is_pure(value):
                self.pure.add(name)
            self._known[text] = name
        return col(self._known[text])

    def join(
        self, source: str, on: Callable[[str], Sql], needs: Sql, columns: tuple[str, ...], *, pure: bool
    ) -> list[Sql]:
        """Columns of a relation joined to-one; `on` writes the condition for an alias, `needs` names the columns it uses."""
        key = f"{source}|{on('·').sql()}"
        if key not in self._joins:
            level = self.level(needs) + 1
            joined = Joined(f"j{len(self._joins)}", source, sql.NULL)
            joined.on = on(joined.alias)
            self._at(level).joins.append(joined)
            self._joins[key] = (level, joined)
        level, joined = self._joins[key]
        for column in columns:
            if column not in joined.columns:
                joined.columns[column] = f"{self.name}{joined.alias}_{column}"
                self.level_of[joined.columns[column]] = level
                if pure and self.is_pure(needs):
                    self.pure.add(joined.columns[column])
        return [col(joined.columns[c]) for c in columns]

    def lay_out(self, listed: Sql, name: str) -> None:
        """One row for each item of a list, one with NULL for an empty or missing list. The item becomes part of the row's name."""
        level = len(self.levels)
        self._at(level).unnested = (listed, name)
        self.level_of[name] = level
        self.ids = (*self.ids, name)

    def continued(self, name: str, where: Sql) -> Frame:
        """A frame over those rows of this one for which `where` holds, with all that is computed so far."""

        def base(_: Frame) -> exp.Query:
            return sql.select([sql.star()], sql.table(self.top, "r"), where=where)

        return self._after(Frame(name, self.binder, self.ids, base, before=self, entity=self.entity))

    def repeated(self, name: str, where: Sql, listed: Sql, column: str) -> Frame:
        """The same, each row once for every row of a small relation `p`, whose `column` becomes part of the row's name."""

        def base(_: Frame) -> exp.Query:
            shown = [sql.star(), sql.alias(col(column, "p"), column)]
            joins = [sql.join(listed, sql.TRUE, kind="INNER")]
            return sql.select(shown, sql.table(self.top, "r"), joins=joins, where=where)

        frame = self._after(Frame(name, self.binder, (*self.ids, column), base, before=self, entity=self.entity))
        frame.level_of[column] = 0
        frame.pure.add(column)
        return frame

    def _after(self, frame: Frame) -> Frame:
        frame.level_of = dict.fromkeys(self.level_of, 0)
        frame.pure, frame.memo, frame._known = set(self.pure), dict(self.memo), dict(self._known)
        return frame

    def _at(self, level: int) -> Level:
        while len(self.levels) <= level:
            self.levels.append(Level())
        return self.levels[level]

    def queries(self) -> list[tuple[str, exp.Query]]:
        """Every level as (relation, query), the base first."""
        steps = [(self.relation(0), self.base(self))]
        for number, level in enumerate(self.levels[1:], 1):
            columns = [sql.star(), *(sql.alias(v, n) for n, v in level.computed.items())]
            columns += [sql.alias(col(c, j.alias), n) for j in level.joins for c, n in j.columns.items()]
            if level.unnested:
                columns.append(sql.alias(sql.anonymous("UNNEST", level.unnested[0]), level.unnested[1]))
            joins = [sql.join(sql.table(j.source, j.alias), j.on) for j in level.joins]
            steps.append(
                (self.relation(number), sql.select(columns, sql.table(self.relation(number - 1), "r"), joins=joins))
            )
        return steps


@dataclass(frozen=True, slots=True)
class Unseen:
    """The time of a row that nobody has seen: between two days (or months), both included."""

    low: t.Constant
    high: t.Constant
    type: Type


def binders(expr: object) -> frozenset[int]:
    """The rows that an expression speaks of: numbers of `Row`; 0 also stands for what belongs to the claim itself."""
    match expr:
        case t.Row(binder=number):
            return frozenset({number})
        case t.EffectiveDate() | t.Period() | t.Title() | t.Granted() | t.Remainder():
            return frozenset({0})
        case t.Aggregate() | t.Share():
            inside = binders(expr.where) | binders(expr.value if isinstance(expr, t.Aggregate) else None)
            money = binders(expr.money) if isinstance(expr, t.Share) else frozenset()
            return (inside - {expr.binder}) | binders(expr.of) | money
        case None:
            return frozenset()
    found: frozenset[int] = frozenset()
    for child in children(expr):
        found |= binders(child)
    return found


def children(expr: object) -> list[object]:
    """The expressions directly inside one."""
    found: list[object] = []
    for name in getattr(type(expr), "__dataclass_fields__", {}):
        value = getattr(expr, name)
        if isinstance(value, tuple):
            found += [v for v in value if isinstance(v, _NODES)]
        elif isinstance(value, _NODES):
            found.append(value)
    return found


_NODES = (
    t.Constant, t.DecisionDate, t.EffectiveDate, t.Period, t.Row, t.TheOne, t.Get, t.GetOn, t.Named, t.Dated, t.Look, t.Listed,
    t.Aggregate, t.Share, t.Compare, t.Member, t.And, t.Or, t.Not, t.Known, t.If, t.Arithmetic, t.Shift, t.Part, t.Age,
    t.WholeMonths, t.DaysBetween, t.Least, t.Greatest, t.Round, t.Granted, t.Remainder, t.Title, Unseen,
)  # fmt: skip
