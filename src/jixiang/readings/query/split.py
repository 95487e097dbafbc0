"""Conditions taken apart: what can be asked before the rest, of fewer rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from jixiang.language import typed as t
from jixiang.readings.query.frame import children


def conjuncts(where: t.Expr | None) -> list[t.Expr]:
    """What must all hold."""
    if where is None:
        return []
    if isinstance(where, t.And):
        return [p for item in where.items for p in conjuncts(item)]
    return [where]


def timeless(part: t.Expr) -> t.Expr | None:
    """What must not be false whatever the period, for a part of 其中 not to be false; None if nothing can be said.

    Whoever has a row of which this and that hold has one of which this holds.
    """
    while isinstance(part, t.Named):
        part = part.expr
    if not of_period(part):
        return part
    if isinstance(part, t.Aggregate) and part.kind == "exists" and not of_period(part.of):
        left = tuple(p for p in conjuncts(part.where) if not of_period(p))
        if left:
            return replace(part, where=t.And(left) if len(left) > 1 else left[0])
    return None


def of_period(expr: object) -> bool:
    """Does it speak of 当期, or of 适用日, which may follow from it?"""
    return isinstance(expr, (t.Period, t.EffectiveDate)) or any(map(of_period, children(expr)))


def asks_rows(expr: object) -> bool:
    """Does an expression look at related rows?"""
    return isinstance(expr, (t.Aggregate, t.Share)) or any(asks_rows(child) for child in children(expr))


def asking_rows(expr: object) -> Iterator[t.Expr]:
    """The largest parts of an expression that look at other rows and do not depend on the period."""
    if not asks_rows(expr) and not _follows(expr):
        return
    if isinstance(expr, t.Expr) and not of_period(expr):
        yield expr
    elif not isinstance(expr, (t.Aggregate, t.Share)):
        for child in children(expr):
            yield from asking_rows(child)


def _follows(expr: object) -> bool:
    """Does an expression read a cell of a row that another one refers to?"""
    there = isinstance(expr, t.Get) and not isinstance(expr.of, (t.Row, t.TheOne))
    return there or any(map(_follows, children(expr)))
