"""Where facts lie: a folder with one Delta table, one folder of Parquet files or one Parquet file a fact table.

A table that is not there has no rows. Rows are only ever appended: what was known is never overwritten, it is answered
by a newer row. A folder with a head (see `head`) is read at the versions that it names. This module never filters by time
or by person; it says which files hold a table.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Schema
from deltalake.transaction import AddAction, create_table_with_add_actions

from jixiang.tables.head import HEAD, read_head
from jixiang.tables.parquet import DISTINCT, write_parquet
from jixiang.tables.schema import FactTable

LOG = "_delta_log"
COUNTER = "source_row"  # rises by one from row to row


@dataclass(frozen=True)
class FactStore:
    """The facts in `folder`. `versions` pins Delta tables to a version. A table not named there is read at the version
    that the folder's head names, and is not there yet if that does not name it; without a head at its newest.
    """

    folder: Path
    versions: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def _files(self) -> dict[str, tuple[str, ...]]:
        return {}

    @cached_property
    def head(self) -> dict[str, int] | None:
        """Asked once, so that all tables are of one act."""
        return read_head(self.folder)

    def tables(self) -> tuple[str, ...]:
        """The names of everything in the folder that is a table, or looks like one."""
        if self.head is not None:
            return tuple(sorted({*self.head, *self.versions}))
        if not self.folder.is_dir():
            return ()
        names = {
            entry.stem if entry.suffix == ".parquet" else entry.name
            for entry in self.folder.iterdir()
            if not entry.name.startswith((".", "_")) and (entry.suffix == ".parquet" or entry.is_dir())
        }
        return tuple(sorted(names))

    def files(self, table: str) -> tuple[str, ...]:
        """The Parquet files of a table, absolute and sorted; none for a table that is not there.

        Asked once a table: a store sees the folder as it was then, so that a run reads one state of it.
        """
        if table not in self._files:
            self._files[table] = tuple(sorted(str(path) for path in self._find(table)))
        return self._files[table]

    def has_meta(self, table: str) -> bool:
        """Whether the rows say when they were recorded. Rows that do not are known at all times."""
        files = self.files(table)
        return bool(files) and "recorded_at" in pq.read_schema(files[0]).names

    def rows(self, table: str) -> int:
        """How many rows the files hold, every version of a row counted."""
        return sum(pq.read_metadata(file).num_rows for file in self.files(table))

    def read(self, table: str) -> pa.Table | None:
        """The whole table as it lies, for small tables and tests. None for a table that is not there."""
        files = self.files(table)
        return pa.concat_tables([pq.read_table(file, partitioning=None) for file in files]) if files else None

    def delta(self, table: str) -> DeltaTable | None:
        """The Delta table, or None where the table is plain Parquet or missing."""
        folder = self.folder / table
        if not self._begun(table) or not (folder / LOG).is_dir():
            return None
        version = self.versions.get(table, (self.head or {}).get(table))
        return DeltaTable(str(folder), version=version)

    def _begun(self, table: str) -> bool:
        return self.head is None or table in self.head or table in self.versions

    def _find(self, table: str) -> Iterable[Path]:
        folder = (self.folder / table).absolute()
        if not self._begun(table):
            return []
        delta = self.delta(table)
        if delta is not None:
            paths = pa.table(delta.get_add_actions(flatten=True)).column("path").to_pylist()
            return [folder / unquote(path) for path in paths]
        if folder.is_dir():
            return [p for p in folder.rglob("*.parquet") if not p.name.startswith((".", "_"))]
        single = folder.with_name(f"{table}.parquet")
        return [single] if single.is_file() else []

    def distinct_groups(self, table: str) -> tuple[tuple[str, ...], ...] | None:
        """The table's files in groups within which no key occurs twice, oldest first; None where a file does not promise it.

        What an extract loads at once has every key once, so finding the newest row of each key need not sort the large
        first load, only look up the later and smaller ones.
        """
        groups: dict[str, list[str]] = {}
        for file in self.files(table):
            label = (pq.read_metadata(file).metadata or {}).get(DISTINCT)
            if label is None:
                return None
            groups.setdefault(label.decode(), []).append(file)
        return tuple(tuple(groups[label]) for label in sorted(groups))

    def append(self, table: FactTable, rows: pa.Table) -> None:
        """Adds rows in one commit, sorted as the table asks. The same rows give a file of the same bytes."""
        ordered = rows.select(table.schema.names).cast(table.schema)
        ordered = ordered.sort_by([(column, "ascending") for column in (*table.order, "recorded_at")])
        distinct = ordered.group_by(list(table.key)).aggregate([]).num_rows == ordered.num_rows
        self.append_sorted(table, [ordered], distinct=distinct)

    def append_sorted(
        self, table: FactTable, *parts: Iterable[pa.RecordBatch | pa.Table], distinct: bool = False
    ) -> None:
        """Adds rows that already lie in the table's order, one file a part, all in one commit.

        Batch by batch, so that a table larger than memory can be written. `distinct`: the caller knows that no key
        occurs twice in these parts. Plain tables are refused: they belong to whoever put the files there; and so is a
        folder with a head, whose tables move on together.
        """
        if (self.folder / HEAD).exists():
            raise ValueError(f"{self.folder} has a head: its tables are published together, not appended to one by one")
        folder = self.folder / table.name
        if (folder.is_dir() and not (folder / LOG).is_dir()) or folder.with_name(f"{table.name}.parquet").exists():
            raise ValueError(f"{folder} is not a Delta table and can not be appended to")
        current = DeltaTable(str(folder)) if (folder / LOG).is_dir() else None
        version = f"{current.version() + 1 if current else 0:06d}"
        label = version if distinct else ""
        written = [write_part(folder, f"{version}-{n:04d}", table, part, label) for n, part in enumerate(parts)]
        register(folder, current, table.schema, [file.action for file in written if file is not None])
        self._files.pop(table.name, None)


@dataclass(frozen=True, slots=True)
class Written:
    """A data file that lies in its table's folder and is not part of the table before it is registered."""

    name: str
    bytes: int
    rows: int
    sha256: str

    @property
    def action(self) -> AddAction:
        return AddAction(self.name, self.bytes, {}, 0, True, json.dumps({"numRecords": self.rows}))


def write_part(
    folder: Path, name: str, table: FactTable, batches: Iterable[pa.RecordBatch | pa.Table], distinct: str = ""
) -> Written | None:
    """Writes one data file whose name ends in the beginning of its hash; None if there were no rows.

    Two writers that race for one version therefore never write over each other's file. `distinct` is the label that all
    files share within which no key occurs twice.
    """
    draft = folder / f"{name}.draft"
    varied = [field.name for field in table.schema if field.type == pa.int64()]
    keys = table.key if len(table.key) == 1 else ()
    rows = write_parquet(draft, table.schema, batches, plain=[*keys, *varied], counting=[COUNTER], distinct=distinct)
    if not rows:
        draft.unlink()
        return None
    with draft.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    path = draft.rename(folder / f"{name}-{digest[:16]}.parquet")
    return Written(path.name, path.stat().st_size, rows, digest)


def register(folder: Path, current: DeltaTable | None, schema: pa.Schema, actions: list[AddAction]) -> None:
    """Commits data files to the Delta log as its next version; it begins the log if there is none.

    Somebody else's commit in between is an error, not a reason to try the version after it. Old versions stay readable, so
    the log is never trimmed.
    """
    once = CommitProperties(max_commit_retries=0)
    keeping = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)
    if current is None:
        create_table_with_add_actions(
            str(folder), Schema.from_arrow(schema), actions, commit_properties=once, post_commithook_properties=keeping
        )
    elif actions:
        current.create_write_transaction(
            [*actions], "append", current.schema(), commit_properties=once, post_commithook_properties=keeping
        )
