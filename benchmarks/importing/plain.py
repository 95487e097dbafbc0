"""python -m benchmarks.importing.plain FILE OUT: copies a file into Parquet as it stands; prints what it took as JSON."""

from __future__ import annotations

from benchmarks.clock import Clock, peak_mb

CLOCK = Clock()

import json  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

import duckdb  # noqa: E402

THREADS = 2


def copy(file: Path, out: Path) -> int:
    """Every cell as text, nothing looked at; how many rows."""
    with duckdb.connect(config={"threads": THREADS}) as con:
        con.execute("SET enable_progress_bar = false")
        con.execute(f"COPY (SELECT * FROM read_csv('{file}', all_varchar = true)) TO '{out}' (FORMAT parquet)")
        return int(con.execute(f"SELECT count(*) FROM read_parquet('{out}')").fetchall()[0][0])


def main() -> None:
    CLOCK.lap("start")
    rows = copy(Path(sys.argv[1]), Path(sys.argv[2]))
    CLOCK.lap("copy")
    json.dump({"rows": rows, "spent": CLOCK.spent, "peak_mb": peak_mb()}, sys.stdout)


if __name__ == "__main__":
    main()
