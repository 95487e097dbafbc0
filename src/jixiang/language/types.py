"""The types of the policy language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["date", "month", "year", "number", "money", "months", "days", "bool", "code", "text", "ref", "titles"]


@dataclass(frozen=True, slots=True)
class Type:
    """What a value is.

    `unit` is carried by a number (人 次 课时 分 岁 工作日, or empty) and dropped by × and ÷. `of` is the code list of a code
    and the entity of a ref. Numbers (整数, 比率, 小数) are exact rationals; money is a rational number of fen that is
    rounded once, at the end; months and days are integers.
    """

    kind: Kind
    unit: str = ""
    of: str = ""

    @property
    def ordered(self) -> bool:
        """Values that can be compared with < and lie between bounds."""
        return self.kind in ("date", "month", "year", "number", "money", "months", "days")


DATE = Type("date")
MONTH = Type("month")
YEAR = Type("year")
NUMBER = Type("number")
MONEY = Type("money")
MONTHS = Type("months")
DAYS = Type("days")
BOOL = Type("bool")
TEXT = Type("text")
TITLES = Type("titles")


def code(of: str) -> Type:
    return Type("code", of=of)


def ref(entity: str) -> Type:
    return Type("ref", of=entity)
