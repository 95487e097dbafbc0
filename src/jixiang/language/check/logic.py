"""且 或 非, 有 无, 若 … 则 … 否则, and X 于 D."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from jixiang.language import surface, typed
from jixiang.language.check import kinds
from jixiang.language.check.core import Context, check
from jixiang.language.types import BOOL, DATE, Type
from jixiang.values.problem import Place

NEVER, EVER = typed.Constant(date(1, 1, 1), DATE), typed.Constant(date(9999, 12, 31), DATE)


def condition(node: surface.Expr, context: Context) -> typed.Expr | None:
    """An expression that must be true or false."""
    expr = check(node, context)
    if expr is None or expr.type == BOOL:
        return expr
    way = "写成比较,如 '… 不少于 …'、'有 …' 或 '… 为 …'"
    context.wrong("not-boolean", node.place, f"这里要一个成立或不成立的条件,写的却是{kinds.spoken(expr.type)}", way)
    return None


@check.register
def check_junction(node: surface.Junction, context: Context, expected: Type | None = None) -> typed.Expr | None:
    items = [condition(item, context) for item in node.items]
    good = tuple(item for item in items if item is not None)
    if len(good) < len(items):
        return None
    return typed.And(good) if node.op == "且" else typed.Or(good)


@check.register
def check_negation(node: surface.Negation, context: Context, expected: Type | None = None) -> typed.Expr | None:
    item = condition(node.expr, context)
    return typed.Not(item) if item is not None else None


@check.register
def check_presence(node: surface.Presence, context: Context, expected: Type | None = None) -> typed.Expr | None:
    item = check(node.expr, context)
    if item is None:
        return None
    return typed.Not(typed.Known(item)) if node.negated else typed.Known(item)


@check.register
def check_choice(node: surface.Choice, context: Context, expected: Type | None = None) -> typed.Expr | None:
    test = condition(node.condition, context)
    then = check(node.then, context, expected)
    otherwise = check(node.otherwise, context, expected or (then.type if then is not None else None))
    if test is None or then is None or otherwise is None:
        return None
    both_refs = then.type.kind == otherwise.type.kind == "ref"
    if not both_refs and not kinds.agree(then.type, otherwise.type):
        message = f"则 后面是{kinds.spoken(then.type)},否则 后面是{kinds.spoken(otherwise.type)}"
        context.wrong("mixed-types", node.place, message, "两边要是同一类值")
        return None
    return typed.If(test, then, otherwise)


@check.register
def check_as_of(node: surface.AsOf, context: Context, expected: Type | None = None) -> typed.Expr | None:
    day = day_of(node.day, context)
    if day is None:
        check(node.expr, context.muted(), expected)
        return None
    expr = check(node.expr, replace(context, on=day), expected)
    # who is muted is not heard: without asking, definitions in a chain would be checked twice for each link
    if expr is not None and not context.desk.muted:
        if check(node.expr, replace(context.muted(), on=NEVER), expected) == expr:
            nothing_dated(node.place, context)
    return expr


def nothing_dated(place: Place, context: Context) -> None:
    """Said of a 于 that makes no difference."""
    context.desk.note("nothing-dated", place, "这里没有随时间变化的东西,'于' 不起作用", "去掉 '于 …'", "warning")


def day_of(node: surface.Expr, context: Context) -> typed.Expr | None:
    """An expression that must be a day."""
    day = check(node, context)
    if day is None or day.type == DATE:
        return day
    way = "加 '.首日' 或 '.末日'" if day.type.kind in ("month", "year") else "写一个日期,如 决定日"
    context.wrong("not-a-date", node.place, f"这里要一个日期,写的却是{kinds.spoken(day.type)}", way)
    return None
