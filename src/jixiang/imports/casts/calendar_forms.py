"""How dates and months may be written: `yyyymmdd`, `yyyy-mm-dd`, `yyyy/m/d`, `yyyy年m月d日`, `yyyy-mm-dd hh:mm:ss`, `yyyymm`.

Year, month, day, in this order; `m` and `d` stand for one digit or two, so there must be something between them. Hours,
minutes and seconds must be zero. Two-digit years do not exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import numpy.typing as npt

from jixiang.imports.casts.byte_rows import ByteRows, all_digits, decimal
from jixiang.imports.casts.cells import Mask

EXCEL = "excel"
DAY_FORM = re.compile(r"yyyy([^ymdh0-9]*)(mm?)([^ymdh0-9]*)(dd?)([^ymd]*)")
MONTH_FORM = re.compile(r"yyyy([^ymdh0-9]*)(mm?)([^ymdh0-9]*)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One width that a form can have, in bytes: where its parts begin and end, and what must stand between them."""

    width: int
    month: slice
    day: slice  # empty of a month
    fixed: tuple[tuple[int, int], ...]  # place, byte


@dataclass(frozen=True, slots=True)
class Written:
    """What was read: nothing but numbers so far, and whether the text follows any form at all."""

    year: npt.NDArray[np.int32]
    month: npt.NDArray[np.int32]
    day: npt.NDArray[np.int32]
    follows: Mask


@cache
def day_patterns(form: str) -> tuple[Pattern, ...]:
    """Raises ValueError for what is no form of a date."""
    match = DAY_FORM.fullmatch(form.replace("hh:mm:ss", "00:00:00").replace("hh:mm", "00:00"))
    if match is None or ("" in (match[1], match[3]) and (match[2], match[4]) != ("mm", "dd")):
        raise ValueError(f"no form of a date: {form!r}")
    return tuple(_pattern(match[1], m, match[3], d, match[5]) for m, d in product(_widths(match[2]), _widths(match[4])))


@cache
def month_patterns(form: str) -> tuple[Pattern, ...]:
    """Raises ValueError for what is no form of a month."""
    match = MONTH_FORM.fullmatch(form)
    if match is None or (match[1] == "" and match[2] == "m"):
        raise ValueError(f"no form of a month: {form!r}")
    return tuple(_pattern(match[1], m, match[3], 0, "") for m in _widths(match[2]))


def read(rows: ByteRows, where: Mask, patterns: tuple[Pattern, ...]) -> Written:
    """The texts of these rows by whichever pattern they follow; no text follows two that disagree."""
    year, month, day = (np.zeros(len(where), np.int32) for _ in range(3))
    follows = np.zeros(len(where), np.bool_)
    for pattern in patterns:
        chosen = np.flatnonzero(where & ~follows & (rows.lengths == pattern.width))
        if not len(chosen):
            continue
        matrix = rows.matrix(chosen, pattern.width)
        good = all_digits(matrix[:4]) & all_digits(matrix[pattern.month]) & all_digits(matrix[pattern.day])
        for place, byte in pattern.fixed:
            good &= matrix[place] == byte
        if not good.all():
            chosen, matrix = chosen[good], matrix[:, good]
        follows[chosen] = True
        year[chosen] = decimal(matrix[:4])
        month[chosen] = decimal(matrix[pattern.month])
        day[chosen] = decimal(matrix[pattern.day])
    return Written(year, month, day, follows)


def _widths(token: str) -> tuple[int, ...]:
    return (1, 2) if len(token) == 1 else (2,)


def _pattern(first: str, month: int, second: str, day: int, rest: str) -> Pattern:
    """Built by writing an example in which every digit is NUL."""
    example = b"\0" * 4 + first.encode()
    at_month = slice(len(example), len(example) + month)
    example += b"\0" * month + second.encode()
    at_day = slice(len(example), len(example) + day)
    example += b"\0" * day + rest.encode()
    fixed = tuple((place, byte) for place, byte in enumerate(example) if byte)
    return Pattern(len(example), at_month, at_day, fixed)
