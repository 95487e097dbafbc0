"""Texts as they are written, and names of people.

White space around them goes; nothing else of a text is changed, of a name only its compatibility forms (NFKC). What a
spreadsheet could take for a formula, control characters and what cannot be seen are refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jixiang.imports.casts.cells import Cells, Mask, mask, matching, only, replaced
from jixiang.imports.rows import BOOL, DATE, NUMBER, TEXT

LONGEST_TEXT, LONGEST_NAME = 200, 60
FORMULA_STARTS = "=+\\-@＝＋－＠"
CONTROLS = "[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029]"
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
PLAIN_TEXT, PLAIN_NAME = f"^[0-9A-Za-z{HAN}]+$", f"^[{HAN}]+$"
EXACT_NUMBER = "^-?([0-9]{1,15}|[0-9]{1,7}\\.[0-9]{1,8})$"  # a workbook's number keeps fifteen digits


def texts(cells: Cells) -> pa.Array:
    return _unusual_apart(cells, PLAIN_TEXT, LONGEST_TEXT, _texts)


def names(cells: Cells) -> pa.Array:
    """Canonical enough to be compared; how two spellings of a name compare is the vault's business."""
    return _unusual_apart(cells, PLAIN_NAME, LONGEST_NAME, _names)


def _unusual_apart(cells: Cells, plain: str, longest: int, cast: Callable[[Cells], pa.Array]) -> pa.Array:
    """What is plain needs no more than one look; `cast` sees the rest."""
    usual = matching(cells.texts, plain) & mask(pc.less_equal(pc.utf8_length(cells.texts), longest))
    usual &= ~mask(pc.starts_with(cells.raw, "\t")) & ~mask(pc.starts_with(cells.raw, "\r"))
    if cells.natures is not None:
        usual &= cells.natures == TEXT
    rows = np.flatnonzero(cells.filled & ~usual)
    found = cells.apart(rows, cast)
    return replaced(only(cells.texts, cells.filled & usual), rows, found)


def _texts(cells: Cells) -> pa.Array:
    inject = cells.filled & _formulas(cells)
    control = cells.filled & (matching(cells.texts, CONTROLS) | matching(cells.texts, r"^[\p{Cf}\p{Z}]+$"))
    long = cells.filled & mask(pc.greater(pc.utf8_length(cells.texts), LONGEST_TEXT))
    cells.mark("cell-inject", inject)
    cells.mark("row-control", control)
    cells.mark("cell-long", long)
    return only(cells.texts, cells.filled & ~inject & ~control & ~long & ~_mangled(cells))


def _names(cells: Cells) -> pa.Array:
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
