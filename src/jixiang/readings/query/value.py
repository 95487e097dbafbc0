"""What an expression compiles to: a pair of bounds, each an exact number or a plain column.

A certain value has one bound twice. A missing one is NULL on both sides; a value known only from below has NULL above.
Numbers are fractions of two integers, the lower one positive; whole numbers have no lower part at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import gcd

from sqlglot import exp

from jixiang.language import typed as t
from jixiang.readings.query import sql
from jixiang.readings.query.sql import Sql
from jixiang.values.dates import DAWN, FOREVER
from jixiang.values.month import Month


@dataclass(frozen=True)
class Bound:
    """`n / d`; `d` None stands for 1."""

    n: Sql
    d: Sql | None = None

    @property
    def null(self) -> bool:
        return isinstance(self.n, exp.Null)


UNBOUNDED = Bound(sql.NULL)


@dataclass(frozen=True)
class Value:
    lo: Bound
    hi: Bound

    @property
    def certain(self) -> bool:
        return self.lo is self.hi

    @property
    def plain(self) -> Sql:
        """The column of a value that is no fraction."""
        assert self.certain and self.lo.d is None
        return self.lo.n


def certain(value: Sql, below: Sql | None = None) -> Value:
    bound = Bound(value, below)
    return Value(bound, bound)


MISSING = certain(sql.NULL)


def constant(value: t.Value) -> Value:
    """A literal of any type."""
    match value:
        case None:
            return MISSING
        case bool():
            return certain(sql.boolean(value))
        case int():
            return certain(sql.number(value))
        case Fraction():
            return certain(
                sql.number(value.numerator), None if value.denominator == 1 else sql.number(value.denominator)
            )
        case date():
            return certain(sql.day(value))
        case Month():
            return certain(sql.number(value.index))
        case str():
            return certain(sql.text(value))
        case tuple():
            return certain(exp.Array(expressions=[sql.text(v) for v in value]))
    raise TypeError(f"no literal {value!r}")


def compare(operator: str, left: Value, right: Value) -> Sql:
    """A comparison of two ordered values; unknown where it needs to know what the bounds leave open."""
    if left.certain and right.certain:
        return bound_compare(operator, left.lo, right.lo)
    if operator in (">", ">="):
        left, right, operator = right, left, "<" if operator == ">" else "<="
    if operator in ("<", "<="):
        opposite = ">=" if operator == "<" else ">"
        return sql.case(
            (bound_compare(operator, left.hi, right.lo), sql.TRUE),
            (bound_compare(opposite, left.lo, right.hi), sql.FALSE),
        )
    apart = sql.or_([bound_compare("<", left.hi, right.lo), bound_compare("<", right.hi, left.lo)])
    same = sql.and_([bound_compare("=", left.lo, b) for b in (left.hi, right.lo, right.hi)])
    yes, no = (sql.TRUE, sql.FALSE) if operator == "=" else (sql.FALSE, sql.TRUE)
    return sql.case((same, yes), (apart, no))


def bound_compare(operator: str, left: Bound, right: Bound) -> Sql:
    if left.null or right.null:
        return sql.NULL
    if left.d is None and right.d is None:
        return sql.binary(operator, left.n, right.n)
    return sql.binary(operator, times(left.n, right.d), times(right.n, left.d))


def times(value: Sql, factor: Sql | None) -> Sql:
    """A product in 128 bits; a factor of None or 1 changes nothing."""
    if factor is None or is_number(factor, 1):
        return value
    if is_number(value, 1):
        return factor
    folded = whole(value), whole(factor)
    if folded[0] is not None and folded[1] is not None:
        return sql.number(folded[0] * folded[1])
    return sql.binary("*", sql.big(value), factor)


def whole(value: Sql) -> int | None:
    """The integer that a literal is."""
    if isinstance(value, exp.Literal) and not value.is_string:
        return int(value.this)
    if isinstance(value, exp.Neg) and (inner := whole(value.this)) is not None:
        return -inner
    return None


def is_number(value: Sql, number: int) -> bool:
    return whole(value) == number


def add(left: Bound, right: Bound, operator: str) -> Bound:
    """left ± right of two bounds."""
    if left.null or right.null:
        return UNBOUNDED
    if left.d is None and right.d is None:
        return Bound(sql.binary(operator, left.n, right.n))
    if left.d is not None and right.d is not None and left.d == right.d:
        return Bound(sql.binary(operator, left.n, right.n), left.d)
    below = times(left.d, right.d) if left.d is not None else right.d
    return Bound(sql.binary(operator, times(left.n, right.d), times(right.n, left.d)), below)


def multiply(left: Bound, right: Bound) -> Bound:
    if left.null or right.null:
        return UNBOUNDED
    below = right.d if left.d is None else times(left.d, right.d)
    return reduced(Bound(times(left.n, right.n), below))


def inverse(bound: Bound) -> Bound:
    """1 ÷ bound, with a positive lower part; missing for zero."""
    if bound.null:
        return UNBOUNDED
    above = bound.d or sql.number(1)
    if (known := whole(bound.n)) is not None:
        if known == 0:
            return UNBOUNDED
        return Bound(above if known > 0 else times(sql.number(-1), above), sql.number(abs(known)))
    positive = sql.binary(">", bound.n, sql.number(0))
    negative = sql.binary("<", bound.n, sql.number(0))
    minus = sql.binary("-", sql.number(0), above)
    return Bound(
        sql.case((positive, above), (negative, minus)),
        sql.case((positive, bound.n), (negative, sql.binary("-", sql.number(0), bound.n))),
    )


def reduced(bound: Bound) -> Bound:
    """Cancel what two literals have in common."""
    above, below = whole(bound.n), whole(bound.d) if bound.d is not None else None
    if below == 1:
        return Bound(bound.n)
    if above is None or below is None:
        return bound
    common = gcd(above, below)
    return Bound(sql.number(above // common), None if below == common else sql.number(below // common))


def floor(bound: Bound) -> Sql:
    """The largest integer not above a bound. Written with // on values that are not negative only."""
    if bound.null or bound.d is None:
        return bound.n
    down = sql.binary("//", bound.n, bound.d)
    up = sql.binary("//", sql.binary("-", sql.binary("+", minus(bound.n), bound.d), sql.number(1)), bound.d)
    return sql.case((sql.binary(">=", bound.n, sql.number(0)), down), (sql.TRUE, minus(up)))


def minus(value: Sql) -> Sql:
    return sql.binary("-", sql.number(0), value)


def round_half_up(bound: Bound) -> Sql:
    """To a whole number, a half away from zero."""
    if bound.null or bound.d is None:
        return bound.n

    def rounded(above: Sql) -> Sql:
        twice = sql.binary("+", times(sql.number(2), above), bound.d or sql.number(1))
        return sql.binary("//", twice, times(sql.number(2), bound.d))

    return sql.case(
        (sql.binary(">=", bound.n, sql.number(0)), rounded(bound.n)), (sql.TRUE, minus(rounded(minus(bound.n))))
    )


# Months are counted from year 0, days are dates -------------------------------------------------------------------


def month_of(day: Sql) -> Sql:
    year, month = sql.anonymous("YEAR", day), sql.anonymous("MONTH", day)
    twelve = sql.binary("*", year, sql.number(12))
    return sql.binary("-", sql.binary("+", twelve, month), sql.number(1))


def first_day(month: Sql) -> Sql:
    year = sql.binary("//", month, sql.number(12))
    return sql.anonymous(
        "MAKE_DATE", year, sql.binary("+", sql.binary("%", month, sql.number(12)), sql.number(1)), sql.number(1)
    )


def last_day(month: Sql) -> Sql:
    return sql.binary("-", first_day(sql.binary("+", month, sql.number(1))), sql.cast(sql.number(1), "INT"))


def day_of_month(day: Sql) -> Sql:
    return sql.anonymous("DAY", day)


def days_in(day: Sql) -> Sql:
    return day_of_month(sql.anonymous("LAST_DAY", day))


def within_calendar(month: Sql) -> Sql:
    """A month stops at the edges of the calendar, as days do."""
    first, last = sql.number(Month.of(DAWN).index), sql.number(Month.of(FOREVER).index)
    return sql.case((sql.binary(">", month, last), last), (sql.binary("<", month, first), first), otherwise=month)


def shift_days(day: Sql, days: Sql) -> Sql:
    moved = sql.binary("+", day, sql.cast(days, "INT"))
    return sql.case(
        (sql.is_null(days), sql.NULL),
        (sql.binary("=", day, sql.day(FOREVER)), sql.day(FOREVER)),
        (sql.binary(">", moved, sql.day(FOREVER)), sql.day(FOREVER)),
        (sql.binary("<", moved, sql.day(DAWN)), sql.day(DAWN)),
        (sql.TRUE, moved),
    )


def shift_months(day: Sql, months: Sql) -> Sql:
    """The rule of `values.dates`: a day that the month lacks is that month's last day."""
    month = sql.binary("+", month_of(day), months)
    first = first_day(month)
    into = sql.smaller(day_of_month(day), days_in(first))
    return sql.case(
        (sql.is_null(months), sql.NULL),
        (sql.binary("=", day, sql.day(FOREVER)), sql.day(FOREVER)),
        (sql.binary(">=", month, sql.number(120000)), sql.day(FOREVER)),
        (sql.binary("<", month, sql.number(12)), sql.day(DAWN)),
        (sql.TRUE, sql.binary("+", first, sql.cast(sql.binary("-", into, sql.number(1)), "INT"))),
    )


def whole_months(start: Sql, end: Sql) -> Sql:
    reached = sql.smaller(day_of_month(start), days_in(end))
    short = sql.case((sql.binary("<", day_of_month(end), reached), sql.number(1)), (sql.TRUE, sql.number(0)))
    return sql.binary("-", sql.binary("-", month_of(end), month_of(start)), short)


def days_between(start: Sql, end: Sql) -> Sql:
    """Both ends included; the difference of two days is a number of days."""
    passed = sql.binary("+", sql.binary("-", end, start), sql.number(1))
    return sql.case((sql.binary(">=", end, start), passed), (sql.binary("<", end, start), sql.number(0)))


def choose(branches: list[tuple[Sql, Value]], otherwise: Value = MISSING) -> Value:
    """CASE over values: the bounds of the first branch whose condition holds."""
    values = [v for _, v in branches] + [otherwise]

    def bound(pick: str) -> Bound:
        bounds = [getattr(v, pick) for v in values]
        conditions = [c for c, _ in branches]
        above = sql.case(*zip(conditions, [b.n for b in bounds], strict=False), otherwise=bounds[-1].n)
        if all(b.d is None for b in bounds):
            return Bound(above)
        below = [b.d if b.d is not None else sql.number(1) for b in bounds]
        return Bound(above, sql.case(*zip(conditions, below, strict=False), otherwise=below[-1]))

    if all(v.certain for v in values):
        one = bound("lo")
        return Value(one, one)
    return Value(bound("lo"), bound("hi"))


def exactly(value: Value) -> Value:
    """What is certain about a value: itself where its bounds meet, else missing."""
    if value.certain:
        return value
    same = bound_compare("=", value.lo, value.hi)
    one = Bound(sql.case((same, value.lo.n)), value.lo.d)
    return Value(one, one)


def both(change: Callable[[Bound], Sql], value: Value) -> Value:
    """A monotone function on both bounds."""
    low = UNBOUNDED if value.lo.null else Bound(change(value.lo))
    if value.certain:
        return Value(low, low)
    return Value(low, UNBOUNDED if value.hi.null else Bound(change(value.hi)))


def inverse_value(value: Value) -> Value:
    """1 ÷ a value; an uncertain divisor is missing."""
    one = inverse(exactly(value).lo)
    return Value(one, one)
