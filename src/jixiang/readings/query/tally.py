"""What an aggregate counts, and what follows from the counts: the bounds of the answer.

Rows whose 其中 holds are sure, rows for which it is unknown are in doubt; a cell without a value is empty. What nobody has
seen leaves the answer open above.
"""

from __future__ import annotations

from sqlglot import exp

from jixiang.language import typed as t
from jixiang.readings.query import sql
from jixiang.readings.query.sql import Sql
from jixiang.readings.query.value import Bound, Value, certain

Tally = dict[str, Sql]


def tallied(expr: t.Aggregate, where: Sql, cell: Sql) -> dict[str, Sql]:
    """The columns that an aggregate is concluded from: over rows whose 其中 holds (sure) or is unknown (doubt)."""
    maybe = sql.is_null(where)
    either = not_false(where)
    doubt = sql.count_rows(maybe)
    empty = sql.is_null(cell)
    match expr.kind:
        case "exists" | "count":
            return {"sure": sql.count_rows(where), "doubt": doubt}
        case "count_distinct":
            return {
                "sure": sql.filtered(_distinct(cell), sql.and_([where, sql.known(cell)])),
                "most": sql.filtered(_distinct(cell), sql.and_([either, sql.known(cell)])),
                "empty": sql.count_rows(sql.and_([either, empty])),
            }
        case "longest_run":
            return {
                "sure": longest_run(cell, sql.and_([where, sql.known(cell)])),
                "most": longest_run(cell, sql.and_([either, sql.known(cell)])),
                "empty": sql.count_rows(sql.and_([either, empty])),
            }
        case "sum":
            return {
                "sure": sql.filtered(exp.Sum(this=cell.copy()), where),
                "most": sql.filtered(exp.Sum(this=cell.copy()), either),
                "doubt": doubt,
                "empty": sql.count_rows(sql.and_([either, empty])),
            }
    kinds = {"average": exp.Sum, "max": exp.Max, "min": exp.Min}
    return {
        "sure": sql.filtered(kinds[expr.kind](this=cell.copy()), where),
        "rows": sql.count_rows(where),
        "doubt": doubt,
        "empty": sql.count_rows(sql.and_([where, empty])),
    }


def longest_run(month: Sql, where: Sql) -> Sql:
    """The longest run of consecutive months, from their sorted distinct list: month minus place is the same in a run."""
    listed = sql.filtered(exp.ArrayAgg(this=exp.Distinct(expressions=[month.copy()])), where)
    return sql.anonymous("LONGEST_RUN", listed)


def _distinct(cell: Sql) -> Sql:
    return exp.Count(this=exp.Distinct(expressions=[cell.copy()]))


def not_false(value: Sql) -> Sql:
    """True or unknown."""
    if isinstance(value, exp.Null):
        return sql.TRUE
    return sql.coalesce(value, sql.TRUE)


def concluded(expr: t.Aggregate, tally: Tally, unseen: Sql, *, never_negative: bool) -> Value:
    """From what was counted to the bounds of the answer. A row that asks and has no related rows counted nothing."""
    zero = sql.number(0)
    count = {name: sql.coalesce(c, zero) for name, c in tally.items()}
    closed = sql.not_(unseen)
    filled = sql.binary("=", count["empty"], zero) if "empty" in count else sql.TRUE
    match expr.kind:
        case "exists":
            doubt = sql.or_([sql.binary(">", count["doubt"], zero), unseen])
            some = sql.binary(">", count["sure"], zero)
            return certain(sql.case((some, sql.TRUE), (doubt, sql.NULL), otherwise=sql.FALSE))
        case "count":
            return _up_to(count["sure"], closed, sql.binary("+", count["sure"], count["doubt"]))
        case "count_distinct":
            return _up_to(count["sure"], closed, sql.binary("+", count["most"], count["empty"]))
        case "longest_run":
            return _up_to(count["sure"], sql.and_([closed, filled]), count["most"])
        case "sum" if never_negative:
            return _up_to(count["sure"], sql.and_([closed, filled]), count["most"])
    settled = sql.and_([closed, sql.binary("=", count["doubt"], zero), filled])
    if expr.kind == "sum":
        return certain(sql.case((settled, count["sure"])))
    some = sql.binary(">", count["rows"], zero)
    whole = sql.case((sql.and_([settled, some]), tally["sure"]))
    if expr.kind == "average":
        return certain(whole, sql.case((some, count["rows"]), otherwise=sql.number(1)))
    return certain(whole)


def _up_to(least: Sql, bounded: Sql, most: Sql) -> Value:
    return Value(Bound(least), Bound(sql.case((bounded, most))))
