"""Query trees, in the few forms that mean the same on every engine.

Only these forms are emitted: integer arithmetic, `//` and `%` on values that are not negative, typed dates, CASE, three-
valued AND/OR/NOT, LEFT JOIN, GROUP BY with FILTER, and windows with a total order. Constants fold while building, so that
a rule that asks nothing of the data leaves nothing in the query. Trees are copied when used, so that none has two parents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path

import sqlglot
from sqlglot import exp

Sql = exp.Expr

NULL = exp.Null()
TRUE = exp.Boolean(this=True)
FALSE = exp.Boolean(this=False)


def written(path: Path) -> exp.Query:
    """A query that lies in a file of commented SQL."""
    return _parsed(path).copy()


@cache
def _parsed(path: Path) -> exp.Query:
    tree = sqlglot.parse_one(path.read_text(encoding="utf-8"), read="duckdb")
    assert isinstance(tree, exp.Query)
    return tree


def col(name: str, table: str = "r") -> exp.Column:
    """A column; `r` is the relation that a level is computed from."""
    return exp.Column(this=exp.to_identifier(name, quoted=True), table=exp.to_identifier(table))


def table(name: str, alias: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True), alias=exp.TableAlias(this=exp.to_identifier(alias)))


def number(value: int) -> Sql:
    """An integer literal; one beyond 64 bits is typed, so that no engine makes a float of it."""
    literal: Sql = exp.Literal.number(abs(value))
    if abs(value) >= 2**31:
        literal = cast(exp.Literal.string(str(abs(value))), "INT128" if abs(value) >= 2**63 else "BIGINT")
    return exp.Neg(this=literal) if value < 0 else literal


def text(value: str) -> Sql:
    return exp.Literal.string(value)


def day(value: date) -> Sql:
    return cast(exp.Literal.string(value.isoformat()), "DATE")


def instant(value: datetime) -> Sql:
    return cast(exp.Literal.string(value.isoformat(sep=" ")), "TIMESTAMP")


def boolean(value: bool | None) -> Sql:
    return NULL if value is None else (TRUE if value else FALSE)


def cast(value: Sql, to: str) -> Sql:
    return exp.Cast(this=value.copy(), to=_type(to).copy())


@cache
def _type(name: str) -> exp.DataType:
    """Parsed once: the same few types are named thousands of times."""
    return exp.DataType.build(name)


def big(value: Sql) -> Sql:
    """As a 128-bit integer, in which products are computed."""
    return cast(value, "INT128")


def is_null(value: Sql) -> Sql:
    if isinstance(value, exp.Null):
        return TRUE
    if isinstance(value, (exp.Literal, exp.Boolean)) or _constant(value):
        return FALSE
    return exp.Is(this=_wrapped(value), expression=exp.Null())


def _constant(value: Sql) -> bool:
    return isinstance(value, exp.Cast) and isinstance(value.this, exp.Literal)


def known(value: Sql) -> Sql:
    return not_(is_null(value))


def _wrapped(value: Sql) -> Sql:
    """In brackets where precedence could matter. (The tree library counts AND and OR among the functions.)"""
    simple = (exp.Column, exp.Literal, exp.Boolean, exp.Null, exp.Func, exp.Paren)
    bare = isinstance(value, simple) and not isinstance(value, exp.Binary)
    return value.copy() if bare else exp.Paren(this=value.copy())


def and_(items: Iterable[Sql]) -> Sql:
    kept = [i for i in items if i != TRUE]
    if any(i == FALSE for i in kept):
        return FALSE
    return _joined(exp.And, kept, TRUE)


def or_(items: Iterable[Sql]) -> Sql:
    kept = [i for i in items if i != FALSE]
    if any(i == TRUE for i in kept):
        return TRUE
    return _joined(exp.Or, kept, FALSE)


def _joined(kind: type[exp.Connector], items: Sequence[Sql], none: Sql) -> Sql:
    if not items:
        return none
    unique = list(dict.fromkeys(items))
    tree = _wrapped(unique[0])
    for item in unique[1:]:
        tree = kind(this=tree, expression=_wrapped(item))
    return tree


def not_(item: Sql) -> Sql:
    if isinstance(item, exp.Boolean):
        return boolean(not item.this)
    if isinstance(item, exp.Null):
        return NULL
    if isinstance(item, exp.Not):
        inner = item.this
        bare: Sql = inner.this if isinstance(inner, exp.Paren) else inner
        return bare.copy()
    return exp.Not(this=_wrapped(item))


_OPERATORS: dict[str, type[exp.Binary]] = {
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
    "=": exp.EQ,
    "≠": exp.NEQ,
    "+": exp.Add,
    "-": exp.Sub,
    "*": exp.Mul,
    "//": exp.IntDiv,
    "%": exp.Mod,
}


def binary(operator: str, left: Sql, right: Sql) -> Sql:
    """A comparison or integer operation. Anything with NULL is NULL."""
    if isinstance(left, exp.Null) or isinstance(right, exp.Null):
        return NULL
    return _OPERATORS[operator](this=_wrapped(left), expression=_wrapped(right))


def case(*branches: tuple[Sql, Sql], otherwise: Sql = NULL) -> Sql:
    """CASE; branches that cannot be taken are left out, and one that is always taken ends it."""
    kept: list[tuple[Sql, Sql]] = []
    for condition, value in branches:
        if condition in (FALSE, NULL):
            continue
        if condition == TRUE:
            otherwise = value
            break
        kept.append((condition, value))
    if all(value == otherwise for _, value in kept):
        return otherwise
    return exp.Case(
        ifs=[exp.If(this=c.copy(), true=v.copy()) for c, v in kept],
        default=None if isinstance(otherwise, exp.Null) else otherwise.copy(),
    )


def func(name: str, *args: Sql) -> Sql:
    return exp.func(name, *(a.copy() for a in args))


def anonymous(name: str, *args: Sql) -> Sql:
    """A function that the tree library has no name for. Of nothing it knows nothing."""
    if any(isinstance(arg, exp.Null) for arg in args):
        return NULL
    return exp.Anonymous(this=name, expressions=[a.copy() for a in args])


def coalesce(value: Sql, other: Sql) -> Sql:
    if isinstance(value, exp.Null):
        return other
    if isinstance(value, (exp.Literal, exp.Boolean)):
        return value
    return exp.Coalesce(this=value.copy(), expressions=[other.copy()])


def smaller(left: Sql, right: Sql) -> Sql:
    """The smaller of two; missing if either is (LEAST would pass over it)."""
    return case((binary("<=", left, right), left), (binary("<", right, left), right))


def filtered(aggregate: Sql, where: Sql) -> Sql:
    """aggregate FILTER (WHERE …)"""
    if where == TRUE:
        return aggregate
    return exp.Filter(this=aggregate, expression=exp.Where(this=where.copy()))


def count_rows(where: Sql) -> Sql:
    return filtered(exp.Count(this=exp.Star()), where)


def alias(value: Sql, name: str) -> Sql:
    return exp.alias_(value.copy(), name, quoted=True)


def select(
    columns: Sequence[Sql],
    source: Sql,
    *,
    joins: Sequence[exp.Join] = (),
    where: Sql = TRUE,
    group: Sequence[Sql] = (),
) -> exp.Select:
    query = exp.Select(expressions=[c.copy() for c in columns], from_=exp.From(this=source.copy()))
    if joins:
        query.set("joins", [j.copy() for j in joins])
    if where != TRUE:
        query.set("where", exp.Where(this=where.copy()))
    if group:
        query.set("group", exp.Group(expressions=[g.copy() for g in group]))
    return query


def join(source: Sql, on: Sql, kind: str = "LEFT") -> exp.Join:
    side = kind if kind == "LEFT" else None
    return exp.Join(this=source.copy(), on=on.copy(), side=side, kind=None if side else kind)


def union_all(queries: Sequence[exp.Query]) -> exp.Query:
    tree: exp.Query = queries[0]
    for query in queries[1:]:
        tree = exp.Union(this=tree, expression=query, distinct=False)
    return tree


def star(source: str = "r") -> Sql:
    return exp.Column(this=exp.Star(), table=exp.to_identifier(source))


def integer_list(items: Sequence[Sql]) -> Sql:
    return exp.Array(expressions=[cast(i, "BIGINT") for i in items])


def structure(members: Mapping[str, Sql]) -> Sql:
    """{'name': value, …}"""
    return exp.Struct(
        expressions=[exp.PropertyEQ(this=exp.to_identifier(n), expression=v.copy()) for n, v in members.items()]
    )
