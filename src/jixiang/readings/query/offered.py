"""What is known of the fact tables before a plan is made: how rows come to speak, which cells are never empty, which months
there are. It makes plans shorter, never other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.query.bits import Span
from jixiang.tables.footers import Footers
from jixiang.values.month import Month

# Of a table's files: every key occurs once; once in each load, and the loads after the first lie in later_<table>; not known.
Loads = Literal["one", "several", "unknown"]

BLOCKS = 12  # a history of more blocks than this (sixty years) has a month in it that nobody meant: its rows are read instead


@dataclass(frozen=True)
class Offered:
    """`loads`: fact tables that say when a row was recorded, and what is known of their loads; in the others each row counts as
    known. `filled`: (entity, attribute) that no row leaves empty. `months`: entities whose months can be kept as bits, and
    when they are. `kept`: relations that the engine has beside the fact tables."""

    loads: Mapping[str, Loads] = field(default_factory=dict)
    filled: frozenset[tuple[str, str]] = frozenset()
    months: Mapping[str, Span] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()


def look_over(vocabulary: Vocabulary, loads: Mapping[str, Loads], footers: Mapping[str, Footers]) -> Offered:
    """From what the footers of each table say; of the months of `monthly_columns` they are asked for the range."""
    filled = frozenset(
        (entity.name, name)
        for entity in vocabulary.entities.values()
        if entity.table in footers
        for name, attribute in entity.attributes.items()
        if not attribute.varies and attribute.column in footers[entity.table].filled
    )
    months = {}
    for table, column in monthly_columns(vocabulary).items():
        entity = next(e for e in vocabulary.entities.values() if e.table == table)
        if (entity.name, entity.time) in filled and column in footers[table].ranges:
            span = Span.of(*(Month.from_yyyymm(stored).index for stored in footers[table].ranges[column]))
            if span.blocks <= BLOCKS:
                months[entity.name] = span
    return Offered(loads, filled, months)


def monthly_columns(vocabulary: Vocabulary) -> dict[str, str]:
    """The tables whose rows happen by the month, and the column that says in which."""
    times = {e.table: e.attributes[e.time] for e in vocabulary.entities.values() if e.time}
    return {table: time.column for table, time in times.items() if time.type.kind == "month"}
