"""Which row of a parameter table or list speaks for given keys on a day. Reads tables only, never facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from jixiang.language.typed import Between, Cell, OneOf, Otherwise, Table, TableRow, Value
from jixiang.language.types import Type
from jixiang.readings.world import Facts


def speaking_row(table: Table, keys: Sequence[Value], on: date | None, facts: Facts) -> TableRow | None:
    """Of the rows in force that match: the fewest 其他, then the latest 自, then the first written."""
    matching = _matching(table, keys, on, facts)
    return min(matching, key=_precedence, default=None)


def look(table: Table, column: str, keys: Sequence[Value], on: date | None, facts: Facts) -> Value:
    """A cell; None where a key or the day is missing, no row matches, or the cell is empty."""
    row = speaking_row(table, keys, on, facts)
    names = [name for name, _ in table.values]
    return None if row is None else row.values[names.index(column)]


def listed(table: Table, keys: Sequence[Value], on: date | None, facts: Facts) -> bool | None:
    """Does any row in force match? Unknown where a key or the day is missing."""
    if on is None or None in keys:
        return None
    return any(True for _ in _matching(table, keys, on, facts))


def _matching(table: Table, keys: Sequence[Value], on: date | None, facts: Facts) -> Iterator[TableRow]:
    if on is None or None in keys:
        return
    for row in table.rows:
        in_force = (row.since is None or row.since <= on) and (row.until is None or on <= row.until)
        cells = zip(row.keys, keys, table.keys, strict=True)
        if in_force and all(_holds(cell, key, of, facts) for cell, key, (_, of) in cells):
            yield row


def _precedence(row: TableRow) -> tuple[int, int]:
    others = sum(isinstance(cell, Otherwise) for cell in row.keys)
    return others, -(row.since or date.min).toordinal()


def _holds(cell: Cell, key: Value, of: Type, facts: Facts) -> bool:
    """Does a key lie in a cell? 其他 takes all; that a row with the value itself goes first is `_precedence`."""
    match cell:
        case OneOf(values):
            return key in values
        case Between(low, high):
            at = _position(key, of, facts)
            above = low is None or _position(low, of, facts) <= at
            return above and (high is None or at <= _position(high, of, facts))
        case Otherwise():
            return True


def _position(value: Value, of: Type, facts: Facts) -> Any:
    """Where a value stands in its order: codes by their list, all else by itself."""
    return facts.vocabulary.codes[of.of].rank.get(str(value), -1) if of.kind == "code" else value
