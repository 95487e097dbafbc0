"""The fact tables that a vocabulary calls for, and how each type of the language is stored in them.

One table an entity, named by its English name: the key `<entity>_id`, a column for every attribute that does not change
with time, and four columns that say what we knew when. An attribute that changes with time has a table of its own,
`<entity>_<column>`, with one row for each stretch of days. The table `cutoff` says per entity up to which day its rows
are all there (事实截止).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from jixiang.language.types import DATE, TEXT, Kind, Type, ref
from jixiang.language.vocabulary import Entity, Vocabulary

STORAGE: dict[Kind, pa.DataType] = {
    "date": pa.date32(),
    "month": pa.int32(),  # yyyymm
    "year": pa.int32(),
    "number": pa.int64(),
    "money": pa.int64(),  # fen
    "months": pa.int32(),
    "days": pa.int32(),
    "bool": pa.bool_(),
    "code": pa.string(),  # the code as stored, "4"
    "text": pa.string(),
    "ref": pa.string(),  # the key of the row referred to
}

META = pa.schema(
    [
        ("recorded_at", pa.timestamp("us")),  # local time; of rows with one key the newest speaks
        ("source", pa.string()),
        ("source_row", pa.int64()),
        ("retracted", pa.bool_()),
    ]
)

CUTOFF = "cutoff"


@dataclass(frozen=True)
class FactTable:
    """One table of facts. `entity` is the Chinese name, empty for `cutoff`.

    `columns` gives the type of every column that states something, the key's included, in the order of `schema`, which
    ends with the four columns of `META`. `order` is how rows lie in a file: by the first reference that a row must
    have, then by key, so that one person's rows lie together. `required` must not be empty, nor may the key.
    """

    name: str
    entity: str
    key: tuple[str, ...]
    columns: dict[str, Type]
    schema: pa.Schema
    order: tuple[str, ...]
    required: tuple[str, ...] = ()


def fact_tables(vocabulary: Vocabulary) -> dict[str, FactTable]:
    """All tables of the vocabulary by name, histories and `cutoff` included, in the order of the vocabulary."""
    tables = [table for entity in vocabulary.entities.values() for table in _tables_of(entity)]
    return {table.name: table for table in [*tables, cutoff_table()]}


def cutoff_table() -> FactTable:
    """`entity` holds the English name of a table; of the rows of one entity the newest recorded speaks."""
    return _table(CUTOFF, "", ("entity",), {"entity": TEXT, "covers_until": DATE}, ("entity", "covers_until"))


def _tables_of(entity: Entity) -> Iterator[FactTable]:
    fixed = {a.column: a for a in entity.attributes.values() if not a.varies}
    required = tuple(column for column, a in fixed.items() if a.required)
    columns = {entity.key_column: TEXT, **{column: a.type for column, a in fixed.items()}}
    leading = [column for column in required if columns[column].kind == "ref"][:1]
    yield _table(entity.table, entity.name, (entity.key_column,), columns, (*leading, entity.key_column), required)
    for attribute in entity.attributes.values():
        if attribute.varies:
            yield _history(entity, attribute.column, attribute.type)


def _history(entity: Entity, column: str, type: Type) -> FactTable:
    key = (entity.key_column, "valid_from")
    columns = {entity.key_column: ref(entity.name), column: type, "valid_from": DATE, "valid_to": DATE}
    return _table(f"{entity.table}_{column}", entity.name, key, columns, key)


def _table(
    name: str,
    entity: str,
    key: tuple[str, ...],
    columns: dict[str, Type],
    order: tuple[str, ...],
    required: tuple[str, ...] = (),
) -> FactTable:
    fields = [pa.field(column, STORAGE[type.kind]) for column, type in columns.items()]
    return FactTable(name, entity, key, columns, pa.schema([*fields, *META]), order, required)
