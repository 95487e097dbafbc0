"""The workbook that a person fills in for one kind: made from the vocabulary, read back by the template's layout.

One sheet holds the headings and nothing else, so that whatever is filled in below is data; what each column means stands
in notes, on a second sheet, and in pick lists. Never holds a fact, nor an example where it could be taken for one.
"""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from jixiang.imports.kind_layouts import TEMPLATE
from jixiang.imports.kinds import Column, Kind, Layout
from jixiang.imports.template_checks import validation_of
from jixiang.imports.template_words import Words, words_of
from jixiang.language.vocabulary import CodeList, Vocabulary
from jixiang.language.width import display_width

FONT = "Microsoft YaHei"
REQUIRED, OPTIONAL, HEAD = "#0B5C7A", "#E8ECEF", "#E8ECEF"
WHITE, INK = "#FFFFFF", "#1C2833"
LAST_ROW = 1_048_575  # from 0
GUIDE, CODES = "说明", "编码"
MADE = datetime(2000, 1, 1)  # the same template is the same file
GUIDE_WIDTHS = (20, 8, 40, 46, 28, 24)
TEXTUAL = ("text", "date", "month", "year", "code", "bool")


def write_template(kind: Kind, vocabulary: Vocabulary, path: Path) -> None:
    """Writes the workbook, over what stood at `path`. Its headings are those of the kind's layout 模板."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"{kind.name}模板", "comments": f"按{vocabulary.name}生成", "created": MADE})
    book.formats[0].set_font_name(FONT)
    layout = next(layout for layout in kind.layouts if layout.name == TEMPLATE)
    columns = {name: kind.columns[name] for name in layout.headings}
    lists = _lists(columns)
    _write_data(book, layout, columns, [words_of(kind, column) for column in columns.values()], lists)
    _write_guide(book, kind, vocabulary, layout, columns)
    if lists:
        _write_codes(book, lists)
    book.close()
    path.write_bytes(made.getbuffer())


def _lists(columns: dict[str, Column]) -> dict[str, CodeList]:
    return {column.codes.name: column.codes for column in columns.values() if column.codes is not None}


# The sheet to fill in --------------------------------------------------------------------------------------------


def _write_data(
    book: xlsxwriter.Workbook,
    layout: Layout,
    columns: dict[str, Column],
    words: list[Words],
    lists: dict[str, CodeList],
) -> None:
    sheet = book.add_worksheet(layout.sheet)
    heads = {True: _head(book, REQUIRED, WHITE), False: _head(book, OPTIONAL, INK)}
    text, plain = book.add_format({"num_format": "@", "font_name": FONT}), book.add_format({"font_name": FONT})
    picks = {name: _range(place, codes) for place, (name, codes) in enumerate(lists.items())}
    for place, (column, said) in enumerate(zip(columns.values(), words, strict=True)):
        heading = layout.headings[column.name]
        sheet.set_column(place, place, _width(heading, said), text if column.type.kind in TEXTUAL else plain)
        sheet.write_string(0, place, heading, heads[column.required])
        sheet.write_comment(0, place, said.note, _note_size(said.note))
        pick = picks.get(column.codes.name, "") if column.codes is not None else ""
        check = validation_of(column, said, place, pick)
        if check:
            sheet.data_validation(1, place, LAST_ROW, place, check)
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _head(book: xlsxwriter.Workbook, fill: str, ink: str) -> Format:
    look = {"bold": True, "bg_color": fill, "font_color": ink, "align": "center", "valign": "vcenter"}
    return book.add_format({"num_format": "@", "font_name": FONT, "bottom": 1, **look})


def _width(heading: str, words: Words) -> float:
    return min(max(display_width(heading) + 4, display_width(words.example) + 3, 12), 30)


def _note_size(note: str) -> dict[str, object]:
    lines = sum(1 + display_width(line) // 34 for line in note.splitlines())
    return {"width": 240, "height": 12 + 18 * lines, "font_name": FONT, "font_size": 9, "author": ""}


def _range(place: int, codes: CodeList) -> str:
    column = xl_col_to_name(place, col_abs=True)
    return f"={CODES}!{column}$2:{column}${len(codes.codes) + 1}"


# The sheets to read ----------------------------------------------------------------------------------------------


def _write_guide(
    book: xlsxwriter.Workbook, kind: Kind, vocabulary: Vocabulary, layout: Layout, columns: dict[str, Column]
) -> None:
    sheet = book.add_worksheet(GUIDE)
    title = book.add_format({"bold": True, "font_size": 16, "font_name": FONT})
    line = book.add_format({"font_name": FONT, "font_color": "#566573"})
    sheet.write_string(0, 0, f"{kind.name} · 填写说明", title)
    told = (
        f"填在“{layout.sheet}”表里,一行写一件;不要改动表头,不要合并单元格,不要加合计行。",
        "深色表头的列必填。日期、月份和各种号码的列已设为文本;从别处粘贴请用“只粘贴值”。",
        f"列的意思取自{vocabulary.name};来源:{kind.source}。",
    )
    for row, text in enumerate(told, 1):
        sheet.write_string(row, 0, text, line)
    _write_table(book, sheet, len(told) + 2, [words_of(kind, column) for column in columns.values()])
    for place, width in enumerate(GUIDE_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.set_row(0, 28)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_table(book: xlsxwriter.Workbook, sheet: Worksheet, top: int, rows: list[Words]) -> None:
    base = {"font_name": FONT, "text_wrap": True, "valign": "vcenter", "num_format": "@"}
    head = book.add_format({**base, "bold": True, "bg_color": HEAD, "bottom": 1})
    cell = book.add_format({**base, "bottom": 4, "bottom_color": "#CCD1D5"})
    strong = book.add_format({**base, "bottom": 4, "bottom_color": "#CCD1D5", "bold": True, "font_color": REQUIRED})
    for place, heading in enumerate(("列", "必填", "写法", "意思", "范围", "例子")):
        sheet.write_string(top, place, heading, head)
    for row, words in enumerate(rows, top + 1):
        bounds = words.bounds.removeprefix("范围:")
        texts = (words.name, "必填" if words.required else "", words.form, words.meaning, bounds, words.example)
        for place, text in enumerate(texts):
            sheet.write_string(row, place, text, strong if place < 2 and words.required else cell)
        lines = max(-(-display_width(text) // (width - 2)) for text, width in zip(texts, GUIDE_WIDTHS, strict=True))
        sheet.set_row(row, 18 * max(lines, 1))
    sheet.freeze_panes(top + 1, 1)


def _write_codes(book: xlsxwriter.Workbook, lists: dict[str, CodeList]) -> None:
    """A column for each pick list; what is picked is the name."""
    sheet = book.add_worksheet(CODES)
    head = book.add_format({"bold": True, "font_name": FONT, "bg_color": HEAD, "bottom": 1})
    cell = book.add_format({"font_name": FONT, "num_format": "@"})
    for place, codes in enumerate(lists.values()):
        sheet.write_string(0, place, codes.name, head)
        for row, code in enumerate(codes.codes, 1):
            sheet.write_string(row, place, code.name, cell)
        names = [codes.name, *(code.name for code in codes.codes)]
        sheet.set_column(place, place, max(display_width(name) for name in names) + 3)
    sheet.freeze_panes(1, 0)
