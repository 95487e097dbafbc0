"""Offers the fact files to DuckDB under the names that the SQL uses, runs it, and writes every candidate's outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from benchmarks.by_hand.required import AS_OF, IN_TWO_LOADS, require
from benchmarks.clock import Clock
from jixiang.tables.store import FactStore

FOLDER = Path(__file__).parent


def judge(store: FactStore, out: Path, clock: Clock) -> None:
    """Writes policy, subject, period, title, outcome and claimed_fen of every candidate to the Parquet file `out`."""
    with offered(store) as con:
        clock.lap("facts offered")
        for file in sorted(FOLDER.glob("*.sql")):
            con.execute(file.read_text(encoding="utf-8"))
            clock.lap(file.stem)
        con.execute(f"COPY outcomes TO '{out}' (FORMAT parquet, COMPRESSION zstd)")
        clock.lap("written")


@contextmanager
def offered(store: FactStore) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that has the fact files under the names that the SQL uses."""
    covered = require(store)
    with duckdb.connect() as con:
        con.execute("SET preserve_insertion_order = false")
        con.execute("SET enable_progress_bar = false")
        con.execute(f"SET VARIABLE today = DATE '{AS_OF}'")
        con.execute(f"SET VARIABLE known_until = TIMESTAMP '{AS_OF} 23:59:59.999999'")
        con.execute(f"SET VARIABLE covered_month = {covered.year * 100 + covered.month}")
        for name, files in _relations(store):
            con.read_parquet(list(files), hive_partitioning=False, union_by_name=True).create_view(name)
        for table in IN_TWO_LOADS:
            con.execute(f"CREATE VIEW IF NOT EXISTS later_{table} AS FROM raw_{table} LIMIT 0")
        yield con


def _relations(store: FactStore) -> Iterable[tuple[str, tuple[str, ...]]]:
    for table in store.tables():
        yield f"raw_{table}", store.files(table)
    for table in IN_TWO_LOADS:
        first, *later = store.distinct_groups(table) or ()
        yield f"first_{table}", first
        if later:
            yield f"later_{table}", tuple(file for group in later for file in group)
