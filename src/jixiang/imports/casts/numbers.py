"""Identity numbers, canonical: eighteen characters, a day of birth that was, the right check character.

What is written plainly is judged for the whole column at once; the rest goes through `values.resident_id`, and both
judge alike. Look-alikes of other scripts are refused, never mapped. Any area is accepted. No number is ever quoted.
"""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jixiang.imports.casts.bounds import EPOCH
from jixiang.imports.casts.byte_rows import DIGIT_ZERO, ByteRows, Bytes, all_digits, decimal
from jixiang.imports.casts.calendar_forms import Written
from jixiang.imports.casts.cells import Cells, Mask, only, replaced
from jixiang.imports.casts.dates import epoch_days
from jixiang.imports.rows import NUMBER
from jixiang.values import resident_id

EARLIEST_BIRTH = date(resident_id.EARLIEST_BIRTH_YEAR, 1, 1).toordinal() - EPOCH
SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+")
CHECKS = np.frombuffer(b"10X98765432", np.uint8)
FAULTS = {
    "resident-id-length": "number-length",
    "resident-id-characters": "number-letters",
    "resident-id-birth-date": "number-birth",
    "resident-id-birth-date-future": "number-birth",
    "resident-id-check-digit": "number-check",
}


def numbers(cells: Cells) -> pa.Array:
    lost = cells.are(NUMBER)
    cells.mark("number-cell", lost)
    candidates = cells.filled & ~lost
    plain, good, lower = _plain(cells, candidates)
    canonical = pc.ascii_upper(cells.texts) if lower.any() else cells.texts
    cells.mark("number-tidied", good & (lower | cells.tidied()))
    slow = np.flatnonzero(candidates & ~plain)
    found: dict[int, str] = {}
    said: dict[str, list[int]] = {}
    for row, text in zip(slow, cells.raw.take(pa.array(slow)).to_pylist(), strict=True):
        number, faults = canonical_number(text, cells.today)
        if number is not None:
            found[int(row)] = number
        for fault in faults:
            said.setdefault(fault, []).append(int(row))
    for fault in sorted(said):
        cells.mark_rows(fault, np.array(said[fault]))
    rows = np.fromiter(found, np.int64, len(found))
    good[rows] = True
    return only(replaced(canonical, rows, list(found.values())), good)


def canonical_number(text: str, today: date) -> tuple[str | None, list[str]]:
    """One number and the codes of what is to be said about it, each once."""
    tidied = resident_id.tidy(text)
    if SCIENTIFIC.fullmatch(tidied):
        return None, ["number-scientific"]
    number, problems = resident_id.parse(text, today=today)
    if number is None:
        return None, sorted({FAULTS[problem.code] for problem in problems})
    notes = {"number-tidied": tidied != text, "number-old": tidied != number.text}
    return number.text, [code for code, holds in notes.items() if holds]


def _plain(cells: Cells, candidates: Mask) -> tuple[Mask, Mask, Mask]:
    """Which cells are settled here; which of these are numbers; which of those end in a small x."""
    rows = ByteRows(cells.texts)
    plain, good, lower = (np.zeros_like(candidates) for _ in range(3))
    chosen = np.flatnonzero(candidates & (rows.lengths == 18))
    matrix = rows.matrix(chosen, 18)
    small = matrix[17] == ord("x")
    settled = all_digits(matrix[:17]) & (all_digits(matrix[17:]) | (matrix[17] == ord("X")) | small)
    if not settled.all():
        chosen, matrix, small = chosen[settled], matrix[:, settled], small[settled]
    born, checked = _born(matrix, cells.today), check_characters(matrix[:17]) == np.where(small, ord("X"), matrix[17])
    plain[chosen] = True
    good[chosen] = born & checked
    lower[chosen] = small
    cells.mark_rows("number-birth", chosen[~born])
    cells.mark_rows("number-check", chosen[~checked])
    return plain, good, lower & good


def check_characters(body: Bytes) -> Bytes:
    """The check character for each body of seventeen digits, one line for each place (ISO 7064, MOD 11-2)."""
    total = np.zeros(body.shape[1], np.uint16)
    for place, digit in enumerate(body):
        total += (digit - np.uint8(DIGIT_ZERO)) * np.uint16(2 ** (17 - place) % 11)
    return CHECKS[total % 11]


def _born(matrix: Bytes, today: date) -> Mask:
    year, month, day = decimal(matrix[6:10]), decimal(matrix[10:12]), decimal(matrix[12:14])
    exists, days = epoch_days(Written(year, month, day, np.ones_like(year, np.bool_)))
    born: Mask = exists & (days >= EARLIEST_BIRTH) & (days <= today.toordinal() - EPOCH)
    return born
