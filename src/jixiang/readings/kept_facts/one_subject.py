"""The facts of one subject out of what is kept ready: what it takes to explain a decision while somebody waits.

Answers what `FactFiles` answers. Rows come from pages that are mapped into memory; months are laid out as rows again, as long
as nothing is asked of them that months do not tell. Whatever pages do not hold is read where `FactFiles` reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from jixiang.engines.duckdb import DuckDB
from jixiang.language import typed as t
from jixiang.language.vocabulary import Entity, Vocabulary
from jixiang.readings.fact_files import FactFiles, Record
from jixiang.readings.kept_facts.one_subject_asked import told_by_months
from jixiang.readings.kept_facts.one_subject_pages import Pages
from jixiang.readings.query.bits import Span
from jixiang.readings.query.months import shared_attributes
from jixiang.readings.world import Row
from jixiang.values.month import Month


@dataclass
class KeptFacts(FactFiles):
    """`by_month`: entities of whose rows nothing is asked but what months tell (see `told_by_months`). `pages` are shared by
    all subjects; an engine is asked for only where they do not suffice."""

    pages: Pages | None = None
    by_month: frozenset[str] = frozenset()
    _made_up: int = field(default=0)

    def _read(self, table: str, column: str, values: Sequence[Any] | None) -> Sequence[Record]:
        known = None if self.pages is None else self.pages.read(table, column, values)
        return super()._read(table, column, values) if known is None else known

    def _ever(self, entity: Entity, column: str, value: Any) -> Iterable[str]:
        """What is kept are rows that speak: those with this value are all that count."""
        if self.pages is None:
            return super()._ever(entity, column, value)
        if entity.name in self.by_month:
            rows = self._months(entity, column, value)
            return super()._ever(entity, column, value) if rows is None else self._made(entity, rows)
        records = self.pages.read(entity.table, column, [value])
        if records is None:
            return super()._ever(entity, column, value)
        self._take(entity, [r for r in records if (entity.name, r[entity.key_column]) not in self._rows])
        return [record[entity.key_column] for record in records]

    def _months(self, entity: Entity, column: str, value: Any) -> list[Row] | None:
        """None if the pages do not tell: they are not ordered so, or a month has two rows."""
        if self.pages is None or (span := self.pages.state.spans().get(entity.table)) is None:
            return None
        histories = self.pages.read(f"months_{entity.table}", column, [value])
        if histories is None or any(_counted(history) != _marked(history, span) for history in histories):
            return None
        return [row for history in histories for row in laid_out(entity, history, span)]

    def _made(self, entity: Entity, rows: Iterable[Row]) -> list[str]:
        """Rows under keys that nobody looks at."""
        keys = []
        for row in rows:
            self._made_up += 1
            keys.append(f"{entity.table}·{self._made_up}")
            self._rows[entity.name, keys[-1]] = row
        return keys


def laid_out(entity: Entity, history: Record, span: Span) -> Iterator[Row]:
    """A row for each month of a history."""
    shared = {name: history[entity.attributes[name].column] for name in shared_attributes(entity)}
    for block in range(span.blocks):
        left = history[f"m{block}"] or 0
        while left:
            lowest = left & -left
            yield {**shared, entity.time: Month(span.start(block) + lowest.bit_length() - 1)}
            left ^= lowest


def _counted(history: Record) -> int:
    return sum(count for name, count in history.items() if name[0] == "n" and name[1:].isdigit())


def _marked(history: Record, span: Span) -> int:
    return sum((history[f"m{block}"] or 0).bit_count() for block in range(span.blocks))


# For a process that answers again and again ----------------------------------------------------------------------


@dataclass
class FactDesk:
    """Opens the facts of one subject after another, as they were known on a day. `engine` is called when something is asked
    that pages do not hold; it is expected to offer every fact table as `raw_<table>`, and is asked once."""

    vocabulary: Vocabulary
    rulebook: t.Rulebook
    known_on: date
    cutoffs: Mapping[str, date | None]
    engine: Callable[[], DuckDB]
    pages: Pages | None = None
    _by_month: dict[str, frozenset[str]] = field(default_factory=dict)

    def facts(self, codes: Iterable[str]) -> FactFiles:
        """Facts for one subject of some policies. They remember what they have read: take new ones for the next subject."""
        by_month = frozenset.intersection(*(self._told(code) for code in codes)) if self.pages else frozenset()
        return KeptFacts(
            self.engine, self.vocabulary, self.known_on, self.cutoffs, pages=self.pages, by_month=by_month
        )  # fmt: skip

    def _told(self, code: str) -> frozenset[str]:
        if self.pages is None:
            return frozenset()
        if code not in self._by_month:
            monthly = [e.name for e in self.vocabulary.entities.values() if e.table in self.pages.state.months]
            self._by_month[code] = told_by_months(self.vocabulary, self.rulebook, code, monthly)
        return self._by_month[code]
