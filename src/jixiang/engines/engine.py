"""What every engine does for a plan, whatever runs it. Knows no engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

import pyarrow as pa
from sqlglot import exp

Progress = Callable[[str, int, int], None]  # what is done now, how many steps are done, of how many


class Runnable(Protocol):
    """One step of a plan."""

    @property
    def name(self) -> str: ...
    @property
    def query(self) -> exp.Query: ...
    @property
    def kept(self) -> bool: ...


class Engine(Protocol):
    """One run's relations. A query is a tree in the plan's own few forms; each engine writes it in its `dialect`."""

    @property
    def dialect(self) -> str: ...

    def offer_files(self, name: str, files: Iterable[str], schema: pa.Schema) -> None:
        """A relation over Parquet files; without files, an empty one of this schema. Columns that no file has are NULL."""

    def offer(self, name: str, rows: pa.Table) -> None:
        """A table of rows made here."""

    def run(self, steps: Iterable[Runnable], progress: Progress | None = None) -> None:
        """Every step in order: a kept one as a table; the others are put into the queries that read them."""

    def keep(self, name: str, query: exp.Query) -> None:
        """One more table, from a query."""

    def fetch(self, query: exp.Query) -> pa.Table:
        """The rows of a query, as Arrow."""

    def batches(self, query: exp.Query, rows: int = 122_880) -> pa.RecordBatchReader:
        """The rows of a query, a batch at a time, in the query's order."""

    def drop(self, name: str, *, kept: bool) -> None:
        """Forgets a table, or a view."""
