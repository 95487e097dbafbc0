"""What a cell of a workbook says, as text: numbers, dates and escapes. Standard library only: it runs in the child.

A number reads as the shortest text that gives it back, so what Excel has rounded looks rounded.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
UNSAID = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)  # of a number format
BUILT_IN_DATES = frozenset({14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 55), 57, 58})
BUILT_IN_TIMES = frozenset({18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56})
DAYS_MAX = 2958465  # 9999-12-31


def number_text(written: str) -> str | None:
    """None if it is no number, or none that a computer can hold."""
    if not NUMBER.fullmatch(written):
        return None
    value = float(written)
    if value in (float("inf"), float("-inf")):
        return None
    text = repr(value + 0.0 if value else 0.0)
    return text[:-2] if text.endswith(".0") else text


def date_text(serial: float, *, from_1904: bool) -> str | None:
    """yyyy-mm-dd, with the time behind it if there is one. None for a number that is no day (0, or 1900-02-29)."""
    day, seconds = int(serial // 1), round(serial % 1 * 86400)
    if seconds == 86400:
        day, seconds = day + 1, 0
    if from_1904:
        if not 0 <= day <= DAYS_MAX - 1462:
            return None
        found = date(1904, 1, 1) + timedelta(day)
    else:
        if not 1 <= day <= DAYS_MAX or day == 60:
            return None
        found = date(1899, 12, 31 if day < 60 else 30) + timedelta(day)
    if not seconds:
        return found.isoformat()
    return f"{found.isoformat()} {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def is_date_format(number: int, code: str | None) -> bool:
    """Whether a number format shows a day. `code` is None for one that every workbook has."""
    if code is None:
        return number in BUILT_IN_DATES
    shown = UNSAID.sub("", code).split(";")[0].lower()
    if "y" in shown or "d" in shown:
        return True
    return "m" in shown and not {"h", "s"} & set(shown)


def unescaped(text: str) -> str:
    """Excel writes control characters as _x000D_, and an underscore that would look so as _x005F_."""
    return ESCAPE.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    return found[0] if 0xD800 <= number <= 0xDFFF else chr(number)


def column_of(letters: str) -> int:
    """From 0; ValueError if these are not letters of a column."""
    if not (letters.isascii() and letters.isalpha() and letters.isupper() and len(letters) <= 3):
        raise ValueError("no column")
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
