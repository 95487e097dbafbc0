"""The one way in which this system writes Parquet: the same rows give the same bytes.

Row groups have a fixed number of rows whatever the size of the batches that come in, nothing about the machine or the
time of day goes into the file, and a file appears under its name only when it is whole.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 122_880

DISTINCT = b"jixiang.distinct"  # footer entry: files that carry one value of it hold no key twice


def write_parquet(
    path: Path,
    schema: pa.Schema,
    batches: Iterable[pa.RecordBatch | pa.Table],
    *,
    plain: Collection[str] = (),
    counting: Collection[str] = (),
    distinct: str = "",
) -> int:
    """Writes the batches in the order given; how many rows. A failure leaves nothing under `path`.

    `plain` columns rarely repeat a value, so a dictionary of their values would be wasted; `counting` ones are whole
    numbers that mostly rise by one. `distinct` becomes the footer entry `DISTINCT`.
    """
    part = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    repeating = [name for name in schema.names if name not in {*plain, *counting}]
    rows = 0
    try:
        with pq.ParquetWriter(
            part,
            schema,
            compression="zstd",
            store_schema=False,
            use_dictionary=repeating if plain or counting else True,
            column_encoding=dict.fromkeys(counting, "DELTA_BINARY_PACKED") or None,
        ) as writer:
            if distinct:
                writer.add_key_value_metadata({DISTINCT: distinct.encode()})
            for group in regrouped(schema, batches):
                writer.write_table(group, row_group_size=ROW_GROUP)
                rows += group.num_rows
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return rows


def regrouped(schema: pa.Schema, batches: Iterable[pa.RecordBatch | pa.Table]) -> Iterator[pa.Table]:
    """The same rows in tables of `ROW_GROUP` rows, the last one shorter."""
    waiting: list[pa.Table] = []
    count = 0
    for batch in batches:
        table = pa.Table.from_batches([batch]) if isinstance(batch, pa.RecordBatch) else batch
        table = table.select(schema.names).cast(schema)
        waiting.append(table)
        count += table.num_rows
        if count >= ROW_GROUP:
            whole = pa.concat_tables(waiting)
            full = count - count % ROW_GROUP
            for start in range(0, full, ROW_GROUP):
                yield whole.slice(start, ROW_GROUP).combine_chunks()
            waiting, count = [whole.slice(full)], count - full
    if count:
        yield pa.concat_tables(waiting).combine_chunks()
