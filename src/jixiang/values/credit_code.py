"""Unified social credit codes, GB 32100-2015: kind (2), area (6), organisation (9), check character.

Thirty-one characters are allowed: digits and capitals without I, O, S, V and Z. The old numbers that the code replaced
are refused by name, so that whoever typed one knows what to ask for.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from jixiang.values.problem import Place, Problem

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")
MEANT = {"O": "0", "I": "1", "S": "5", "V": "U", "Z": "2"}
SYNTHETIC_AREA = "329999"  # unassigned: no real organisation has it
NOWHERE = Place("", 1)


@dataclass(frozen=True, slots=True, order=True)
class CreditCode:
    """A code that is possible. Raises ValueError for anything else; use `parse` for what people typed."""

    text: str

    def __post_init__(self) -> None:
        if not CODE.fullmatch(self.text) or check_character(self.text) != self.text[17]:
            raise ValueError(f"not a unified social credit code: {self.text!r}")

    @property
    def area(self) -> str:
        """Where it was registered: six digits, GB/T 2260."""
        return self.text[2:8]

    @property
    def organisation(self) -> str:
        """The organisation code inside it: nine characters, GB 11714."""
        return self.text[8:17]

    def __str__(self) -> str:
        return self.text


def parse(text: str, *, place: Place = NOWHERE) -> tuple[CreditCode | None, list[Problem]]:
    """The code, or None with every error."""
    code = _tidy(text)
    problems = _old_number(code, place) or _unreadable(code, place)
    if not problems and check_character(code) != code[17]:
        problems = [
            Problem("credit-code-check", place, "统一社会信用代码的校验码不符", "至少有一位写错,请核对营业执照")
        ]
    return (None, problems) if problems else (CreditCode(code), [])


def synthetic(number: int, area: str = SYNTHETIC_AREA) -> CreditCode:
    """A code for an invented firm; `number` is below a hundred million and makes it unique."""
    if not 0 <= number < 100_000_000:
        raise ValueError(f"no number {number}")
    organisation = f"{number:08d}"
    body = f"91{area}{organisation}{_organisation_check(organisation)}"
    return CreditCode(body + check_character(body))


def check_character(body: str) -> str:
    """The eighteenth character for the first seventeen (weights are powers of 3, modulus 31). More are not looked at."""
    total = sum(ALPHABET.index(c) * pow(3, n, 31) for n, c in enumerate(body[:17]))
    return ALPHABET[-total % 31]


def _organisation_check(body: str) -> str:
    """GB 11714: the ninth character of an organisation code of digits."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = -sum(int(c) * weight for c, weight in zip(body, weights, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def _tidy(text: str) -> str:
    """Half width and capital, without spaces, invisible characters and the hyphens of printed forms."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in ("Cf", "Pd")).strip("'`‘’")


def _old_number(code: str, place: Place) -> list[Problem]:
    """Numbers that the credit code has replaced."""
    advice = "请填营业执照上的 18 位统一社会信用代码"
    if re.fullmatch(r"[0-9]{15}", code):
        return [Problem("credit-code-old", place, "这是旧的 15 位号码(工商注册号或税务登记号)", advice)]
    if re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        return [Problem("credit-code-old", place, "这是旧的 9 位组织机构代码", advice)]
    return []


def _unreadable(code: str, place: Place) -> list[Problem]:
    """Wrong length, characters that no code has."""
    problems = []
    if len(code) != 18:
        problems.append(Problem("credit-code-length", place, f"统一社会信用代码有 {len(code)} 位", "应为 18 位"))
    wrong = [n for n, c in enumerate(code, 1) if c not in (ALPHABET if not 3 <= n <= 8 else "0123456789")]
    if wrong:
        message = f"统一社会信用代码第 {'、'.join(map(str, wrong))} 位的字符不对"
        problems.append(Problem("credit-code-characters", place, message, _meant(code)))
    return problems


def _meant(code: str) -> str:
    """The code that was probably meant, if replacing the letters that are easily confused makes it a good one."""
    likely = "".join(MEANT.get(c, c) for c in code)
    if CODE.fullmatch(likely) and check_character(likely) == likely[17]:
        return f"是否为 {likely}?"
    return "代码中没有字母 I、O、S、V、Z;第 3 至 8 位是数字"
