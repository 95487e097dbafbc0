"""Account numbers: eight to thirty-two digits, leading zeros and all.

Never decides whether there is such an account, and never quotes one.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jixiang.imports.casts.cells import Cells, matching, only, replaced
from jixiang.imports.casts.numbers import SCIENTIFIC
from jixiang.imports.rows import NUMBER
from jixiang.values.resident_id import tidy

LEAST_DIGITS, MOST_DIGITS = 8, 32
DIGITS = set("0123456789")


def accounts(cells: Cells) -> pa.Array:
    lost = cells.are(NUMBER)
    cells.mark("number-cell", lost)
    candidates = cells.filled & ~lost
    good = candidates & matching(cells.texts, f"^[0-9]{{{LEAST_DIGITS},{MOST_DIGITS}}}$")
    noted = good & cells.tidied()
    slow = np.flatnonzero(candidates & ~good)
    found: dict[int, str] = {}
    faults: list[str] = []
    for row, text in zip(slow, cells.raw.take(pa.array(slow)).to_pylist(), strict=True):
        account = tidy(text)
        faults.append(_fault(account))
        if not faults[-1]:
            found[int(row)] = account
    for fault in sorted({*faults} - {""}):
        cells.mark_rows(fault, slow[np.array(faults) == fault])
    rows = np.fromiter(found, np.int64, len(found))
    good[rows] = noted[rows] = True
    cells.mark("number-tidied", noted)
    return only(replaced(cells.texts, rows, list(found.values())), good)


def _fault(account: str) -> str:
    if SCIENTIFIC.fullmatch(account):
        return "number-scientific"
    if not set(account) <= DIGITS:
        return "number-letters"
    return "" if LEAST_DIGITS <= len(account) <= MOST_DIGITS else "account-length"
