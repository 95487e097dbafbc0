"""Numbers with their units, dates, months, years and occupation codes: how they are written and what they are worth.

A literal that cannot be right (30 February) or is written in another form (2021/6/30) still gets a value, so that
the statement around it is understood; its `flaw` says what to write instead.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from jixiang.language.source import fold
from jixiang.language.surface import Literal_
from jixiang.language.tokens import LiteralValue
from jixiang.values.month import Month
from jixiang.values.problem import Place

# A unit as written → (as the tree has it, what one of it is worth in that).
UNITS: dict[str, tuple[str, Fraction]] = {
    "个工作日": ("个工作日", Fraction(1)),
    "工作日": ("个工作日", Fraction(1)),
    "个月": ("个月", Fraction(1)),
    "万元": ("元", Fraction(10000)),
    "周岁": ("岁", Fraction(1)),
    "课时": ("课时", Fraction(1)),
    "元": ("元", Fraction(1)),
    "天": ("天", Fraction(1)),
    "日": ("天", Fraction(1)),
    "年": ("个月", Fraction(12)),
    "岁": ("岁", Fraction(1)),
    "人": ("人", Fraction(1)),
    "次": ("次", Fraction(1)),
    "分": ("分", Fraction(1)),
    "%": ("%", Fraction(1, 100)),
}
UNITS_SAID_OTHERWISE = {
    "月": "个月",
    "月份": "个月",
    "万": "万元",
    "块": "元",
    "块钱": "元",
    "人民币": "元",
    "元钱": "元",
    "圆": "元",
    "学时": "课时",
    "小时": "课时",
    "名": "人",
    "位": "人",
    "个人": "人",
    "笔": "次",
    "回": "次",
    "个年": "年",
    "整年": "年",
    "个日": "天",
    "个天": "天",
    "百分比": "%",
}
_DIGITS_MAX = 30

_CODE = re.compile(r"[0-9]{1,2}(?:-[0-9]{2}){3}(?![-0-9])")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?![-0-9])")
_CHINESE_DATE = re.compile(r"([0-9]{4})[ ]*年[ ]*([0-9]{1,2})[ ]*月[ ]*([0-9]{1,2})[ ]*日")
_OTHER_DATE = re.compile(r"((?:19|20)[0-9]{2})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?![-0-9])")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})(?![-0-9])")
_CHINESE_MONTH = re.compile(r"([0-9]{4})[ ]*年[ ]*([0-9]{1,2})[ ]*月份?")
_OTHER_MONTH = re.compile(r"((?:19|20)[0-9]{2})-([0-9])(?![-0-9])")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?=[ ]*(?:万?元|人|次|课时|分))")
_CURRENCY = re.compile("^(?:人民币|RMB|[￥¥])[ ]*")
_UNIT = re.compile("[ ]*(" + "|".join(UNITS) + ")")
_WITHIN = re.compile(r"[ ]*(年|个月|天)[ ]*内")
_YEAR = re.compile(r"[ ]*年度")

_NUMERALS = {numeral: n for n, numeral in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_SPOKEN = re.compile("([零〇一二两三四五六七八九十百千]+)(" + "|".join(unit for unit in UNITS if unit != "%") + ")")


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a literal that was nevertheless understood."""

    code: str
    message: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """A literal found in a text: where it ends, how the language spells it, what it is worth."""

    end: int
    text: str
    value: LiteralValue
    unit: str = ""
    kind: Literal["literal", "within"] = "literal"
    flaw: Flaw | None = None


def scan(text: str, start: int) -> list[Scanned]:
    """The literals that may begin at a digit of a folded text, longest first; never empty."""
    for pattern, read in _READERS:
        if match := pattern.match(text, start):
            return [read(match)]
    return _scan_number(text, start)


def read_literal(text: str, place: Place) -> Literal_ | None:
    """The literal that a whole table cell is (date, month, year, quantity, number, code, "text", 是 or 否), or None."""
    folded = fold(text).strip()
    if folded in ("是", "否"):
        return Literal_(folded == "是", "", place)
    if len(folded) > 1 and folded[0] == folded[-1] == '"' and '"' not in folded[1:-1]:
        return Literal_(text.strip()[1:-1], "", place)
    sign = -1 if folded.startswith("-") else 1
    body = folded[1:].lstrip() if sign < 0 else folded
    if not body[:1].isascii() or not body[:1].isdigit():
        return None
    for found in scan(body, 0):
        if found.end == len(body) and found.flaw is None and found.kind == "literal":
            if sign > 0:
                return Literal_(found.value, found.unit, place)
            if isinstance(found.value, Fraction):
                return Literal_(-found.value, found.unit, place)
    return None


def meant(text: str) -> str:
    """How the language spells what a cell of another spelling probably says (2,000块, ￥2000, 2021/6/30, 十二个月); or ""."""
    body = fold(text).strip().rstrip("整正")
    plain = _CURRENCY.sub("", body)
    plain = re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "", plain).strip()
    if plain[:1].isascii() and plain[:1].isdigit():
        for found in scan(plain, 0):
            if found.end == len(plain) and found.kind == "literal":
                money = "元" if plain == found.text and body[:1] in "￥¥人R" else ""
                return (found.flaw.suggestion if found.flaw else found.text) + money
        number = _NUMBER.match(plain)
        unit = UNITS_SAID_OTHERWISE.get(plain[number.end() :].strip()) if number else None
        return f"{number[0]} {unit}" if number and unit else ""
    spoken = find_spoken(plain, 0)
    return spoken.text if spoken and spoken.end == len(plain) else ""


def find_spoken(text: str, start: int) -> Scanned | None:
    """A quantity in Chinese numerals (十二个月) at a place: understood, but it must be written in digits."""
    match = _SPOKEN.match(text, start)
    number = _spoken_number(match[1]) if match else None
    if match is None or number is None:
        return None
    plain = _quantity(match.end(), str(number), match[2])
    flaw = Flaw("number-in-words", f"数字要用阿拉伯数字写:'{match[0]}'", plain.text)
    return Scanned(match.end(), plain.text, plain.value, plain.unit, flaw=flaw)


def _spoken_number(numerals: str) -> int | None:
    total, pending = 0, None
    for numeral in numerals:
        if numeral in _TENS:
            total += (1 if pending is None else pending) * _TENS[numeral]
            pending = None
        elif pending:
            return None  # two digits side by side: a year or a serial number, not a quantity
        else:
            pending = _NUMERALS[numeral]
    return total + (pending or 0)


def _scan_number(text: str, start: int) -> list[Scanned]:
    """A bare number and every way to read a unit behind it."""
    flaw = None
    match = _THOUSANDS.match(text, start)
    if match:
        flaw = Flaw("thousands-separator", "数字里不写千位分隔符", match[0].replace(",", ""))
    else:
        match = _NUMBER.match(text, start)
    if match is None:
        raise ValueError(f"no digit at {start}")
    digits, end = match[0].replace(",", ""), match.end()
    if len(digits) > _DIGITS_MAX:
        return [Scanned(end, match[0], Fraction(0), flaw=Flaw("number-too-long", "数字太长", "0"))]
    found = [Scanned(end, digits, Fraction(digits), flaw=flaw)]
    if (unit := _YEAR.match(text, end)) and digits.isdigit():
        found.insert(0, Scanned(unit.end(), f"{digits} 年度", int(digits), "年度", flaw=_year_flaw(digits)))
    elif (unit := _WITHIN.match(text, end)) and digits.isdigit():
        found.insert(0, Scanned(unit.end(), f"{digits} {unit[1]}内", Fraction(digits), unit[1], "within"))
    elif unit := _UNIT.match(text, end):
        found.insert(0, _quantity(unit.end(), digits, unit[1], flaw))
    return found


def _quantity(end: int, digits: str, unit: str, flaw: Flaw | None = None) -> Scanned:
    if unit == "年" and digits.isdigit() and len(digits) == 4:
        message = f"'{digits}年' 是年份还是时长?年份写 '{digits} 年度'"
        return Scanned(end, f"{digits} 年", int(digits), "年度", flaw=Flaw("bare-year", message, f"{digits} 年度"))
    name, worth = UNITS[unit]
    spelled = f"{digits} {'个工作日' if name == '个工作日' else unit}"
    if flaw:
        flaw = Flaw(flaw.code, flaw.message, spelled)
    return Scanned(end, spelled, Fraction(digits) * worth, name, flaw=flaw)


def _year_flaw(digits: str) -> Flaw | None:
    if len(digits) == 4 and int(digits) > 0:
        return None
    return Flaw("bad-year", f"没有 '{digits} 年度' 这样的年份,年份写四位数字", "2021 年度")


def _read_code(match: re.Match[str]) -> Scanned:
    return Scanned(match.end(), match[0], match[0])


def _read_date(match: re.Match[str]) -> Scanned:
    return _date(match, match[1], match[2], match[3])


def _read_other_date(match: re.Match[str]) -> Scanned:
    found = _date(match, match[1], match[3], match[4])
    flaw = found.flaw or Flaw("date-form", f"日期要写成 年-月-日:'{match[0]}'", str(found.value))
    return Scanned(found.end, found.text, found.value, flaw=flaw)


def _date(match: re.Match[str], year: str, month: str, day: str) -> Scanned:
    """A date that the calendar lacks is read as the last day of its month (or the nearest month), and has a flaw."""
    written = match[0].replace(" ", "")
    y, m, d = max(1, int(year)), min(max(1, int(month)), 12), int(day)
    value = date(y, m, min(max(1, d), calendar.monthrange(y, m)[1]))
    flaw = None
    if (value.year, value.month, value.day) != (int(year), int(month), d):
        flaw = Flaw("no-such-date", f"日历上没有 {written} 这一天", value.isoformat())
    return Scanned(match.end(), written, value, flaw=flaw)


def _read_month(match: re.Match[str]) -> Scanned:
    written = match[0].replace(" ", "")
    year, month = max(1, int(match[1])), min(max(1, int(match[2])), 12)
    value = Month(year * 12 + month - 1)
    flaw = None
    if (year, month) != (int(match[1]), int(match[2])):
        flaw = Flaw("no-such-month", f"没有 {written} 这个月份;做减法请在减号两边留空格", str(value))
    return Scanned(match.end(), written, value, flaw=flaw)


def _read_other_month(match: re.Match[str]) -> Scanned:
    found = _read_month(match)
    flaw = found.flaw or Flaw("date-form", f"月份要写成 年-月,月是两位:'{match[0]}'", str(found.value))
    return Scanned(found.end, found.text, found.value, flaw=flaw)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Scanned]], ...] = (
    (_CODE, _read_code),
    (_DATE, _read_date),
    (_CHINESE_DATE, _read_date),
    (_OTHER_DATE, _read_other_date),
    (_MONTH, _read_month),
    (_CHINESE_MONTH, _read_month),
    (_OTHER_MONTH, _read_other_month),
)
