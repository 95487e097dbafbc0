"""Values of expressions for rows that a relation names, each on a day of its own: one table an entity.

Made of the same frames as verdicts, so that a group means in a table of costs what it means in a condition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from jixiang.language import typed as t
from jixiang.readings.query import sql
from jixiang.readings.query.expressions import Expressions
from jixiang.readings.query.frame import Frame
from jixiang.readings.query.plan import Step, steps_of
from jixiang.readings.query.sources import Sources
from jixiang.readings.query.sql import col
from jixiang.readings.query.value import certain


@dataclass(frozen=True)
class Asked:
    """Of rows of an entity: `source` names a relation with `key` and `day`, each pair once. Who has no row there has none in
    `relation`, which shows key, day and the columns; the expressions speak of Row(0), and 适用日 is the day."""

    relation: str
    entity: str
    source: str
    columns: Mapping[str, t.Expr]


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

    frame = Frame(name, 0, ("k0", "d0"), base, entity=entity.name)
    frame.in_base("k0", col(entity.key_column, "e"))
    frame.in_base("d0", col("day", "o"))
    frame.memo[t.EffectiveDate()] = certain(col("d0"))
    expressions.aggregates.frames.append(frame)
    found = {column: expressions.exact(expr, frame).plain for column, expr in asked.columns.items()}
    columns = {"key": col("k0"), "day": sql.cast(col("d0"), "DATE"), **found}

    def query() -> exp.Query:
        return sql.select([sql.alias(c, n) for n, c in columns.items()], sql.table(frame.top, "r"))

    return query
