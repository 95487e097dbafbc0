"""What passes between the steps of an import: rows as text with their places, and what is wrong with some of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Positions: TypeAlias = npt.NDArray[np.int64]
Natures: TypeAlias = npt.NDArray[np.uint8]

TEXT, NUMBER, DATE, BOOL, ERROR, FORMULA = range(6)  # what a cell of a workbook was


@dataclass(frozen=True)
class Block:
    """Some rows of one file, every cell as text; columns by their headings, empty cells as "".

    `lines`: where each row begins: the line of a text file, the row of a sheet, from 1. `natures`: heading → what each
    cell of a workbook was; a column that is all text, and any text file, has none. A number reads as the shortest text that
    gives it back (3.2E+17 as "3.2e+17"), a date as yyyy-mm-dd, an error as "#N/A", a formula without a value as "".
    """

    cells: pa.Table
    lines: Positions
    natures: Mapping[str, Natures] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken, as it stood, with the code of each reason (see `faults`).

    `cells` are the texts by heading, or the whole line under "" where it could not be taken apart. `columns`: the
    heading that each reason is about, "" for the row.
    """

    file: str
    line: int
    cells: Mapping[str, str] = field(repr=False)  # it holds what the sender wrote, names and numbers too
    reasons: tuple[str, ...]
    columns: tuple[str, ...]
    details: tuple[str, ...] = ()  # what is said beside a reason; never a name or a number of a person


@dataclass(frozen=True, slots=True)
class Mark:
    """A fault of one column in some rows of a block: `rows` are positions in the block."""

    code: str
    column: str  # the logical column, "" for the row
    rows: Positions
    detail: str = ""


@dataclass(frozen=True)
class Cast:
    """A column as it is stored, null where empty or wrong, and what is wrong with it or worth saying."""

    values: pa.Array
    marks: Sequence[Mark] = ()


Outcome = Literal["accepted", "refused", "ignored"]
