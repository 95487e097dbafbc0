"""A condition taken apart: what has to hold for it, by which comparison each part is measured, and how the passing of days
moves it. A reading of the typed tree alone; nothing is evaluated.

Days move a part where it speaks of 决定日. On which day a parameter or a table is read moves nothing here: whoever uses the
day that is found judges the conditions again on that day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from jixiang.language import typed as t
from jixiang.language.types import BOOL, Type
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.tree import children, rebuild, walk

NEGATED: dict[t.CompareOp, t.CompareOp] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "≠", "≠": "="}
TURNED: dict[t.CompareOp, t.CompareOp] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "≠": "≠"}

# How days move a part. day, age, months, days, part: a side that grows with 决定日 reaches the other. paid: a count of months
# that grows by one for each month paid. ends: a stretch of days ends. late: 决定日 has passed what it must not pass.
# still: no day changes it. facts: it rests on rows or values that may still come. other: days move it, in no way said here.
Moves = Literal["day", "age", "months", "days", "part", "paid", "ends", "late", "still", "facts", "other"]


@dataclass(frozen=True)
class Way:
    """`needs`: values beside the two sides from which the day follows. `step`: for part, which part of 决定日 it is."""

    moves: Moves
    op: t.CompareOp = ">="
    turned: bool = False  # the side that moves is the right one
    needs: tuple[t.Expr, ...] = ()
    step: t.PartKind | None = None


@dataclass(frozen=True)
class Part:
    """`expr` must hold. `compares`: the comparisons that can say by how much it does not; of several the one that comes nearest.
    `nearest`: they speak of the row that comes nearest."""

    expr: t.Expr
    compares: tuple[t.Compare, ...]
    way: Way
    nearest: bool = False


def parts_of(policy: t.Policy, condition: t.Condition, vocabulary: Vocabulary) -> tuple[Part, ...]:
    """All that has to hold for a condition to hold, 适用日 written out as the policy says it."""
    return tuple(_parts(dated(policy, condition.expr), True, vocabulary))


def dated(policy: t.Policy, expr: t.Expr) -> t.Expr:
    """The expression with the policy's own 适用日 in it."""
    return rebuild(expr, lambda node: policy.effective_date if isinstance(node, t.EffectiveDate) else None)


def decided_then(policy: t.Policy, expr: t.Expr) -> t.Expr:
    """The expression so that 适用日 stands for 决定日: each row can be asked on a decision date of its own."""
    return rebuild(dated(policy, expr), lambda node: t.EffectiveDate() if isinstance(node, t.DecisionDate) else None)


# Taking apart ----------------------------------------------------------------------------------------------------


def _parts(expr: t.Expr, wanted: bool, words: Vocabulary) -> Iterator[Part]:
    match expr:
        case t.Named(expr=inner):
            yield from _parts(inner, wanted, words)
        case t.Not(item=item):
            yield from _parts(item, not wanted, words)
        case t.And(items=items) if wanted:
            for item in items:
                yield from _parts(item, True, words)
        case t.Or(items=items) if not wanted:
            for item in items:
                yield from _parts(item, False, words)
        case t.Or(items=items) | t.And(items=items):
            inside = [part for item in items for part in _parts(item, wanted, words)]
            measured = [part for part in inside if part.compares]
            whole: t.Expr = expr if wanted else t.Not(expr)
            if len(measured) == 1 and len(inside) == len(items):
                yield replace(measured[0], expr=whole)
            else:
                yield Part(whole, (), Way("other" if moving(whole) else _unmoved(whole)))
        case t.Compare(op=op, left=left, right=right):
            compare = expr if wanted else t.Compare(NEGATED[op], left, right)
            yield Part(compare, (compare,) if _measurable(compare, words) else (), _way(compare, words))
        case t.Aggregate(kind="exists"):
            yield from _rows(expr, wanted, words)
        case _:
            said = expr if wanted else t.Not(expr)
            yield Part(said, (), Way("other" if moving(said) else _unmoved(said)))


def _measurable(said: t.Compare, words: Vocabulary) -> bool:
    kind = said.left.type
    if kind.kind == "code":
        return said.op not in ("=", "≠") and words.codes[kind.of].ordered
    return kind.ordered and said.op != "≠"


def _unmoved(expr: t.Expr) -> Moves:
    """Rows may be added to a set, a cell that is empty may be filled, and what changes with time may change; any other value
    that stands does not change by itself."""
    return (
        "facts" if any(isinstance(node, (t.Aggregate, t.Share, t.Known, t.GetOn)) for node in walk(expr)) else "still"
    )


def moving(expr: t.Expr) -> bool:
    """Does it speak of 决定日, other than to read a table or what changes with time?"""
    if isinstance(expr, t.DecisionDate):
        return True
    passed_over = {expr.on} if isinstance(expr, (t.Dated, t.Look, t.Listed, t.GetOn)) else set()
    return any(moving(child) for child in children(expr) if child not in passed_over)


# Sets of rows ----------------------------------------------------------------------------------------------------


def _rows(expr: t.Aggregate, wanted: bool, words: Vocabulary) -> Iterator[Part]:
    if not wanted:
        yield Part(t.Not(expr), (), _ending(expr))
        return
    found = sorted(_nearest(expr), key=moving, reverse=True)
    ways = [_way(one, words) for one in found if moving(one)]
    moved = [item for item in _conjuncts(expr.where) if moving(item)]
    if len(ways) == 1 and len(moved) == 1 and ways[0].moves == "day":
        yield Part(expr, tuple(found), ways[0], nearest=True)
    else:
        yield Part(expr, tuple(found), Way("other" if moved else "facts"), nearest=True)


def _nearest(expr: t.Aggregate) -> Iterator[t.Compare]:
    """For each comparison of the 其中 between the row and what stands fixed: the best that any row brings which fits otherwise."""
    items = list(_conjuncts(expr.where))
    for at, item in enumerate(items):
        if not isinstance(item, t.Compare) or item.op in ("=", "≠") or not item.left.type.ordered:
            continue
        inside = _of_row(item.left, expr.binder), _of_row(item.right, expr.binder)
        if inside[0] == inside[1]:
            continue
        fixed, op, row = (item.left, item.op, item.right) if inside[1] else (item.right, TURNED[item.op], item.left)
        others = tuple(other for n, other in enumerate(items) if n != at)
        where: t.Expr = t.And(others) if len(others) > 1 else others[0] if others else t.Constant(True, BOOL)
        best: t.AggregateKind = "min" if op in (">", ">=") else "max"
        yield t.Compare(op, fixed, replace(expr, kind=best, value=row, where=where, type=row.type))


def _ending(expr: t.Aggregate) -> Way:
    """No row may hold: that comes when the last of the stretches that hold today is over."""
    if not moving(expr):
        return Way("facts")
    ends = []
    for item in _conjuncts(expr.where):
        if not moving(item):
            continue
        if not isinstance(item, t.Compare) or moving(item.left) == moving(item.right):
            return Way("other")
        op, day, other = (
            (item.op, item.left, item.right) if moving(item.left) else (TURNED[item.op], item.right, item.left)
        )
        if not isinstance(day, t.DecisionDate):
            return Way("other")
        if op in ("<", "<="):
            ends.append((op, other))
        elif op not in (">", ">="):
            return Way("other")
    if len(ends) != 1:
        return Way("still" if not ends else "other")
    op, last = ends[0]
    return Way("ends", op, needs=(replace(expr, kind="max", value=last, type=last.type),))


def _conjuncts(expr: t.Expr) -> Iterator[t.Expr]:
    match expr:
        case t.And(items=items):
            for item in items:
                yield from _conjuncts(item)
        case t.Named(expr=inner):
            yield from _conjuncts(inner)
        case _:
            yield expr


def _of_row(expr: t.Expr, binder: int) -> bool:
    return any(isinstance(node, t.Row) and node.binder == binder for node in walk(expr))


# Comparisons -----------------------------------------------------------------------------------------------------


def _way(said: t.Compare, words: Vocabulary) -> Way:
    moves = moving(said.left), moving(said.right)
    if moves == (False, False):
        return Way(_unmoved(said))
    if moves == (True, True):
        return Way("other")
    op, side = (said.op, said.left) if moves[0] else (TURNED[said.op], said.right)
    turned = moves[1]
    while isinstance(side, t.Named):
        side = side.expr
    found: Way
    match side:
        case t.DecisionDate():
            found = Way("day", op, turned)
        case t.Age(birth=birth, on=t.DecisionDate()) if not moving(birth):
            found = Way("age", op, turned, (birth,))
        case t.WholeMonths(start=start, end=t.DecisionDate()) if not moving(start):
            found = Way("months", op, turned, (start,))
        case t.DaysBetween(start=start, end=t.DecisionDate()) if not moving(start):
            found = Way("days", op, turned, (start,))
        case t.Part(kind=("month" | "previous_month" | "year" | "previous_year") as kind, of=t.DecisionDate()):
            found = Way("part", op, turned, step=kind)
        case t.Aggregate() if _paid(side, words):
            found = Way("paid", op, turned)
        case _:
            return Way("other")
    if op in (">", ">="):
        return found
    return Way("late") if op in ("<", "<=") and found.moves != "paid" else Way("other")


def _paid(side: t.Aggregate, words: Vocabulary) -> bool:
    """Is it a count of months, of all those up to 决定日's month before, that grows by one for each month more? A window that moves
    on as a whole loses a month for each that it gains, and is none."""
    if side.kind not in ("count", "count_distinct"):
        return False
    month = t.Get(t.Row(side.binder, side_row(side)), words.entities[side.relation.target].time, _time(side, words))
    if month.type.kind != "month" or (side.value is not None and side.value != month):
        return False
    moved = [item for item in _conjuncts(side.where) if moving(item)]
    if len(moved) != 1 or not isinstance(moved[0], t.Compare):
        return False
    item = moved[0]
    op, left, right = (
        (item.op, item.left, item.right) if item.left == month else (TURNED[item.op], item.right, item.left)
    )
    whole = isinstance(right, t.Part) and right.kind == "previous_month" and isinstance(right.of, t.DecisionDate)
    return op == "<=" and left == month and whole and not moving(side.of)


def side_row(side: t.Aggregate) -> Type:
    """What kind of thing the rows are that an aggregate is over."""
    return Type("ref", of=side.relation.target)


def _time(side: t.Aggregate, words: Vocabulary) -> Type:
    entity = words.entities[side.relation.target]
    return entity.attributes[entity.time].type if entity.time else Type("text")
