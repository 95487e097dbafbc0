"""Typed expressions become columns of a frame.

One small method a form. An expression that speaks of outer rows only is computed there, once, and taken over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from jixiang.language import typed as t
from jixiang.language.types import Type
from jixiang.readings.query import sql
from jixiang.readings.query import value as v
from jixiang.readings.query.aggregates import Aggregates
from jixiang.readings.query.frame import Frame, Unseen, binders
from jixiang.readings.query.sql import Sql, col
from jixiang.readings.query.value import MISSING, Bound, Value, certain
from jixiang.values.dates import FOREVER

if TYPE_CHECKING:
    from jixiang.readings.query.sources import Sources

INLINE = 14  # an expression of more nodes than this becomes a column of its own


class Expressions:
    """Compiles expressions against frames. What belongs to the claim (适用日, 当期, the title) a frame knows beforehand."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.rulebook = sources.rulebook
        self.vocabulary = sources.vocabulary
        self.aggregates = Aggregates(self)

    def value(self, expr: t.Expr, frame: Frame) -> Value:
        """The value of an expression, as columns of the frame."""
        if expr not in frame.memo:
            speaks_of = binders(expr)
            if frame.outer is not None and (not speaks_of or max(speaks_of) < frame.binder):
                frame.memo[expr] = self._taken_over(self.value(expr, frame.outer), frame)
            else:
                frame.memo[expr] = self._settled(self._compile(expr, frame), frame)
        found = frame.memo[expr]
        assert isinstance(found, Value)
        return found

    def boolean(self, expr: t.Expr, frame: Frame) -> Sql:
        return self.value(expr, frame).plain

    def exact(self, expr: t.Expr, frame: Frame) -> Value:
        """A value where its bounds meet, else missing."""
        return self._settled(v.exactly(self.value(expr, frame)), frame)

    def _taken_over(self, value: Value, frame: Frame) -> Value:
        def one(part: Sql) -> Sql:
            assert frame.outer is not None
            column = frame.outer.let(part)
            return frame.take_over(column.name) if isinstance(column, exp.Column) else column

        return _mapped(one, value)

    def _settled(self, value: Value, frame: Frame) -> Value:
        def one(part: Sql) -> Sql:
            return frame.let(part) if sum(1 for _ in part.walk()) > INLINE else part

        return _mapped(one, value)

    def _compile(self, expr: t.Expr, frame: Frame) -> Value:
        match expr:
            case t.Constant(value=value):
                return v.constant(value)
            case t.DecisionDate():
                return certain(sql.day(self.sources.decision_date))
            case Unseen(low=low, high=high):
                return Value(v.constant(low.value).lo, v.constant(high.value).lo)
            case t.Granted():
                return certain(col("granted_fen", "g"))
            case t.Row() | t.TheOne() | t.Get() | t.GetOn():
                return self._read(expr, frame)
            case t.Named(expr=inner):
                return self.value(inner, frame)
            case t.Dated() | t.Look() | t.Listed():
                return self._dated(expr, frame)
            case t.Aggregate() | t.Share():
                return self.aggregates.value(expr, frame)
            case t.Compare() | t.Member() | t.And() | t.Or() | t.Not() | t.Known():
                return certain(self._truth(expr, frame))
            case t.If(condition=condition, then=then, otherwise=otherwise):
                holds = self.boolean(condition, frame)
                branches = [(holds, self.value(then, frame)), (sql.not_(holds), self.value(otherwise, frame))]
                return v.choose(branches)
            case t.Arithmetic() | t.Round() | t.Least() | t.Greatest():
                return self._number(expr, frame)
            case t.Shift() | t.Part() | t.Age() | t.WholeMonths() | t.DaysBetween():
                return self._calendar(expr, frame)
        raise TypeError(f"no query for {type(expr).__name__}")

    # Facts -------------------------------------------------------------------------------------------------------

    def _read(self, expr: t.Row | t.TheOne | t.Get | t.GetOn, frame: Frame) -> Value:
        match expr:
            case t.Row():
                return certain(frame.key())
            case t.TheOne(type=type_):
                entity = self.vocabulary.entities[type_.of]
                view = self.sources.fact(entity, (entity.key_column,))
                key = frame.join(view, lambda _: sql.TRUE, sql.TRUE, (entity.key_column,), pure=True)
                return certain(key[0])
            case t.Get(of=of, attribute=name):
                return certain(self._attribute(of, name, frame, open_end=True))
            case t.GetOn(of=of, attribute=name, on=on):
                return certain(self._attribute_on(of, name, on, frame))

    def _attribute(self, of: t.Expr, name: str, frame: Frame, *, open_end: bool) -> Sql:
        """A stored attribute; `open_end`: an empty end date reads as FOREVER."""
        entity = self.vocabulary.entities[of.type.of]
        attribute = entity.attributes[name]
        fills = open_end and attribute.open_ended
        if isinstance(of, t.Row):
            view_column = col(attribute.column, "e")
            self.sources.fact(entity, (attribute.column,))
            if fills:
                return frame.in_base(f"f{of.binder}_{attribute.column}", sql.coalesce(view_column, sql.day(FOREVER)))
            return frame.in_base(f"a{of.binder}_{attribute.column}", view_column)
        key = self.value(of, frame).plain
        if isinstance(key, exp.Null):
            return sql.NULL
        wanted = (entity.key_column, attribute.column)
        view = self.sources.fact(entity, wanted)
        row, cell = frame.join(view, lambda j: sql.binary("=", col(entity.key_column, j), key), key, wanted, pure=True)
        return sql.case((sql.known(row), sql.coalesce(cell, sql.day(FOREVER)))) if fills else cell

    def _attribute_on(self, of: t.Expr, name: str, on: t.Expr, frame: Frame) -> Sql:
        entity = self.vocabulary.entities[of.type.of]
        attribute = entity.attributes[name]
        key, day = self.value(of, frame).plain, self.exact(on, frame).plain
        if isinstance(key, exp.Null) or isinstance(day, exp.Null):
            return sql.NULL
        if not isinstance(of, t.Row):  # a key that leads nowhere has no past either
            key = self._row_there(entity.name, key, frame)
        past = self.sources.past(entity, attribute)

        def in_force(j: str) -> Sql:
            began = sql.binary("<=", col("since", j), day)
            same = sql.binary("=", col(entity.key_column, j), key)
            return sql.and_([same, began, sql.binary("<=", day, col("until", j))])

        return frame.join(
            past, in_force, sql.or_([sql.is_null(key), sql.is_null(day)]), (attribute.column,), pure=True
        )[0]

    def _row_there(self, entity: str, key: Sql, frame: Frame) -> Sql:
        """The key of a row, if there is such a row."""
        column = self.vocabulary.entities[entity].key_column
        view = self.sources.fact(self.vocabulary.entities[entity], (column,))
        return frame.join(view, lambda j: sql.binary("=", col(column, j), key), key, (column,), pure=True)[0]

    # Dated tables ------------------------------------------------------------------------------------------------

    def _dated(self, expr: t.Dated | t.Look | t.Listed, frame: Frame) -> Value:
        day = self.exact(expr.on, frame).plain
        if isinstance(day, exp.Null):
            return MISSING
        if isinstance(expr, t.Dated):
            return self._step(expr, day)
        keys = [self.exact(k, frame) for k in expr.keys]
        table = self.rulebook.tables[expr.table]
        absent = sql.or_([sql.is_null(day), *(sql.is_null(k.lo.n) for k in keys)])
        rows = sorted(table.rows, key=lambda row: (_others(row), -(row.since.toordinal() if row.since else 0)))
        matches = [self._matches(table, row, keys, day) for row in rows]
        if isinstance(expr, t.Listed):
            return certain(sql.case((absent, sql.NULL), (sql.or_(matches), sql.TRUE), otherwise=sql.FALSE))
        place = [name for name, _ in table.values].index(expr.column)
        branches = [(m, v.constant(row.values[place])) for m, row in zip(matches, rows, strict=True)]
        return v.choose([(absent, MISSING), *branches])

    def _step(self, expr: t.Dated, day: Sql) -> Value:
        """A parameter: the last step whose day has come."""
        later = [(since, step.value) for since, step in expr.steps if since is not None]
        branches = [(sql.is_null(day), MISSING)]
        for since, value in reversed(later):
            branches.append((sql.binary(">=", day, sql.day(since)), v.constant(value)))
        first = [step.value for since, step in expr.steps if since is None]
        return v.choose(branches, v.constant(first[0]) if first else MISSING)

    def _matches(self, table: t.Table, row: t.TableRow, keys: list[Value], day: Sql) -> Sql:
        conditions = []
        if row.since:
            conditions.append(sql.binary(">=", day, sql.day(row.since)))
        if row.until:
            conditions.append(sql.binary("<=", day, sql.day(row.until)))
        for cell, key, (_, type_) in zip(row.keys, keys, table.keys, strict=True):
            match cell:
                case t.OneOf(values=values):
                    conditions.append(sql.or_([v.bound_compare("=", key.lo, v.constant(x).lo) for x in values]))
                case t.Between(low=low, high=high):
                    bounds = [(">=", low), ("<=", high)]
                    conditions += [self.compared(op, key, v.constant(x), type_) for op, x in bounds if x is not None]
        return sql.and_(conditions)

    # Truth -------------------------------------------------------------------------------------------------------

    def _truth(self, expr: t.Compare | t.Member | t.And | t.Or | t.Not | t.Known, frame: Frame) -> Sql:
        match expr:
            case t.And(items=items):
                return sql.and_([self.boolean(i, frame) for i in items])
            case t.Or(items=items):
                return sql.or_([self.boolean(i, frame) for i in items])
            case t.Not(item=item):
                return sql.not_(self.boolean(item, frame))
            case t.Known(item=t.Named(expr=inner)):
                return self._truth(t.Known(inner), frame)
            case t.Known(item=t.Get(of=of, attribute=name)):
                return sql.known(self._attribute(of, name, frame, open_end=False))
            case t.Known(item=item):
                known = self.value(item, frame)
                return sql.or_([sql.known(known.lo.n), sql.known(known.hi.n)])
            case t.Member(item=item, options=options):
                key = self.exact(item, frame)
                return sql.or_([v.bound_compare("=", key.lo, v.constant(o.value).lo) for o in options])
            case t.Compare(op=op, left=left, right=right):
                return self.compared(op, self.value(left, frame), self.value(right, frame), left.type)

    def compared(self, op: str, left: Value, right: Value, type_: Type) -> Sql:
        if type_.kind == "code" and op not in ("=", "≠"):
            left, right = (certain(self.rank(x.plain, type_)) for x in (left, right))
        return v.compare(op, left, right)

    def rank(self, code: Sql, type_: Type) -> Sql:
        """The position of a code in its list, from low to high."""
        rank = self.vocabulary.codes[type_.of].rank
        if isinstance(code, exp.Literal):
            return sql.number(rank[code.this]) if code.this in rank else sql.NULL
        return sql.case(*((sql.binary("=", code, sql.text(c)), sql.number(n)) for c, n in rank.items()))

    # Numbers -----------------------------------------------------------------------------------------------------

    def _number(self, expr: t.Arithmetic | t.Round | t.Least | t.Greatest, frame: Frame) -> Value:
        match expr:
            case t.Round(money=money, unit_fen=unit, direction=direction):
                return v.both(lambda b: _rounded(b, unit, direction), self.value(money, frame))
            case t.Least(items=items) | t.Greatest(items=items):
                values = [self.value(i, frame) for i in items]
                found = values[0]
                for other in values[1:]:
                    found = self._settled(_extreme(found, other, least=isinstance(expr, t.Least)), frame)
                return found
            case t.Arithmetic(op=op, left=left, right=right):
                one, two = self.value(left, frame), self.value(right, frame)
                if op in ("+", "-"):
                    return _sum(one, two, op)
                if op == "÷":
                    two = self._settled(v.inverse_value(two), frame)
                return _product(one, two)

    # Calendar ----------------------------------------------------------------------------------------------------

    def _calendar(self, expr: t.Shift | t.Part | t.Age | t.WholeMonths | t.DaysBetween, frame: Frame) -> Value:
        match expr:
            case t.Shift(of=of, by=by, sign=sign):
                step = v.floor(self.exact(by, frame).lo)
                step = step if sign == 1 else v.minus(step)
                return v.both(lambda b: _shifted(b.n, step, of.type.kind, by.type.kind), self.value(of, frame))
            case t.Part(kind=kind, of=of):
                return v.both(lambda b: _part(b.n, kind, of.type.kind), self.value(of, frame))
            case t.Age(birth=birth, on=on):
                lived = frame.let(v.whole_months(self.exact(birth, frame).plain, self.exact(on, frame).plain))
                years = sql.binary("//", lived, sql.number(12))
                return certain(sql.case((sql.binary(">=", lived, sql.number(0)), years)))
            case t.WholeMonths(start=start, end=end) | t.DaysBetween(start=start, end=end):
                counted = v.whole_months if isinstance(expr, t.WholeMonths) else v.days_between
                one, two = self.value(start, frame), self.value(end, frame)
                if one.certain and two.certain:
                    return certain(counted(one.plain, two.plain))
                return Value(Bound(counted(one.hi.n, two.lo.n)), Bound(counted(one.lo.n, two.hi.n)))


def _mapped(one: object, value: Value) -> Value:
    assert callable(one)

    def bound(b: Bound) -> Bound:
        return Bound(one(b.n), None if b.d is None else one(b.d))

    low = bound(value.lo)
    return Value(low, low if value.certain else bound(value.hi))


def _others(row: t.TableRow) -> int:
    return sum(isinstance(cell, t.Otherwise) for cell in row.keys)


def _rounded(bound: Bound, unit: int, direction: str) -> Sql:
    scaled = v.multiply(bound, v.inverse(Bound(sql.number(unit))))
    match direction:
        case "half_up":
            whole = v.round_half_up(scaled)
        case "down":
            whole = v.floor(scaled)
        case _:
            whole = v.minus(v.floor(Bound(v.minus(scaled.n), scaled.d)))
    return v.times(whole, sql.number(unit))


def _sum(one: Value, two: Value, op: str) -> Value:
    if one.certain and two.certain:
        both = v.add(one.lo, two.lo, op)
        return Value(both, both)
    low, high = (two.lo, two.hi) if op == "+" else (two.hi, two.lo)
    return Value(v.add(one.lo, low, op), v.add(one.hi, high, op))


def _product(one: Value, two: Value) -> Value:
    if one.certain and two.certain:
        both = v.multiply(one.lo, two.lo)
        return Value(both, both)
    if not one.certain and not two.certain:
        return _product_of_uncertain(one, two)
    wide, sure = (one, two) if two.certain else (two, one)
    low, high = v.multiply(wide.lo, sure.lo), v.multiply(wide.hi, sure.lo)
    up = sql.binary(">=", sure.lo.n, sql.number(0))
    down = sql.binary("<", sure.lo.n, sql.number(0))
    return v.choose([(up, Value(low, high)), (down, Value(high, low))])


def _product_of_uncertain(one: Value, two: Value) -> Value:
    """Which of the two is certain is known only row by row: that one scales the other; where neither is, it is missing."""
    sure_one = v.bound_compare("=", one.lo, one.hi)
    sure_two = v.bound_compare("=", two.lo, two.hi)
    exact_one, exact_two = v.exactly(one), v.exactly(two)
    return v.choose([(sure_two, _product(one, exact_two)), (sure_one, _product(exact_one, two))])


def _extreme(one: Value, two: Value, *, least: bool) -> Value:
    op = "<=" if least else ">="

    def nearer(a: Bound, b: Bound) -> Bound:
        pair = v.choose([(v.bound_compare(op, a, b), Value(a, a)), (v.bound_compare(op, b, a), Value(b, b))])
        return pair.lo

    if one.certain and two.certain:
        both = nearer(one.lo, two.lo)
        return Value(both, both)
    outer, inner = ("lo", "hi") if least else ("hi", "lo")
    far = nearer(getattr(one, outer), getattr(two, outer))
    a, b = getattr(one, inner), getattr(two, inner)
    missing = sql.or_([sql.and_([sql.is_null(x.lo.n), sql.is_null(x.hi.n)]) for x in (one, two)])
    near = v.choose(
        [
            (missing, MISSING),
            (sql.is_null(a.n), Value(b, b)),
            (sql.is_null(b.n), Value(a, a)),
            (sql.TRUE, Value(*(nearer(a, b),) * 2)),
        ]
    ).lo
    return Value(far, near) if least else Value(near, far)


def _shifted(of: Sql, step: Sql, kind: str, unit: str) -> Sql:
    if kind == "month":
        return v.within_calendar(sql.binary("+", of, step))
    return v.shift_days(of, step) if unit == "days" else v.shift_months(of, step)


def _part(of: Sql, part: t.PartKind, kind: str) -> Sql:
    month = v.month_of(of) if kind == "date" else of
    match part, kind:
        case "month", _:
            return month
        case "previous_month", _:
            return sql.binary("-", month, sql.number(1))
        case "year", "date":
            return sql.anonymous("YEAR", of)
        case "year", _:
            return sql.binary("//", of, sql.number(12))
        case "previous_year", "year":
            return sql.binary("-", of, sql.number(1))
        case "previous_year", "date":
            return sql.binary("-", sql.anonymous("YEAR", of), sql.number(1))
        case "previous_year", _:
            return sql.binary("-", sql.binary("//", of, sql.number(12)), sql.number(1))
        case "first_day", "year":
            return sql.anonymous("MAKE_DATE", of, sql.number(1), sql.number(1))
        case "last_day", "year":
            return sql.anonymous("MAKE_DATE", of, sql.number(12), sql.number(31))
        case "first_day", _:
            return v.first_day(of)
        case _:
            return v.last_day(of)
