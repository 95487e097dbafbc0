"""From columns of integers to the columns of a fact table.

A stage draws integers: days, months, fen, positions in a code list, numbers of people and firms, `NONE` for an empty
cell. Here each becomes what its type is stored as.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from jixiang.language.types import Type
from jixiang.language.vocabulary import CodeList, Vocabulary
from jixiang.synthetic.days import NONE, Column, Mask, yyyymm
from jixiang.synthetic.keys import KEYS, numbered
from jixiang.tables.schema import STORAGE, FactTable

BATCH = 500_000
EVENING = 20 * 3_600_000_000  # extracts run at eight in the evening
A_DAY = 24 * 3_600_000_000


@dataclass(frozen=True)
class Text:
    """A column of text: numbers, and how to spell them (`NONE` as null)."""

    at: Column
    spell: Callable[[Column], pa.Array]

    def __len__(self) -> int:
        return len(self.at)

    def __getitem__(self, rows: Column | slice) -> Text:
        return Text(self.at[rows], self.spell)


Drawn: TypeAlias = Column | Text
Rows: TypeAlias = Mapping[str, Drawn]


def words(at: Column, texts: Sequence[str]) -> Text:
    """Text out of a short list."""
    return Text(at, lambda positions: _spoken(positions, texts))


def batches(
    table: FactTable, vocabulary: Vocabulary, rows: Rows, recorded: Column, **meta: object
) -> Iterator[pa.Table]:
    """The rows as Arrow tables of the table's schema, a batch at a time. A column that was not drawn is empty.

    `recorded`: the day each row became known. `meta`: `source`, `first_row` (number of the first row in its extract)
    and `retracted`.
    """
    for start in range(0, len(recorded), BATCH):
        stop = min(start + BATCH, len(recorded))
        cut = {name: column[start:stop] for name, column in rows.items()}
        yield arrow_table(table, vocabulary, cut, recorded[start:stop], **_shifted(meta, start))


def _shifted(meta: Mapping[str, object], start: int) -> dict[str, object]:
    first = meta.get("first_row", 1)
    assert isinstance(first, int)
    return {**meta, "first_row": first + start}


def arrow_table(
    table: FactTable,
    vocabulary: Vocabulary,
    rows: Rows,
    recorded: Column,
    *,
    source: object = "",
    first_row: object = 1,
    retracted: object = False,
) -> pa.Table:
    count = len(recorded)
    facts = [
        _column(name, type, rows[name], table, vocabulary) if name in rows else pa.nulls(count, STORAGE[type.kind])
        for name, type in table.columns.items()
    ]
    assert isinstance(first_row, int)
    meta = [
        pa.array(recorded.astype(np.int64) * A_DAY + EVENING).cast(pa.timestamp("us")),
        pa.repeat(pa.scalar(str(source)), count),
        pa.array(np.arange(first_row, first_row + count, dtype=np.int64)),
        pa.repeat(pa.scalar(bool(retracted)), count),
    ]
    return pa.Table.from_arrays([*facts, *meta], schema=table.schema)


def _column(name: str, type: Type, drawn: Drawn, table: FactTable, vocabulary: Vocabulary) -> pa.Array:
    if isinstance(drawn, Text):
        return drawn.spell(drawn.at)
    empty: Mask = drawn == NONE if drawn.dtype != np.bool_ else np.zeros(len(drawn), dtype=bool)
    if type.kind == "code":
        return _spoken(drawn, tuple(code.value for code in vocabulary.codes[type.of].codes))
    if type.kind == "ref" or (name in table.key and type.kind == "text"):
        owner = vocabulary.entities[type.of or table.entity].table
        return numbered(*KEYS[owner], drawn, empty)
    if type.kind == "month":
        drawn = np.where(empty, NONE, yyyymm(drawn.astype(np.int32)))
    return pa.array(drawn, mask=empty).cast(STORAGE[type.kind])


def _spoken(at: Column, texts: Sequence[str]) -> pa.Array:
    positions = pa.array(at.astype(np.int32), mask=at == NONE)
    return pa.DictionaryArray.from_arrays(positions, pa.array(list(texts), pa.string())).cast(pa.string())


def codes_of(vocabulary: Vocabulary, table: str, column: str) -> CodeList:
    """The code list of a column, the table given by its English name."""
    entity = next(entity for entity in vocabulary.entities.values() if entity.table == table)
    attribute = next(a for a in entity.attributes.values() if a.column == column)
    return vocabulary.codes[attribute.type.of]
