"""Rows beyond the day that an extract covers: nobody has seen them, but a rule may have to reckon with them.

Such a row happened after that day and not after the decision date; all else about it is missing. Only if a rule's 其中 is
certainly false of it is the set of rows complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from typing import Any

from jixiang.language import typed as t
from jixiang.language.types import BOOL, MONTH, Type
from jixiang.language.vocabulary import Entity, Relation
from jixiang.readings.query.frame import Unseen, binders
from jixiang.values.month import Month


def where_unseen(expr: t.Aggregate, entity: Entity, cutoffs: Mapping[str, date | None], today: date) -> t.Expr | None:
    """The 其中 as asked of a row that nobody has seen; None if there can be no such row."""
    covered = cutoffs.get(entity.name)
    if not entity.time or covered is None or covered >= today:
        return None
    type_ = entity.attributes[entity.time].type
    low, high = (bound_of(day, type_) for day in (covered + timedelta(days=1), today))
    return asked_of_unseen(expr.where, expr.binder, entity.time, Unseen(low, high, type_))


def bound_of(day: date, type_: Type) -> t.Constant:
    """A day as a bound of the time of a row."""
    return t.Constant(Month.of(day), MONTH) if type_.kind == "month" else t.Constant(day, type_)


def asked_of_unseen(expr: t.Expr, binder: int, time: str, unseen: Unseen) -> t.Expr:
    """An expression asked of the row that nobody has seen."""

    def change(node: Any) -> Any:
        match node:
            case t.Get(of=t.Row(binder=b), attribute=name) if b == binder and name == time:
                return unseen
            case t.Known(item=item) if binder in binders(item):
                return t.If(t.Known(change(item)), t.Constant(True, BOOL), t.Constant(None, BOOL))
            case t.Row(binder=b) if b == binder:
                return t.Constant(None, node.type)
            case tuple():
                return tuple(change(item) for item in node)
        if is_dataclass(node) and not isinstance(node, (type, Relation, Type, Unseen)):
            changed = {f.name: change(getattr(node, f.name)) for f in fields(node) if f.init}
            return replace(node, **changed)
        return node

    changed: t.Expr = change(expr)
    return changed
