"""Offers the fact files to DuckDB under the names that the SQL uses, runs it, and writes every candidate's outcome.

What the SQL takes for granted about the files is looked up first, in their footers: it is faster for it, and wrong without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from benchmarks.clock import Clock
from jixiang.tables.cutoffs import read_cutoffs
from jixiang.tables.store import FactStore

AS_OF = date(2021, 6, 30)  # the SQL is written for this day: the periods and texts that it knows of end here
MONTHLY = ("contribution", "headcount")  # covered up to a month; every other table up to the day of the run
IN_TWO_LOADS = ("person", "education", "employment", "headcount", "contribution")
NEVER_EMPTY = ("settled", "insurance", "month", "person_id", "employer_id")
FOLDER = Path(__file__).parent


def judge(store: FactStore, out: Path, clock: Clock) -> None:
    """Writes policy, subject, period, title, outcome and claimed_fen of every candidate to the Parquet file `out`."""
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
        clock.lap("facts offered")
        for file in sorted(FOLDER.glob("*.sql")):
            con.execute(file.read_text(encoding="utf-8"))
            clock.lap(file.stem)
        con.execute(f"COPY outcomes TO '{out}' (FORMAT parquet, COMPRESSION zstd)")
        clock.lap("written")


def require(store: FactStore) -> date:
    """The day up to which contributions are complete. Raises ValueError where the files are not as the SQL takes them to be."""
    cutoffs = read_cutoffs(store, AS_OF)
    days = {cutoffs[table] for table in MONTHLY}
    late = [table for table, day in cutoffs.items() if table not in MONTHLY and day < AS_OF]
    if len(days) != 1 or late:
        raise ValueError(f"other tables than {MONTHLY} are not complete up to {AS_OF}: {late}")
    for table in IN_TWO_LOADS:
        if store.distinct_groups(table) is None:
            raise ValueError(f"the files of {table} do not say in which of them a key occurs once")
    for file in store.files("contribution"):
        if empty := set(_with_empty_cells(file)) & set(NEVER_EMPTY):
            raise ValueError(f"contribution has empty cells in {sorted(empty)}")
    return days.pop()


def _with_empty_cells(file: str) -> Iterable[str]:
    footer = pq.read_metadata(file)
    for group in range(footer.num_row_groups):
        for number in range(footer.num_columns):
            column = footer.row_group(group).column(number)
            if column.statistics is None or column.statistics.null_count:
                yield column.path_in_schema


def _relations(store: FactStore) -> Iterable[tuple[str, tuple[str, ...]]]:
    for table in store.tables():
        yield f"raw_{table}", store.files(table)
    for table in IN_TWO_LOADS:
        first, *later = store.distinct_groups(table) or ()
        yield f"first_{table}", first
        if later:
            yield f"later_{table}", tuple(file for group in later for file in group)
