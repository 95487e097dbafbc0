"""The decisions' one schema, and how they are written so that the same decisions give the same bytes.

Every candidate subject has a row, not only the granted. Column by column:

==================  ==================================================================================================
policy              编号 of the policy; with subject, period and title the key
subject             key of the row that was considered
period              `2020-08` for 每月, `2021` for 每年, else empty
title               the honour, under 荣誉 (one row a title); else empty
version             版本 or 施行 of the text that was applied, as the document states it
decision_date       the run date as of which this was judged; a grant keeps the first one on which it held
effective_date      适用日; null if missing
beneficiary         key of the person or firm entitled; null if missing
payee               key of the person or firm paid; null if missing
outcome             granted | denied | unknown | yielded | queued
on_hold             a grant whose facts have become unknown: nothing is paid, nothing is taken, and it is shown as it stood
failed              bit i set: the i-th of the policy's bits is false
unknown             bit i set: the i-th of the policy's bits is not known
claimed_fen         amount before any limit; null unless nothing failed and the amount is known; 0 for titles and services
amount_fen          what was granted after limits and differences; null unless granted or queued
funded_fen          what the fund covers of it; null unless granted or queued
stages              instalments in order: name, and what is due of it by now (null: not yet; below zero: owed back)
turn                in which run and where in the line it was accepted, smaller first; null unless granted or queued
places              of a grant the places it holds, of who yields the full ones and who holds them at the end of the run
==================  ==================================================================================================

Money is fen. The names and articles of the bits lie beside the files; this module knows nothing about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jixiang.tables.parquet import regrouped, write_parquet

OUTCOMES = ("granted", "denied", "unknown", "yielded", "queued")

KEY = ("policy", "subject", "period", "title")

STAGE = pa.struct([("name", pa.string()), ("due_fen", pa.int64())])

PLACE = pa.struct(
    [
        ("rule", pa.string()),
        ("key", pa.string()),
        ("limit", pa.int64()),
        ("holders", pa.list_(pa.string())),
    ]
)

DECISIONS = pa.schema(
    [
        pa.field("policy", pa.string(), nullable=False),
        pa.field("subject", pa.string(), nullable=False),
        pa.field("period", pa.string(), nullable=False),
        pa.field("title", pa.string(), nullable=False),
        pa.field("version", pa.string(), nullable=False),
        pa.field("decision_date", pa.date32(), nullable=False),
        pa.field("effective_date", pa.date32()),
        pa.field("beneficiary", pa.string()),
        pa.field("payee", pa.string()),
        pa.field("outcome", pa.string(), nullable=False),
        pa.field("on_hold", pa.bool_(), nullable=False),
        pa.field("failed", pa.int64(), nullable=False),
        pa.field("unknown", pa.int64(), nullable=False),
        pa.field("claimed_fen", pa.int64()),
        pa.field("amount_fen", pa.int64()),
        pa.field("funded_fen", pa.int64()),
        pa.field("stages", pa.list_(STAGE)),
        pa.field("turn", pa.list_(pa.int64())),
        pa.field("places", pa.list_(PLACE)),
    ]
)


def write_decisions(path: Path, batches: pa.Table | Iterable[pa.RecordBatch | pa.Table]) -> int:
    """Writes decisions as one Parquet file; how many. A table is sorted first; batches must come in order of the key.

    Raises ValueError where two rows have one key or stand in the wrong order.
    """
    if isinstance(batches, pa.Table):
        batches = [batches.sort_by([(column, "ascending") for column in KEY])]
    return write_parquet(path, DECISIONS, _in_order(batches))


def read_decisions(*paths: Path, columns: list[str] | None = None) -> pa.Table:
    """Decisions of files and folders of files, in the order of the paths; a folder's files in order of their names."""
    files = [file for path in paths for file in decision_files(path)]
    tables = [pq.read_table(file, columns=columns, partitioning=None) for file in files]
    return pa.concat_tables(tables) if tables else DECISIONS.empty_table().select(columns or DECISIONS.names)


def decision_files(path: Path) -> list[Path]:
    """The decision files of a run's folder, or the file itself. What a folder beginning with _ holds is no decision."""
    if not path.is_dir():
        return [path]
    inside = [file.relative_to(path) for file in path.rglob("*.parquet")]
    return sorted(path / file for file in inside if not any(part.startswith("_") for part in file.parts[:-1]))


def _in_order(batches: Iterable[pa.RecordBatch | pa.Table]) -> Iterator[pa.Table]:
    last: pa.Table | None = None
    for group in regrouped(DECISIONS, batches):
        keys = group.select(KEY)
        _require_rising(pa.concat_tables([last, keys]) if last else keys)
        last = keys.slice(keys.num_rows - 1)
        yield group


def _require_rising(keys: pa.Table) -> None:
    """Raises ValueError unless every key is greater than the one before it, byte by byte."""
    before, after = keys.slice(0, keys.num_rows - 1), keys.slice(1)
    rising = pa.array([False] * before.num_rows, pa.bool_())
    for column in reversed(KEY):
        less = pc.less(before[column], after[column])
        same = pc.equal(before[column], after[column])
        rising = pc.or_(less, pc.and_(same, rising))
    if not pc.all(rising).as_py() and before.num_rows:
        at = pc.index(rising, False).as_py()
        raise ValueError(f"decisions out of order or twice: {before.slice(at, 1).to_pylist()[0]}")
