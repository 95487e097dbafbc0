"""Tables and lists in the solver's terms: the rows in force, the one with the fewest 其他 first, then the latest 自."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from jixiang.language import typed as t
from jixiang.language.types import Type
from jixiang.readings.health.term import Day, Truth, Worth, Z

if TYPE_CHECKING:
    from jixiang.readings.health.reader import Reader


def look(reader: Reader, expr: t.Look, rows: Mapping[int, Z]) -> Worth:
    """A cell. Missing where no row speaks, the row's cell is empty, or a key or the day is missing."""
    logic, table = reader.space.logic, reader.tables[expr.table]
    keys, on = [reader.worth(key, rows) for key in expr.keys], reader.worth(expr.on, rows)
    place = [name for name, _ in table.values].index(expr.column)
    value, known = reader.constant(None, expr.type).value, logic.no
    for row in sorted(table.rows, key=_precedence, reverse=True):
        matches = speaks(reader, table, row, keys, on)
        cell = row.values[place]
        here = reader.plain(cell, expr.type)
        value = logic.pick(matches, here, value)
        known = logic.pick(matches, logic.no if cell is None else logic.yes, known)
    return Worth(value, logic.all([known, on.known, *(key.known for key in keys)]))


def listed(reader: Reader, expr: t.Listed, rows: Mapping[int, Z]) -> Truth:
    logic, table = reader.space.logic, reader.tables[expr.table]
    keys, on = [reader.worth(key, rows) for key in expr.keys], reader.worth(expr.on, rows)
    found = logic.any(speaks(reader, table, row, keys, on) for row in table.rows)
    return logic.truth(found, logic.all([on.known, *(key.known for key in keys)]))


def speaks(reader: Reader, table: t.Table, row: t.TableRow, keys: Sequence[Worth], on: Worth) -> Z:
    """Is the row in force on the day, and do its cells hold the keys?"""
    logic, day = reader.space.logic, on.value
    parts = [] if row.since is None else [day.order >= logic.day(row.since).order]
    parts += [] if row.until is None else [day.order <= logic.day(row.until).order]
    cells = zip(row.keys, keys, table.keys, strict=True)
    return logic.all([*parts, *(_holds(reader, cell, key, of) for cell, key, (_, of) in cells)])


def _holds(reader: Reader, cell: t.Cell, key: Any, of: Type) -> Z:
    logic = reader.space.logic
    match cell:
        case t.OneOf(values):
            same = [reader.space.same(_certain(reader, key), reader.constant(value, of)) for value in values]
            return logic.any(same)
        case t.Between(low, high):
            at = _order(key.value)
            ends = [] if low is None else [at >= _order(reader.plain(low, of))]
            return logic.all([*ends, *([] if high is None else [at <= _order(reader.plain(high, of))])])
        case _:
            return logic.yes


def _certain(reader: Reader, key: Any) -> Any:
    return key if isinstance(key, Truth) else Worth(key.value, reader.space.logic.yes)


def _order(value: Any) -> Any:
    return value.order if isinstance(value, Day) else value


def _precedence(row: t.TableRow) -> tuple[int, int]:
    others = sum(isinstance(cell, t.Otherwise) for cell in row.keys)
    return others, -(row.since or date.min).toordinal()
