"""The budget as the rulebook states it: what each fund has in a year, and whose turn comes first in its queue.

Read from the tables of 办法 documents whose names stand in the vocabulary's 办法名称. Who wants other numbers hands them in; nothing here
knows what was spent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from jixiang.language.budget_names import CEILINGS, TURNS
from jixiang.language.typed import Between, OneOf, Rulebook, Table, Value
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.look import speaking_row
from jixiang.readings.world import World


@dataclass(frozen=True)
class Budget:
    """`ceilings`: (fund, calendar year) → fen, as on the day asked; None: no document states any, and all is covered. `turns`:
    policy code → its turn in its fund's queue, smaller first."""

    ceilings: Mapping[tuple[str, int], int] | None
    turns: Mapping[str, int]


def read_budget(rulebook: Rulebook, vocabulary: Vocabulary, on: date, share: Fraction = Fraction(1)) -> Budget:
    """The budget on a day. `share`: of every ceiling only so much, in whole fen rounded down: for a city at a smaller scale."""
    ceilings = dict(_ceilings(_stated(rulebook, CEILINGS), vocabulary, on, share))
    return Budget(ceilings or None, dict(_turns(_stated(rulebook, TURNS), rulebook, on)))


def _stated(rulebook: Rulebook, name: str) -> list[Table]:
    return [t for _, t in sorted(rulebook.tables.items()) if t.name == name and t.document in rulebook.process]


def _ceilings(
    tables: list[Table], vocabulary: Vocabulary, on: date, share: Fraction
) -> Iterator[tuple[tuple[str, int], int]]:
    """Two keys, of which the year is one; the fund is a code or its name."""
    for table in tables:
        kinds = [of.kind for _, of in table.keys]
        if sorted(kinds) not in (["code", "year"], ["text", "year"]):
            continue
        year, fund = kinds.index("year"), 1 - kinds.index("year")
        codes = table.keys[fund][1].of
        for name in _values(table, fund):
            for when in _values(table, year):
                keys = (when, name) if year == 0 else (name, when)
                row = speaking_row(table, keys, on, World(vocabulary))
                fen = None if row is None else row.values[0]
                if isinstance(fen, int | Fraction) and isinstance(when, int):
                    called = vocabulary.codes[codes].names[str(name)] if codes else str(name)
                    yield (called, when), int(fen * share)


def _turns(tables: list[Table], rulebook: Rulebook, on: date) -> Iterator[tuple[str, int]]:
    """By the policy's name or code; the turn is the first value."""
    called = {alias: code for code, versions in rulebook.policies.items() for v in versions for alias in (code, v.name)}
    for table in tables:
        for row in table.rows:
            in_force = (row.since is None or row.since <= on) and (row.until is None or on <= row.until)
            for cell in row.keys if in_force else ():
                for name in cell.values if isinstance(cell, OneOf) else ():
                    if str(name) in called and isinstance(row.values[0], int | Fraction):
                        yield called[str(name)], int(row.values[0])


def _values(table: Table, position: int) -> list[Value]:
    """All that the cells of a key column name, years of a range each."""
    found: dict[Value, None] = {}
    for row in table.rows:
        match row.keys[position]:
            case OneOf(values):
                found.update(dict.fromkeys(values))
            case Between(int() as low, int() as high):
                found.update(dict.fromkeys(range(low, high + 1)))
            case _:
                pass
    return list(found)
