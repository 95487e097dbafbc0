"""A fishing harbour of three people and two boats, as fact files: small enough to know every answer by hand.

Ann owns the trawler, which sails in every month of 2021; Ben owns the netter, whose trips of March came late; Cai is crew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jixiang.language.vocabulary_reader import read_vocabulary
from jixiang.tables.schema import fact_tables

CITY = Path(__file__).parents[1] / "cities" / "tiny"
Rows = dict[str, list[dict[str, Any]]]


def known(day: str, row: int = 1, *, retracted: bool = False) -> dict[str, Any]:
    """When a row was recorded, and whether it takes back what was said."""
    return {"recorded_at": datetime.fromisoformat(day), "source": "渔政", "source_row": row, "retracted": retracted}


def voyage(vessel: str, month: int, trips: int | None, recorded: str, **more: Any) -> dict[str, Any]:
    facts = {"voyage_id": f"{vessel}-{month}", "vessel_id": vessel, "captain_id": "甲", "month": month, "trips": trips}
    return {**facts, "lawful": True, **more, **known(recorded)}


def facts() -> Rows:
    """What is recorded by the end of June 2021."""
    first = known("2020-01-05")
    voyages = [voyage("B1", 202100 + m, 5, f"2021-{m + 1:02d}-05") for m in range(1, 6)]
    voyages += [voyage("B2", 202100 + m, 4, f"2021-{m + 1:02d}-05") for m in (1, 2, 4)]
    voyages += [voyage("B2", 202103, 4, "2021-06-20"), voyage("B2", 202105, None, "2021-06-05")]
    return {
        "fisher": [
            {"fisher_id": "甲", "birth_date": date(1950, 3, 1), "local": True, **first},
            {"fisher_id": "乙", "birth_date": date(1990, 3, 1), "local": True, **first},
        ],
        "vessel": [
            {"vessel_id": "B1", "owner_id": "甲", "kind": "1", "launched_on": date(2021, 1, 1), **first},
            {"vessel_id": "B2", "owner_id": "乙", "kind": "2", "launched_on": date(2021, 1, 1), **first},
        ],
        "vessel_power": [
            {"vessel_id": "B1", "power": 120, "valid_from": date(2020, 1, 1), "valid_to": None, **first},
            {"vessel_id": "B2", "power": 150, "valid_from": date(2020, 1, 1), "valid_to": None, **first},
        ],
        "voyage": voyages,
        "cutoff": [{"entity": "voyage", "covers_until": date(2021, 5, 31), **known("2021-06-05")}],
    }


def write(
    folder: Path, rows: Mapping[str, Sequence[Mapping[str, Any]]], *, seed: int | None = None, parts: int = 1
) -> Path:
    """The rows as plain Parquet, in any order and in any number of files."""
    vocabulary, _ = read_vocabulary(CITY / "vocabulary.md")
    for name, table in fact_tables(vocabulary).items():
        mine = [dict(row) for row in rows.get(name, ())]
        if seed is not None:
            Random(seed).shuffle(mine)
        for part in range(parts):
            path = folder / name / f"{part}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.Table.from_pylist(mine[part::parts], schema=table.schema), path)
    return folder
