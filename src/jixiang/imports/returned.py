"""The rows that go back to whoever sent them: as they stood, with the reason beside each, to be mended and sent again.

This is the sender's own data, so names and numbers are in it: it is written for the owner of the folder only, straight
to its place, with no temporary file. Every cell is text (but a date that was typed as one): nothing is shortened or taken
for a formula. What a workbook cannot hold (too many rows, a cell too long for Excel) goes into a CSV file instead.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain, islice, zip_longest
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from jixiang.imports.casts.calendar_forms import EXCEL
from jixiang.imports.faults import FAULTS
from jixiang.imports.kinds import Kind, Layout
from jixiang.imports.reading.headings import RETURNED
from jixiang.imports.rows import Refusal
from jixiang.language.width import display_width

ROWS_MOST = 100_000  # of a workbook; more is no work for a person's hands
CELLS_MOST = 600_000  # a workbook is made in memory, and takes some 500 bytes a cell
CELL_MOST = 32_767  # characters, Excel's own limit
NOTES_MOST = 5_000  # notes on cells; beyond, the reason stands in its column only
FORMULA = ("=", "+", "-", "@", "\t", "\r")
WIDEST, NARROWEST = 40, 10
SHOWN_DAY = "yyyy-mm-dd"  # as layouts call the form in which days are read from workbooks
DAY = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?")
FIRST_DAY = datetime(1900, 3, 1)  # Excel believes in 29 February 1900
UNSPLIT = "这一行拆不开,原文整行放在这里。请按表头把各个单元格填好,再发送"

FAULTY = "#F6D9D5"  # with the word in the first added column: never colour alone
ADDED = "#FFF4D6"


def write_returned(
    path: Path, *, kind: Kind, layout: Layout, refusals: Iterable[Refusal], rows_most: int = ROWS_MOST
) -> Path | None:
    """Writes the refused rows of one layout; the file that was written, None if there is no row.

    `path` ends in .xlsx; with more than `rows_most` rows (fewer of many columns), or a cell too long for Excel, .csv
    takes its place. The headings are the sender's, in the sender's order, then `RETURNED`.
    """
    rest = iter(refusals)
    first = list(islice(rest, 1))
    if not first:
        return None
    columns = max(len(first[0].cells), len(layout.headings)) + len(RETURNED)
    most = min(rows_most, CELLS_MOST // columns)
    first += islice(rest, most)
    headings = _headings(layout, first)
    if len(first) > most or any(len(text) > CELL_MOST for row in first for text in row.cells.values()):
        every = [*headings, *(known for known in (*layout.headings.values(), *layout.ignored) if known not in headings)]
        return _write_text(path.with_suffix(".csv"), layout, every, chain(first, rest))
    return _write_workbook(path.with_suffix(".xlsx"), kind, layout, headings, first)


def _headings(layout: Layout, refusals: Iterable[Refusal]) -> list[str]:
    """As the files had them, in their order; as the layout has them where no row could be taken apart."""
    found = dict.fromkeys(heading for refusal in refusals for heading in refusal.cells if heading)
    own = [heading for heading in found if heading not in RETURNED]
    return own or list(layout.headings.values())


# In words --------------------------------------------------------------------------------------------------------


def reasons(refusal: Refusal) -> tuple[str, str]:
    """Why a row goes back, and what to do, each reason with its column."""
    why, ways = [], []
    for code, column, detail in zip_longest(refusal.reasons, refusal.columns, refusal.details, fillvalue=""):
        why.append(_said(code, column, detail))
        if (way := FAULTS[code].suggestion) and way not in ways:
            ways.append(way)
    return ";".join(dict.fromkeys(why)), ";".join(ways)


def _said(code: str, column: str, detail: str) -> str:
    place = f"【{column}】" if column else ""
    return f"{place}{FAULTS[code].message}" + (f"({detail})" if detail else "")


def _values(refusal: Refusal, headings: Sequence[str]) -> list[str]:
    """The row's cells as they stood. A line that could not be taken apart is in the first: left as it is, it will be
    refused again, never overlooked as an empty row."""
    if "" in refusal.cells:
        return [refusal.cells[""], *[""] * (len(headings) - 1)]
    return [refusal.cells.get(heading, "") for heading in headings]


# As a workbook ---------------------------------------------------------------------------------------------------


def _write_workbook(path: Path, kind: Kind, layout: Layout, headings: Sequence[str], refusals: list[Refusal]) -> Path:
    made = io.BytesIO()
    never = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(made, {"in_memory": True, **never})
    book.set_properties({"title": f"{kind.name}:退回的行"})
    sheet = book.add_worksheet(layout.sheet or "退回")
    _write_heads(book, sheet, headings)
    text, faulty = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bg_color": FAULTY})
    added, day = book.add_format({"num_format": "@", "bg_color": ADDED}), book.add_format({"num_format": "yyyy-mm-dd"})
    typed = _typed(kind, layout, headings)
    notes = iter(range(NOTES_MOST))
    for number, refusal in enumerate(refusals, 1):
        wrong = _wrong(refusal, headings)
        for column, value in enumerate(_values(refusal, headings)):
            moment = _moment(value) if column in typed and column not in wrong else None
            if moment is None:
                _put(sheet, number, column, value, faulty if column in wrong else text)
            else:
                sheet.write_datetime(number, column, moment, day)
        for column, said in wrong.items():
            if next(notes, None) is not None:
                sheet.write_comment(number, column, said, {"x_scale": 2})
        for column, value in enumerate((*reasons(refusal), refusal.file, str(refusal.line)), len(headings)):
            _put(sheet, number, column, value, added)
    _fit(sheet, headings, refusals, text)
    sheet.autofilter(0, 0, len(refusals), len(headings) + len(RETURNED) - 1)
    book.close()
    return _keep(path, made.getbuffer())


def _write_heads(book: xlsxwriter.Workbook, sheet: Worksheet, headings: Sequence[str]) -> None:
    head = book.add_format({"num_format": "@", "bold": True, "bottom": 1})
    ours = book.add_format({"num_format": "@", "bold": True, "bottom": 1, "bg_color": ADDED})
    for column, heading in enumerate(headings):
        _put(sheet, 0, column, heading, head)
    for column, heading in enumerate(RETURNED, len(headings)):
        _put(sheet, 0, column, heading, ours)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _wrong(refusal: Refusal, headings: Sequence[str]) -> dict[int, str]:
    """Position of each faulty cell → what is said on it."""
    if "" in refusal.cells:
        return {0: UNSPLIT}
    said: dict[int, list[str]] = {}
    for code, column in zip_longest(refusal.reasons, refusal.columns, fillvalue=""):
        if column in headings:
            fault = FAULTS[code]
            said.setdefault(headings.index(column), []).append(f"{fault.message}。{fault.suggestion}")
    return {place: "\n".join(dict.fromkeys(lines)) for place, lines in said.items()}


def _typed(kind: Kind, layout: Layout, headings: Sequence[str]) -> set[int]:
    """Positions of the columns in which a day as we show it is no text that the layout reads: the cell was a date."""
    forms = {"date": layout.dates, "month": layout.months}
    of = {heading: forms.get(kind.columns[column].type.kind, ()) for column, heading in layout.headings.items()}
    return {n for n, heading in enumerate(headings) if EXCEL in of.get(heading, ()) and SHOWN_DAY not in of[heading]}


def _moment(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if DAY.fullmatch(value) else None
    except ValueError:
        return None
    return moment if moment and moment >= FIRST_DAY else None


def _put(sheet: Worksheet, row: int, column: int, value: str, format: Format) -> None:
    """Always text. What no file can hold (half of a surrogate pair) is written out."""
    if value:
        sheet.write_string(row, column, _writable(value), format)
    else:
        sheet.write_blank(row, column, None, format)


def _fit(sheet: Worksheet, headings: Sequence[str], refusals: list[Refusal], text: Format) -> None:
    """Columns as wide as what the first rows need; all of them text, new rows too."""
    for column, heading in enumerate(headings):
        shown = [heading, *(row.cells.get(heading, "") for row in refusals[:200])]
        width = max(display_width(one) for one in shown) + 2
        sheet.set_column(column, column, min(max(width, NARROWEST), WIDEST), text)
    for column, width in enumerate((48, 36, 24, 8), len(headings)):
        sheet.set_column(column, column, width, text)


# As text ---------------------------------------------------------------------------------------------------------


def _write_text(path: Path, layout: Layout, headings: Sequence[str], refusals: Iterable[Refusal]) -> Path:
    """As the layout is read: its encoding (UTF-8 with a byte order mark, so that Excel knows it) and its delimiter.
    What the encoding lacks is written out, as bytes that did not decode are."""
    encoding = "utf-8-sig" if codecs.lookup(layout.encoding).name == "utf-8" else layout.encoding
    with os.fdopen(_opened(path), "w", encoding=encoding, errors="backslashreplace", newline="") as file:
        writer = csv.writer(file, delimiter=layout.delimiter, lineterminator="\r\n")
        writer.writerow([*headings, *RETURNED])
        for refusal in refusals:
            cells = [*_values(refusal, headings), *reasons(refusal), refusal.file, str(refusal.line)]
            writer.writerow([_harmless(cell) for cell in cells])
    return path


def _harmless(cell: str) -> str:
    """With an apostrophe before what a spreadsheet would take for a formula. A number below zero is none."""
    if not cell.startswith(FORMULA) or (cell[0] in "+-" and cell[1:].replace(".", "", 1).isdecimal()):
        return cell
    return f"'{cell}"


def _writable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


# On disk ---------------------------------------------------------------------------------------------------------


def _keep(path: Path, content: bytes | memoryview) -> Path:
    with os.fdopen(_opened(path), "wb") as file:
        file.write(content)
    return path


def _opened(path: Path) -> int:
    """For nobody else to read, also where a file with other rights stood before."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(handle, 0o600)
    return handle
