"""`months_<table>`: the rows of a monthly entity that agree in every reference, code and yes-or-no, as one row.

Beside those columns it holds, as far as they are asked for: m<block>, the months of a block as bits; n<year>, how many rows;
<column>_s<year> and <column>_c<year>, the sum of a column over the year and how many rows say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from jixiang.language.vocabulary import Entity
from jixiang.readings.query import bits, sql
from jixiang.readings.query.bits import Span
from jixiang.readings.query.sql import Sql, col


def shared_attributes(entity: Entity) -> tuple[str, ...]:
    """The attributes that rows must agree in to become one: references, codes, yes or no."""
    return tuple(
        name
        for name, a in entity.attributes.items()
        if a.column and not a.varies and a.type.kind in ("ref", "code", "bool")
    )


def all_columns(entity: Entity, span: Span) -> list[str]:
    """Everything that a history can hold."""
    summed = [a.column for a in entity.attributes.values() if a.type.kind in ("number", "money") and not a.varies]
    sums = [f"{column}_{kind}{year}" for year in span.years for column in summed for kind in ("s", "c")]
    return [*(f"m{block}" for block in range(span.blocks)), *(f"n{year}" for year in span.years), *sums]


def months_of(entity: Entity, rows: Sql, shared: Sequence[str], columns: Iterable[str], span: Span) -> exp.Select:
    """`rows` has the month as its count from year 0."""
    month = col(entity.attributes[entity.time].column)
    keys = [col(column) for column in shared]
    asked = [sql.alias(_column(name, month, span), name) for name in columns]
    return sql.select([*keys, *asked] or [sql.number(1)], rows, group=keys)


def is_set(name: str) -> bool:
    """Is it a block of months?"""
    return name[0] == "m" and name[1:].isdigit()


def is_count(name: str) -> bool:
    """Does it count rows? A count of none is 0, a sum of none is missing."""
    column, _, what = name.rpartition("_")
    return what[0] == "c" if column else what[0] == "n"


def _column(name: str, month: Sql, span: Span) -> Sql:
    column, _, what = name.rpartition("_")
    if is_set(name):
        return bits.gathered(bits.bit(month, span, int(name[1:])))
    year = int(what[1:])
    first = sql.number(year * 12)
    in_year = sql.and_([sql.binary(">=", month, first), sql.binary("<", month, sql.number(year * 12 + 12))])
    if not column:
        return sql.count_rows(in_year)
    if what[0] == "c":
        return sql.filtered(exp.Count(this=col(column)), in_year)
    return sql.cast(sql.filtered(exp.Sum(this=col(column)), in_year), "BIGINT")
