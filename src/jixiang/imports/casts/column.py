"""Which cast a column takes: by whom it identifies, by its code list, by its type.

The columns of a block are cast one by one; what a row says as a whole is not asked here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import pyarrow as pa

from jixiang.imports.casts.accounts import accounts
from jixiang.imports.casts.amounts import amounts
from jixiang.imports.casts.cells import Cells, open_cells
from jixiang.imports.casts.certificates import FORMAT as CERTIFICATE
from jixiang.imports.casts.certificates import certificate_numbers
from jixiang.imports.casts.codes import booleans, codes
from jixiang.imports.casts.counts import counts
from jixiang.imports.casts.dates import dates, months, years
from jixiang.imports.casts.firms import credit_codes
from jixiang.imports.casts.misplaced import set_aside
from jixiang.imports.casts.numbers import numbers
from jixiang.imports.casts.texts import names, texts
from jixiang.imports.kinds import Column, Kind, Layout, Role
from jixiang.imports.rows import Block, Cast, Mark, Natures
from jixiang.language import types
from jixiang.tables.schema import STORAGE

CREDIT_CODE = "GB 32100"
OF_ROLE: Mapping[Role, Callable[[Cells], pa.Array]] = {"number": numbers, "name": names, "account": accounts}
OF_FORMAT: Mapping[str, Callable[[Cells], pa.Array]] = {CREDIT_CODE: credit_codes, CERTIFICATE: certificate_numbers}
OF_KIND: Mapping[types.Kind, Callable[[Cells], pa.Array]] = {
    "date": dates,
    "month": months,
    "year": years,
    "number": counts,
    "months": counts,
    "days": counts,
    "money": amounts,
    "bool": booleans,
    "code": codes,
    "text": texts,
    "ref": texts,
}
ANYTHING = (texts, counts, amounts)  # would take an identity number for what they look for


def cast_column(column: Column, layout: Layout, texts: pa.Array, natures: Natures | None, *, today: date) -> Cast:
    """The column as it is stored, and what is wrong with it, by position in the block. Nobody is born after `today`."""
    cells = open_cells(column, layout, texts, natures, today)
    cast = caster(column)
    if cast in ANYTHING:
        set_aside(cells)
    values = cast(cells)
    return Cast(values, tuple(cells.marks))


def cast_block(kind: Kind, layout: Layout, block: Block, *, today: date) -> dict[str, Cast]:
    """Every logical column of the kind; one that the layout or the file lacks is all null."""
    there = set(block.cells.column_names)
    casts = {}
    for name, column in kind.columns.items():
        heading = layout.headings.get(name)
        if heading is None or heading not in there:
            casts[name] = _absent(column, block.cells.num_rows)
            continue
        texts = block.cells.column(heading).combine_chunks()
        casts[name] = cast_column(column, layout, texts, block.natures.get(heading), today=today)
    return casts


def caster(column: Column) -> Callable[[Cells], pa.Array]:
    """Raises KeyError for a type that no file can state."""
    if column.role != "value":
        return OF_ROLE[column.role]
    if column.codes is not None:
        return codes
    if column.attribute is not None and column.attribute.format in OF_FORMAT:
        return OF_FORMAT[column.attribute.format]
    return OF_KIND[column.type.kind]


def _absent(column: Column, rows: int) -> Cast:
    marks = (Mark("cell-required", column.name, np.arange(rows)),) if column.required and rows else ()
    return Cast(pa.nulls(rows, STORAGE[column.type.kind]), marks)
