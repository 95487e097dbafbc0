"""python -m benchmarks.bounds duckdb|numpy FACTS: what reading alone takes; prints it as JSON.

`duckdb` decodes from the Parquet files, once, every column that a policy asks of, and adds up its cells so that none is left
out. `numpy` holds the same cells in memory, as Arrow lays them out, and takes the largest word of every buffer, on one thread:
how fast this machine's memory is. Nobody who looks at every row can be faster than the first from files, or than the second from
memory. What each one read is in `rows` and, for numpy, `mb`.
"""

from __future__ import annotations

from benchmarks.clock import Clock, peak_mb

CLOCK = Clock()  # before anything heavy is imported: starting is a part of the run

import json  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterable, Mapping  # noqa: E402
from pathlib import Path  # noqa: E402

from jixiang.tables.store import FactStore  # noqa: E402

VERSIONS = ["recorded_at", "source_row", "source", "retracted"]  # which version of a row speaks
ASKED = {
    "apprenticeship": "person_id employer_id occupation target_level filed_on contract_from contract_to started_on "
    "planned_end_on ended_on",
    "blacklisting": "employer_id listed_on removed_on",
    "certificate": "person_id occupation level issued_on obtained_by valid",
    "city_reserve_months": "city_id valid_from valid_to reserve_months",
    "contest": "class published_on",
    "contest_entry": "person_id contest_id role rank score disqualified",
    "contribution": "person_id employer_id insurance month paid settled",
    "departure": "employer_id departed_on reason",
    "education": "person_id level graduated_on",
    "employer": "employer_kind legal_person_id",
    "employer_industry": "employer_id valid_from valid_to industry",
    "employer_insured_count": "employer_id valid_from valid_to insured_count",
    "employer_size": "employer_id valid_from valid_to size",
    "employment": "person_id employer_id hired_on left_on insured_from",
    "enrolment": "person_id level enrolled_on verification",
    "hardship": "person_id recognised_on ended_on",
    "headcount": "employer_id month insured_count",
    "membership": "person_id joined_on left_on",
    "online_study": "person_id employer_id course completed_on effective_hours score face_check",
    "person": "sex birth_date household_kind veteran",
    "training": "person_id employer_id provider_id mode course occupation level enrolled_on started_on ended_on free "
    "certificate_id",
    "unemployment": "person_id registered_on cancelled_on",
}
PASSES = ("contribution", "contribution, with its versions", "all tables, with their versions")
CHUNK = 1 << 20  # rows that lie in memory at once: far more than a processor's cache holds

Columns = Mapping[str, list[str]]


def wanted(of_pass: str) -> Columns:
    """The columns that one of the PASSES reads of each table."""
    tables = ASKED if of_pass.startswith("all") else {"contribution": ASKED["contribution"]}
    if "versions" not in of_pass:
        return {table: columns.split() for table, columns in tables.items()}
    return {table: [*_key(table), *columns.split(), *VERSIONS] for table, columns in tables.items()}


def scan(store: FactStore, clock: Clock) -> dict[str, object]:
    """Each pass as DuckDB reads files."""
    import duckdb

    rows: dict[str, int] = {}
    with duckdb.connect() as con:
        con.execute("SET preserve_insertion_order = false")
        clock.lap("start")
        for name in PASSES:
            rows[name] = 0
            for table, columns in wanted(name).items():
                if files := store.files(table):
                    con.read_parquet(list(files), hive_partitioning=False, union_by_name=True).create_view(table)
                    kinds = dict(row[:2] for row in con.execute(f"DESCRIBE {table}").fetchall())
                    sums = ", ".join(_sum(column, kinds[column]) for column in columns)
                    rows[name] += con.execute(f"SELECT count(*), {sums} FROM {table}").fetchall()[0][0]
            clock.lap(name)
    return {"rows": rows}


def bandwidth(store: FactStore, clock: Clock) -> dict[str, object]:
    """Each pass as memory is read; bringing the cells there is a lap of its own, `read`."""
    import numpy as np
    import pyarrow.parquet as pq

    clock.lap("start")
    rows: dict[str, int] = {}
    mb: dict[str, float] = {}
    for name in PASSES:
        rows[name], mb[name] = 0, 0.0
        for table, columns in wanted(name).items():
            for file in store.files(table):
                for batch in pq.ParquetFile(file).iter_batches(CHUNK, columns=columns):
                    words = [
                        np.frombuffer(buffer, np.uint64, len(buffer) // 8)
                        for column in batch.columns
                        for buffer in column.buffers()
                        if buffer is not None and len(buffer) >= 8
                    ]
                    clock.lap("read")
                    for buffer in words:
                        buffer.max()
                    clock.lap(name)
                    rows[name] += batch.num_rows
                    mb[name] += sum(buffer.nbytes for buffer in words) / 2**20
    return {"rows": rows, "mb": mb}


def _key(table: str) -> Iterable[str]:
    """What names a row, where what is asked does not hold it already."""
    return [] if "valid_from" in ASKED[table].split() else [f"{table}_id"]


def _sum(column: str, kind: str) -> str:
    """An aggregate that costs little and can not be answered without the cells."""
    match kind:
        case "VARCHAR":
            return f"sum(strlen({column}))"
        case "BOOLEAN":
            return f"count_if({column})"
        case "DATE" | "TIMESTAMP":
            return f"max({column})"
        case _:
            return f"sum({column})"


def main() -> None:
    kind, facts = sys.argv[1:]
    bound = {"duckdb": scan, "numpy": bandwidth}[kind]
    read = bound(FactStore(Path(facts)), CLOCK)
    json.dump({"spent": CLOCK.spent, "peak_mb": peak_mb(), **read}, sys.stdout)


if __name__ == "__main__":
    main()
