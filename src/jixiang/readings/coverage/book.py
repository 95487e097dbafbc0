"""Tables and charts as a workbook, to be reckoned with further: numbers are numbers, and charts follow the cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from jixiang.language.width import display_width

FONT = "Microsoft YaHei"
WIDEST, HEAD = 60, 3  # the widest column; the line of the headings
TONES = ("#0B5C7A", "#1F7A4D", "#8A5A00", "#B9C0C8")
Cell = str | int | float | date | None


@dataclass(frozen=True)
class Chart:
    """Lying bars of some columns, one bar a row of the first `rows`; the names stand in column `by`."""

    title: str
    by: int
    columns: tuple[int, ...]
    rows: int
    stacked: bool = False
    percent: bool = False


@dataclass(frozen=True)
class Sheet:
    """`rates`: columns that hold a share of one."""

    name: str
    title: str
    note: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    rates: frozenset[int] = frozenset()
    chart: Chart | None = None


def write_book(path: Path, title: str, sheets: Sequence[Sheet]) -> Path:
    """Writes the workbook; returns its path. Raises OSError where it cannot be written."""
    options = {"constant_memory": False, "strings_to_formulas": False, "strings_to_urls": False}
    try:
        with xlsxwriter.Workbook(str(path), options) as book:
            book.set_properties({"title": title})
            made = {
                name: book.add_format({"font_name": FONT, "font_size": 10, **more}) for name, more in FORMATS.items()
            }
            for sheet in sheets:
                _write(book, made, sheet)
    except FileCreateError as error:
        raise OSError(str(error)) from error
    return path


FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16},
    "quiet": {"font_color": "#5A6570"},
    "head": {"bold": True, "bottom": 1, "bg_color": "#EEF1F4"},
    "text": {},
    "count": {"num_format": "#,##0"},
    "rate": {"num_format": "0.0%"},
    "day": {"num_format": "yyyy-mm-dd", "align": "left"},
}


def _write(book: Any, made: dict[str, Any], sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.name)
    page.write_string(0, 0, sheet.title, made["title"])
    page.write_string(1, 0, sheet.note, made["quiet"])
    for column, heading in enumerate(sheet.headings):
        page.write_string(HEAD, column, heading, made["head"])
        shown = [heading, *(_text(row[column], rate=column in sheet.rates) for row in sheet.rows[:500])]
        page.set_column(column, column, min(max(display_width(one) for one in shown) + 3, WIDEST))
    for line, row in enumerate(sheet.rows, HEAD + 1):
        for column, cell in enumerate(row):
            _cell(page, line, column, cell, made, rate=column in sheet.rates)
    page.freeze_panes(HEAD + 1, 1)
    if sheet.rows:
        page.autofilter(HEAD, 0, HEAD + len(sheet.rows), len(sheet.headings) - 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    if sheet.chart is not None and sheet.chart.rows:
        _draw(book, page, sheet, sheet.chart)


def _cell(page: Any, line: int, column: int, cell: Cell, made: dict[str, Any], *, rate: bool) -> None:
    match cell:
        case None:
            page.write_blank(line, column, None, made["text"])
        case date():
            page.write_datetime(line, column, cell, made["day"])
        case str():
            page.write_string(line, column, cell, made["text"])
        case _:
            page.write_number(line, column, cell, made["rate" if rate else "count"])


def _text(cell: Cell, *, rate: bool) -> str:
    return "100.0%" if rate else "" if cell is None else f"{cell:,}" if isinstance(cell, int) else str(cell)


def _draw(book: Any, page: Any, sheet: Sheet, chart: Chart) -> None:
    drawn = book.add_chart({"type": "bar", **({"subtype": "stacked"} if chart.stacked else {})})
    last = HEAD + chart.rows
    for number, column in enumerate(chart.columns):
        drawn.add_series(
            {
                "name": [sheet.name, HEAD, column],
                "categories": [sheet.name, HEAD + 1, chart.by, last, chart.by],
                "values": [sheet.name, HEAD + 1, column, last, column],
                "fill": {"color": TONES[number % len(TONES)]},
                "gap": 60,
                "data_labels": {"value": len(chart.columns) == 1},
            }
        )
    drawn.set_title({"name": chart.title, "name_font": {"name": FONT, "size": 12}})
    drawn.set_y_axis({"reverse": True, "num_font": {"name": FONT}})
    axis: dict[str, Any] = {"major_gridlines": {"visible": True, "line": {"color": "#E3E7EB"}}, "min": 0}
    drawn.set_x_axis({**axis, **({"max": 1, "num_format": "0%"} if chart.percent else {"num_format": "#,##0"})})
    if len(chart.columns) == 1:
        drawn.set_legend({"none": True})
    else:
        drawn.set_legend({"position": "bottom"})
    drawn.set_size({"width": 760, "height": 120 + 28 * chart.rows})
    page.insert_chart(HEAD, len(sheet.headings) + 1, drawn)
