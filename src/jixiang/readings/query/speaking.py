"""Which rows of a fact table speak: of those with one key the newest recorded by an instant, unless it is retracted.

Most keys have one row only, so the few that may have more are looked for first (in the loads after the first, which are
small) and only those are put in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlglot import exp

from jixiang.language.types import Type
from jixiang.readings.query import sql
from jixiang.readings.query.offered import Loads
from jixiang.readings.query.sql import Sql, col

VERSION = ("recorded_at", "source_row", "source")


def speaking(
    name: str, table: str, key: tuple[str, ...], columns: Mapping[str, Sql], loads: Loads | None, until: datetime
) -> list[tuple[str, exp.Query]]:
    """The steps to the relation `name` of those rows of `raw_<table>`. `loads` None: its rows do not say when they were recorded."""
    shown = [sql.alias(value, column) for column, value in columns.items()]
    raw = sql.table(f"raw_{table}", "r")
    if loads is None:
        return [(name, sql.select(shown, raw))]
    known = sql.binary("<=", col("recorded_at"), sql.instant(until))
    stands = sql.not_(sql.coalesce(col("retracted"), sql.FALSE))
    if loads == "one":
        return [(name, sql.select(shown, raw, where=sql.and_([known, stands])))]
    same = sql.and_([sql.binary("=", col(k), col(k, "a")) for k in key])
    once = sql.select(
        shown,
        raw,
        joins=[sql.join(sql.table(f"{name}_again", "a"), same)],
        where=sql.and_([known, stands, sql.is_null(col(key[0], "a"))]),
    )
    number = exp.Window(this=exp.RowNumber(), partition_by=[col(k) for k in key], order=newest_first())
    several = sql.select(
        [*shown, sql.alias(col("retracted"), "retracted"), sql.alias(number, "n")],
        raw,
        joins=[sql.join(sql.table(f"{name}_again", "a"), same, kind="INNER")],
        where=known,
    )
    newest = sql.select(
        [col(column) for column in columns],
        exp.Subquery(this=several, alias=exp.TableAlias(this=exp.to_identifier("r"))),
        where=sql.and_([sql.binary("=", col("n"), sql.number(1)), stands]),
    )
    return [(f"{name}_again", _again(table, key, known, loads)), (name, sql.union_all([once, newest]))]


def newest_first() -> exp.Order:
    return exp.Order(expressions=[exp.Ordered(this=col(c), desc=True, nulls_first=False) for c in VERSION])


def _again(table: str, key: tuple[str, ...], known: Sql, loads: Loads) -> exp.Select:
    """The keys that more than one row may have."""
    keys = [col(k) for k in key]
    if loads == "several":
        return sql.select(keys, sql.table(f"later_{table}", "r"), where=known, group=keys)
    again = sql.select(keys, sql.table(f"raw_{table}", "r"), where=known, group=keys)
    again.set("having", exp.Having(this=sql.binary(">", sql.count_rows(sql.TRUE), sql.number(1))))
    return again


def read(column: Sql, type_: Type) -> Sql:
    """A stored value as the plan computes with it: a month as its count from year 0."""
    if type_.kind != "month":
        return column
    years = sql.binary("*", sql.binary("//", column, sql.number(100)), sql.number(12))
    return sql.binary("-", sql.binary("+", years, sql.binary("%", column, sql.number(100))), sql.number(1))
