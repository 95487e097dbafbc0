"""Tables and charts as a workbook, to be reckoned with further: numbers are numbers, and charts follow the cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jixiang.charts.workbooks import FONT, TITLE, House, workbook
from jixiang.language.width import display_width

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
    with workbook(path, title) as house:
        for sheet in sheets:
            _write(house, sheet)
    return path


def _write(house: House, sheet: Sheet) -> None:
    page = house.book.add_worksheet(sheet.name)
    page.set_row(0, TITLE)
    page.write_string(0, 0, sheet.title, house.title)
    page.write_string(1, 0, sheet.note, house.quiet)
    for column, heading in enumerate(sheet.headings):
        page.write_string(HEAD, column, heading, house.head)
        shown = [heading, *(_text(row[column], rate=column in sheet.rates) for row in sheet.rows[:500])]
        page.set_column(column, column, min(max(display_width(one) for one in shown) + 3, WIDEST))
    for line, row in enumerate(sheet.rows, HEAD + 1):
        for column, cell in enumerate(row):
            _cell(page, line, column, cell, house, rate=column in sheet.rates)
    page.freeze_panes(HEAD + 1, 1)
    if sheet.rows:
        page.autofilter(HEAD, 0, HEAD + len(sheet.rows), len(sheet.headings) - 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    if sheet.chart is not None and sheet.chart.rows:
        _draw(house.book, page, sheet, sheet.chart)


def _cell(page: Any, line: int, column: int, cell: Cell, house: House, *, rate: bool) -> None:
    match cell:
        case None:
            page.write_blank(line, column, None, house.text)
        case date():
            page.write_datetime(line, column, cell, house.day)
        case str():
            page.write_string(line, column, cell, house.text)
        case _:
            page.write_number(line, column, cell, house.rate if rate else house.number)


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
