"""What an expression is worth: the meaning of the language, one case after another.

Plain recursion over the typed tree, for one row at a time. An ordered value (date, month, number, money …) comes out as
`Bounds`; anything else as itself, or None where it is missing. Nothing is cached, planned or shared: this is the
reading that the others are held to, so it must be easy to believe.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from jixiang.language import typed as t
from jixiang.language.types import Type
from jixiang.readings import aggregates
from jixiang.readings import bounds as b
from jixiang.readings.aggregates import Rows
from jixiang.readings.bounds import MISSING, Bounds, exactly
from jixiang.readings.env import Env, Result, Unseen
from jixiang.readings.look import listed, look
from jixiang.readings.tree import walk
from jixiang.values.dates import FOREVER
from jixiang.values.month import Month


def as_result(value: t.Value, of: Type) -> Result:
    """A plain value as the evaluator speaks of it."""
    return exactly(value) if of.ordered else value  # type: ignore[return-value]


def evaluate(expr: t.Expr, env: Env) -> Result:
    """What `expr` is worth in `env`. Never raises for a checked tree."""
    match expr:
        case t.Constant(value, of):
            return as_result(value, of)
        case t.DecisionDate():
            return exactly(env.decision_date)
        case t.EffectiveDate():
            return exactly(env.effective_date)
        case t.Period():
            return exactly(env.period)
        case t.Granted():
            return exactly(env.granted)
        case t.Remainder():
            return exactly(env.remainder)
        case t.Title():
            return env.title
        case t.Named(name, inner):
            return as_result(env.overrides[name], inner.type) if name in env.overrides else evaluate(inner, env)
        case t.Dated() | t.Look() | t.Listed() | t.Member():
            return _written(expr, env)
        case t.Row() | t.TheOne() | t.Get() | t.GetOn():
            return _stored(expr, env)
        case t.Aggregate():
            return _aggregate(expr, env)
        case t.Share():
            return _share(expr, env)
        case t.Compare(op, left, right):
            return _compare(op, left, right, env)
        case t.And(items):
            return b.kleene_and([truth(item, env) for item in items])
        case t.Or(items):
            return b.kleene_or([truth(item, env) for item in items])
        case t.Not(item):
            return b.kleene_not(truth(item, env))
        case t.Known(item):
            return _known(item, env)
        case t.If(condition, then, otherwise):
            holds = truth(condition, env)
            return nothing(expr.type) if holds is None else evaluate(then if holds else otherwise, env)
        case _:
            return _counted(expr, env)


def truth(expr: t.Expr, env: Env) -> bool | None:
    """A boolean; None is unknown."""
    found = evaluate(expr, env)
    return found if isinstance(found, bool) else None


def between(expr: t.Expr, env: Env) -> Bounds:
    """An ordered value, with its bounds."""
    found = evaluate(expr, env)
    return found if isinstance(found, Bounds) else MISSING


def certain(expr: t.Expr, env: Env) -> Any:
    """A value of any kind; None where it is missing or not certain."""
    found = evaluate(expr, env)
    return found.value if isinstance(found, Bounds) else found


def nothing(of: Type) -> Result:
    """The missing value of a type."""
    return MISSING if of.ordered else None


# What is stored: rows and their attributes -----------------------------------------------------------------------


def _stored(expr: t.Row | t.TheOne | t.Get | t.GetOn, env: Env) -> Result:
    match expr:
        case t.Row(binder):
            row = env.rows.get(binder)
            return row if isinstance(row, str) else None
        case t.TheOne(of):
            return next(iter(env.world.keys(of.of)), None)
        case t.Get(of, name, _):
            if unseen := _unseen(of, env):
                return unseen.when if name == unseen.time else nothing(expr.type)
            value = _cell(expr, env)
            if value is None and env.attribute(of, name).open_ended and _row_of(of, env) is not None:
                value = FOREVER
            return as_result(value, expr.type)
        case t.GetOn(of, name, on):
            return as_result(_as_it_was(of, name, certain(on, env), env), expr.type)


def _unseen(of: t.Expr, env: Env) -> Unseen | None:
    row = env.rows.get(of.binder) if isinstance(of, t.Row) else None
    return row if isinstance(row, Unseen) else None


def _row_of(of: t.Expr, env: Env) -> Mapping[str, t.Value] | None:
    key = evaluate(of, env)
    return env.world.row(of.type.of, key) if isinstance(key, str) else None


def _cell(expr: t.Get, env: Env) -> t.Value:
    return (_row_of(expr.of, env) or {}).get(expr.attribute)


def _as_it_was(of: t.Expr, attribute: str, on: date | None, env: Env) -> t.Value:
    """Of the spans in force on a day the one that began last."""
    key = evaluate(of, env)
    if on is None or not isinstance(key, str) or env.world.row(of.type.of, key) is None:
        return None
    spans = env.world.history(of.type.of, key, attribute)
    in_force = [span for span in spans if span[0] <= on and (span[1] is None or on <= span[1])]
    return max(in_force, key=lambda span: span[0])[2] if in_force else None


def _known(item: t.Expr, env: Env) -> bool | None:
    """有: an empty cell of an open-ended attribute is not known, though it reads as for ever elsewhere. Of a row that nobody
    has seen, what is not known may well be there: that is unknown."""
    while isinstance(item, t.Named) and item.name not in env.overrides:
        item = item.expr
    if isinstance(item, t.Get) and not _speaks_of_unseen(item.of, env):
        return _cell(item, env) is not None
    found = evaluate(item, env)
    there = not found.missing if isinstance(found, Bounds) else found is not None
    return None if not there and _speaks_of_unseen(item, env) else there


def _speaks_of_unseen(item: t.Expr, env: Env) -> bool:
    return any(isinstance(node, t.Row) and isinstance(env.rows.get(node.binder), Unseen) for node in walk(item))


# What is written in documents ------------------------------------------------------------------------------------


def _written(expr: t.Dated | t.Look | t.Listed | t.Member, env: Env) -> Result:
    match expr:
        case t.Dated(name, steps, on):
            if name in env.overrides:
                return as_result(env.overrides[name], expr.type)
            day = certain(on, env)
            reached = [step for since, step in steps if since is None or (day is not None and since <= day)]
            return nothing(expr.type) if day is None or not reached else evaluate(reached[-1], env)
        case t.Look(table, column, keys, on):
            found = look(env.tables[table], column, [certain(k, env) for k in keys], certain(on, env), env.world)
            return as_result(found, expr.type)
        case t.Listed(table, keys, on):
            return listed(env.tables[table], [certain(k, env) for k in keys], certain(on, env), env.world)
        case t.Member(item, options):
            value = certain(item, env)
            return None if value is None else any(value == option.value for option in options)


# Comparing and counting ------------------------------------------------------------------------------------------


def _compare(op: t.CompareOp, left: t.Expr, right: t.Expr, env: Env) -> bool | None:
    if left.type.kind == "code" and op not in ("=", "≠"):
        rank = env.world.vocabulary.codes[left.type.of].rank
        return b.compare(op, exactly(rank.get(certain(left, env))), exactly(rank.get(certain(right, env))))
    if left.type.ordered:
        return b.compare(op, between(left, env), between(right, env))
    return b.compare(op, exactly(evaluate(left, env)), exactly(evaluate(right, env)))


def _counted(expr: t.Expr, env: Env) -> Bounds:
    match expr:
        case t.Arithmetic(op, left, right):
            change = {"+": b.add, "-": b.subtract, "×": b.multiply, "÷": b.divide}[op]
            return change(between(left, env), between(right, env))
        case t.Shift(of, by, sign):
            steps = certain(by, env)
            return MISSING if steps is None else b.shift(between(of, env), sign * int(steps), by.type.kind)
        case t.Part(kind, of):
            return between(of, env).each(lambda end: b.part(kind, end))
        case t.Age(birth, on):
            return b.age_on(between(birth, env), between(on, env))
        case t.WholeMonths(start, end):
            return b.months_between(between(start, env), between(end, env))
        case t.Least(items):
            return b.least([between(item, env) for item in items])
        case t.Greatest(items):
            return b.greatest([between(item, env) for item in items])
        case t.Round(money, unit_fen, direction):
            return between(money, env).each(lambda end: b.rounded(end, unit_fen, direction))
        case _:
            raise TypeError(f"no meaning for {type(expr).__name__}")


# Sets of rows ----------------------------------------------------------------------------------------------------


def _aggregate(expr: t.Aggregate, env: Env) -> Result:
    key = certain(expr.of, env)
    if key is None:
        return nothing(expr.type)
    rows = rows_for(expr, key, env)
    if expr.value is None:
        return aggregates.exists(rows) if expr.kind == "exists" else aggregates.count(rows)
    sure = [certain(expr.value, env.bind(expr.binder, row)) for row in rows.sure]
    maybe = [certain(expr.value, env.bind(expr.binder, row)) for row in rows.maybe]
    match expr.kind:
        case "sum" if _never_negative(expr.value, env):
            return aggregates.growing_sum(sure, maybe, rows.more)
        case "count_distinct":
            return aggregates.count_distinct(sure, maybe, rows.more)
        case "longest_run":
            return aggregates.longest_run(sure, maybe, rows.more)
        case kind:
            return aggregates.of_every_row(kind, sure) if rows.complete else MISSING


def _share(expr: t.Share, env: Env) -> Bounds:
    key, money = certain(expr.of, env), between(expr.money, env).value
    return MISSING if key is None or money is None else aggregates.share(money, key, rows_for(expr, key, env))


def rows_for(expr: t.Aggregate | t.Share, key: str, env: Env) -> Rows:
    """The rows that an aggregate looks at from the row `key`, sorted by what is known of their `where`."""
    related = env.world.related(expr.relation, key)
    verdicts = [(row, truth(expr.where, env.bind(expr.binder, row))) for row in related]
    unseen = unseen_row(expr.relation.target, env)
    return Rows(
        sure=tuple(row for row, holds in verdicts if holds is True),
        maybe=tuple(row for row, holds in verdicts if holds is None),
        more=unseen is not None and truth(expr.where, env.bind(expr.binder, unseen)) is not False,
    )


def unseen_row(entity: str, env: Env) -> Unseen | None:
    """A row that may exist between the day after 事实截止 and the decision date."""
    time, cutoff = env.world.vocabulary.entities[entity].time, env.world.cutoff(entity)
    if not time or cutoff is None or cutoff >= env.decision_date:
        return None
    when = Bounds(cutoff + timedelta(days=1), env.decision_date)
    is_month = env.world.vocabulary.entities[entity].attributes[time].type.kind == "month"
    return Unseen(entity, time, when.each(Month.of) if is_month else when)


def _never_negative(value: t.Expr, env: Env) -> bool:
    """Only a stored attribute that is not declared 可为负 is sure never to be below zero."""
    return isinstance(value, t.Get) and not env.attribute(value.of, value.attribute).signed
