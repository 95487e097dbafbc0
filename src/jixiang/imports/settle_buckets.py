"""Settles one bucket of staged facts against what is known of its keys, in DuckDB and in bounded memory.

What becomes of a key is decided in `settle_verdicts.sql` and nowhere else. Writes nothing into the fact tables: what is to
be appended waits in a file beside the bucket, or is the bucket itself where all of it is new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc as ipc

from jixiang.imports.rows import Positions
from jixiang.imports.staging import Bucket, Scope
from jixiang.imports.stating import ROW
from jixiang.tables.parquet import ROW_GROUP
from jixiang.tables.schema import META, FactTable

_STEPS = ("said", "known", "verdicts", "lacking", "appended", "outcome")
_SQL = {step: Path(__file__).with_name(f"settle_{step}.sql").read_text(encoding="utf-8") for step in _STEPS}


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for all tables. `no_row`: the source row of what no row of a file caused."""

    extracted: date
    received: datetime
    name: str
    no_row: int

    @property
    def source(self) -> str:
        return f"{self.name}@{self.extracted:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class Reach:
    """Which rows of a table a newer extract has spoken of (`superseded`), another import of the same extract (`shared`),
    and this import (`claimed`): what it lacks of these is taken back. All, none, or by the values of `columns`."""

    superseded: bool | Scope = False
    shared: bool | Scope = False
    claimed: bool | Scope = False
    columns: tuple[str, ...] = ()

    def sets(self) -> Iterator[tuple[str, bool | Scope]]:
        yield from (("superseded", self.superseded), ("shared", self.shared), ("claimed", self.claimed))

    @property
    def whole(self) -> bool:
        return self.claimed is not False

    @property
    def late(self) -> bool:
        """May a newer extract have spoken of something in this one?"""
        if isinstance(self.superseded, bool) or isinstance(self.claimed, bool):
            return bool(self.superseded)
        return bool(self.superseded & self.claimed)


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the keys of one table. `older` had a newer version, `retracted` were lacking in the extract,
    `withheld` are taken back because the extract contradicts itself; keys it contradicts for nothing are in none."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    confirmed: int = 0
    older: int = 0
    retracted: int = 0
    withheld: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)))

    @property
    def spoken(self) -> int:
        """Keys of which the import says something that counts."""
        return self.new + self.changed + self.unchanged + self.confirmed

    @property
    def appended(self) -> int:
        return self.new + self.changed + self.confirmed + self.retracted + self.withheld


@dataclass(frozen=True, slots=True)
class Outcome:
    """`settled`: the file of rows to append; None if all of the bucket is appended as it lies."""

    bucket: Bucket
    counts: Counts
    settled: Path | None = None


class Settler:
    """One fact table, its known files and what is asked of them; one bucket after the other."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, table: FactTable, files: tuple[str, ...], terms: Terms, reach: Reach
    ) -> None:
        self._con = con
        self._table = table
        self._files = files
        self._terms = terms
        self._reach = reach
        self._columns = [name for name in table.schema.names if name not in META.names]
        for name, values in reach.sets():
            if not isinstance(values, bool):
                self._offer_scope(name, values)
        with _offered(con, table.schema.empty_table(), "offered AS SELECT *"):
            con.execute("CREATE OR REPLACE TEMP TABLE nothing AS FROM offered")

    def settle(self, bucket: Bucket, folder: Path, *, live: bool) -> tuple[Outcome, dict[str, Positions]]:
        """What is to be appended, and code → the rows that hear it; with `live` also, under "", those that count."""
        if not bucket.rows and not self._reach.whole:
            return Outcome(bucket, Counts()), {}
        if not self._files and not self._reach.late:
            keys = bucket.read([*self._table.key, ROW])
            if not self._repeats(keys):
                return Outcome(bucket, Counts(new=bucket.rows)), {"": numbers(keys[ROW])} if live else {}
        with _offered(self._con, bucket.read(), f"stated AS SELECT {self._packed()}, {ROW}"):
            return self._settle(bucket, folder, live)

    def _settle(self, bucket: Bucket, folder: Path, live: bool) -> tuple[Outcome, dict[str, Positions]]:
        about = {"day": self._terms.extracted, "name": self._terms.name}
        self._con.execute(_SQL["said"])
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE versions AS {self._versions(bucket)}")
        self._con.execute(_SQL["known"])
        self._con.execute(_SQL["verdicts"], {**about, "whole": self._reach.whole})
        self._con.execute(_SQL["lacking"], about)
        counts = self._counts()
        rows = self._rows(live) if live or counts.spoken != bucket.rows else {}
        settled = None if counts == Counts(new=bucket.rows) or not counts.appended else self._write(bucket, folder)
        return Outcome(bucket, counts, settled), rows

    # What it reads -----------------------------------------------------------------------------------------------

    def _offer_scope(self, name: str, values: Scope) -> None:
        columns = self._reach.columns
        schema = pa.schema([self._table.schema.field(column) for column in columns])
        rows = pa.Table.from_pylist([dict(zip(columns, value, strict=True)) for value in values], schema)
        with _offered(self._con, rows, f"offered AS SELECT {_struct(columns)} AS value"):
            self._con.execute(f"CREATE OR REPLACE TEMP TABLE scope_{name} AS FROM offered")

    def _meant(self, name: str, values: bool | Scope) -> str:
        if isinstance(values, bool):
            return f"{values} AS {name}"
        return f"{_struct(self._reach.columns)} IN (SELECT value FROM scope_{name}) AS {name}"

    def _packed(self) -> str:
        key = _name(self._table.key[0]) if len(self._table.key) == 1 else _struct(self._table.key)
        meant = ", ".join(self._meant(name, values) for name, values in self._reach.sets())
        return f"{key} AS key, {_struct(self._columns)} AS content, {meant}"

    def _repeats(self, keys: pa.Table) -> bool:
        listed = ", ".join(_name(name) for name in self._table.key)
        query = f"SELECT 1 FROM keys GROUP BY hash({listed}) HAVING count(*) > 1 LIMIT 1"
        with _offered(self._con, keys, "keys AS SELECT *"):
            return self._con.execute(query).fetchone() is not None

    def _versions(self, bucket: Bucket) -> str:
        """All versions of the keys that the bucket may say something of."""
        source, conditions = "nothing", ["false"]
        if self._files:
            files = ", ".join(_text(file) for file in self._files)
            source = f"read_parquet([{files}], hive_partitioning = false, union_by_name = true)"
            conditions = ["true", *self._bounds(bucket), *self._within()]
        found = f"SELECT {self._packed()}, {', '.join(META.names)} FROM {source} WHERE {' AND '.join(conditions)}"
        return found if self._reach.whole else f"SELECT * FROM ({found}) SEMI JOIN said USING (key)"

    def _bounds(self, bucket: Bucket) -> Iterator[str]:
        leading = _name(self._table.key[0])
        if bucket.low is not None:
            yield f"{leading} >= {_text(bucket.low)}"
        if bucket.high is not None:
            yield f"{leading} < {_text(bucket.high)}"

    def _within(self) -> Iterator[str]:
        """The key says which scope a row is of, so no other need be read; from bounds a file knows what it can skip."""
        if isinstance(self._reach.claimed, bool):
            return
        for n, column in enumerate(self._reach.columns):
            if values := sorted(value[n] for value in self._reach.claimed):
                yield f"{_name(column)} BETWEEN {_text(values[0])} AND {_text(values[-1])}"
        yield f"{_struct(self._reach.columns)} IN (SELECT value FROM scope_claimed)"

    # What it gives -----------------------------------------------------------------------------------------------

    def _counts(self) -> Counts:
        found = self._con.execute(
            "SELECT verdict, count(*), count(*) FILTER (appends = 'retraction') FROM verdicts GROUP BY 1"
        )
        verdicts = {verdict: (keys, taken) for verdict, keys, taken in found.fetchall()}
        plain = {f.name: verdicts[f.name][0] for f in fields(Counts) if f.name in verdicts and f.name != "withheld"}
        lacking = self._con.execute("SELECT count(*) FROM lacking").fetchall()[0][0]
        return Counts(**plain, retracted=lacking, withheld=sum(taken for _, taken in verdicts.values()))

    def _rows(self, live: bool) -> dict[str, Positions]:
        found = self._con.sql(_SQL["outcome"], params={"live": live}).to_arrow_table()
        codes = found["code"].unique().to_pylist()
        return {code: numbers(found.filter(pc.equal(found["code"], code))[ROW]) for code in codes}

    def _write(self, bucket: Bucket, folder: Path) -> Path:
        self._con.execute(_SQL["appended"], {"no_row": self._terms.no_row})
        order = ", ".join(f"content.{_name(column)}" for column in self._table.order)
        query = f"SELECT content.*, source_row, retracted FROM appended ORDER BY {order}"
        path = folder / f"{self._table.name}-{bucket.number:03d}.settled"
        reader = self._con.sql(query).to_arrow_reader(ROW_GROUP)
        options = ipc.IpcWriteOptions(compression="zstd")
        with path.open("wb") as file, ipc.new_stream(file, reader.schema, options=options) as writer:
            for batch in reader:
                writer.write_batch(batch)
        return path


@contextmanager
def _offered(con: duckdb.DuckDBPyConnection, rows: pa.Table, view: str) -> Iterator[None]:
    """A view over rows that lie in memory, for as long as it is asked."""
    name = view.split()[0]
    con.register(f"{name}_rows", rows)
    con.execute(f"CREATE OR REPLACE TEMP VIEW {view} FROM {name}_rows")
    try:
        yield
    finally:
        con.execute(f"DROP VIEW {name}")
        con.unregister(f"{name}_rows")


def numbers(column: pa.ChunkedArray) -> Positions:
    found: Positions = column.to_numpy().astype(np.int64, copy=False)
    return found


def _struct(columns: Sequence[str]) -> str:
    return f"struct_pack({', '.join(f'{_name(column)} := {_name(column)}' for column in columns)})"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _text(value: Any) -> str:
    """A value as SQL spells it: numbers as they are, texts and days in quotes."""
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"
