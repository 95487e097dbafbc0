"""Values of expressions for rows that a relation names, each on a day of its own: one table an entity.

Made of the same frames as verdicts, so that a group means in a table of costs what it means in a condition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from jixiang.language import typed as t
from jixiang.language.types import Type
from jixiang.readings.query import sql
from jixiang.readings.query.expressions import Expressions
from jixiang.readings.query.frame import Frame
from jixiang.readings.query.plan import Step, steps_of
from jixiang.readings.query.sources import Sources
from jixiang.readings.query.sql import Sql, col
from jixiang.readings.query.value import certain


@dataclass(frozen=True)
class Asked:
    """Of rows of an entity: `source` names a relation with `key` and `day`, each pair once. Who has no row there has none in
    `relation`, which shows key, day and the columns; the expressions speak of Row(0), and 适用日 is the day.

    `sides`: values that may be fractions or lie between bounds: each shows four columns (see `side_columns`). `period`: the
    kind of 当期, a month or a year; then `source` holds `period` too, as a count of months or a year, and the relation shows it.
    """

    relation: str
    entity: str
    source: str
    columns: Mapping[str, t.Expr]
    sides: Mapping[str, t.Expr] = field(default_factory=dict)
    period: Type | None = None


def side_columns(name: str) -> tuple[str, str, str, str]:
    """The columns of one of the `sides`: the lower bound and what it is divided by, then the upper one."""
    return f"{name}_lo", f"{name}_lo_by", f"{name}_hi", f"{name}_hi_by"


def columns_plan(sources: Sources, asked: tuple[Asked, ...]) -> tuple[Step, ...]:
    """The steps that leave these relations behind. 决定日 is that of the sources."""
    expressions = Expressions(sources)
    results: dict[str, Callable[[], exp.Query]] = {}
    for number, one in enumerate(asked):
        results[one.relation] = _compiled(expressions, one, f"b{number}")
    return steps_of(expressions, results)


def _compiled(expressions: Expressions, asked: Asked, name: str) -> Callable[[], exp.Query]:
    entity = expressions.vocabulary.entities[asked.entity]
    view = expressions.sources.fact(entity, (entity.key_column,))

    def base(frame: Frame) -> exp.Query:
        shown = [sql.alias(x, n) for n, x in frame.base_columns.items()]
        same = sql.binary("=", col(entity.key_column, "e"), col("key", "o"))
        joins = [sql.join(sql.table(asked.source, "o"), same, kind="INNER")]
        return sql.select(shown, sql.table(view, "e"), joins=joins)

    ids = ("k0", "d0") if asked.period is None else ("k0", "d0", "p0")
    frame = Frame(name, 0, ids, base, entity=entity.name)
    frame.in_base("k0", col(entity.key_column, "e"))
    frame.in_base("d0", col("day", "o"))
    frame.memo[t.EffectiveDate()] = certain(col("d0"))
    columns: dict[str, Sql] = {"key": col("k0"), "day": sql.cast(col("d0"), "DATE")}
    if asked.period is not None:
        columns["period"] = frame.in_base("p0", col("period", "o"))
        frame.memo[t.Period(asked.period)] = certain(col("p0"))
    expressions.aggregates.frames.append(frame)
    columns |= {column: expressions.exact(expr, frame).plain for column, expr in asked.columns.items()}
    for column, expr in asked.sides.items():
        columns |= dict(zip(side_columns(column), _bounds(expressions, expr, frame), strict=True))

    def query() -> exp.Query:
        return sql.select([sql.alias(c, n) for n, c in columns.items()], sql.table(frame.top, "r"))

    return query


def _bounds(expressions: Expressions, expr: t.Expr, frame: Frame) -> list[Sql]:
    found = expressions.value(expr, frame)
    whole = "DATE" if expr.type.kind == "date" else "VARCHAR" if expr.type.kind == "code" else "BIGINT"
    return [
        sql.cast(part, kind)
        for bound in (found.lo, found.hi)
        for part, kind in ((bound.n, whole), (bound.d or sql.NULL, "BIGINT"))
    ]
