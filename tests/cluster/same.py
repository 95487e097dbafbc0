"""What it means that two engines gave the same rows."""

from __future__ import annotations

import pyarrow as pa

WHOLE = pa.decimal128(38, 0)


def alike(rows: pa.Table) -> pa.Table:
    """The same rows with whole numbers of one width: which width an engine computes in is its own business."""
    return rows.cast(pa.schema([pa.field(field.name, _wide(field.type)) for field in rows.schema]))


def _wide(type_: pa.DataType) -> pa.DataType:
    if pa.types.is_integer(type_) or pa.types.is_decimal(type_) or pa.types.is_null(type_):
        return WHOLE
    if pa.types.is_list(type_):
        return pa.list_(_wide(type_.value_type))
    if pa.types.is_struct(type_):
        return pa.struct([pa.field(field.name, _wide(field.type)) for field in type_])
    return type_


def in_one_order(rows: pa.Table) -> pa.Table:
    """The rows in an order that follows from what they say."""
    told = [repr(row) for row in rows.to_pylist()]
    return rows.take(pa.array(sorted(range(rows.num_rows), key=told.__getitem__), pa.int64()))
