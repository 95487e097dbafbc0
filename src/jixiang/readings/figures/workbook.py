"""The figures as a workbook, to be kept and sent on: one sheet, numbers as numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from jixiang.charts.workbooks import TITLE, House, workbook
from jixiang.readings.figures.compute import Figure
from jixiang.readings.figures.words import HEADINGS, difference, how, share, where

WIDTHS = (34, 8, 16, 16, 14, 10, 34, 8, 74)


def write_workbook(path: Path, figures: Iterable[Figure], *, as_of: date, scale: Fraction | None) -> Path:
    """Writes the workbook; returns its path. Raises OSError where it cannot be written."""
    with workbook(path, "公布的数与算出的数") as house:
        made = {"text": house.text, "count": house.number, "money": house.money, **_own(house)}
        sheet = house.book.add_worksheet("指标")
        sheet.set_row(0, TITLE)
        sheet.write(0, 0, "公布的数与算出的数", house.title)
        said = f"事实与决定按 {as_of} 知道的"
        if scale is not None:
            said += f" · 规模 {float(scale):g}:标“同比”的公布数按规模折算"
        sheet.write(1, 0, said, house.quiet)
        for column, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
            sheet.write(3, column, heading, house.head)
            sheet.set_column(column, column, width)
        for line, figure in enumerate(figures, 4):
            for column, (value, format) in enumerate(_cells(figure)):
                sheet.write(line, column, value, made[format])
        sheet.freeze_panes(4, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    return path


def _own(house: House) -> dict[str, Any]:
    """Formats that only this sheet needs."""
    right = {"align": "right", "indent": 1}
    return {
        "right": house.also(**right),
        "least": house.also(**right, num_format='#,##0" 以上"'),
        "rate": house.also(**right, num_format="+0.0%;-0.0%;0.0%"),
    }


def _cells(figure: Figure) -> Iterable[tuple[Any, str]]:
    """Each cell with its format, in the order of the headings."""
    measure, part = figure.measure, share(figure)
    least = measure.published is not None and measure.published.at_least and measure.kind == "count"
    yield measure.name, "text"
    yield measure.unit, "text"
    yield _number(figure, figure.value), measure.kind
    yield _number(figure, figure.expected), "least" if least else measure.kind
    yield (difference(figure), "right") if figure.reached else (_number(figure, figure.difference), measure.kind)
    yield "" if part is None else float(part), "rate"
    yield where(figure), "text"
    yield "同比" if measure.proportional else "不变", "text"
    yield how(figure), "text"


def _number(figure: Figure, value: int | None) -> Any:
    """As the sheet holds it: yuan for fen, which a workbook can only hold as a decimal."""
    if value is None:
        return ""
    return Decimal(value) / 100 if figure.measure.kind == "money" else value
