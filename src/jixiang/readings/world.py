"""The facts that a reading may ask for: rows, their relations, histories, and how far each extract reaches.

`Facts` is all that the interpreter knows of the outside. `World` holds it in memory, for tests, cases and small runs; a
loader over fact files answers the same five questions for one subject at a time. Neither ever decides anything, and
neither ever changes a fact.

Values are the interpreter's: dates, `Month`, int or Fraction, int fen, bool, codes as stored, keys of other rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from jixiang.language.typed import Value
from jixiang.language.vocabulary import Relation, Vocabulary

Row = Mapping[str, Value]  # attribute → value; an attribute that is not there is missing
Span = tuple[date, date | None, Value]  # valid_from, valid_to (both included, None: open), value


class Facts(Protocol):
    """What is known on one knowledge date."""

    @property
    def vocabulary(self) -> Vocabulary:
        """What the rows mean: which attribute is open-ended, signed, or tells when a row happened."""

    def row(self, entity: str, key: str) -> Row | None:
        """The row of a key, or None where there is none."""

    def keys(self, entity: str) -> Sequence[str]:
        """All keys of an entity, ascending."""

    def related(self, relation: Relation, key: str) -> Sequence[str]:
        """Keys of the rows that a relation leads to from the row `key`, in the relation's own order, then by key."""

    def history(self, entity: str, key: str, attribute: str) -> Sequence[Span]:
        """All that is recorded of an attribute that changes with time, in any order."""

    def cutoff(self, entity: str) -> date | None:
        """事实截止: the last day up to which the rows of an entity are complete. None: complete without end."""


@dataclass
class World:
    """Facts in memory. `rows`: entity → key → row. `histories`: (entity, attribute) → key → spans."""

    vocabulary: Vocabulary
    rows: dict[str, dict[str, dict[str, Value]]] = field(default_factory=dict)
    histories: dict[tuple[str, str], dict[str, list[Span]]] = field(default_factory=dict)
    cutoffs: dict[str, date] = field(default_factory=dict)
    _indices: dict[Relation, _Index] = field(default_factory=dict, repr=False)

    def put(self, entity: str, key: str, /, **attributes: Value) -> None:
        """Add a row, or more attributes to one that is there. Attributes that vary hold for ever."""
        known = self.vocabulary.entities[entity].attributes
        row = self.rows.setdefault(entity, {}).setdefault(key, {})
        for name, value in attributes.items():
            if known[name].varies:
                self.histories.setdefault((entity, name), {})[key] = [(date.min, None, value)]
            else:
                row[name] = value
        self._indices.clear()

    def since(self, entity: str, key: str, attribute: str, spans: Sequence[Span]) -> None:
        """Set the history of an attribute that varies."""
        self.histories.setdefault((entity, attribute), {})[key] = list(spans)

    def row(self, entity: str, key: str) -> Row | None:
        return self.rows.get(entity, {}).get(key)

    def keys(self, entity: str) -> Sequence[str]:
        return sorted(self.rows.get(entity, {}))

    def related(self, relation: Relation, key: str) -> Sequence[str]:
        if relation not in self._indices:
            self._indices[relation] = _Index.of(relation, self.rows.get(relation.target, {}))
        return self._indices[relation].find(relation, key, self.row(relation.source, key))

    def history(self, entity: str, key: str, attribute: str) -> Sequence[Span]:
        return self.histories.get((entity, attribute), {}).get(key, ())

    def cutoff(self, entity: str) -> date | None:
        return self.cutoffs.get(entity)


@dataclass
class _Index:
    """The rows of a relation's target by the values that the relation matches, and each row's turn."""

    turn: dict[str, int]
    found: dict[tuple[Value, ...], list[str]]

    @classmethod
    def of(cls, relation: Relation, rows: Mapping[str, Row]) -> _Index:
        ordered = sorted(rows, key=lambda key: _turn(relation, key, rows[key]))
        found: dict[tuple[Value, ...], list[str]] = defaultdict(list)
        for key in ordered:
            found[_matched([target for _, target in relation.pairs], key, rows[key])].append(key)
        return cls({key: n for n, key in enumerate(ordered)}, dict(found))

    def find(self, relation: Relation, key: str, row: Row | None) -> list[str]:
        wanted = _matched([source for source, _ in relation.pairs], key, row or {})
        keys = [] if None in wanted else self.found.get(wanted, [])
        if relation.with_self and key in self.turn and key not in keys:
            return sorted([*keys, key], key=self.turn.__getitem__)
        return keys


def _matched(attributes: Sequence[str], key: str, row: Row) -> tuple[Value, ...]:
    """The values that a relation matches; the empty name stands for the key."""
    return tuple(row.get(name) if name else key for name in attributes)


def _turn(relation: Relation, key: str, row: Row) -> tuple[Any, ...]:
    """Where a row stands among its siblings: the order attributes ascending, missing ones last, then the key."""
    return (*((row.get(name) is None, row.get(name)) for name in relation.order), key)
