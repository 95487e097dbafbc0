"""Keys and numbers as text of one width, built digit by digit for millions at a time.

Keys are surrogates: a letter or two and a running number. Order of keys is order of numbers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jixiang.synthetic.days import Column, Mask

KEYS: dict[str, tuple[str, int]] = {
    "person": ("P", 7),
    "employer": ("E", 6),
    "contribution": ("C", 10),
    "employment": ("W", 8),
    "headcount": ("H", 9),
    "departure": ("D", 8),
    "blacklisting": ("B", 6),
    "certificate": ("CE", 8),
    "training": ("T", 8),
    "online_study": ("O", 8),
    "apprenticeship": ("A", 7),
    "unemployment": ("U", 8),
    "hardship": ("HA", 7),
    "education": ("ED", 8),
    "enrolment": ("EN", 7),
    "membership": ("M", 8),
    "contest": ("CT", 5),
    "contest_entry": ("CN", 7),
    "stoppage": ("ST", 7),
    "training_class": ("CL", 7),
    "training_project": ("PJ", 6),
    "master_studio": ("MS", 5),
    "studio_review": ("SR", 6),
    "appointment": ("AP", 5),
    "talent_title": ("TA", 5),
    "innovation": ("IN", 5),
    "innovation_author": ("IA", 6),
    "drill": ("DR", 7),
}

ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", dtype=np.uint8)
CREDIT_WEIGHTS = np.array([pow(3, n, 31) for n in range(17)])
ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
UNASSIGNED_AREA = "329999"  # no real firm has it


def numbered(prefix: str, width: int, numbers: npt.NDArray[np.integer], empty: Mask | None = None) -> pa.Array:
    """`prefix` and the number with leading zeros; null where `empty`."""
    text = _letters(prefix, len(numbers), len(prefix) + width)
    _digits(text, len(prefix), width, numbers)
    return _strings(text, empty)


def credit_codes(prefixes: list[str], kind: Column, numbers: Column, empty: Mask) -> pa.Array:
    """Unified social credit codes with correct check characters and an unassigned area: `prefixes[kind]` begins them."""
    text = _letters("00" + UNASSIGNED_AREA, len(numbers), 18)
    text[:, :2] = np.array([list(prefix.encode()) for prefix in prefixes], dtype=np.uint8)[kind]
    _digits(text, 8, 8, numbers)
    rest = -((text[:, 8:16] - 48).astype(np.int64) @ ORGANISATION_WEIGHTS) % 11
    text[:, 16] = np.where(rest == 10, ord("X"), rest + 48)
    worth = np.zeros(256, dtype=np.int64)
    worth[ALPHABET] = np.arange(len(ALPHABET))
    text[:, 17] = ALPHABET[-(worth[text[:, :17]] @ CREDIT_WEIGHTS) % 31]
    return _strings(text, empty)


def _letters(prefix: str, count: int, width: int) -> npt.NDArray[np.uint8]:
    text = np.empty((count, width), dtype=np.uint8)
    text[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    return text


def _digits(text: npt.NDArray[np.uint8], start: int, width: int, numbers: npt.NDArray[np.integer]) -> None:
    """Writes the numbers, last digit first, into the columns of `text`. Narrow integers divide faster."""
    rest = np.maximum(numbers, 0)
    rest = rest.astype(np.uint32) if not len(rest) or int(rest.max()) < 2**32 else rest.astype(np.uint64)
    for place in range(start + width - 1, start - 1, -1):
        tenth = rest // 10
        text[:, place] = rest - tenth * 10 + 48
        rest = tenth


def _strings(text: npt.NDArray[np.uint8], empty: Mask | None) -> pa.Array:
    count, width = text.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    strings = pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(text))
    if empty is None or not empty.any():
        return strings
    return pa.compute.if_else(pa.array(~empty), strings, pa.scalar(None, pa.string()))
