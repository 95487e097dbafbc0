"""Between Arrow's types and Spark's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pyarrow as pa

from jixiang.engines.spark_kinds import Kind

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import DataType

_NAMES: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (pa.types.is_string, "STRING"),
    (pa.types.is_large_string, "STRING"),
    (pa.types.is_string_view, "STRING"),
    (pa.types.is_boolean, "BOOLEAN"),
    (pa.types.is_int8, "TINYINT"),
    (pa.types.is_int16, "SMALLINT"),
    (pa.types.is_int32, "INT"),
    (pa.types.is_int64, "BIGINT"),
    (pa.types.is_date32, "DATE"),
    (pa.types.is_null, "INT"),
)


def spark_schema(schema: pa.Schema) -> str:
    """The columns of a relation as Spark writes them."""
    return ", ".join(f"`{field.name}` {_name(field.type)}" for field in schema)


def _name(type_: pa.DataType) -> str:
    if pa.types.is_dictionary(type_):
        return _name(type_.value_type)
    if pa.types.is_timestamp(type_):
        return "TIMESTAMP" if type_.tz else "TIMESTAMP_NTZ"
    if pa.types.is_decimal(type_):
        return f"DECIMAL({type_.precision}, {type_.scale})"
    if pa.types.is_list(type_) or pa.types.is_large_list(type_):
        return f"ARRAY<{_name(type_.value_type)}>"
    if pa.types.is_struct(type_):
        return "STRUCT<" + ", ".join(f"`{field.name}`: {_name(field.type)}" for field in type_) + ">"
    for is_it, name in _NAMES:
        if is_it(type_):
            return name
    raise TypeError(f"no type on Spark for {type_}")


def kinds_of(frame: DataFrame) -> dict[str, Kind]:
    """The columns that are dates, or decimals of more than 64 bits."""
    found: dict[str, Kind] = {"date": "date"}
    kinds: dict[str, Kind] = {}
    for name, type_ in frame.dtypes:
        kind: Kind = "wide" if type_.startswith("decimal") else found.get(type_, "")
        if kind:
            kinds[name] = kind
    return kinds


def without_void(frame: DataFrame) -> DataFrame:
    """A column that is NULL throughout and of no type becomes an integer, as on the other engine: no file holds none."""
    from pyspark.sql import functions

    shown = []
    changed = False
    for field in frame.schema.fields:
        type_ = _filled(field.dataType)
        changed = changed or type_ != field.dataType
        shown.append(functions.col(f"`{field.name}`").cast(type_).alias(field.name))
    return frame.select(*shown) if changed else frame


def _filled(type_: DataType) -> DataType:
    from pyspark.sql.types import ArrayType, IntegerType, NullType, StructField, StructType

    match type_:
        case NullType():
            return IntegerType()
        case ArrayType():
            return ArrayType(_filled(type_.elementType), type_.containsNull)
        case StructType():
            return StructType([StructField(f.name, _filled(f.dataType), f.nullable) for f in type_.fields])
    return type_


def plain(rows: pa.Table) -> pa.Table:
    """The same rows with Arrow's usual names of what is inside lists, and nothing said of what may be missing."""
    return rows.cast(pa.schema([pa.field(field.name, _plain(field.type)) for field in rows.schema]))


def _plain(type_: pa.DataType) -> pa.DataType:
    if pa.types.is_list(type_) or pa.types.is_large_list(type_):
        return pa.list_(_plain(type_.value_type))
    if pa.types.is_struct(type_):
        return pa.struct([pa.field(field.name, _plain(field.type)) for field in type_])
    return type_
