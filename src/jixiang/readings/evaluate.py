"""What an expression is worth: the meaning of the language, one case after another.

Plain recursion over the typed tree, for one row at a time. An ordered value (date, month, number, money …) comes out as
`Bounds`; anything else as itself, or None where it is missing. Nothing is planned or shared between subjects: this is the
reading that the others are held to, so it must be easy to believe. What a 定义 or an aggregate is worth is found out once
for what is in sight (`Env.once`), for explanations ask again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from jixiang.values.dates import FOREVER, days_between, whole_months
from jixiang.values.month import Month


def as_result(value: t.Value, of: Type) -> Result:
    """A plain value as the evaluator speaks of it."""
    return exactly(value) if of.ordered else value  # type: ignore[return-value]


def evaluate(expr: t.Expr, env: Env) -> Result:
    """What `expr` is worth in `env`. Never raises for a checked tree."""
    return MEANING[type(expr)](expr, env)


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


def _row(expr: t.Row, env: Env) -> Result:
    row = env.rows.get(expr.binder)
    return row if isinstance(row, str) else None


def _get(expr: t.Get, env: Env) -> Result:
    of = expr.of
    key = env.rows.get(of.binder) if isinstance(of, t.Row) else evaluate(of, env)
    if isinstance(key, Unseen):
        return key.when if expr.attribute == key.time else nothing(expr.type)
    row = env.world.row(of.type.of, key) if isinstance(key, str) else None
    value = None if row is None else row.get(expr.attribute)
    if value is None and row is not None and env.attribute(expr.of, expr.attribute).open_ended:
        value = FOREVER
    return as_result(value, expr.type)


def _get_on(expr: t.GetOn, env: Env) -> Result:
    return as_result(_as_it_was(expr.of, expr.attribute, certain(expr.on, env), env), expr.type)


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


def _known(expr: t.Known, env: Env) -> bool | None:
    """有: an empty cell of an open-ended attribute is not known, though it reads as for ever elsewhere. Of a row that nobody
    has seen, what is not known may well be there: that is unknown."""
    item = expr.item
    while isinstance(item, t.Named) and item.name not in env.overrides:
        item = item.expr
    if isinstance(item, t.Get) and not _speaks_of_unseen(item.of, env):
        return _cell(item, env) is not None
    found = evaluate(item, env)
    there = not found.missing if isinstance(found, Bounds) else found is not None
    return None if not there and _speaks_of_unseen(item, env) else there


def _speaks_of_unseen(item: t.Expr, env: Env) -> bool:
    if not any(isinstance(row, Unseen) for row in env.rows.values()):
        return False
    return any(isinstance(node, t.Row) and isinstance(env.rows.get(node.binder), Unseen) for node in walk(item))


# What is written in documents ------------------------------------------------------------------------------------


def _named(expr: t.Named, env: Env) -> Result:
    if expr.name in env.overrides:
        return as_result(env.overrides[expr.name], expr.type)
    return env.once(expr, evaluate, expr.expr)


def _dated(expr: t.Dated, env: Env) -> Result:
    if expr.name in env.overrides:
        return as_result(env.overrides[expr.name], expr.type)
    day = certain(expr.on, env)
    reached = [step for since, step in expr.steps if since is None or (day is not None and since <= day)]
    return nothing(expr.type) if day is None or not reached else evaluate(reached[-1], env)


def _look(expr: t.Look, env: Env) -> Result:
    keys = [certain(key, env) for key in expr.keys]
    return as_result(look(env.tables[expr.table], expr.column, keys, certain(expr.on, env), env.world), expr.type)


def _listed(expr: t.Listed, env: Env) -> bool | None:
    keys = [certain(key, env) for key in expr.keys]
    return listed(env.tables[expr.table], keys, certain(expr.on, env), env.world)


def _member(expr: t.Member, env: Env) -> bool | None:
    value = certain(expr.item, env)
    return None if value is None else any(value == option.value for option in expr.options)


# Comparing and counting ------------------------------------------------------------------------------------------


def _compare(expr: t.Compare, env: Env) -> bool | None:
    op, left, right = expr.op, expr.left, expr.right
    of = left.type
    if of.ordered:
        return b.compare(op, between(left, env), between(right, env))
    one, other = evaluate(left, env), evaluate(right, env)
    if of.kind == "code" and op not in ("=", "≠"):
        rank = env.world.vocabulary.codes[of.of].rank
        return b.compare(op, exactly(rank.get(one)), exactly(rank.get(other)))  # type: ignore[arg-type]
    if one is None or other is None:
        return None
    return (one == other) is (op == "=")


def _all(expr: t.And, env: Env) -> bool | None:
    """False as soon as one is."""
    known = True
    for item in expr.items:
        match truth(item, env):
            case False:
                return False
            case None:
                known = False
    return True if known else None


def _any(expr: t.Or, env: Env) -> bool | None:
    """True as soon as one is."""
    known = True
    for item in expr.items:
        match truth(item, env):
            case True:
                return True
            case None:
                known = False
    return False if known else None


def _if(expr: t.If, env: Env) -> Result:
    holds = truth(expr.condition, env)
    return nothing(expr.type) if holds is None else evaluate(expr.then if holds else expr.otherwise, env)


CHANGES = {"+": b.add, "-": b.subtract, "×": b.multiply, "÷": b.divide}


def _arithmetic(expr: t.Arithmetic, env: Env) -> Bounds:
    return CHANGES[expr.op](between(expr.left, env), between(expr.right, env))


def _shift(expr: t.Shift, env: Env) -> Bounds:
    steps = certain(expr.by, env)
    return MISSING if steps is None else b.shift(between(expr.of, env), expr.sign * int(steps), expr.by.type.kind)


def _part(expr: t.Part, env: Env) -> Bounds:
    found = between(expr.of, env)
    if found.lo is found.hi:
        return exactly(None if found.lo is None else b.part(expr.kind, found.lo))
    return found.each(lambda end: b.part(expr.kind, end))


def _round(expr: t.Round, env: Env) -> Bounds:
    return between(expr.money, env).each(lambda end: b.rounded(end, expr.unit_fen, expr.direction))


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


# What each kind of expression means ------------------------------------------------------------------------------

MEANING: dict[type, Callable[[Any, Env], Result]] = {
    t.Constant: lambda expr, env: as_result(expr.value, expr.type),
    t.DecisionDate: lambda expr, env: exactly(env.decision_date),
    t.EffectiveDate: lambda expr, env: exactly(env.effective_date),
    t.Period: lambda expr, env: exactly(env.period),
    t.Granted: lambda expr, env: exactly(env.granted),
    t.Remainder: lambda expr, env: exactly(env.remainder),
    t.Title: lambda expr, env: env.title,
    t.Row: _row,
    t.TheOne: lambda expr, env: next(iter(env.world.keys(expr.type.of)), None),
    t.Get: _get,
    t.GetOn: _get_on,
    t.Named: _named,
    t.Dated: _dated,
    t.Look: _look,
    t.Listed: _listed,
    t.Member: _member,
    t.Aggregate: lambda expr, env: env.once(expr, _aggregate, expr),
    t.Share: _share,
    t.Compare: _compare,
    t.And: _all,
    t.Or: _any,
    t.Not: lambda expr, env: b.kleene_not(truth(expr.item, env)),
    t.Known: _known,
    t.If: _if,
    t.Arithmetic: _arithmetic,
    t.Shift: _shift,
    t.Part: _part,
    t.Age: lambda expr, env: b.age_on(between(expr.birth, env), between(expr.on, env)),
    t.WholeMonths: lambda expr, env: b.passed(whole_months, between(expr.start, env), between(expr.end, env)),
    t.DaysBetween: lambda expr, env: b.passed(days_between, between(expr.start, env), between(expr.end, env)),
    t.Least: lambda expr, env: b.least([between(item, env) for item in expr.items]),
    t.Greatest: lambda expr, env: b.greatest([between(item, env) for item in expr.items]),
    t.Round: _round,
}
