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
from typing import Any, TypeAlias

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc as ipc

from jixiang.imports.persons_of_rows import restated
from jixiang.imports.rows import Positions
from jixiang.imports.staging import Bucket, Scope
from jixiang.imports.stating import ROW
from jixiang.tables.parquet import ROW_GROUP
from jixiang.tables.schema import META, FactTable
from jixiang.tables.store import FactStore

_STEPS = ("repeated", "said", "known", "verdicts", "outcome", "appended")
_SQL = {step: Path(__file__).with_name(f"settle_{step}.sql").read_text(encoding="utf-8") for step in _STEPS}


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for all tables. `no_row`: the source row of what no row of a file caused. `person`: the entity whose
    rows are persons, in Chinese."""

    extracted: date
    received: datetime
    name: str
    no_row: int
    person: str

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
    """Appended are the rows of the bucket as they lie (`plain`), but for those whose numbers are in the file `left`, and
    the rows in the file `settled`."""

    bucket: Bucket
    counts: Counts
    plain: bool = False
    left: Path | None = None
    settled: Path | None = None


Heard: TypeAlias = dict[str, Positions]  # code → the rows that hear it; "": something of them counts


class Settler:
    """One fact table, what is known of it and what is asked; one bucket after the other."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        table: FactTable,
        store: FactStore,
        terms: Terms,
        reach: Reach,
        folder: Path,
        *,
        single: bool,
    ) -> None:
        self._con = con
        self._table = table
        self._files = store.files(table.name)
        self._once = len(store.distinct_groups(table.name) or ("", "")) == 1  # no key is known in two versions
        self._terms = terms
        self._reach = reach
        self._folder = folder
        self._single = single  # a row says one thing in this table
        self._restated = restated(table, terms.person)
        self._columns = [name for name in table.schema.names if name not in META.names]
        same = " AND ".join(f"one.{_name(c)} IS NOT DISTINCT FROM other.{_name(c)}" for c in self._columns)
        self._sql = {
            step: text.replace("{same}", same).replace("{columns}", ", ".join(map(_name, self._columns)))
            for step, text in _SQL.items()
        }
        for name, values in reach.sets():
            if not isinstance(values, bool):
                self._offer_scope(name, values)
        with _offered(con, table.schema.empty_table(), "offered AS SELECT *"):
            con.execute("CREATE OR REPLACE TEMP TABLE nothing AS FROM offered")

    def settle(self, bucket: Bucket, *, live: bool) -> tuple[Outcome, Heard]:
        """What is to be appended, and what the rows hear; with `live` also which count."""
        if not bucket.rows and not self._reach.whole:
            return Outcome(bucket, Counts()), {}
        if not self._files and not self._reach.late:
            return self._settle_new(bucket, live)
        with _offered(self._con, bucket.read(), f"staged AS SELECT *, {self._key()}, {self._meant()}"):
            self._repeated()
            if self._read_known(bucket) or self._reach.late:
                counts, heard = self._settle_stated(live)
                return self._appended(bucket, counts), heard
        return self._settle_new(bucket, live)

    def _settle_new(self, bucket: Bucket, live: bool) -> tuple[Outcome, Heard]:
        """Where nothing is known: only keys of several rows are looked at, the other rows are appended as they lie."""
        keys = bucket.read([*self._table.key, ROW])
        with _offered(self._con, keys, f"staged AS SELECT {self._key()}, {ROW}"):
            self._repeated()
            twice = self._con.sql("SELECT _row FROM staged SEMI JOIN repeated USING (_key)").to_arrow_table()[ROW]
        if not len(twice):
            return Outcome(bucket, Counts(new=bucket.rows), plain=True), {"": numbers(keys[ROW])} if live else {}
        rows = bucket.read()
        is_twice = pc.is_in(rows[ROW], value_set=twice)
        with _offered(self._con, rows.filter(is_twice), f"staged AS SELECT *, {self._key()}, {self._meant()}"):
            self._read_known(None)
            counts, heard = self._settle_stated(live)
            settled = self._write(bucket) if counts.appended else None
        if live:
            others = numbers(keys[ROW].filter(pc.invert(pc.is_in(keys[ROW], value_set=twice))))
            heard[""] = np.concatenate([heard.get("", others[:0]), others])
        left = self._path(bucket, "left.npy")
        np.save(left, numbers(twice))
        new = bucket.rows - pc.sum(is_twice).as_py()
        return Outcome(bucket, counts + Counts(new=new), True, left, settled), heard

    def _settle_stated(self, live: bool) -> tuple[Counts, Heard]:
        """What is staged, against what is known."""
        self._con.execute(self._sql["said"])
        about = {"day": self._terms.extracted, "name": self._terms.name, "whole": self._reach.whole}
        self._con.execute(self._sql["verdicts"], about)
        counts = self._counts()
        return counts, self._heard(live) if live or counts.spoken != self._staged_rows() else {}

    def _appended(self, bucket: Bucket, counts: Counts) -> Outcome:
        """Where most rows are appended, the bucket is, but for the others."""
        rows = counts.new + counts.changed + counts.confirmed
        if not self._single or 2 * rows < bucket.rows:
            return Outcome(bucket, counts, settled=self._write(bucket) if counts.appended else None)
        left = None
        if rows < bucket.rows:
            left = self._path(bucket, "left.npy")
            taken = "SELECT _row FROM verdicts WHERE _appends = 'row'"
            others = self._con.sql(f"SELECT _row FROM staged ANTI JOIN ({taken}) USING (_row)").to_arrow_table()
            np.save(left, numbers(others[ROW]))
        self._con.execute("DELETE FROM verdicts WHERE _appends = 'row'")
        settled = self._write(bucket) if counts.retracted or counts.withheld else None
        return Outcome(bucket, counts, rows > 0, left, settled)

    # What it reads -----------------------------------------------------------------------------------------------

    def _offer_scope(self, name: str, values: Scope) -> None:
        columns = self._reach.columns
        schema = pa.schema([self._table.schema.field(column) for column in columns])
        rows = pa.Table.from_pylist([dict(zip(columns, value, strict=True)) for value in values], schema)
        with _offered(self._con, rows, f"offered AS SELECT {_struct(columns)} AS value"):
            self._con.execute(f"CREATE OR REPLACE TEMP TABLE scope_{name} AS FROM offered")

    def _meant(self) -> str:
        """Who speaks of a row, as columns."""
        return ", ".join(
            f"{values} AS _{name}"
            if isinstance(values, bool)
            else f"{_struct(self._reach.columns)} IN (SELECT value FROM scope_{name}) AS _{name}"
            for name, values in self._reach.sets()
        )

    def _key(self) -> str:
        return f"{_name(self._table.key[0]) if len(self._table.key) == 1 else _struct(self._table.key)} AS _key"

    def _repeated(self) -> None:
        self._con.execute(self._sql["repeated"])

    def _staged_rows(self) -> int:
        return int(self._con.execute("SELECT count(*) FROM staged").fetchall()[0][0])

    def _read_known(self, bucket: Bucket | None) -> int:
        """Keeps all versions of the keys that a bucket may say something of, as their files stated them; how many. Without
        a bucket none."""
        source, conditions = "nothing", ["false"]
        if bucket is not None and self._files:
            files = ", ".join(_text(file) for file in self._files)
            stated = [f"{found.sql('duckdb')} AS {_name(column)}" for column, found in self._restated.items()]
            replaced = f" REPLACE ({', '.join(stated)})" if stated else ""
            source = (
                f"(SELECT *{replaced} FROM read_parquet([{files}], hive_partitioning = false, union_by_name = true))"
            )
            conditions = ["true", *self._bounds(bucket), *self._within()]
        found = f"SELECT *, {self._key()}, {self._meant()} FROM {source} WHERE {' AND '.join(conditions)}"
        asked = "" if self._reach.whole else "SEMI JOIN staged USING (_key)"
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE versions AS SELECT * FROM ({found}) {asked}")
        several = "LIMIT 0" if self._once else "GROUP BY _key HAVING count(*) > 1"
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE again AS SELECT _key FROM versions {several}")
        self._con.execute(self._sql["known"])
        return int(self._con.execute("SELECT count(*) FROM versions").fetchall()[0][0])

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
            "SELECT _verdict, count(*), count(*) FILTER (_appends = 'retraction') FROM verdicts GROUP BY 1"
        )
        verdicts = {verdict: (keys, taken) for verdict, keys, taken in found.fetchall()}
        plain = {
            name: verdicts[name][0]
            for name in ("new", "changed", "unchanged", "confirmed", "older")
            if name in verdicts
        }
        retracted, _ = verdicts.pop("lacking", (0, 0))
        return Counts(**plain, retracted=retracted, withheld=sum(taken for _, taken in verdicts.values()))

    def _heard(self, live: bool) -> Heard:
        found = self._con.sql(self._sql["outcome"], params={"live": live}).to_arrow_table()
        codes = found["_code"].unique().to_pylist()
        return {code: numbers(found.filter(pc.equal(found["_code"], code))[ROW]) for code in codes}

    def _write(self, bucket: Bucket) -> Path:
        order = ", ".join(_name(column) for column in self._table.order)
        query = f"SELECT * FROM ({self._sql['appended']}) ORDER BY {order}"
        path = self._path(bucket, "settled")
        reader = self._con.sql(query, params={"no_row": self._terms.no_row}).to_arrow_reader(ROW_GROUP)
        options = ipc.IpcWriteOptions(compression="zstd")
        with path.open("wb") as file, ipc.new_stream(file, reader.schema, options=options) as writer:
            for batch in reader:
                writer.write_batch(batch)
        return path

    def _path(self, bucket: Bucket, suffix: str) -> Path:
        return self._folder / f"{self._table.name}-{bucket.number:03d}.{suffix}"


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
