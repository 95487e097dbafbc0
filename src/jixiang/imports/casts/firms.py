"""Unified social credit codes of firms: each distinct one is looked at once.

Well-formed ones are checked together; what is not goes through `values.credit_code`, and both judge alike.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jixiang.imports.casts.byte_rows import ByteRows, all_digits
from jixiang.imports.casts.cells import Cells, Mask
from jixiang.imports.rows import NUMBER
from jixiang.values import credit_code

WIDTH = 18
WRONG = 255
PLACES = np.full(256, WRONG, np.uint8)  # byte → its place in the alphabet
PLACES[np.frombuffer(credit_code.ALPHABET.encode(), np.uint8)] = np.arange(len(credit_code.ALPHABET))


def credit_codes(cells: Cells) -> pa.Array:
    lost = cells.are(NUMBER)
    cells.mark("number-cell", lost)
    candidates = cells.filled & ~lost
    encoded = cells.texts.dictionary_encode()
    distinct, index = encoded.dictionary, np.asarray(encoded.indices)
    if not len(distinct):
        return cells.texts
    asked = np.zeros(len(distinct), np.bool_)
    asked[index[candidates]] = True
    fine = well_formed(distinct) & asked
    stored, details = distinct.to_pylist(), np.full(len(distinct), "", object)
    wrong = np.zeros_like(asked)
    for n in np.flatnonzero(asked & ~fine):
        code, problems = credit_code.parse(stored[n])
        details[n] = ";".join(problem.message for problem in problems)
        stored[n], wrong[n] = code.text if code else None, code is None
    refused = np.flatnonzero(candidates & wrong[index])
    cells.mark_each("credit-code", refused, details[index[refused]])
    tidied = (asked & ~fine & ~wrong)[index] | cells.tidied()
    cells.mark("number-tidied", candidates & ~wrong[index] & tidied)
    return pa.array(stored, pa.string()).take(pa.array(index, mask=~candidates))


def well_formed(codes: pa.Array) -> Mask:
    """The codes that are canonical already."""
    rows = ByteRows(codes)
    chosen = np.flatnonzero(rows.lengths == WIDTH)
    matrix = rows.matrix(chosen, WIDTH)
    places = PLACES[matrix]
    total: npt.NDArray[np.int32] = np.zeros(len(chosen), np.int32)
    for n in range(WIDTH - 1):
        total += places[n] * np.int32(pow(3, n, 31))
    right = (places != WRONG).all(axis=0) & all_digits(matrix[2:8]) & (-total % 31 == places[WIDTH - 1])
    found = np.zeros(len(codes), np.bool_)
    found[chosen[right]] = True
    return found
