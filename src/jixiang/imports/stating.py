"""From typed columns to rows of fact tables: what each row of a file states, with the keys of what it speaks of.

All of a block at once, and only from the row's own cells, so that a key never depends on what came before it. Sees
persons as the vault's keys only, never a number or a name; asks nothing of what is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jixiang.imports.kinds import Cell, Constant, Extracted, Fact, Key, Kind, Person, Source, Sum
from jixiang.imports.rows import Mark, Positions
from jixiang.tables.schema import META

ROW = "_row"

Persons = Mapping[str, tuple[pa.Array, pa.Array]]  # column of numbers → whose it is: the number's own key, the person


@dataclass(frozen=True)
class Stated:
    """One table for each fact of the kind, in its order: the columns of its fact table without `META`, and `_row`.

    `marks` are rows that say too little to be taken: nothing of them is in any table.
    """

    tables: tuple[pa.Table, ...]
    marks: tuple[Mark, ...] = ()


def stated_columns(fact: Fact) -> list[str]:
    """The columns of a stated table before `_row`: those of the fact table that say something."""
    return [name for name in fact.table.schema.names if name not in META.names]


def stated_schema(fact: Fact) -> pa.Schema:
    fields = [fact.table.schema.field(name) for name in stated_columns(fact)]
    return pa.schema([*fields, pa.field(ROW, pa.int64())])


def state_all(
    kind: Kind, columns: Mapping[str, pa.Array], persons: Persons, rows: pa.Array, *, extracted: date
) -> Stated:
    """What the rows of a block state. A row that one fact refuses is in none of the tables."""
    marks: list[Mark] = []
    tables: list[pa.Table] = []
    for fact in kind.facts:
        table, found = state(kind, fact, columns, persons, rows, extracted=extracted)
        tables.append(table)
        marks += found
    if not marks:
        return Stated(tuple(tables))
    refused = pc.take(rows, pa.array(np.unique(np.concatenate([mark.rows for mark in marks]))))
    left = [table.filter(pc.invert(pc.is_in(table[ROW], value_set=refused))) for table in tables]
    return Stated(tuple(left), tuple(marks))


def state(
    kind: Kind, fact: Fact, columns: Mapping[str, pa.Array], persons: Persons, rows: pa.Array, *, extracted: date
) -> tuple[pa.Table, tuple[Mark, ...]]:
    """One fact of every row whose `when` is filled, and the rows that name something only in part (left out).

    `columns`: logical column → values as stored; `persons`: logical column of numbers → (own key, person).
    """
    block = _Block(kind, fact, columns, persons, len(rows), extracted)
    cells = {name: block.cell(name) for name in stated_columns(fact)}
    for name in (*fact.table.key, *fact.table.required):
        block.require(name, cells[name])
    table = pa.table([*cells.values(), rows], schema=stated_schema(fact))
    keep = block.kept()
    return (table if keep is None else table.filter(keep)), tuple(block.marks)


@dataclass
class _Block:
    kind: Kind
    fact: Fact
    columns: Mapping[str, pa.Array]
    persons: Persons
    length: int
    extracted: date
    marks: list[Mark] = field(default_factory=list)
    marked: pa.Array | None = None  # true where a row is refused

    def cell(self, name: str) -> pa.Array:
        """One column of the fact table, as it is stored."""
        type_ = self.fact.table.schema.field(name).type
        if name == self.fact.table.key[0]:
            return self.own_key()
        source = self.fact.cells.get(name)
        return pa.nulls(self.length, type_) if source is None else self.value(source, type_)

    def own_key(self) -> pa.Array:
        names = [name for source in self.fact.key for name in named_columns(source)]
        parts = [part for source in self.fact.key for part in self.parts(source)]
        return self.joined(parts, names[0] if len(set(names)) == 1 else "", needed=True)

    def value(self, source: Source, type_: pa.DataType) -> pa.Array:
        match source:
            case Cell(column):
                return _flat(self.columns[column]).cast(type_)
            case Sum(columns):
                return _sum([_flat(self.columns[column]) for column in columns]).cast(type_)
            case Person(number):
                return _flat(self.persons[number][1])
            case Key(columns):
                return self.joined([*self.parts(source)], columns[0] if len(columns) == 1 else "", needed=False)
            case Constant(value):
                return pa.repeat(pa.scalar(value).cast(type_), self.length)
            case Extracted():
                return pa.repeat(pa.scalar(self.extracted, type_), self.length)

    def parts(self, source: Source) -> Iterator[pa.Array]:
        """The texts that a source is in a key: several if it is itself the key of something."""
        match source:
            case Person(number):
                yield _flat(self.persons[number][0])
            case Key(columns):
                for column in columns:
                    yield self.part(column)
            case Cell(column):
                yield self.part(column)
            case Sum(columns):
                yield _sum([_flat(self.columns[column]) for column in columns]).cast(pa.string())
            case Constant(value):
                yield pa.repeat(_escaped(pa.array([value]))[0], self.length)
            case Extracted():
                yield pa.repeat(pa.scalar(self.extracted.isoformat()), self.length)

    def part(self, column: str) -> pa.Array:
        if column in self.persons:
            return _flat(self.persons[column][0])
        values = _flat(self.columns[column])
        if pa.types.is_boolean(values.type):
            return pc.if_else(values, "1", "0")
        if not pa.types.is_string(values.type):
            return values.cast(pa.string())  # a date as yyyy-mm-dd, a month as yyyymm
        return _escaped(_canonical(values) if self.kind.columns[column].type.kind == "text" else values)

    def joined(self, parts: Sequence[pa.Array], column: str, *, needed: bool) -> pa.Array:
        """A key of its parts; empty where all of them are, and refused where some are (of a needed one: any)."""
        if not any(part.null_count for part in parts):
            return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, "/")
        empty = [part.is_null() for part in parts]
        some, all_ = _fold(pc.or_, empty), _fold(pc.and_, empty)
        self.refuse("key-partial", column, some if needed else pc.and_not(some, all_))
        return pc.binary_join_element_wise(*parts, "/", null_handling="emit_null")

    def require(self, name: str, values: pa.Array) -> None:
        """What must not be empty is refused where it is, unless it is already."""
        if values.null_count:
            empty = values.is_null()
            known = empty if self.marked is None else pc.and_not(empty, self.marked)
            named = named_columns(self.fact.cells[name]) if name in self.fact.cells else ()
            self.refuse("cell-required", named[0] if len(named) == 1 else "", known)

    def refuse(self, code: str, column: str, where: pa.Array) -> None:
        """Rows that do not state the fact at all are none of its concern."""
        stated = self.stated()
        where = where if stated is None else pc.and_(where, stated)
        positions: Positions = np.flatnonzero(where.to_numpy(zero_copy_only=False)).astype(np.int64)
        if len(positions):
            self.marks.append(Mark(code, column, positions))
            self.marked = where if self.marked is None else pc.or_(self.marked, where)

    def stated(self) -> pa.Array | None:
        """Where `when` is filled; None for everywhere."""
        when = self.fact.when
        if not when:
            return None
        values = self.persons[when][0] if when in self.persons else self.columns[when]
        return _flat(values).is_valid() if values.null_count else None

    def kept(self) -> pa.Array | None:
        stated = self.stated()
        if self.marked is None:
            return stated
        return pc.invert(self.marked) if stated is None else pc.and_not(stated, self.marked)


def named_columns(source: Source) -> tuple[str, ...]:
    """The logical columns that a source takes its value from."""
    match source:
        case Cell(column):
            return (column,)
        case Person(number):
            return (number,)
        case Sum(columns) | Key(columns):
            return columns
        case Constant() | Extracted():
            return ()


def _sum(columns: Sequence[pa.Array]) -> pa.Array:
    """Empty ones count as nothing, but all empty is empty."""
    total = _fold(pc.add_checked, [pc.fill_null(column, 0) for column in columns])
    empty = _fold(pc.and_, [column.is_null() for column in columns])
    return pc.if_else(empty, pa.scalar(None, total.type), total) if pc.any(empty).as_py() else total


def _canonical(texts: pa.Array) -> pa.Array:
    """Texts that look the same are the same part of a key: one form of every character, no space at either end."""
    plain = pc.all(pc.string_is_ascii(texts)).as_py() is not False
    return pc.utf8_trim_whitespace(texts if plain else pc.utf8_normalize(texts, "NFKC"))


def _escaped(texts: pa.Array) -> pa.Array:
    for character in ("\\", "/"):
        if pc.any(pc.match_substring(texts, character)).as_py():
            texts = pc.replace_substring(texts, character, "\\" + character)
    return texts


def _fold(function: pc.Function, arrays: Sequence[pa.Array]) -> pa.Array:
    result = arrays[0]
    for array in arrays[1:]:
        result = function(result, array)
    return result


def _flat(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """One plain array, however the steps before have packed it."""
    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if pa.types.is_dictionary(array.type):
        return array.dictionary_decode()
    return array
