"""A figure as it is read: numbers with their thousands, what was published, and what lies between."""

from __future__ import annotations

from fractions import Fraction

from jixiang.readings.figures.compute import Figure
from jixiang.values.money import Money

NOTHING = "—"
HEADINGS = ("指标", "单位", "算出", "公布", "相差", "相差比", "公布于", "规模", "怎么算")


def number(figure: Figure, value: int | None) -> str:
    """A value in the figure's unit, which is not repeated."""
    if value is None:
        return NOTHING
    return str(Money(value)).removesuffix(" 元") if figure.measure.kind == "money" else f"{value:,}"


def published(figure: Figure) -> str:
    """The number that the value stands beside: as published, or as it would be for a smaller city."""
    said = figure.measure.published
    if said is None or figure.expected is None:
        return NOTHING
    return number(figure, figure.expected) + (" 以上" if said.at_least else "")


def difference(figure: Figure) -> str:
    if figure.reached:
        return "达到"
    if figure.difference is None:
        return NOTHING
    return ("+" if figure.difference > 0 else "") + number(figure, figure.difference)


def share(figure: Figure) -> Fraction | None:
    """The difference as a part of what was published."""
    if figure.difference is None or figure.reached or not figure.expected:
        return None
    return Fraction(figure.difference, figure.expected)


def where(figure: Figure) -> str:
    said = figure.measure.published
    return f"{said.when} {said.where}" if said else ""


def how(figure: Figure) -> str:
    """How it is counted, and why it was not."""
    lacking = f" (这次运行没有决定 {'、'.join(figure.lacking)})" if figure.lacking else ""
    return figure.measure.how + lacking
