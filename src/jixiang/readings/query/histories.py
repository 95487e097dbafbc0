"""Monthly facts as sets of months: one bit a month, so that counts, windows and months in a row are integer arithmetic.

Of an entity that happens by the month (contributions, headcounts) all rows that agree in every reference, code and yes-or-no
become one row, `months_<table>`: blocks of sixty months as bits, and sums by the year of what is added up. Whoever asks for
months of a person, of a firm, of one kind of insurance joins one row and shifts bits, where else it would have to look
through all rows. A document never mentions it: `Histories.tally` takes the aggregates whose shape allows it, and the others go
through the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from jixiang.language import typed as t
from jixiang.language.types import MONTH
from jixiang.language.vocabulary import Entity
from jixiang.readings.query import bits, sql
from jixiang.readings.query.frame import Frame, binders
from jixiang.readings.query.months import shared_attributes
from jixiang.readings.query.sql import Sql
from jixiang.readings.query.tally import Tally, not_false
from jixiang.readings.query.value import Value, whole

if TYPE_CHECKING:
    from jixiang.readings.query.aggregates import Aggregates, Shared

Equal = tuple[tuple[str, t.Expr], ...]
ZERO = sql.number(0)


@dataclass(frozen=True)
class Shape:
    """What an aggregate asks of a history: rows for which `alone` holds, whose columns equal what the asking row says, in the
    months of `windows` (an operator as asked of the month, and what it is compared with)."""

    alone: tuple[t.Expr, ...]
    equal: Equal
    windows: tuple[tuple[t.CompareOp, t.Expr], ...]


@dataclass
class Histories:
    aggregates: Aggregates

    def tally(self, expr: t.Aggregate, frame: Frame) -> Tally | None:
        """The columns that the answer is concluded from (see `tally.concluded`); None where the rows must be looked through."""
        sources = self.aggregates.sources
        entity = sources.vocabulary.entities[expr.relation.target]
        if entity.name not in sources.offered.months or expr.relation.with_self:
            return None
        shape = shape_of(expr, entity)
        if shape is None or any((entity.name, attribute) not in sources.offered.filled for attribute, _ in shape.equal):
            return None
        if any(target not in shared_attributes(entity) for _, target in expr.relation.pairs):
            return None
        if expr.kind in ("sum", "average", "count"):
            return _Sums(self.aggregates, expr, entity, shape, frame).tally()
        return _Sets(self.aggregates, expr, entity, shape, frame).tally()


def shape_of(expr: t.Aggregate, entity: Entity) -> Shape | None:
    """How an aggregate asks, if it asks for sets of months, or for sums or numbers of rows of one year."""
    month = entity.time
    alone, equal, windows = [], [], []
    for part in _parts(expr.where):
        if expr.binder not in binders(part):
            return None
        if (window := _window(part, expr.binder, month)) is not None:
            windows.append(window)
        elif binders(part) <= {expr.binder}:
            if not _rests_on(part, expr.binder, shared_attributes(entity)):
                return None
            alone.append(part)
        elif (same := _equality(part, expr.binder, entity)) is not None:
            equal.append(same)
        else:
            return None
    shape = Shape(tuple(alone), tuple(equal), tuple(windows))
    value = None if expr.value is None else _bare(expr.value)
    match expr.kind:
        case "exists":
            return shape
        case "count_distinct" | "longest_run":
            return shape if value == t.Get(t.Row(expr.binder, value.of.type), month, MONTH) else None  # type: ignore[union-attr]
        case "sum" | "average" | "count":
            of_one_year = len(windows) == 1 and windows[0][1].type.kind == "year" and not equal
            summed = expr.kind == "count" or _summed(value, expr.binder, entity)
            return shape if of_one_year and summed else None
    return None


def _summed(value: t.Expr | None, binder: int, entity: Entity) -> bool:
    if not isinstance(value, t.Get) or not isinstance(value.of, t.Row) or value.of.binder != binder:
        return False
    attribute = entity.attributes[value.attribute]
    return attribute.type.kind in ("number", "money") and not attribute.varies


def _parts(where: t.Expr) -> list[t.Expr]:
    where = _bare(where)
    if isinstance(where, t.And):
        return [p for item in where.items for p in _parts(item)]
    return [] if where == t.Constant(True, where.type) else [where]


def _bare(expr: t.Expr) -> t.Expr:
    while isinstance(expr, t.Named):
        expr = expr.expr
    return expr


_TURNED: dict[t.CompareOp, t.CompareOp] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


def _window(part: t.Expr, binder: int, month: str) -> tuple[t.CompareOp, t.Expr] | None:
    """A comparison of the month, or of its year, with something that is no matter of the row."""
    if not isinstance(part, t.Compare) or part.op not in _TURNED:
        return None
    for mine, other, op in ((part.left, part.right, part.op), (part.right, part.left, _TURNED[part.op])):
        mine = _bare(mine)
        by_year = isinstance(mine, t.Part) and mine.kind == "year"
        cell = _bare(mine.of) if isinstance(mine, t.Part) and by_year else mine
        is_month = isinstance(cell, t.Get) and cell.attribute == month and isinstance(cell.of, t.Row)
        if is_month and cell.of.binder == binder and binder not in binders(other) and (not by_year or op == "="):  # type: ignore[union-attr]
            return op, other
    return None


def _equality(part: t.Expr, binder: int, entity: Entity) -> tuple[str, t.Expr] | None:
    if not isinstance(part, t.Compare) or part.op != "=":
        return None
    for mine, other in ((part.left, part.right), (part.right, part.left)):
        cell = _bare(mine)
        if isinstance(cell, t.Get) and isinstance(cell.of, t.Row) and cell.of.binder == binder:
            shared = cell.attribute in shared_attributes(entity)
            if shared and binder not in binders(other):
                return cell.attribute, other
    return None


def _rests_on(expr: t.Expr, binder: int, attributes: tuple[str, ...]) -> bool:
    """Is it said of these cells of the row alone, in words that need no other row?"""
    match _bare(expr):
        case t.Constant():
            return True
        case t.Get(of=t.Row(binder=b), attribute=name):
            return b == binder and name in attributes
        case t.And(items=items) | t.Or(items=items):
            return all(_rests_on(item, binder, attributes) for item in items)
        case t.Not(item=item) | t.Known(item=item) | t.Member(item=item):
            return _rests_on(item, binder, attributes)
        case t.Compare(left=left, right=right):
            return _rests_on(left, binder, attributes) and _rests_on(right, binder, attributes)
    return False


@dataclass
class _Asking:
    """One aggregate over a history, asked by the rows of a frame."""

    aggregates: Aggregates
    expr: t.Aggregate
    entity: Entity
    shape: Shape
    frame: Frame

    @property
    def span(self) -> bits.Span:
        return self.aggregates.sources.offered.months[self.entity.name]

    def grouped(self, equal: Equal) -> tuple[Shared, Sql]:
        """The history by what the relation and `equal` ask for, and which of its rows count: true, false or unknown."""
        names = (*(target for _, target in self.expr.relation.pairs), *(name for name, _ in equal))
        shared = self.aggregates.history(self.entity, names, self.expr.binder)
        items = [self.aggregates.expressions.boolean(part, shared.frame) for part in self.shape.alone]
        return shared, shared.frame.let(sql.and_(items))

    def joined(self, shared: Shared, where: Sql, equal: Equal, columns: dict[str, Sql]) -> dict[str, Sql]:
        """The groups' columns beside the asking row; NULL where there is no group."""
        own = [self.aggregates.asked_by(self.expr, s, self.frame) for s, _ in self.expr.relation.pairs]
        asked = [self._exact(e) for _, e in equal]
        return self.aggregates.ask(shared, where, columns, [*own, *asked], self.frame)

    def _exact(self, expr: t.Expr) -> Sql:
        return self.aggregates.expressions.exact(expr, self.frame).plain

    def _let(self, value: Sql) -> Sql:
        return self.frame.let(value)

    def _outer(self, expr: t.Expr) -> Value:
        return self.aggregates.expressions.value(expr, self.frame)


class _Sets(_Asking):
    """exists, count_distinct and longest_run over the month itself."""

    def tally(self) -> Tally | None:
        nullable = tuple(e for e in self.shape.equal if not self._filled(e[1]))
        if len(nullable) > 1:
            return None
        found = self._sets(self.shape.equal)
        if nullable:
            wide = self._sets(tuple(e for e in self.shape.equal if e not in nullable))
            missing = sql.is_null(self._exact(nullable[0][1]))
            found = [
                (sure, self._let(sql.case((missing, any_), otherwise=most)))
                for (sure, most), (_, any_) in zip(found, wide, strict=True)
            ]
        surely, perhaps = self._windows()
        sure = [self._let(bits.both(s, w)) for (s, _), w in zip(found, surely, strict=True)]
        most = [self._let(bits.both(m, w)) for (_, m), w in zip(found, perhaps, strict=True)]
        match self.expr.kind:
            case "exists":
                return {"sure": bits.any_of(sure), "doubt": bits.any_of(most)}
            case "count_distinct":
                return {"sure": bits.count(sure), "most": bits.count(most), "empty": ZERO}
        return {"sure": bits.longest_run(sure, self._let), "most": bits.longest_run(most, self._let), "empty": ZERO}

    def _filled(self, outer: t.Expr) -> bool:
        """Is there always something to compare with?"""
        match _bare(outer):
            case t.Constant(value=value):
                return value is not None
            case t.Get(of=t.Row(type=type_), attribute=name):
                return (type_.of, name) in self.aggregates.sources.offered.filled
        return False

    def _sets(self, equal: Equal) -> list[tuple[Sql, Sql]]:
        """Block by block: the months of rows that count, and of rows that may."""
        shared, where = self.grouped(equal)
        either = not_false(where)
        asked: dict[str, Sql] = {}
        for block in range(self.span.blocks):
            column = self.aggregates.history_column(shared, f"m{block}")
            asked[f"sure{block}"] = sql.filtered(bits.gathered(column), where)
            asked[f"most{block}"] = sql.filtered(bits.gathered(column), either)
        found = self.joined(shared, where, equal, asked)
        found = {name: sql.coalesce(column, ZERO) for name, column in found.items()}
        return [(found[f"sure{b}"], found[f"most{b}"]) for b in range(self.span.blocks)]

    def _windows(self) -> tuple[list[Sql], list[Sql]]:
        """The months asked for, certainly and perhaps, as a set for each block."""
        surely, perhaps = bits.Window(missing_is_open=False), bits.Window(missing_is_open=True)
        for op, other in self.shape.windows:
            value, by_year = self._outer(other), other.type.kind == "year"
            if op in (">", ">=", "="):
                surely.lows.append(self._month(value.hi.n, by_year, 0, op == ">"))
                perhaps.lows.append(self._month(value.lo.n, by_year, 0, op == ">"))
            if op in ("<", "<=", "="):
                surely.highs.append(self._month(value.lo.n, by_year, 11, -(op == "<")))
                perhaps.highs.append(self._month(value.hi.n, by_year, 11, -(op == "<")))
        both = ([w.within(self.span, b, self._let) for b in range(self.span.blocks)] for w in (surely, perhaps))
        return next(both), next(both)

    def _month(self, bound: Sql, by_year: bool, last: int, more: int) -> Sql:
        """A bound as the count of a month; `last`: which month of a year."""
        if by_year:
            bound = sql.binary("+", sql.binary("*", bound, sql.number(12)), sql.number(last))
        if known := whole(bound):
            return sql.number(known + more)
        return self._let(sql.binary("+", bound, sql.number(more)) if more else bound)


class _Sums(_Asking):
    """sum, average and count of the rows of one year, from what is summed up by the year."""

    def tally(self) -> Tally | None:
        ((_, year),) = self.shape.windows
        asked = self._outer(year)
        if not asked.certain or not _always_there(year):
            return None
        shared, where = self.grouped(())
        years = {y: self._of_year(shared, where, y) for y in self.span.years}
        columns = {f"{name}{y}": column for y, named in years.items() for name, column in named.items()}
        found = self.joined(shared, where, (), columns)
        names = next(iter(years.values()))
        return {
            name: self._let(
                sql.case(*((sql.binary("=", asked.plain, sql.number(y)), found[f"{name}{y}"]) for y in years))
            )
            for name in names
        }

    def _of_year(self, shared: Shared, where: Sql, year: int) -> dict[str, Sql]:
        """The columns of one year, as `tally.tallied` has them of rows."""
        rows = self.aggregates.history_column(shared, f"n{year}")
        doubt = _total(rows, sql.is_null(where))
        if not isinstance(self.expr.value, (t.Get, t.Named)):
            return {"sure": _total(rows, where), "doubt": doubt}
        value = _bare(self.expr.value)
        assert isinstance(value, t.Get)
        column = self.entity.attributes[value.attribute].column
        summed, filled = (self.aggregates.history_column(shared, f"{column}_{kind}{year}") for kind in ("s", "c"))
        empty = shared.frame.let(sql.binary("-", rows, filled))
        if self.expr.kind == "average":
            return {
                "sure": _total(summed, where),
                "rows": _total(rows, where),
                "doubt": doubt,
                "empty": _total(empty, where),
            }
        either = not_false(where)
        return {
            "sure": _total(summed, where),
            "most": _total(summed, either),
            "doubt": doubt,
            "empty": _total(empty, either),
        }


def _total(column: Sql, where: Sql) -> Sql:
    return ZERO if where == sql.FALSE else sql.filtered(exp.Sum(this=column.copy()), where)


def _always_there(year: t.Expr) -> bool:
    match _bare(year):
        case t.Part(of=of):
            return _always_there(of)
        case t.Period() | t.DecisionDate():
            return True
        case t.Constant(value=value):
            return value is not None
    return False
