"""A kind read backwards: where in the fact tables each column of its files comes from.

An import goes from columns to facts; here every logical column is traced from the row of the main fact, over the rows
that it refers to, to the cell that holds its value. What cannot be traced is a problem, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from jixiang.imports.kinds import Cell, Constant, Fact, Key, Kind, Person, Source, Sum
from jixiang.values.problem import Place, Problem

Nature = Literal["value", "number", "name", "account", "invented"]


@dataclass(frozen=True, slots=True)
class Hop:
    """From a column of one row to the row of `table` whose `key` it holds; of a history to the stretch that began last.

    `lasting`: to that stretch only if it has no end, since the file could not tell it.
    """

    column: str
    table: str
    key: str
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """`column` at the end of the hops: its value, or what belongs to the person or the row whose key it holds."""

    hops: tuple[Hop, ...]
    column: str
    nature: Nature = "value"

    def after(self, hop: Hop) -> Trace:
        return Trace((hop, *self.hops), self.column, self.nature)


@dataclass(frozen=True)
class Route:
    """How the rows of a kind are found and spelled. `fills`: logical column → its trace; `sums`: columns that add up to one.

    `same`: what a column would have to say besides, by another fact of the row: first trace, other trace, and the other
    row's key, empty where there is no such row. `key`: traces that tell rows apart.
    `constants`: columns of the main table that have one value in this kind.
    """

    kind: Kind
    fills: Mapping[str, Trace]
    sums: Mapping[tuple[str, ...], Trace]
    same: tuple[tuple[Trace, Trace, Trace], ...]
    key: tuple[Trace, ...]
    constants: Mapping[str, str]

    def traces(self) -> tuple[Trace, ...]:
        """Every trace once."""
        doubled = (trace for three in self.same for trace in three)
        return tuple(dict.fromkeys([*self.fills.values(), *self.sums.values(), *self.key, *doubled]))


@dataclass
class Backwards:
    """Of all kinds together, since one kind refers to rows that another states. `people`: the table of persons."""

    kinds: Iterable[Kind]
    people: str
    problems: list[Problem] = field(default_factory=list)
    speakers: dict[str, Fact] = field(init=False)  # entity → a fact that states its rows

    def __post_init__(self) -> None:
        facts = sorted((fact for kind in self.kinds for fact in kind.facts), key=lambda fact: not fact.main)
        whole = [fact for fact in facts if fact.table.name == fact.entity.table]
        self.speakers = {fact.entity.name: fact for fact in [*reversed(facts), *reversed(whole)]}

    def route(self, kind: Kind) -> Route:
        fills: dict[str, Trace] = {}
        sums: dict[tuple[str, ...], Trace] = {}
        same: list[tuple[Trace, Trace, Trace]] = []
        for fact, way in self._ways(kind):
            for column, source in fact.cells.items():
                if isinstance(source, Sum):
                    sums.setdefault(source.columns, _along(way, Trace((), column)))
            for name in kind.columns:
                trace = self._trace(fact, name)
                if trace is not None:
                    found = _along(way, trace)
                    if fills.setdefault(name, found) != found and found.nature == "value":
                        same.append((fills[name], found, _along(way, Trace((), fact.table.key[0]))))
        missing = [name for name in kind.columns if name not in fills and not any(name in parts for parts in sums)]
        for name in missing:
            self._problem(kind, f"'{name}' 没有可以取值的事实")
        both = [name for parts in sums for name in parts if name in fills]
        for name in both:
            self._problem(kind, f"'{name}' 既是相加的一部分,又单独填一个属性")
        constants = {c: s.value for c, s in kind.main.cells.items() if isinstance(s, Constant)}
        return Route(kind, fills, sums, tuple(same), self._key(kind.main), constants)

    def _ways(self, kind: Kind) -> Iterator[tuple[Fact, tuple[Hop, ...]]]:
        """Every fact of the kind with the way from the main fact's row to its own."""
        main = kind.main
        yield main, ()
        for fact in kind.facts:
            if fact is not main:
                column = self._leading_to(main, fact)
                if column:
                    lasting = "valid_to" in fact.table.columns and "valid_to" not in fact.cells
                    yield fact, (Hop(column, fact.table.name, fact.table.key[0], lasting),)
                else:
                    self._problem(kind, f"看不出'{fact.entity.name}'的行与'{main.entity.name}'的行怎样相连")

    def _leading_to(self, main: Fact, fact: Fact) -> str:
        """The column of the main table that holds the other fact's key."""
        if fact.entity.name == main.entity.name:
            return main.table.key[0]
        names = tuple(name for part in fact.key for name in _columns(part))
        for column, source in main.cells.items():
            type_ = main.table.columns.get(column)
            if type_ is not None and type_.of == fact.entity.name and _columns(source) == names:
                return column
        return main.table.key[0] if main.table.columns[main.table.key[0]].of == fact.entity.name else ""

    def _trace(self, fact: Fact, name: str) -> Trace | None:
        """Where the fact's row has what the column says; None if it says nothing of it."""
        for column, source in fact.cells.items():
            match source:
                case Cell() if source.column == name:
                    return Trace((), column)
                case Person() if (nature := _of_person(source, name)) is not None:
                    return Trace((), column, nature)
                case Key() if name in source.columns:
                    return self._referred(fact, column, source.columns.index(name))
        return self._of_key(fact, name)

    def _of_key(self, fact: Fact, name: str) -> Trace | None:
        own = fact.table.key[0]
        for place, part in enumerate(fact.key):
            if isinstance(part, Person) and fact.entity.table == self.people:
                nature = _of_person(part, name)
                if nature is not None:
                    return Trace((), own, nature)
            elif name in _columns(part):
                if fact.table.name == fact.entity.table:
                    return Trace((), own, "invented")
                return self._own(fact.entity.name, place, Hop(own, fact.entity.table, fact.entity.key_column))
        return None

    def _referred(self, fact: Fact, column: str, place: int) -> Trace | None:
        entity = fact.table.columns[column].of
        speaker = self.speakers.get(entity)
        return (
            self._own(entity, place, Hop(column, speaker.entity.table, speaker.entity.key_column)) if speaker else None
        )

    def _own(self, entity: str, place: int, hop: Hop) -> Trace | None:
        """That part of the natural key of an entity, seen from a row that refers to it."""
        speaker = self.speakers.get(entity)
        if speaker is None or place >= len(speaker.key):
            return None
        names = _columns(speaker.key[place])
        trace = self._trace(speaker, names[0]) if names else None
        return trace.after(hop) if trace is not None else None

    def _key(self, fact: Fact) -> tuple[Trace, ...]:
        names = [name for part in fact.key for name in _columns(part)]
        start = fact.cells.get("valid_from") if fact.table.name != fact.entity.table else None
        traces = [self._trace(fact, name) for name in [*names, *(_columns(start) if start is not None else ())]]
        return tuple(trace for trace in traces if trace is not None)

    def _problem(self, kind: Kind, message: str) -> None:
        place = Place(f"imports/{kind.code}.toml", 1)
        self.problems.append(Problem("extract-unwritable", place, f"写不出'{kind.name}':{message}", "核对 [[fact]]"))


def _along(way: tuple[Hop, ...], trace: Trace) -> Trace:
    return Trace((*way, *trace.hops), trace.column, trace.nature)


def _of_person(person: Person, name: str) -> Nature | None:
    if name == person.number:
        return "number"
    if name and name == person.name:
        return "name"
    return "account" if name and name == person.account else None


def _columns(source: Source) -> tuple[str, ...]:
    """The logical columns that tell which row is meant."""
    match source:
        case Cell():
            return (source.column,)
        case Person():
            return (source.number,)
        case Key():
            return source.columns
    return ()
