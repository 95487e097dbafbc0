"""Texts as they are written, and names of people.

White space around them goes; nothing else of a text is changed, of a name only its compatibility forms (NFKC). What a
spreadsheet could take for a formula, control characters and what cannot be seen are refused.
"""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jixiang.imports.casts.cells import Cells, Mask, mask, matching, only
from jixiang.imports.rows import BOOL, DATE, NUMBER

LONGEST_TEXT, LONGEST_NAME = 200, 60
FORMULA_STARTS = "=+\\-@＝＋－＠"
CONTROLS = "[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029]"
EXACT_NUMBER = "^-?([0-9]{1,15}|[0-9]{1,7}\\.[0-9]{1,8})$"  # a workbook's number keeps fifteen digits


def texts(cells: Cells) -> pa.Array:
    inject = cells.filled & _formulas(cells)
    control = cells.filled & (matching(cells.texts, CONTROLS) | matching(cells.texts, r"^[\p{Cf}\p{Z}]+$"))
    long = cells.filled & mask(pc.greater(pc.utf8_length(cells.texts), LONGEST_TEXT))
    cells.mark("cell-inject", inject)
    cells.mark("row-control", control)
    cells.mark("cell-long", long)
    return only(cells.texts, cells.filled & ~inject & ~control & ~long & ~_mangled(cells))


def names(cells: Cells) -> pa.Array:
    """Canonical enough to be compared; how two spellings of a name compare is the vault's business."""
    folded = pc.utf8_trim_whitespace(pc.utf8_normalize(cells.texts, "NFKC"))
    inject = cells.filled & (_formulas(cells) | matching(folded, f"^[{FORMULA_STARTS}]"))
    wrong = cells.filled & (matching(folded, CONTROLS) | cells.are(NUMBER) | cells.are(DATE) | cells.are(BOOL))
    wrong |= cells.filled & _without_letters(folded)
    long = cells.filled & mask(pc.greater(pc.utf8_length(folded), LONGEST_NAME))
    cells.mark("cell-inject", inject)
    cells.mark("name-wrong", wrong & ~inject)
    cells.mark("cell-long", long)
    return only(folded, cells.filled & ~inject & ~wrong & ~long)


def _formulas(cells: Cells) -> Mask:
    """Also behind white space, and a tab in front of anything: some programs take both for a formula."""
    return matching(cells.texts, f"^[{FORMULA_STARTS}]") | matching(cells.raw, "^[\\t\\r]")


def _without_letters(folded: pa.Array) -> Mask:
    """Digits and signs only. Characters newer than the tables of this program may be letters."""
    none = ~matching(folded, r"[\p{L}\p{Nl}\p{Co}]")
    rows = np.flatnonzero(none)
    for row, name in zip(rows, folded.take(pa.array(rows)).to_pylist(), strict=True):
        none[row] = not any(unicodedata.category(c) in ("Lo", "Cn") for c in name)
    return none


def _mangled(cells: Cells) -> Mask:
    """Numbers and dates that a spreadsheet has made of a text and that do not give it back."""
    dates, numbers = cells.are(DATE), cells.are(NUMBER)
    if not dates.any() and not numbers.any():
        return dates
    lost = numbers & ~matching(cells.texts, EXACT_NUMBER)
    cells.mark("cell-date", dates)
    cells.mark("number-cell", lost)
    return dates | lost
