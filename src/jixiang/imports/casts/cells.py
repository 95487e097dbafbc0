"""A column on its way: its trimmed texts, which of them still count, and what has been found wrong so far.

What is wrong with a cell of any type is settled here: errors, formulas without a value, required cells that are empty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jixiang.imports.kinds import Column, Layout
from jixiang.imports.rows import ERROR, FORMULA, Mark, Natures, Positions

Mask: TypeAlias = npt.NDArray[np.bool_]

# What a spreadsheet shows for an error, and writes when it saves as text.
ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!")


@dataclass
class Cells:
    """`raw` as written and `texts` without white space around, neither with nulls; `filled`: cells that are to be cast."""

    column: Column
    layout: Layout
    today: date
    raw: pa.Array
    texts: pa.Array
    natures: Natures | None
    filled: Mask
    marks: list[Mark] = field(default_factory=list)

    def mark(self, code: str, where: Mask, detail: str = "") -> None:
        """A fault in the rows where the mask is true."""
        self.mark_rows(code, np.flatnonzero(where), detail)

    def mark_rows(self, code: str, rows: Positions, detail: str = "") -> None:
        """A fault in these rows; nothing if there are none."""
        if len(rows):
            self.marks.append(Mark(code, self.column.name, rows, detail))

    def mark_each(self, code: str, rows: Positions, details: Sequence[str]) -> None:
        """One fault in several rows, with a detail for each; rows of the same detail share a mark."""
        if not len(rows):
            return
        said, group = np.unique(np.asarray(details, dtype=object).astype(str), return_inverse=True)
        order = np.argsort(group, kind="stable")
        for part, detail in zip(np.split(rows[order], np.cumsum(np.bincount(group))[:-1]), said, strict=True):
            self.marks.append(Mark(code, self.column.name, part, str(detail)))

    def are(self, nature: int) -> Mask:
        """The filled cells that were of this nature in a workbook."""
        return self.filled & (self.natures == nature) if self.natures is not None else np.zeros_like(self.filled)

    def apart(self, rows: Positions, cast: Callable[[Cells], pa.Array]) -> pa.Array:
        """What a cast makes of these rows alone; its marks become marks of the column."""
        at = pa.array(rows)
        natures = None if self.natures is None else self.natures[rows]
        part = replace(
            self, raw=self.raw.take(at), texts=self.texts.take(at), natures=natures, filled=self.filled[rows], marks=[]
        )
        found = cast(part)
        self.marks += [replace(mark, rows=rows[mark.rows]) for mark in part.marks]
        return found

    def tidied(self) -> Mask:
        """The cells that had white space around them."""
        return mask(pc.not_equal(pc.binary_length(self.raw), pc.binary_length(self.texts)))


def open_cells(column: Column, layout: Layout, texts: pa.Array, natures: Natures | None, today: date) -> Cells:
    """The column trimmed, with the faults that a cell of any type may have."""
    raw = pc.fill_null(texts if texts.type == pa.string() else texts.cast(pa.string()), "")
    trimmed = pc.utf8_trim_whitespace(raw)
    filled = ~mask(pc.is_in(trimmed, value_set=pa.array(["", *layout.empty], pa.string())))
    cells = Cells(column, layout, today, raw, trimmed, natures, filled)
    error = np.zeros_like(filled)
    if _may_hold(trimmed, "#"):
        error = filled & mask(pc.is_in(trimmed, value_set=pa.array(ERRORS, pa.string())))
    formula = np.zeros_like(error)
    if natures is not None:
        error, formula = error | (natures == ERROR), natures == FORMULA
    cells.mark("cell-error", error)
    cells.mark("cell-formula", formula & ~error)
    cells.filled = filled & ~error & ~formula
    if column.required:
        cells.mark("cell-required", ~filled & ~error & ~formula)
    return cells


def _may_hold(texts: pa.Array, character: str) -> bool:
    """False only if none of the texts holds it."""
    data = texts.buffers()[2]
    return data is not None and character.encode() in data.to_pybytes()


def mask(flags: pa.Array) -> Mask:
    """True and false of Arrow, without nulls, as numpy's."""
    found: Mask = np.asarray(flags)
    return found


def matching(texts: pa.Array, pattern: str) -> Mask:
    """Where the pattern (RE2) is found."""
    return mask(pc.match_substring_regex(texts, pattern))


def only(texts: pa.Array, where: Mask) -> pa.Array:
    """The texts where the mask is true, null elsewhere."""
    return texts if where.all() else pc.if_else(pa.array(where), texts, pa.scalar(None, pa.string()))


def replaced(texts: pa.Array, rows: Positions, news: Sequence[str] | pa.Array) -> pa.Array:
    """The texts with new ones in some rows, which are in ascending order."""
    if not len(rows):
        return texts
    at = np.zeros(len(texts), dtype=np.bool_)
    at[rows] = True
    return pc.replace_with_mask(texts, pa.array(at), pa.array(news, pa.string()))
