"""Sets of months as integers, in query form: blocks of sixty months, one bit a month, the first month in the lowest bit.

Sixty bits stay clear of the sign, and are five whole years. Only `& << >> + -` and the number of bits are used, on typed
integers that are never negative, and no shift is by more than sixty: engines agree on these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from jixiang.readings.query import sql
from jixiang.readings.query.sql import Sql
from jixiang.readings.query.value import whole

BLOCK = 60
FULL = 2**BLOCK - 1
ZERO = sql.number(0)
Let = Callable[[Sql], Sql]


@dataclass(frozen=True)
class Span:
    """The months in which a history has anything, as counts of months from year 0; `first` is a January."""

    first: int
    last: int

    @classmethod
    def of(cls, earliest: int, latest: int) -> Span:
        return cls(earliest // 12 * 12, latest)

    @property
    def blocks(self) -> int:
        return (self.last - self.first) // BLOCK + 1

    @property
    def years(self) -> range:
        return range(self.first // 12, self.last // 12 + 1)

    def start(self, block: int) -> int:
        return self.first + block * BLOCK


def _binary(kind: type[exp.Binary], left: Sql, right: Sql) -> Sql:
    return kind(this=exp.Paren(this=left.copy()), expression=exp.Paren(this=right.copy()))


def shifted_left(value: Sql, by: Sql) -> Sql:
    return _binary(exp.BitwiseLeftShift, value, sql.cast(by, "INT"))


def shifted_right(value: Sql, by: Sql) -> Sql:
    return _binary(exp.BitwiseRightShift, value, sql.cast(by, "INT"))


def both(left: Sql, right: Sql) -> Sql:
    """The months in both sets."""
    folded = whole(left), whole(right)
    if 0 in folded:
        return ZERO
    if folded[0] == FULL:
        return right
    return left if folded[1] == FULL else _binary(exp.BitwiseAnd, left, right)


def bit(month: Sql, span: Span, block: int) -> Sql:
    """The set of one month; NULL where it lies in another block."""
    start = span.start(block)
    inside = [sql.binary(">=", month, sql.number(start)), sql.binary("<", month, sql.number(start + BLOCK))]
    one = shifted_left(sql.cast(sql.number(1), "BIGINT"), sql.binary("-", month, sql.number(start)))
    return sql.case((sql.and_(inside), one))


def gathered(sets: Sql) -> Sql:
    """An aggregate: all months of the sets of a group."""
    return exp.BitwiseOrAgg(this=sets.copy())


def any_of(sets: Sequence[Sql]) -> Sql:
    """Above zero if there is any month in any block."""
    tree = sets[0]
    for other in sets[1:]:
        tree = _binary(exp.BitwiseOr, tree, other)
    return tree


def count(sets: Sequence[Sql]) -> Sql:
    """How many months."""
    tree = ZERO
    for one in sets:
        bits = sql.cast(exp.BitwiseCount(this=one.copy()), "BIGINT")
        tree = bits if tree is ZERO else sql.binary("+", tree, bits)
    return tree


@dataclass
class Window:
    """The months that are at least and at most; a bound that is missing is either open or lets nothing through."""

    missing_is_open: bool
    lows: list[Sql] = field(default_factory=list)
    highs: list[Sql] = field(default_factory=list)

    def within(self, span: Span, block: int, let: Let) -> Sql:
        """As a set of the months of one block."""
        start, found = span.start(block), sql.number(FULL)
        for low in self.lows:
            found = let(both(found, let(self._from(low, start))))
        for high in self.highs:
            found = let(both(found, let(self._up_to(high, start))))
        return found

    def _from(self, low: Sql, start: int) -> Sql:
        if (month := whole(low)) is not None:
            return sql.number(FULL & ~_below(month - start))
        below = sql.binary("-", _ones(sql.binary("-", low, sql.number(start))), sql.number(1))
        return sql.case(
            (sql.is_null(low), self._missing()),
            (sql.binary("<=", low, sql.number(start)), sql.number(FULL)),
            (sql.binary(">=", low, sql.number(start + BLOCK)), ZERO),
            otherwise=sql.binary("-", sql.number(FULL), below),
        )

    def _up_to(self, high: Sql, start: int) -> Sql:
        if (month := whole(high)) is not None:
            return sql.number(_below(month - start + 1))
        return sql.case(
            (sql.is_null(high), self._missing()),
            (sql.binary("<", high, sql.number(start)), ZERO),
            (sql.binary(">=", high, sql.number(start + BLOCK - 1)), sql.number(FULL)),
            otherwise=sql.binary("-", _ones(sql.binary("-", high, sql.number(start - 1))), sql.number(1)),
        )

    def _missing(self) -> Sql:
        return sql.number(FULL) if self.missing_is_open else ZERO


def _ones(place: Sql) -> Sql:
    """The bit of a place in a block."""
    return shifted_left(sql.cast(sql.number(1), "BIGINT"), place)


def _below(place: int) -> int:
    """All bits below a place."""
    return (1 << min(max(place, 0), BLOCK)) - 1


# Months in a row --------------------------------------------------------------------------------------------------


def longest_run(sets: Sequence[Sql], let: Let) -> Sql:
    """The most months in a row, across blocks too. `let` makes a column of a value, so that nothing is written out twice; of
    a block that is empty for everybody it can make none, so such a block is left out."""
    best, carried = ZERO, ZERO
    for number, one in enumerate(sets):
        if whole(one) == 0:
            carried = ZERO
            continue
        longest = let(_longest_in(one, let))
        best = longest if whole(best) == 0 else let(_larger(best, longest))
        last = number == len(sets) - 1
        if whole(carried) == 0:
            carried = ZERO if last else let(_last_run(one, let))
            continue
        best = let(_larger(best, let(sql.binary("+", carried, let(_first_run(one))))))
        if not last:
            whole_block = sql.binary("=", one, sql.number(FULL))
            through = sql.binary("+", carried, sql.number(BLOCK))
            carried = let(sql.case((whole_block, through), otherwise=let(_last_run(one, let))))
    return best


def _larger(left: Sql, right: Sql) -> Sql:
    return sql.case((sql.binary(">=", left, right), left), otherwise=right)


def _longest_in(months: Sql, let: Let) -> Sql:
    """A ladder of doubled runs up, and a search by halves down: a run of a+b begins where one of a does and, a later, one of b."""
    runs = [months]  # runs[n]: where runs of 2^n months begin
    while 2 ** len(runs) <= BLOCK:
        shorter = runs[-1]
        runs.append(let(both(shorter, shifted_right(shorter, sql.number(2 ** (len(runs) - 1))))))
    begins, length = sql.number(FULL), ZERO
    for power in reversed(range(len(runs))):
        longer = let(both(begins, shifted_right(runs[power], length)))
        some = sql.binary(">", longer, ZERO)
        begins = let(sql.case((some, longer), otherwise=begins))
        length = let(sql.case((some, sql.binary("+", length, sql.number(2**power))), otherwise=length))
    return length


def _first_run(months: Sql) -> Sql:
    """How many of the first months of the block are in the set, without a gap."""
    after = _binary(exp.BitwiseAnd, sql.binary("-", sql.number(FULL), months), sql.binary("+", months, sql.number(1)))
    gone = sql.case(
        (sql.binary("=", months, sql.number(FULL)), sql.number(FULL)), otherwise=sql.binary("-", after, sql.number(1))
    )
    return count([gone])


def _last_run(months: Sql, let: Let) -> Sql:
    """How many of the last months of the block are in the set, without a gap: those above the highest that is not."""
    gaps = let(sql.binary("-", sql.number(FULL), months))
    for step in (1, 2, 4, 8, 16, 32):
        gaps = let(_binary(exp.BitwiseOr, gaps, shifted_right(gaps, sql.number(step))))
    return sql.binary("-", sql.number(BLOCK), count([gaps]))
