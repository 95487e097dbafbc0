"""What readings by hand take for granted about the files, looked up first, in their footers: faster for it, and wrong without it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pyarrow.parquet as pq

from jixiang.tables.cutoffs import read_cutoffs
from jixiang.tables.store import FactStore

AS_OF = date(2021, 6, 30)  # they are written for this day: the periods and texts that they know of end here
MONTHLY = ("contribution", "headcount")  # covered up to a month; every other table up to the day of the run
IN_TWO_LOADS = ("person", "education", "employment", "headcount", "contribution")
NEVER_EMPTY = ("settled", "insurance", "month", "person_id", "employer_id")


def require(store: FactStore) -> date:
    """The day up to which contributions are complete. ValueError: files that are not so."""
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
