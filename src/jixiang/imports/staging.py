"""Where the facts of one import wait until all of them are there: files of rows, split by key into buckets.

A bucket is a range of keys, so that rows which speak of the same thing lie in the same one, and one bucket after the
other fits in memory. Keys that begin with a person spread evenly by nature; others are cut by the first rows that come.
Holds nothing but fact columns: surrogate keys, no numbers, no names. Whoever made the folder removes it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc as ipc

from jixiang.imports.kinds import Fact, Kind, Person
from jixiang.imports.persons_of_rows import person_columns
from jixiang.imports.settle_rows import RowSet
from jixiang.imports.stating import ROW, stated_schema
from jixiang.tables.schema import FactTable

HELD = 1_000_000  # rows of a table kept in memory before they are split
BUCKET = 1_600_000  # rows that are settled at a time
CUTS = 64

Scope: TypeAlias = frozenset[tuple[Any, ...]]

_ALPHABET = "234567ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # of a person's key after its "P", in the order of its characters
_PERSON_CUTS = tuple(f"P{first}{second}" for first in _ALPHABET for second in (_ALPHABET[0], _ALPHABET[16]))[1:]
_RANK = np.full(256, 255, np.uint8)
_RANK[[ord(character) for character in _ALPHABET]] = range(len(_ALPHABET))


@dataclass(frozen=True)
class Bucket:
    """The staged rows whose first key column is from `low` up to, without, `high`; None: without bound."""

    number: int
    files: tuple[Path, ...]
    schema: pa.Schema
    low: str | None
    high: str | None
    rows: int

    def read(self, columns: Sequence[str] | None = None) -> pa.Table:
        """All rows, or some of their columns, in no order."""
        parts = [part for file in self.files for part in _read(file, self.schema, columns)]
        return pa.concat_tables(parts) if parts else self.schema.empty_table().select(columns or self.schema.names)


class Staging:
    """What the rows of one import state, table by table: facts of a kind that fill one table wait together."""

    def __init__(self, folder: Path, kind: Kind, *, held: int = HELD, bucket: int = BUCKET) -> None:
        self._folder = folder
        self._kind = kind
        self._tables: dict[str, _Waiting] = {}
        for fact in kind.facts:
            self._tables.setdefault(fact.table.name, _Waiting(folder, fact, held, bucket))
        self._scope: set[tuple[Any, ...]] = set()

    @property
    def folder(self) -> Path:
        return self._folder

    def add(self, fact_number: int, table: pa.Table) -> None:
        """Rows that fact of the kind states, as `stating.state` gives them."""
        fact = self._kind.facts[fact_number]
        if not table.num_rows:
            return
        if fact.main and self._kind.scope:
            found = table.select(list(self._kind.scope)).group_by(list(self._kind.scope)).aggregate([])
            self._scope.update(zip(*(found[name].to_pylist() for name in self._kind.scope), strict=True))
        self._tables[fact.table.name].add(table)

    def tables(self) -> tuple[FactTable, ...]:
        """The fact tables that the kind fills, the main fact's first."""
        main = self._kind.main.table
        return (main, *(w.fact.table for w in self._tables.values() if w.fact.table.name != main.name))

    def rows(self, table: str) -> int:
        return self._tables[table].rows

    def about(self, person: str, keys: Iterable[str]) -> RowSet:
        """The rows that speak of some persons. `person`: the entity whose rows are persons, in Chinese; `keys`: own keys."""
        found = RowSet()
        for waiting in self._tables.values():
            waiting.about(person, pa.array(sorted(keys), pa.string()), found)
        return found

    def leave_out(self, person: str, keys: Iterable[str]) -> RowSet:
        """Takes back what is staged of some persons; the rows that spoke of them."""
        found = self.about(person, keys)
        if len(found):
            for waiting in self._tables.values():
                waiting.leave_out(found)
        return found

    def scope(self) -> Scope:
        """The values of the columns `scope` of the kind that the import has."""
        return frozenset(self._scope)

    def buckets(self, table: str) -> tuple[Bucket, ...]:
        """In order of their keys; together they cover every key, and there is always one."""
        return self._tables[table].buckets()


@dataclass
class _Waiting:
    """The rows of one table."""

    folder: Path
    fact: Fact
    held: int
    bucket: int
    rows: int = 0
    cuts: tuple[str, ...] | None = None  # where a bucket ends and the next begins; None until something was split
    counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64))
    waiting: list[pa.Table] = field(default_factory=list)
    pending: int = 0

    @property
    def key(self) -> str:
        return self.fact.table.key[0]

    def add(self, table: pa.Table) -> None:
        self.waiting.append(table.cast(stated_schema(self.fact)))
        self.pending += table.num_rows
        self.rows += table.num_rows
        if self.pending >= self.held:
            self.split()

    def split(self) -> None:
        """Appends what waits to the files of its buckets."""
        table = pa.concat_tables(self.waiting).combine_chunks()
        self.waiting, self.pending = [], 0
        if self.cuts is None:
            by_person = isinstance(self.fact.key[0], Person)
            self.cuts = _PERSON_CUTS if by_person else _quantiles(table[self.key])
            self.counts = np.zeros(len(self.cuts) + 1, np.int64)
        table, ends = self.ordered(table, self.cuts)
        start = 0
        for number, end in enumerate(ends):
            if end > start:
                _append(self.path(number), table.slice(start, end - start))
                self.counts[number] += end - start
            start = end

    def ordered(self, table: pa.Table, cuts: tuple[str, ...]) -> tuple[pa.Table, list[int]]:
        """The rows bucket by bucket, and where each bucket ends."""
        numbers = _person_buckets(table[self.key]) if cuts == _PERSON_CUTS else None
        if numbers is not None:
            order = np.argsort(numbers, kind="stable")
            ends = np.cumsum(np.bincount(numbers, minlength=len(cuts) + 1))
            return table.take(pa.array(order)), [int(end) for end in ends]
        table = table.sort_by(self.key)
        keys = _Texts(table[self.key])
        return table, [*(bisect_left(keys, cut) for cut in cuts), table.num_rows]

    def path(self, number: int) -> Path:
        return self.folder / f"{self.fact.table.name}-{number:03d}.staged"

    def about(self, person: str, keys: pa.Array, found: RowSet) -> None:
        columns = person_columns(self.fact.table, person)
        if not columns:
            return
        for table in self._staged((*columns, ROW)):
            named = reduce(pc.or_, (pc.is_in(table[column], value_set=keys) for column in columns))
            found.add(table.filter(named)[ROW].to_numpy())

    def leave_out(self, rows: RowSet) -> None:
        self.waiting = [_without(table, rows) for table in self.waiting]
        self.pending = sum(table.num_rows for table in self.waiting)
        for number, count in enumerate(self.counts):
            if count:
                kept = [_without(table, rows) for table in _read(self.path(number), stated_schema(self.fact), None)]
                self.path(number).unlink()
                self.counts[number] = sum(table.num_rows for table in kept)
                if self.counts[number]:
                    _append(self.path(number), pa.concat_tables(kept))
        self.rows = self.pending + int(self.counts.sum())

    def _staged(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        yield from (table.select(list(columns)) for table in self.waiting)
        for number, count in enumerate(self.counts):
            if count:
                yield from _read(self.path(number), stated_schema(self.fact), columns)

    def buckets(self) -> tuple[Bucket, ...]:
        """Neighbours together, as many as are settled at a time."""
        if self.pending and self.cuts is None:
            _append(self.path(0), pa.concat_tables(self.waiting))
            self.counts[0], self.waiting, self.pending = self.pending, [], 0
        elif self.pending:
            self.split()
        found: list[Bucket] = []
        low: str | None = None
        files: list[Path] = []
        rows = 0
        for number, count in enumerate(self.counts):
            if rows and rows + count > self.bucket:
                high = (self.cuts or ())[number - 1]
                found.append(Bucket(len(found), tuple(files), stated_schema(self.fact), low, high, rows))
                low, files, rows = high, [], 0
            if count:
                files, rows = [*files, self.path(number)], rows + int(count)
        return (*found, Bucket(len(found), tuple(files), stated_schema(self.fact), low, None, rows))


def _without(table: pa.Table, rows: RowSet) -> pa.Table:
    return table.filter(pa.array(~rows.has(table[ROW].to_numpy())))


class _Texts(Sequence[str]):
    """Sorted texts, looked at one at a time."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        self._column = column

    def __len__(self) -> int:
        return len(self._column)

    def __getitem__(self, at: Any) -> Any:
        return self._column[at].as_py()


def _person_buckets(keys: pa.ChunkedArray) -> npt.NDArray[np.uint8] | None:
    """The bucket of each key by its second and third byte; None if some key does not begin as a person's does."""
    array = keys.combine_chunks()
    array = array.chunk(0) if isinstance(array, pa.ChunkedArray) else array
    _, offsets, data = array.buffers()
    ends = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1]
    if (ends[1:] - ends[:-1]).min(initial=3) < 3:
        return None
    texts = np.frombuffer(data, np.uint8)
    first, second = _RANK[texts[ends[:-1] + 1]], _RANK[texts[ends[:-1] + 2]]
    if (texts[ends[:-1]] != ord("P")).any() or max(first.max(), second.max()) >= len(_ALPHABET):
        return None
    numbers: npt.NDArray[np.uint8] = first * 2 + (second >= 16)
    return numbers


def _quantiles(keys: pa.ChunkedArray) -> tuple[str, ...]:
    """Texts that cut the keys into about equal parts."""
    ordered = keys.take(pc.sort_indices(keys))
    step = max(1, len(ordered) // CUTS)
    return tuple(sorted({ordered[at].as_py() for at in range(step, len(ordered), step)}))


def _append(path: Path, rows: pa.Table) -> None:
    """One more stream at the end of the file, so that no file stays open."""
    options = ipc.IpcWriteOptions(compression="zstd")
    with path.open("ab") as file, ipc.new_stream(file, rows.schema, options=options) as writer:
        writer.write_table(rows.combine_chunks())


def _read(path: Path, schema: pa.Schema, columns: Sequence[str] | None) -> Iterable[pa.Table]:
    options = ipc.IpcReadOptions(included_fields=[schema.get_field_index(c) for c in columns or ()])
    with pa.OSFile(str(path)) as file:
        size = file.size()
        while file.tell() < size:
            with ipc.open_stream(file, options=options) as reader:
                yield reader.read_all()
