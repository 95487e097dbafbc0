"""Stored values in a layout's spelling: its forms of dates and amounts, its codes, its words for yes, no and nothing.

The counterpart of an import's casts, written apart from them. Where a layout knows several spellings they take turns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jixiang.imports.kinds import Column, Layout
from jixiang.imports.rows import DATE, NUMBER, TEXT
from jixiang.synthetic.days import Column as Numbers
from jixiang.synthetic.days import Mask

EXCEL = "excel"
EXCEL_EPOCH = -25_569  # 30 December 1899 in days since 1970
EXCEL_CERTAIN = EXCEL_EPOCH + 61  # before March 1900 that program's calendar has a day too many
DECIMALS = {"元": 2, "万元": 6, "分": 0}
TOKENS = re.compile("yyyy|mm|dd|hh|ss|m|d")
Ordinals = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Spelt:
    """Cells as text, "" where empty. `nature`: what a workbook makes of the filled ones."""

    texts: pa.Array
    nature: int = TEXT


@dataclass(frozen=True)
class Speller:
    """`workbook`: cells may be numbers and dates."""

    layout: Layout
    workbook: bool = False

    def can(self, column: Column, values: pa.Array) -> Mask:
        """Where the value can be told in this layout."""
        if column.name not in self.layout.headings:
            return _flags(pc.is_null(values))
        if column.codes is None:
            return np.ones(len(values), dtype=bool)
        return _flags(pc.or_(pc.is_null(values), pc.is_in(values, pa.array(list(self._codes(column)), pa.string()))))

    def spell(self, column: Column, values: pa.Array, ordinals: Ordinals) -> Spelt:
        spelt = self._filled(column, values, ordinals)
        empties = [""] if self.workbook else list(self.layout.empty)
        blank = pa.array(empties, pa.string()).take(pa.array(ordinals % len(empties)))
        return Spelt(pc.if_else(pc.is_valid(values), spelt.texts, blank), spelt.nature)

    def _filled(self, column: Column, values: pa.Array, ordinals: Ordinals) -> Spelt:
        if column.role != "value":
            return Spelt(values)
        if column.codes is not None:
            return Spelt(_turns(values, ordinals, self._codes(column)))
        match column.type.kind:
            case "date":
                return self._dates(values, ordinals)
            case "month":
                return self._months(values, ordinals)
            case "money":
                nature = NUMBER if self.layout.money != "万元" else TEXT
                return Spelt(decimals(values, DECIMALS[self.layout.money]), nature)
            case "bool":
                words = {"true": self.layout.true, "false": self.layout.false}
                return Spelt(_turns(values.cast(pa.string()), ordinals, words))
            case "text" | "ref" | "code":
                return Spelt(values)
        return Spelt(values.cast(pa.string()), NUMBER)

    def _codes(self, column: Column) -> Mapping[str, Sequence[str]]:
        """Stored code → how the layout may write it."""
        assert column.codes is not None
        translated = self.layout.codes.get(column.name, {})
        found: dict[str, list[str]] = {}
        for text, stored in translated.items():
            found.setdefault(stored, []).append(text)
        own_numbering = any(text in column.codes.rank and text != stored for text, stored in translated.items())
        if not own_numbering:
            for stored in column.codes.rank:
                found.setdefault(stored, [stored])
        return found

    def _dates(self, values: pa.Array, ordinals: Ordinals) -> Spelt:
        days = pc.fill_null(values.cast(pa.int32()), 0).to_numpy(zero_copy_only=False)
        if self.workbook and EXCEL in self.layout.dates and (not len(days) or int(days.min()) >= EXCEL_CERTAIN):
            return Spelt(pa.array(days.astype(np.int64) - EXCEL_EPOCH).cast(pa.string()), DATE)
        distinct, at = np.unique(days, return_inverse=True)
        return Spelt(_by_form(self.date_forms, lambda form: _spelt_days(form, distinct), at, ordinals))

    def _months(self, values: pa.Array, ordinals: Ordinals) -> Spelt:
        numbers = pc.fill_null(values, 197001).to_numpy(zero_copy_only=False)
        distinct, at = np.unique(numbers, return_inverse=True)
        since = ((distinct // 100 - 1970) * 12 + distinct % 100 - 1).astype("datetime64[M]")
        days = since.astype("datetime64[D]").astype(np.int32)
        nature = NUMBER if self.month_forms == ("yyyymm",) else TEXT
        return Spelt(_by_form(self.month_forms, lambda form: _spelt_days(form, days), at, ordinals), nature)

    @cached_property
    def date_forms(self) -> tuple[str, ...]:
        return tuple(form for form in self.layout.dates if form != EXCEL) or ("yyyy-mm-dd",)

    @cached_property
    def month_forms(self) -> tuple[str, ...]:
        return tuple(form for form in self.layout.months if form != EXCEL) or ("yyyymm",)


def spell_day(form: str, year: int, month: int, day: int) -> str:
    """One day in a form, also one that the calendar lacks."""
    parts = {"yyyy": f"{year:04d}", "mm": f"{month:02d}", "m": str(month), "dd": f"{day:02d}", "d": str(day)}
    head, _, clock = form.partition(" ")
    spelt = TOKENS.sub(lambda token: parts[token.group()], head)
    return f"{spelt} {TOKENS.sub('00', clock)}" if clock else spelt


def decimals(values: pa.Array, places: int) -> pa.Array:
    """Whole numbers as decimals with that many places after the point."""
    if not places:
        return values.cast(pa.string())
    numbers = pc.fill_null(values, 0).to_numpy(zero_copy_only=False).astype(np.int64)
    whole, rest = np.divmod(np.abs(numbers), 10**places)
    sign = pa.array(["", "-"], pa.string()).take(pa.array((numbers < 0).astype(np.int8)))
    tail = pc.utf8_lpad(pa.array(rest).cast(pa.string()), places, "0")
    whole_text = pc.binary_join_element_wise(sign, pa.array(whole).cast(pa.string()), "")
    return pc.if_else(
        pc.is_valid(values), pc.binary_join_element_wise(whole_text, tail, "."), pa.scalar(None, pa.string())
    )


def _turns(values: pa.Array, ordinals: Ordinals, spellings: Mapping[str, Iterable[str]]) -> pa.Array:
    """Each value by one of its spellings; null where it has none."""
    encoded = values.dictionary_encode()
    known: list[list[str | None]] = [[*spellings.get(text, ())] or [None] for text in encoded.dictionary.to_pylist()]
    starts = np.cumsum([0, *(len(texts) for texts in known)])
    flat = pa.array([text for texts in known for text in texts], pa.string())
    at = pc.fill_null(encoded.indices, 0).to_numpy(zero_copy_only=False)
    if not len(flat):
        return pa.nulls(len(values), pa.string())
    many = np.diff(starts)[at]
    return pc.if_else(
        pc.is_valid(values), flat.take(pa.array(starts[at] + ordinals % many)), pa.scalar(None, pa.string())
    )


def _by_form(forms: Sequence[str], spell: Callable[[str], list[str]], at: Numbers, ordinals: Ordinals) -> pa.Array:
    spelt = [spell(form) for form in forms]
    width = len(spelt[0])
    flat = pa.array([text for texts in spelt for text in texts], pa.string())
    return flat.take(pa.array(at + ordinals % len(forms) * width))


def _spelt_days(form: str, days: Numbers) -> list[str]:
    dates = days.astype("datetime64[D]").tolist()
    return [spell_day(form, day.year, day.month, day.day) for day in dates]


def _flags(flags: pa.Array) -> Mask:
    found: Mask = flags.to_numpy(zero_copy_only=False).astype(bool)
    return found
