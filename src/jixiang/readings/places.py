"""The places that a claim asks for under 上限, 互斥 and 先高后低, and where it stands in line.

A place is a rule and a key, written as text so that every reading, engine and file means the same one. Who gets a place
is not decided here.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import floor

from jixiang.language.typed import Binding, Expr, OrderKey, Policy, Rule, Value, Within_
from jixiang.readings.env import Env
from jixiang.readings.evaluate import certain, truth
from jixiang.readings.select import Asked
from jixiang.values.month import Month

LAST = 2**62  # in the line, behind everything that is known


def asked_place(rule: Rule, policy: Policy, env: Env) -> Asked | bool:
    """The place a claim asks for; False where the rule does not bind it, True where it is unknown which.

    `most` is 0 for an exclusion or a ladder, `level` for all but a ladder.
    """
    binding = rule.bindings.get((policy.code, policy.version))
    applies = False if binding is None else True if binding.when is None else truth(binding.when, env)
    if binding is None or applies is False:
        return False
    key, most, level = _key(rule, binding, env), _most(binding, env), _level(binding, env)
    if applies is None or key is None or most is None or level is None:
        return True
    span = rule.per if isinstance(rule.per, Within_) else Within_()
    return Asked(rule.name, rule.kind, key, most, level, rule.top_up, span.months, span.days)


def _key(rule: Rule, binding: Binding, env: Env) -> str | None:
    parts = [key_text(certain(key, env)) for key in binding.keys]
    if rule.per in ("month", "year"):
        day = env.effective_date
        parts.append(None if day is None else str(Month.of(day)) if rule.per == "month" else f"{day.year:04d}")
    elif isinstance(rule.per, Within_) and env.effective_date is None:
        return None
    known = [part for part in parts if part is not None]
    return "|".join(known) if len(known) == len(parts) else None


def key_text(value: Value) -> str | None:
    """One part of a key: unambiguous, the same everywhere, and without the separator."""
    match value:
        case None:
            return None
        case bool():
            return "是" if value else "否"
        case date():
            return value.isoformat()
        case Fraction() | int():
            return str(value)  # a Fraction is reduced, and shows no denominator of 1
        case tuple():
            return key_text("、".join(value))
        case _:
            return str(value).replace("\\", "\\\\").replace("|", "\\|")


def _most(binding: Binding, env: Env) -> int | None:
    if binding.most is None:
        return 0
    most = certain(binding.most, env)
    return None if most is None else floor(most)


def _level(binding: Binding, env: Env) -> int | None:
    return 0 if binding.level is None else position(binding.level, env)


def position(expr: Expr, env: Env) -> int | None:
    """Any value that has an order as an integer: days, months, codes by their list, numbers floored, 是 above 否."""
    match certain(expr, env):
        case None:
            return None
        case date() as day:
            return day.toordinal()
        case Month(index):
            return index
        case str() as code:
            return env.world.vocabulary.codes[expr.type.of].rank.get(code)
        case int() | Fraction() as number:
            return floor(number)
        case _:
            return None


def rank(order: tuple[OrderKey, ...], env: Env) -> tuple[int, ...]:
    """次序: smaller goes first; what is missing goes last."""
    return tuple(_turn(item, position(item.expr, env)) for item in order)


def _turn(item: OrderKey, at: int | None) -> int:
    if at is None:
        return LAST
    if item.expr.type.kind == "bool":
        return 1 - at if item.first else at
    return -at if item.descending else at
