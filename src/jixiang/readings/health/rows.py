"""Sets of rows in the solver's terms. Whether there is a row that counts is exact as far as rows are asked for; how many there are,
and what they add up to, is free within what surely holds: no more months than the months that are asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import z3

from jixiang.language import typed as t
from jixiang.readings.health.space import Asked
from jixiang.readings.health.term import Truth, Worth, Z
from jixiang.readings.tree import walk

if TYPE_CHECKING:
    from jixiang.readings.health.reader import Reader

Rows = Mapping[int, Z]


def aggregate(reader: Reader, expr: t.Aggregate, rows: Rows) -> Any:
    """Equal aggregates of one row are one."""
    space, of = reader.space, reader.worth(expr.of, rows)
    bound = tuple((binder, row.get_id()) for binder, row in sorted(rows.items()))
    key = (expr, bound, *_seen(reader), of.value.get_id())
    if key not in space.shared:
        space.shared[key] = _made(reader, expr, rows, of.value)
    found = space.shared[key]
    if isinstance(found, Truth):
        return Truth(space.logic.all([of.known, found.t]), space.logic.all([of.known, found.f]))
    return Worth(found.value, space.logic.all([of.known, found.known]))


def _seen(reader: Reader) -> tuple[int, ...]:
    """What an inner expression may speak of beside rows."""
    days = [reader.today, *([reader.effective.value] if reader.effective else [])]
    ids = [part.get_id() for day in days for part in (day.month, day.day)]
    return (reader.subject.get_id(), *ids, *([reader.period.get_id()] if reader.period is not None else []))


def _made(reader: Reader, expr: t.Aggregate, rows: Rows, owner: Z) -> Any:
    space, logic = reader.space, reader.space.logic

    def where(row: Z) -> Truth:
        return reader.truth(expr.where, {**rows, expr.binder: row})

    seen = (_seen(reader), tuple(row.get_id() for row in rows.values()))
    said = (expr.value, frozenset((part, *seen) for part in parts(expr.where)))
    asked = space.ask(expr.relation, owner, where, expr.kind, said)
    if expr.kind == "exists":
        return Truth(asked.exists, logic.no_(asked.exists))
    if asked.size is not None:
        _bound(reader, expr, rows, asked)
        return Worth(asked.size, logic.yes)
    if expr.value is not None and expr.kind in ("max", "min"):
        found = reader.worth(expr.value, {**rows, expr.binder: asked.witness})
        return Worth(found.value, logic.all([asked.exists, found.known]))
    return _total(reader, expr, asked)


def _total(reader: Reader, expr: t.Aggregate, asked: Asked) -> Worth:
    """A sum or an average: not below zero where no row is."""
    space, logic = reader.space, reader.space.logic
    average = expr.kind == "average"
    name = space.name(expr.relation.name)
    value = z3.Real(name, logic.context) if average else z3.Int(name, logic.context)
    if average:
        space.reals.append(value)
    if not _signed(reader, expr.value):
        space.axioms.append(value >= 0)
    if not average:
        space.axioms.append(logic.implies(value != 0, asked.exists))
    return Worth(value, asked.exists if average else logic.yes)


def _signed(reader: Reader, value: t.Expr | None) -> bool:
    if not isinstance(value, t.Get):
        return True
    return reader.space.vocabulary.entities[value.of.type.of].attributes[value.attribute].signed


def _bound(reader: Reader, expr: t.Aggregate, rows: Rows, asked: Asked) -> None:
    """Different months, and months in a row, are no more than the months between the ends that 其中 gives."""
    value, size, logic = expr.value, asked.size, reader.space.logic
    if value is None or size is None or value.type.kind not in ("month", "year"):
        return
    lows, highs = [], []
    for part in parts(expr.where):
        if not isinstance(part, t.Compare):
            continue
        for side, other, op in ((part.left, part.right, part.op), (part.right, part.left, FLIPPED[part.op])):
            if _speaks_of(other, expr.binder) or op == "≠":
                continue
            if side == value:
                end = reader.worth(other, rows)
                lows += [(end.value + (op == ">"), end.known)] if op in (">", ">=", "=") else []
                highs += [(end.value - (op == "<"), end.known)] if op in ("<", "<=", "=") else []
            elif isinstance(side, t.Part) and (side.kind, side.of, op) == ("year", value, "="):
                year = reader.worth(other, rows)
                lows.append((year.value * 12, year.known))
                highs.append((year.value * 12 + 11, year.known))
    for low, one in lows:
        for high, two in highs:
            room = high - low + 1
            reader.space.axioms.append(logic.implies(logic.all([one, two]), logic.any([size <= room, size <= 0])))


FLIPPED: dict[str, str] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "≠": "≠"}


def _speaks_of(expr: t.Expr, binder: int) -> bool:
    return any(isinstance(node, t.Row) and node.binder == binder for node in walk(expr))


def parts(expr: t.Expr) -> Iterator[t.Expr]:
    """What stands between the 且."""
    if isinstance(expr, t.And):
        for item in expr.items:
            yield from parts(item)
    else:
        yield expr
