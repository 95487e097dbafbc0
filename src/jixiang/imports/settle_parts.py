"""The rows that an import appends to a table, in parts that each lie in the table's order.

One part is made ready while another is written. Decides nothing: what is appended was settled before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.ipc as ipc

from jixiang.imports.settle_buckets import Outcome, Terms
from jixiang.imports.stating import ROW
from jixiang.tables.parquet import ROW_GROUP
from jixiang.tables.schema import FactTable


class Parts:
    """One part for each outcome that appends something. Nothing is read before it is asked for."""

    def __init__(
        self, table: FactTable, outcomes: Sequence[Outcome], terms: Terms, folder: Path, memory_mb: int
    ) -> None:
        self._table = table
        self._outcomes = [outcome for outcome in outcomes if outcome.counts.appended]
        self._terms = terms
        self._config: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": str(folder / "spill"),
            "memory_limit": f"{memory_mb}MB",
        }
        self._made: dict[int, Future[pa.Table]] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="parts")
        self._lock = Lock()

    def all(self) -> tuple[Iterator[pa.Table], ...]:
        return tuple(self._part(number) for number in range(len(self._outcomes)))

    def _part(self, number: int) -> Iterator[pa.Table]:
        rows = self._start(number).result()
        with self._lock:
            self._made.pop(number, None)
        if number + 1 < len(self._outcomes):
            self._start(number + 1)
        for start in range(0, rows.num_rows, ROW_GROUP):
            yield self._whole(rows.slice(start, ROW_GROUP))

    def _start(self, number: int) -> Future[pa.Table]:
        with self._lock:
            if number not in self._made:
                self._made[number] = self._pool.submit(self._ordered, self._outcomes[number])
            return self._made[number]

    def _ordered(self, outcome: Outcome) -> pa.Table:
        """All rows of one part, in order, with `source_row` and `retracted`."""
        settled = _settled(outcome.settled) if outcome.settled is not None else None
        if not outcome.plain and settled is not None:
            return settled
        with duckdb.connect(config=self._config) as con:
            con.register("staged", outcome.bucket.read())
            lies = f"SELECT * RENAME ({ROW} AS source_row), false AS retracted FROM staged"
            if outcome.left is not None:
                con.register("leave", pa.table({ROW: np.load(outcome.left)}))
                lies += f" ANTI JOIN leave USING ({ROW})"
            if settled is not None:
                con.register("settled", settled)
                lies += " UNION ALL BY NAME SELECT * FROM settled"
            order = ", ".join(f'"{column}"' for column in self._table.order)
            return con.sql(f"SELECT * FROM ({lies}) ORDER BY {order}").to_arrow_table()

    def _whole(self, rows: pa.Table) -> pa.Table:
        """Rows with all columns of the table: when they were received, and from where."""
        columns = {name: rows[name] for name in rows.column_names}
        columns["recorded_at"] = pa.repeat(pa.scalar(self._terms.received, pa.timestamp("us")), rows.num_rows)
        columns["source"] = pa.repeat(self._terms.source, rows.num_rows)
        schema = self._table.schema
        return pa.table([columns[name] for name in schema.names], names=schema.names).cast(schema)


def _settled(path: Path) -> pa.Table:
    with pa.OSFile(str(path)) as file, ipc.open_stream(file) as reader:
        return reader.read_all()
