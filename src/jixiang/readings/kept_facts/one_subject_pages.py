"""Pages: what is kept, once more as Arrow files that are mapped into memory, so that one subject's rows are found without a
query. A table lies in the order of its owner; where rows are also asked for by their own key, a list of the keys leads there.

`_kept/pages/<table>-<mark>.arrow`: the mark is a hash of what the table was made from, so that a page of other facts is never
read, and a page that still fits is not written again. Holds nothing that the kept file does not.
"""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from sqlglot import exp

from jixiang.engines.duckdb import DuckDB
from jixiang.language.typed import Rulebook
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.kept_facts.one_subject_asked import asked_by
from jixiang.readings.kept_facts.state import FOLDER, STATE, State, path_of, read_state, state_from
from jixiang.readings.query import sql
from jixiang.readings.query.months import all_columns, shared_attributes
from jixiang.readings.query.sql import col
from jixiang.tables.schema import CUTOFF, META, fact_tables
from jixiang.tables.store import FactStore

PAGES = "pages"
FILE = "kept"  # the name under which the kept file is attached
ROWS = 65_536  # of a batch
PLACE = "place"  # of a row in its page
Record = dict[str, Any]
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Leaf:
    """A page that is to be: a query over the kept file, and the columns by which its rows are ordered."""

    name: str
    columns: tuple[str, ...]
    order: tuple[str, ...]

    @property
    def table(self) -> str:
        """Of the facts."""
        return self.name.removeprefix("months_")


def leaves(vocabulary: Vocabulary, state: State) -> dict[str, Leaf]:
    """By the kept file's table. Of months everything but sums."""
    monthly = {e.table: e for e in vocabulary.entities.values() if e.table in state.months}
    found = {}
    for name, table in fact_tables(vocabulary).items():
        if name in monthly:
            entity, span = monthly[name], state.spans()[name]
            shared = tuple(entity.attributes[a].column for a in shared_attributes(entity))
            told = tuple(column for column in all_columns(entity, span) if "_" not in column)
            found[f"months_{name}"] = Leaf(f"months_{name}", (*shared, *told), shared)
        elif name != CUTOFF:
            columns = tuple(f.name for f in table.schema if f.name not in META.names)
            found[name] = Leaf(name, columns, table.order)
    return found


def path_of_page(store: FactStore, state: State, name: str, by: str = "") -> Path:
    """Where a page lies: of a table, or (`by`) of one of its columns with the places of its values."""
    table = name.removeprefix("months_")
    until = "" if state.newest is None or state.newest <= state.until else state.until
    made_from = (state.layout, state.vocabulary, state.files.get(table), state.months.get(table), until)
    mark = hashlib.sha256(repr(made_from).encode()).hexdigest()[:16]
    return store.folder / FOLDER / PAGES / f"{name}{'.' if by else ''}{by}-{mark}.arrow"


# Writing ---------------------------------------------------------------------------------------------------------


def write_pages(
    store: FactStore,
    vocabulary: Vocabulary,
    rulebook: Rulebook,
    *,
    memory_mb: int | None = None,
    threads: int | None = None,
    progress: Progress = lambda what, done: None,
) -> None:
    """Writes the pages that the policies need and that are not there, from the kept file, and takes away all others. Whoever may
    not be the only writer holds `alone`."""
    if not path_of(store).is_file():
        return
    folder = store.folder / FOLDER / PAGES
    folder.mkdir(parents=True, exist_ok=True)
    with DuckDB(memory_mb=memory_mb, threads=threads, folder=folder.parent) as engine:
        engine.attach(path_of(store), FILE)
        state = state_from(engine.execute(f'SELECT said FROM {FILE}."{STATE}"'))
        wanted = set() if state is None else _write_all(engine, store, vocabulary, state, rulebook, progress)
    for path in set(folder.iterdir()) - wanted:
        path.unlink(missing_ok=True)
    progress("", 1.0)


def _write_all(
    engine: DuckDB, store: FactStore, vocabulary: Vocabulary, state: State, rulebook: Rulebook, progress: Progress
) -> set[Path]:
    """What lies there afterwards."""
    asked, keys = asked_by(vocabulary, rulebook), {e.table: e.key_column for e in vocabulary.entities.values()}
    needed = [leaf for leaf in leaves(vocabulary, state).values() if leaf.table in asked.tables]
    wanted = set()
    for number, leaf in enumerate(needed):
        progress(leaf.name, number / len(needed))
        path = path_of_page(store, state, leaf.name)
        wanted.add(path)
        if not path.is_file():
            _write_rows(engine, leaf, path)
        key = keys.get(leaf.name)
        if key is not None and key != leaf.order[0] and leaf.table in asked.by_key:
            listed = path_of_page(store, state, leaf.name, key)
            wanted.add(listed)
            if not listed.is_file():
                _write_places(engine, path, key, listed)
    return wanted


def _write_rows(engine: DuckDB, leaf: Leaf, path: Path) -> None:
    engine.offer_attached(f"kept_{leaf.name}", FILE, leaf.name)
    columns = [col(column) for column in leaf.columns]
    query = sql.select(columns, sql.table(f"kept_{leaf.name}", "r")).order_by(*map(_ascending, leaf.order))
    _write(engine.batches(query, ROWS), path)


def _write_places(engine: DuckDB, page: Path, column: str, path: Path) -> None:
    """The values of a column in order, each with the place of its row."""
    with pa.memory_map(str(page)) as file:
        keys = pa.ipc.open_file(file).read_all().column(column)
        engine.offer("listed", pa.table({column: keys, PLACE: np.arange(len(keys), dtype=np.int32)}))
    query = sql.select([sql.star()], sql.table("listed", "r")).order_by(_ascending(column))
    _write(engine.batches(query, ROWS), path)
    engine.drop("listed", kept=True)


def _ascending(column: str) -> exp.Ordered:
    return exp.Ordered(this=exp.column(column, quoted=True), desc=False, nulls_first=False)


def _write(rows: pa.RecordBatchReader, path: Path) -> None:
    """All batches but the last have `ROWS` rows, so that a place tells its batch."""
    draft = path.with_suffix(".draft")
    with pa.OSFile(str(draft), "wb") as file, pa.ipc.new_file(file, rows.schema) as writer:
        for batch in _even(rows):
            writer.write_batch(batch)
    os.replace(draft, path)


def _even(rows: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    left = pa.table(pa.RecordBatch.from_pylist([], rows.schema))
    for batch in rows:
        left = pa.concat_tables([left, pa.Table.from_batches([batch])])
        while left.num_rows >= ROWS:
            yield left.slice(0, ROWS).combine_chunks().to_batches()[0]
            left = left.slice(ROWS)
    if left.num_rows:
        yield left.combine_chunks().to_batches()[0]


# Reading ---------------------------------------------------------------------------------------------------------


class Page:
    """One file, mapped: rows in the order of their first column, in batches of `ROWS`."""

    def __init__(self, path: Path, by: str) -> None:
        self._reader = pa.ipc.open_file(pa.memory_map(str(path)))
        self._batches: dict[int, pa.RecordBatch] = {}
        self._by = self._reader.schema.get_field_index(by)
        self._firsts: dict[int, Any] = {}

    def find(self, value: Any) -> list[Record]:
        """The rows of a value."""
        number = self._reader.num_record_batches
        batch = max(bisect_left(range(number), True, key=lambda n: not _before(self._first(n), value)) - 1, 0)
        found: list[Record] = []
        while batch < number:
            rows = self._batch(batch)
            column = rows.column(self._by)
            start = bisect_left(range(len(column)), True, key=lambda n: not _before(column[n].as_py(), value))
            end = start
            while end < len(column) and column[end].as_py() == value:
                end += 1
            found += rows.slice(start, end - start).to_pylist() if end > start else []
            if end < len(column):
                break
            batch += 1
        return found

    def all(self) -> list[Record] | None:
        """Every row, where they are few."""
        if self._reader.num_record_batches > 1:
            return None
        return [record for n in range(self._reader.num_record_batches) for record in self._batch(n).to_pylist()]

    def at(self, place: int) -> Record:
        """The row at a place."""
        batch, row = divmod(place, ROWS)
        found: list[Record] = self._batch(batch).slice(row, 1).to_pylist()
        return found[0]

    def _batch(self, number: int) -> pa.RecordBatch:
        if number not in self._batches:
            self._batches[number] = self._reader.get_batch(number)
        return self._batches[number]

    def _first(self, number: int) -> Any:
        if number not in self._firsts:
            self._firsts[number] = self._batch(number).column(self._by)[0].as_py()
        return self._firsts[number]


def _before(stored: Any, value: Any) -> bool:
    """Text is ordered by its bytes, as Python orders it by its characters; an empty cell comes last."""
    return stored is not None and stored < value


@dataclass
class Pages:
    """The pages of one state of the facts; opened as they are asked for, and good for as many subjects as one likes."""

    store: FactStore
    vocabulary: Vocabulary
    state: State
    _open: dict[tuple[str, str, bool], Page | None] = field(default_factory=dict)

    def read(self, table: str, column: str, values: Sequence[Any] | None) -> list[Record] | None:
        """The rows with one of some values (None: all); None if no page is ordered by that column, or all are too many."""
        if values is None:
            page = self._page(table, column)
            return None if page is None else page.all()
        if (page := self._page(table, column)) is not None:
            return [record for value in values for record in page.find(value)]
        leaf = self._leaves.get(table)
        if leaf is None or (listed := self._page(table, column, listed=True)) is None:
            return None
        rows = self._page(table, leaf.order[0])
        if rows is None:
            return None
        return [rows.at(found[PLACE]) for value in values for found in listed.find(value)]

    def _page(self, table: str, column: str, *, listed: bool = False) -> Page | None:
        key = (table, column, listed)
        if key not in self._open:
            self._open[key] = self._opened(table, column, listed)
        return self._open[key]

    def _opened(self, table: str, column: str, listed: bool) -> Page | None:
        leaf = self._leaves.get(table)
        if leaf is None or (not listed and leaf.order[0] != column):
            return None
        path = path_of_page(self.store, self.state, table, column if listed else "")
        return Page(path, column) if path.is_file() else None

    @cached_property
    def _leaves(self) -> dict[str, Leaf]:
        return leaves(self.vocabulary, self.state)


def open_pages(store: FactStore, vocabulary: Vocabulary, until: datetime) -> Pages | None:
    """What there is for readers of what was known by `until`; None if nothing is kept, or it is of other facts."""
    state = read_state(store)
    return Pages(store, vocabulary, state) if state is not None and state.fits(store, vocabulary, until) else None
