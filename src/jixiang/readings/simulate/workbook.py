"""A simulation as a workbook, to be reckoned with further: each table on its sheet, with charts that follow its cells."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from xlsxwriter.worksheet import Worksheet

from jixiang.charts.workbooks import FONT, TITLE, House, workbook
from jixiang.language.width import display_width
from jixiang.readings.simulate import words
from jixiang.readings.simulate.sheets import Cell, Sheet, sheets
from jixiang.readings.simulate.words import Simulation

TONES = ("#B9C0C8", "#0B5C7A", "#1F7A4D", "#8A5A00")
LOST = "#A33B2E"
WIDEST, OVERVIEW = 60, 110
ROW = 16  # points
HEAD = 4  # the line of the headings


def write_workbook(path: Path, found: Simulation) -> Path:
    """Writes the workbook; returns its path."""
    with workbook(path, f"测算:{found.title}") as made:
        _overview(made, found)
        for sheet in sheets(found):
            _sheet(made, sheet)
    return path


def _overview(made: House, found: Simulation) -> None:
    sheet = made.book.add_worksheet("总览")
    sheet.set_row(0, TITLE)
    sheet.write_string(0, 0, f"测算:{found.title}", made.title)
    said = [
        words.headline(found),
        *(f"{words.to_year_end(one)}。" for one in found.forecasts),
        words.reform(found),
        f"决定日 {found.as_of},{found.city}。",
        words.how_months(found),
        *(f"{one.fund}:{words.how_forecast(one)}" for one in found.forecasts),
        "两边都当作资金够用:候补的也算享受。额度只用来比较和预测。金额的单位是元。",
    ]
    for number, line in enumerate(said, 2):
        sheet.write_string(number, 0, line, made.text)
        sheet.set_row(number, ROW * _rows(line, OVERVIEW))
    sheet.set_column(0, 0, OVERVIEW)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _sheet(made: House, sheet: Sheet) -> None:
    """Title, note, headings, rows; the chart stands below them."""
    page = made.book.add_worksheet(_tab(sheet.name))
    page.set_row(0, TITLE)
    page.write_string(0, 0, sheet.title, made.title)
    page.write_string(1, 0, sheet.note, made.quiet)
    right = [any(isinstance(row[n], int) for row in sheet.rows) for n in range(len(sheet.heads))]
    for column, head in enumerate(sheet.heads):
        page.write_string(HEAD - 1, column, head, made.head_right if right[column] else made.head)
    for line, row in enumerate(sheet.rows, HEAD):
        for column, value in enumerate(row):
            _write(made, page, line, column, value, money=column in sheet.money)
        page.set_row(line, ROW * max(_rows(value, WIDEST) for value in row))
    for column in range(len(sheet.heads)):
        page.set_column(column, column, _width(sheet, column))
    page.freeze_panes(HEAD, 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEAD - 1)
    if sheet.rows:
        page.autofilter(HEAD - 1, 0, HEAD + len(sheet.rows) - 1, len(sheet.heads) - 1)
        _chart(made, page, sheet)


def _tab(name: str) -> str:
    """What a tab may be called: without the signs that workbooks do not take."""
    return "".join("·" if sign in "[]:*?/\\" else sign for sign in name)[:31]


def _write(made: House, page: Worksheet, line: int, column: int, value: Cell, *, money: bool) -> None:
    if isinstance(value, int):
        page.write_number(line, column, Decimal(value) / 100 if money else value, made.money if money else made.number)
    elif value is not None:
        page.write_string(line, column, value, made.text)


def _width(sheet: Sheet, column: int) -> int:
    money = column in sheet.money
    shown = [sheet.heads[column], *(_shown(row[column], money) for row in sheet.rows)]
    return min(max(display_width(one) for one in shown) + 4, WIDEST)


def _rows(value: Cell, width: int) -> int:
    """How many rows of type a cell needs."""
    return 1 + display_width(value) // (width - 4) if isinstance(value, str) else 1


def _shown(value: Cell, money: bool) -> str:
    if isinstance(value, int):
        return f"{value / 100:,.2f}" if money else f"{value:,}"
    return value or ""


def _chart(made: House, page: Worksheet, sheet: Sheet) -> None:
    kinds = {"grouped": "column", "rows": "bar", "line": "line"}
    if sheet.chart not in kinds or not any(row[column] for row in sheet.rows for column in sheet.bars):
        return
    rows = [row for row in sheet.rows if row[0] != "合计"]
    chart = made.book.add_chart({"type": kinds[sheet.chart]})
    for number, column in enumerate(_columns(sheet)):
        chart.add_series(_series(_tab(sheet.name), sheet, len(rows), column, number))
    chart.set_title({"name": sheet.title, "name_font": {"size": 12, "bold": True, "name": FONT}, "overlay": False})
    names: dict[str, Any] = {"num_font": {"name": FONT}, "label_position": "low", "text_axis": True}
    numbers: dict[str, Any] = {
        "num_format": "#,##0",
        "major_gridlines": {"visible": True, "line": {"color": "#DFE3E8"}},
    }
    values = [value for row in rows for n in _columns(sheet) if isinstance(value := row[n], int)]
    if min(values, default=0) >= 0:
        numbers["min"] = 0
    if sheet.chart == "rows":
        chart.set_y_axis({**names, "reverse": True, "major_gridlines": {"visible": False}})
        chart.set_x_axis(numbers)
    else:
        chart.set_x_axis(names)
        chart.set_y_axis(numbers)
    several = len(_columns(sheet)) > 1
    chart.set_legend({"position": "bottom", "font": {"name": FONT}} if several else {"none": True})
    chart.set_size({"width": 860, "height": 360 if sheet.chart != "rows" else 160 + 26 * len(rows)})
    page.insert_chart(HEAD + len(sheet.rows) + 2, 0, chart)


def _columns(sheet: Sheet) -> Sequence[int]:
    """Of a forecast the lowest and the highest are drawn too, and the ceilings."""
    return range(2, len(sheet.heads)) if sheet.chart == "line" else sheet.bars


def _series(tab: str, sheet: Sheet, count: int, column: int, number: int) -> dict[str, Any]:
    last = HEAD + count - 1
    head = sheet.heads[column]
    found: dict[str, Any] = {
        "name": head,
        "categories": [tab, HEAD, 0, last, 0],
        "values": [tab, HEAD, column, last, column],
    }
    if sheet.chart == "line":
        tone = LOST if head.startswith("年度额度") else TONES[1] if head.startswith("草案") else TONES[0]
        edge = "dash" if not head.endswith("中位") else "solid"
        return found | {"line": {"color": tone, "dash_type": edge, "width": 1 if edge == "dash" else 2.25}}
    fill = {"color": TONES[1] if sheet.chart == "rows" else TONES[number]}
    extra = {"invert_if_negative": True, "invert_if_negative_color": LOST} if sheet.chart == "rows" else {}
    return found | {"fill": fill, "gap": 60} | extra
