"""A calendar month, and what can be asked of one."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month as the number of months since year 0. Stored in files as the integer `yyyymm`."""

    index: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month that a day lies in."""
        return cls(day.year * 12 + day.month - 1)

    @classmethod
    def from_yyyymm(cls, number: int) -> Month:
        """From the stored form: 202103 is March 2021. Raises ValueError where there is no such month."""
        year, month = divmod(number, 100)
        if not (1 <= month <= 12 and 1 <= year <= 9999):
            raise ValueError(f"no month {number}")
        return cls(year * 12 + month - 1)

    @classmethod
    def parse(cls, text: str) -> Month:
        """From `2021-03`. Raises ValueError."""
        year, _, month = text.partition("-")
        return cls.from_yyyymm(int(year) * 100 + int(month))

    @property
    def year(self) -> int:
        return self.index // 12

    @property
    def month(self) -> int:
        return self.index % 12 + 1

    @property
    def yyyymm(self) -> int:
        return self.year * 100 + self.month

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    def __add__(self, months: int) -> Month:
        return Month(self.index + months)

    def __sub__(self, months: int) -> Month:
        return Month(self.index - months)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
