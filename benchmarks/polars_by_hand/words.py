"""Words that the policies are written in: what is not known, months as bits, whole months between days.

A month is counted from January 2019, which is 0; a set of months is an Int64 with one bit a month. Polars' `&`, `|`, `~` and
comparisons are Kleene's, so three values need no help; `when` takes unknown for false.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from benchmarks.by_hand.required import AS_OF

NO_END = date(9999, 12, 31)
UNKNOWN = pl.lit(None, dtype=pl.Boolean)
MONTHS = 62  # bits in use


def month_number(day: date) -> int:
    return (day.year - 2019) * 12 + day.month - 1


THIS_MONTH = month_number(AS_OF)


def month_no(day: pl.Expr) -> pl.Expr:
    return (day.dt.year().cast(pl.Int64) - 2019) * 12 + day.dt.month().cast(pl.Int64) - 1


def stored_month_no(yyyymm: pl.Expr) -> pl.Expr:
    month = yyyymm.cast(pl.Int64)
    return (month // 100 - 2019) * 12 + month % 100 - 1


def bit(n: pl.Expr) -> pl.Expr:
    """The bit of a month from 0 to 62; there is no shift, but a power of two is the same."""
    return pl.lit(2, dtype=pl.Int64).pow(n)


def months_to(n: pl.Expr) -> pl.Expr:
    """The set of all months up to one; months before 2019 have no bit."""
    return bit((n + 1).clip(0, MONTHS)) - 1


def months_between(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    """The months from one to another; none where one of them is not known."""
    return pl.when(last >= first).then(months_to(last) & ~months_to(first - 1)).otherwise(0)


def has_month(months: pl.Expr, n: pl.Expr) -> pl.Expr:
    inside = n.is_between(0, MONTHS - 1)
    return pl.when(inside).then((months & bit(n.clip(0, MONTHS - 1))) != 0).when(n.is_not_null()).then(False)


def six_in_a_row(months: pl.Expr) -> pl.Expr:
    """Runs of two, of four, of six."""
    two = months & (months // 2)
    four = two & (two // 4)
    return (four & (two // 16)) != 0


def perhaps_later(n: pl.Expr, covered: int) -> pl.Expr:
    """False; unknown where a row of this month may exist that the extract, complete up to `covered`, does not hold yet."""
    missing = (n > covered) & (n <= THIS_MONTH)
    return pl.when(missing.fill_null(True)).then(UNKNOWN).otherwise(False)


def there(value: pl.Expr) -> pl.Expr:
    """True where there is a value, unknown where there is none: what a key, an amount or a beneficiary must be."""
    return pl.when(value.is_not_null()).then(True)


def or_unknown(condition: pl.Expr) -> pl.Expr:
    """True or unknown, never false."""
    return pl.when(condition).then(True)


def not_false(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(True)


def any_of(condition: pl.Expr) -> pl.Expr:
    """Is there a row for which it holds? Unknown if it is unknown for some and true for none."""
    return condition.any(ignore_nulls=False)


def found(there: str, answer: str) -> pl.Expr:
    """The answer of a joined row, marked by a column `there`; False where none was found."""
    return pl.when(pl.col(there).is_not_null()).then(pl.col(answer)).otherwise(False)


def open_end(day: pl.Expr) -> pl.Expr:
    return day.fill_null(NO_END)


def months_later(day: pl.Expr, months: int) -> pl.Expr:
    return day.dt.offset_by(f"{months}mo")


def whole_months(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    """Whole months from a day to a day, below zero if the second is earlier; the last day of a month completes it."""

    def forwards(a: pl.Expr, b: pl.Expr) -> pl.Expr:
        short = (b.dt.day() < a.dt.day()) & (b != b.dt.month_end())
        return month_no(b) - month_no(a) - short.cast(pl.Int64)

    return pl.when(first <= last).then(forwards(first, last)).otherwise(-forwards(last, first))


def towards_zero(amount: pl.Expr, by: int) -> pl.Expr:
    return pl.when(amount < 0).then(-(-amount // by)).otherwise(amount // by)
