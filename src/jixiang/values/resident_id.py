"""Resident identity numbers, GB 11643-1999: area (6), birth date (8), sequence (3), check character.

Read as they arrive in extracts: full width, lower case x, spaces, the old fifteen digits. What makes a number impossible
is refused, everything that is wrong in one go. An area code that the table lacks is only a warning: areas are merged and
renamed, people keep their number. The number itself never appears in a message or a repr.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from jixiang.values.problem import Place, Problem, Severity

Sex = Literal["1", "2"]  # GB/T 2261.1: 1 male, 2 female
NUMBER = re.compile(r"[0-9]{17}[0-9X]")
EARLIEST_BIRTH_YEAR = 1850
SYNTHETIC_AREA = "329999"  # unassigned, in Jiangsu's range: no living person has it
NOWHERE = Place("", 1)


@dataclass(frozen=True, slots=True, order=True, repr=False)
class ResidentId:
    """A number that is possible: eighteen characters, a real birth date, the right check character. Raises ValueError
    for anything else; use `parse` for what people typed."""

    text: str

    def __post_init__(self) -> None:
        if not NUMBER.fullmatch(self.text) or _birth_date(self.text) is None or check_digit(self.text) != self.text[17]:
            raise ValueError("not a resident identity number")

    @property
    def area(self) -> str:
        """Where the number was first given out: six digits, GB/T 2260."""
        return self.text[:6]

    @property
    def birth_date(self) -> date:
        return date(int(self.text[6:10]), int(self.text[10:12]), int(self.text[12:14]))

    @property
    def sex(self) -> Sex:
        return "1" if int(self.text[16]) % 2 else "2"

    @property
    def masked(self) -> str:
        """What a notice may show: 110105********001X."""
        return f"{self.text[:6]}********{self.text[14:]}"

    def __repr__(self) -> str:
        return f"ResidentId({self.masked})"

    __str__ = __repr__


def parse(
    text: str, *, today: date, areas: Mapping[str, str] | None = None, place: Place = NOWHERE
) -> tuple[ResidentId | None, list[Problem]]:
    """The number and what is to be said about it: None with every error, or the number with at most warnings.

    `areas` maps known area codes to names; without it areas are not looked at. Nobody is born after `today`.
    """
    number = _eighteen(tidy(text))
    errors = _unreadable(number, place) or _impossible(number, today, place)
    if errors:
        return None, errors
    if areas is not None and number[:6] not in areas:
        message = f"行政区划代码 {number[:6]} 不在区划表中"
        return ResidentId(number), [
            _problem("resident-id-area", place, message, "可能是已撤并的区划,不影响使用", "warning")
        ]
    return ResidentId(number), []


def synthetic(birth_date: date, sequence: int, area: str = SYNTHETIC_AREA) -> ResidentId:
    """A number for an invented person. `sequence` is 0 to 999; odd is male."""
    if not 0 <= sequence <= 999:
        raise ValueError(f"no sequence {sequence}")
    body = f"{area}{birth_date:%Y%m%d}{sequence:03d}"
    return ResidentId(body + check_digit(body))


def check_digit(body: str) -> str:
    """The eighteenth character for the first seventeen digits (ISO 7064, MOD 11-2). More characters are not looked at."""
    return "10X98765432"[sum(int(digit) * 2 ** (17 - n) for n, digit in enumerate(body[:17])) % 11]


def tidy(text: str) -> str:
    """Half width and capital, without the spaces, invisible characters and apostrophes that spreadsheets add."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf").strip("'`‘’")


def _eighteen(number: str) -> str:
    """An old number of fifteen digits in its new form: the century and the check character are added."""
    if not re.fullmatch(r"[0-9]{15}", number):
        return number
    body = f"{number[:6]}19{number[6:]}"
    return body + check_digit(body)


def _unreadable(number: str, place: Place) -> list[Problem]:
    """Wrong length, wrong characters."""
    if re.fullmatch(r"[0-9]\.[0-9]+E\+?[0-9]+", number):
        advice = "号码被表格软件改成了科学记数,后几位已经丢失,请把该列设为文本后重新导出"
        return [_problem("resident-id-characters", place, "身份证号码不是一串数字", advice)]
    problems = []
    if len(number) != 18:
        advice = "应为 18 位(旧号码 15 位)"
        problems.append(_problem("resident-id-length", place, f"身份证号码有 {len(number)} 位", advice))
    wrong = [n for n, c in enumerate(number, 1) if c not in "0123456789" and not (c == "X" and n == 18)]
    if wrong:
        message = f"身份证号码第 {'、'.join(map(str, wrong))} 位不是数字"
        problems.append(_problem("resident-id-characters", place, message, _confused(number, wrong)))
    return problems


def _confused(number: str, wrong: list[int]) -> str:
    """What the wrong characters may have been meant for."""
    meant = {"O": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8"}
    letters = {number[n - 1] for n in wrong}
    if letters <= meant.keys():
        return ";".join(f"字母 {letter} 是否应为数字 {meant[letter]}?" for letter in sorted(letters))
    return "只有末位可以是字母 X" if letters == {"X"} else "请核对原件"


def _impossible(number: str, today: date, place: Place) -> list[Problem]:
    """A birth date that cannot be, a check character that does not fit."""
    problems = []
    born = _birth_date(number)
    if born is None:
        message = f"身份证号码中的出生日期 {number[6:10]}-{number[10:12]}-{number[12:14]} 不存在"
        problems.append(_problem("resident-id-birth-date", place, message, "请核对第 7 至 14 位"))
    elif born > today:
        message = f"身份证号码中的出生日期 {born} 在 {today} 之后"
        problems.append(_problem("resident-id-birth-date-future", place, message, "请核对第 7 至 14 位"))
    if check_digit(number) != number[17]:
        lost = number.endswith("000")
        advice = "末三位是 000:号码可能被表格软件当作数字,丢了后几位" if lost else "至少有一位写错,请核对原件"
        problems.append(_problem("resident-id-check-digit", place, "身份证号码的校验码不符", advice))
    return problems


def _birth_date(number: str) -> date | None:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born if born.year >= EARLIEST_BIRTH_YEAR else None


def _problem(code: str, place: Place, message: str, suggestion: str, severity: Severity = "error") -> Problem:
    return Problem(code, place, message, suggestion, severity)
