"""Cells with one thing wrong: of each fault that a column can have, how its cell is then written.

A text of a good row goes in, a wrong one comes out; None where this cell can't be made wrong in that way. What it is that
the rows of a file are spoiled with is said here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from jixiang.imports.kinds import Column
from jixiang.synthetic.extracts.spelling import EXCEL, TOKENS, Speller, spell_day
from jixiang.synthetic.extracts.strangers import with_check
from jixiang.values import resident_id

Change = Callable[[Column, Speller, str, int], str | None]
CREDIT_CODE = "GB 32100"
LONGER_THAN_A_TEXT = 240
DIGITS = {
    "yyyy": "[0-9]{4}",
    "mm": "[0-9]{2}",
    "dd": "[0-9]{2}",
    "m": "[0-9]{1,2}",
    "d": "[0-9]{1,2}",
    "hh": "00",
    "ss": "00",
}


def _number(column: Column, text: str) -> bool:
    return column.role == "number" and len(text) == 18


def _plain_text(column: Column) -> bool:
    return column.role == "value" and column.type.kind == "text" and not _credit(column)


def _credit(column: Column) -> bool:
    return column.attribute is not None and column.attribute.format == CREDIT_CODE


def _check(column: Column, speller: Speller, text: str, n: int) -> str | None:
    return text[:17] + ("1" if text[17] != "1" else "2") if _number(column, text) else None


def _birth(column: Column, speller: Speller, text: str, n: int) -> str | None:
    day = ("19901332", "20210230", "18491231", "29990101")[n % 4]
    return with_check(text[:6] + day + text[14:17]) if _number(column, text) else None


def _letters(column: Column, speller: Speller, text: str, n: int) -> str | None:
    return text[:9] + "OI"[n % 2] + text[10:] if _number(column, text) else None


def _length(column: Column, speller: Speller, text: str, n: int) -> str | None:
    return (text[:17], text[:14] + "0" + text[14:])[n % 2] if _number(column, text) else None


def _scientific(column: Column, speller: Speller, text: str, n: int) -> str | None:
    return f"{text[0]}.{text[1:6]}E+17" if _number(column, text) else None


def _misplaced(column: Column, speller: Speller, text: str, n: int) -> str | None:
    """As if the columns had slipped."""
    free = _plain_text(column) and (column.attribute is None or not column.attribute.format)
    return resident_id.synthetic(date(1990, 1, 1 + n % 28), 777).text if free else None


def _name(column: Column, speller: Speller, text: str, n: int) -> str | None:
    return ("12345", "——")[n % 2] if column.role == "name" else None


def _inject(column: Column, speller: Speller, text: str, n: int) -> str | None:
    wrong = ('=HYPERLINK("x")', "@SUM(1+1)", "+" + text, "=cmd|' /C calc'!A0")
    return wrong[n % 4] if column.role == "name" or _plain_text(column) else None


def _control(column: Column, speller: Speller, text: str, n: int) -> str | None:
    return f"{text[:1]}\x07{text[1:]}" if _plain_text(column) and not speller.workbook else None


def _long(column: Column, speller: Speller, text: str, n: int) -> str | None:
    return "长" * LONGER_THAN_A_TEXT if column.role == "name" or _plain_text(column) else None


def _date_form(column: Column, speller: Speller, text: str, n: int) -> str | None:
    wrong = ("45000", "2020-5-6", "5/6/2020", "20200506", "2020.05.06", "6-May-20", "2020年5月6日")
    return _undeclared(wrong, speller.layout.dates, n) if column.type.kind == "date" else None


def _date_impossible(column: Column, speller: Speller, text: str, n: int) -> str | None:
    declared = [form for form in speller.layout.dates if form != EXCEL]
    day = ((2021, 2, 30), (2021, 13, 1), (2019, 2, 29), (2020, 4, 31))[n % 4]
    return spell_day(declared[n % len(declared)], *day) if column.type.kind == "date" and declared else None


def _month_form(column: Column, speller: Speller, text: str, n: int) -> str | None:
    wrong = ("2021Q1", "202103", "Mar-21", "2021-03", "二〇二一年三月", "2021/13")
    return _undeclared(wrong, speller.layout.months, n) if column.type.kind == "month" else None


def _money_form(column: Column, speller: Speller, text: str, n: int) -> str | None:
    wrong = ("1,500.10", "１５００", "¥1500", "1e400", "NaN", "约1500", "1500元")
    return wrong[n % len(wrong)] if column.type.kind == "money" else None


def _money_fen(column: Column, speller: Speller, text: str, n: int) -> str | None:
    wrong = {"元": "1500.125", "万元": "0.1500001", "分": "1500.5"}
    return wrong[speller.layout.money] if column.type.kind == "money" else None


def _number_form(column: Column, speller: Speller, text: str, n: int) -> str | None:
    wrong = ("12.5", "十二", "1.0", "１２")
    return wrong[n % 4] if column.type.kind in ("number", "months", "days") and column.codes is None else None


def _bool_form(column: Column, speller: Speller, text: str, n: int) -> str | None:
    return ("也许", "√")[n % 2] if column.type.kind == "bool" else None


def _code(column: Column, speller: Speller, text: str, n: int) -> str | None:
    return ("未知", "ZZ9")[n % 2] if column.codes is not None else None


def _credit_code(column: Column, speller: Speller, text: str, n: int) -> str | None:
    if not _credit(column) or len(text) != 18:
        return None
    return (text[:17] + ("1" if text[17] != "1" else "2"), text[:17], text[8:17])[n % 3]


def _bounds(column: Column, speller: Speller, text: str, n: int) -> str | None:
    attribute, kind = column.attribute, column.type.kind
    declared = [form for form in speller.layout.dates if form != EXCEL]
    if kind == "date" and attribute is not None and attribute.low[:4].isdigit() and declared:
        return spell_day(declared[0], int(attribute.low[:4]) - 1, 12, 31)
    if kind in ("number", "money") and column.codes is None and not (attribute is not None and attribute.signed):
        return "-1"
    return None


CHANGES: Mapping[str, Change] = {
    "number-check": _check,
    "number-birth": _birth,
    "number-letters": _letters,
    "number-length": _length,
    "number-scientific": _scientific,
    "number-misplaced": _misplaced,
    "name-wrong": _name,
    "cell-inject": _inject,
    "row-control": _control,
    "cell-long": _long,
    "date-form": _date_form,
    "date-impossible": _date_impossible,
    "month-form": _month_form,
    "money-form": _money_form,
    "money-fen": _money_fen,
    "number-form": _number_form,
    "bool-form": _bool_form,
    "code-unknown": _code,
    "credit-code": _credit_code,
    "value-bounds": _bounds,
}


def _undeclared(texts: Sequence[str], forms: Sequence[str], n: int) -> str:
    """The next of these texts that no declared form fits."""
    declared = [TOKENS.sub(lambda token: DIGITS[token.group()], re.escape(form)) for form in forms if form != EXCEL]
    fitting = [text for text in texts if not any(re.fullmatch(form, text) for form in declared)]
    return fitting[n % len(fitting)]
