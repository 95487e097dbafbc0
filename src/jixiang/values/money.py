"""Money: whole fen, never a float.

Amounts are computed as exact rationals and rounded once, half away from zero, to the fen; from then on they are `Money`.
Dividing money is `split`, which never loses a fen.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

FEN_PER_UNIT = {"": 100, "元": 100, "万": 1_000_000, "万元": 1_000_000, "亿": 10_000_000_000, "亿元": 10_000_000_000}
AMOUNT = re.compile(r"¥?\s*([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?\s*(元|万元?|亿元?)?")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in fen; below zero where it is owed back. Adds to money and multiplies by whole numbers, nothing else."""

    fen: int

    def __post_init__(self) -> None:
        if type(self.fen) is not int:
            raise TypeError(f"money is a whole number of fen, not {self.fen!r}")

    @classmethod
    def yuan(cls, yuan: int) -> Money:
        """So many whole yuan."""
        return cls(yuan * 100)

    @classmethod
    def parse(cls, text: str) -> Money:
        """From text as people write it: `1,500.00`, `￥1500`, `5 万元`, full width or not. Raises ValueError, also for a
        part of a fen."""
        written = AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip())
        if written is None:
            raise ValueError(f"no amount of money: {text!r}")
        sign, whole, decimals, unit = written.groups(default="")
        fen = Fraction(whole.replace(",", "") + decimals) * FEN_PER_UNIT[unit]
        if fen.denominator != 1:
            raise ValueError(f"less than a fen: {text!r}")
        return cls(-fen.numerator if sign == "-" else fen.numerator)

    @classmethod
    def rounded(cls, fen: Fraction) -> Money:
        """An exact amount in fen, rounded as every amount is: once, half away from zero."""
        return cls(round_half_up(fen))

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen) if isinstance(other, Money) else NotImplemented

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen) if isinstance(other, Money) else NotImplemented

    def __mul__(self, times: int) -> Money:
        return Money(self.fen * times) if type(times) is int else NotImplemented

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __abs__(self) -> Money:
        return Money(abs(self.fen))

    def __bool__(self) -> bool:
        return self.fen != 0

    def __str__(self) -> str:
        """As shown to people: `1,500 元`, `6,666.68 元`."""
        whole, fen = divmod(abs(self.fen), 100)
        return f"{'-' if self.fen < 0 else ''}{whole:,}{f'.{fen:02d}' if fen else ''} 元"


def round_half_up(amount: Fraction | int) -> int:
    """To the nearest whole number; a half goes away from zero (2.5 → 3, −2.5 → −3)."""
    exact = Fraction(amount) if not isinstance(amount, float) else _refuse(amount)
    nearest = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return nearest if exact >= 0 else -nearest


def split(total_fen: int, shares: int) -> tuple[int, ...]:
    """Equal shares in fen that add up to the total; what cannot be divided goes to the first. Raises ValueError for no
    shares at all."""
    if shares < 1:
        raise ValueError(f"cannot split into {shares}")
    each, left_over = divmod(total_fen, shares)
    return (each + left_over,) + (each,) * (shares - 1)


def _refuse(amount: float) -> Fraction:
    raise TypeError(f"money is never a float: {amount!r}")
