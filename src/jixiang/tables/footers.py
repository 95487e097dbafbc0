"""What the footers of a table's files say of all its rows, without a row being read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


@dataclass(frozen=True)
class Footers:
    """`filled`: columns without an empty cell. `ranges`: column → its smallest and largest value, of the columns asked for."""

    filled: frozenset[str]
    ranges: dict[str, tuple[Any, Any]]


def footers_of(files: Iterable[str], ranged: Collection[str] = ()) -> Footers:
    """A column of which any footer says nothing counts as one with empty cells, and has no range."""
    filled: set[str] | None = None
    ranges: dict[str, list[Any]] = {column: [] for column in ranged}
    silent: set[str] = set()
    for file in files:
        footer = pq.read_metadata(file)
        names = [footer.schema.column(n).path for n in range(footer.num_columns)]
        full = set(names)
        for group in range(footer.num_row_groups):
            chunks = footer.row_group(group)
            for number, name in enumerate(names):
                if name not in full and name not in ranges:
                    continue
                said = chunks.column(number).statistics
                if said is None or not said.has_null_count or said.null_count:
                    full.discard(name)
                if name in ranges and said is not None and said.has_min_max:
                    ranges[name] += [said.min, said.max]
                elif name in ranges:
                    silent.add(name)
        filled = full if filled is None else filled & full
    found = {c: (min(v), max(v)) for c, v in ranges.items() if v and c not in silent}
    return Footers(frozenset(filled or ()), found)


def said_by(table: pa.Table, ranged: Collection[str] = ()) -> Footers:
    """The same of rows in memory."""
    filled = frozenset(name for name in table.column_names if not table[name].null_count)
    spread = {name: pc.min_max(table[name]).as_py() for name in ranged if name in filled and table.num_rows}
    return Footers(filled, {name: (s["min"], s["max"]) for name, s in spread.items()})
