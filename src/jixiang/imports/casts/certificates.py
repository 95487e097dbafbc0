"""Numbers of skill certificates: a text like any other, with a note where it follows no known pattern.

The older local patterns were never published, so an unknown one is told and never refused.
"""

from __future__ import annotations

import pyarrow as pa

from jixiang.imports.casts.cells import Cells, mask, matching
from jixiang.imports.casts.texts import texts
from jixiang.imports.rows import NUMBER

FORMAT = "证书编号"
KNOWN = "|".join(
    (
        # who certifies, ministry's register, province, institution, year, level, running number
        "[YS][0-9]{4}[0-9]{2}[0-9A-Z]{6}[0-9]{2}[1-5][0-9]{6}",
        "[A-Z]{2}[0-9]{20}",  # chief technicians
        "[0-9]{16}",  # professional qualifications, until 2020
    )
)


def certificate_numbers(cells: Cells) -> pa.Array:
    lost = cells.are(NUMBER)
    cells.mark("number-cell", lost)
    cells.filled = cells.filled & ~lost
    found = texts(cells)
    cells.mark("certificate-number", mask(found.is_valid()) & ~matching(cells.texts, f"^({KNOWN})$"))
    return found
