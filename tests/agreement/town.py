"""The small city that random policies speak of: its vocabulary, and the few values that everything in it takes.

Few values, so that days meet days, limits are just reached and keys collide.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from jixiang.language.types import Type
from jixiang.language.vocabulary import Vocabulary
from jixiang.language.vocabulary_reader import read_vocabulary
from jixiang.values.month import Month


def _read() -> Vocabulary:
    vocabulary, problems = read_vocabulary(Path(__file__).with_name("vocabulary.md"))
    assert not problems, problems
    return vocabulary


VOCABULARY = _read()
RUN_DATES = (date(2020, 6, 30), date(2020, 12, 31), date(2021, 2, 28), date(2021, 6, 30))

DAYS = (
    *(date(2020, 6, 30), date(2020, 12, 31), date(2021, 6, 30), date(2021, 2, 28), date(2020, 2, 29)),
    *(date(2019, 12, 31), date(2020, 1, 1), date(2020, 1, 31), date(2020, 3, 31), date(2020, 7, 1)),
    *(date(2020, 11, 30), date(2021, 1, 1), date(2021, 3, 1), date(2021, 7, 1), date(2022, 1, 1)),
    *(date(1980, 2, 29), date(1961, 1, 31)),
)
MONTHS = tuple(
    Month.parse(text) for text in ("2020-06", "2020-12", "2021-06", "2020-02", "2020-01", "2019-12")
) + tuple(Month.parse(text) for text in ("2020-03", "2020-05", "2020-07", "2021-01", "2021-02", "2021-05", "2021-07"))
YEARS = (2020, 2021, 2019, 2022)
NUMBERS = (0, 1, 2, 3, 5, 10, 12, 7)
FEN = (100, 0, 1, 3, 10000, 20000, 33333, 50, 149, 150, 151)
SIGNED_FEN = (*FEN, -100, -1, -33333)
SPANS = (1, 0, 2, 3, 6, 12, 30, 31)
TEXTS = ("红", "蓝", "甲|乙", "反\\斜")


def literals(of: Type) -> tuple[str, ...]:
    """How values of a type are written in a document."""
    match of.kind:
        case "date":
            return tuple(day.isoformat() for day in DAYS)
        case "month":
            return tuple(map(str, MONTHS))
        case "year":
            return tuple(f"{year} 年度" for year in YEARS)
        case "number":
            unit = f" {of.unit}" if of.unit else ""
            parts = () if unit else ("2.5", "50 %", "0.1")
            return (*(f"{number}{unit}" for number in NUMBERS), *parts)
        case "money":
            return tuple(f"{yuan(fen)} 元" for fen in FEN)
        case "months":
            return tuple(f"{n} 个月" for n in SPANS)
        case "days":
            return tuple(f"{n} 天" for n in SPANS)
        case "text":
            return ('"红"', '"蓝"', '"绿"')
        case "code":
            return tuple(code.name for code in VOCABULARY.codes[of.of].codes)
        case "bool":
            return ("是", "否")
    raise ValueError(f"no literal of {of}")


def yuan(fen: int) -> str:
    """Money as a document writes it: 333.33."""
    text = f"{fen / 100:.2f}".rstrip("0").rstrip(".")
    assert round(float(text) * 100) == fen
    return text
