"""事实截止: up to which day the rows of a table are all there, as far as was known on a day."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from jixiang.tables.schema import CUTOFF
from jixiang.tables.store import FactStore

NEVER = datetime(1, 1, 1)


def read_cutoffs(store: FactStore, as_of: date) -> dict[str, date]:
    """Table → the day it is complete up to, known by the end of `as_of`; a table that never said is left out.

    Of the rows of one table the newest recorded speaks (then the larger source row, then the larger source); a
    retracted one leaves the table without a cutoff.
    """
    table = store.read(CUTOFF)
    if table is None:
        return {}
    end = datetime.combine(as_of, time.max)
    known = [row for row in table.to_pylist() if row.get("recorded_at") is None or row["recorded_at"] <= end]
    newest = {row["entity"]: row for row in sorted(known, key=_knowledge)}
    return {
        name: row["covers_until"]
        for name, row in sorted(newest.items())
        if not row.get("retracted") and row["covers_until"] is not None
    }


def _knowledge(row: dict[str, Any]) -> tuple[Any, ...]:
    """What is newer sorts later. Without `recorded_at` the later day speaks."""
    recorded = row.get("recorded_at") or NEVER
    return recorded, row.get("source_row") or 0, row.get("source") or "", row["covers_until"] or date.min
