"""The figures as a workbook, to be kept and sent on: one sheet, numbers as numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from jixiang.readings.figures.compute import Figure
from jixiang.readings.figures.words import HEADINGS, difference, how, share, where

FONT = "Microsoft YaHei"
WIDTHS = (34, 8, 16, 16, 14, 10, 34, 8, 74)


def write_workbook(path: Path, figures: Iterable[Figure], *, as_of: date, scale: Fraction | None) -> Path:
    """Writes the workbook; returns its path. Raises OSError where it cannot be written."""
    try:
        _write(path, figures, as_of, scale)
    except FileCreateError as error:
        raise OSError(str(error)) from error
    return path


def _write(path: Path, figures: Iterable[Figure], as_of: date, scale: Fraction | None) -> None:
    with xlsxwriter.Workbook(str(path), {"in_memory": True, "strings_to_formulas": False}) as book:
        made = {name: _format(book, **more) for name, more in FORMATS.items()}
        sheet = book.add_worksheet("指标")
        sheet.write(0, 0, "公布的数与算出的数", made["title"])
        said = f"事实与决定按 {as_of} 知道的"
        if scale is not None:
            said += f" · 规模 {float(scale):g}:标“同比”的公布数按规模折算"
        sheet.write(1, 0, said, made["quiet"])
        for column, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
            sheet.write(3, column, heading, made["head"])
            sheet.set_column(column, column, width)
        for line, figure in enumerate(figures, 4):
            for column, (value, format) in enumerate(_cells(figure)):
                sheet.write(line, column, value, made[format])
        sheet.freeze_panes(4, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)


FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16},
    "quiet": {"font_color": "#5A6570"},
    "head": {"bold": True, "bottom": 1, "bg_color": "#EEF1F4"},
    "text": {"text_wrap": True},
    "right": {"align": "right"},
    "count": {"num_format": "#,##0", "align": "right"},
    "money": {"num_format": "#,##0.00", "align": "right"},
    "least": {"num_format": '#,##0" 以上"', "align": "right"},
    "rate": {"num_format": "+0.0%;-0.0%;0.0%", "align": "right"},
}


def _format(book: xlsxwriter.Workbook, **more: Any) -> Any:
    return book.add_format({"font_name": FONT, "font_size": 10, "valign": "top", **more})


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
