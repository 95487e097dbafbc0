"""The rows of one sheet, each cell as text with what it was. Standard library only: it runs in the child.

Works on the XML itself: an error, a formula without a value and an empty cell look different there, and nowhere else surely.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import NamedTuple

from jixiang.imports.reading.workbook_cells import column_of, date_text, number_text, unescaped
from jixiang.imports.reading.workbook_parts import (
    STRING_MAX,
    Attributes,
    Refused,
    Strings,
    Workbook,
    feed,
    local,
    parser,
)

ROWS_MAX = 1_048_576
WIDTH_MAX = 16_384
DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FONT = ("rFont", "charset", "family", "b", "i", "strike", "outline", "shadow", "condense", "extend", "color", "sz", "u")
IN_CELL = frozenset(("is", "r", "rPr", "phoneticPr", "vertAlign", "scheme", "extLst", "ext", *FONT))
IN_ROW = frozenset(("extLst", "ext"))
TEXT, NUMBER, DATE, BOOL, ERROR, FORMULA = "012345"  # the order of imports.rows


class Row(NamedTuple):
    """`natures`: a digit for each cell, "" if all are text. `long`: texts over the limit were cut off."""

    number: int
    hidden: bool
    cells: list[str]
    natures: str
    long: bool


class SheetRows:
    def __init__(self, workbook: Workbook, strings: Strings) -> None:
        self.merged: list[str] = []
        self._workbook = workbook
        self._dates = frozenset(str(style) for style in workbook.dates)
        self._strings = strings
        self._rows: list[Row] = []
        self._columns: dict[str, int] = {}
        self._number = 0
        self._in_data = False  # among the rows
        self._inside = False  # a row
        self._in_cell = self._taking = self._phonetic = False
        self._begin_row(False)
        self._begin_cell("n", -1, False)

    def walk(self, archive: zipfile.ZipFile, part: str) -> Iterator[Row]:
        made = parser(self._start)
        made.EndElementHandler = self._end
        made.CharacterDataHandler = self._text
        with archive.open(part) as file:
            for _ in feed(made, file):
                yield from self._rows
                self._rows.clear()
        yield from self._rows

    def _begin_row(self, hidden: bool) -> None:
        self._cells: list[str] = []
        self._natures: list[str] = []
        self._column = -1
        self._length = 0
        self._long = False
        self._hidden = hidden
        self._digits = str(self._number)

    def _begin_cell(self, kind: str, column: int, dated: bool) -> None:
        self._kind, self._column, self._dated = kind, column, dated
        self._parts: list[str] = []
        self._formula = self._valued = False

    def _start(self, name: str, said: Attributes) -> None:
        if name not in ("c", "v", "row"):
            name = local(name)
        if name == "c":
            if not self._inside or self._in_cell:
                raise Refused("file-damaged", "", self._number or 1)
            self._in_cell = True
            self._begin_cell(said.get("t", "n"), self._place(said.get("r")), said.get("s", "0") in self._dates)
        elif name == "v" or name == "t":
            self._valued = self._taking = self._in_cell and not self._phonetic
        elif name == "row":
            self._start_row(said)
        elif name == "f":
            self._formula = self._in_cell
        else:
            self._start_other(name, said)

    def _start_other(self, name: str, said: Attributes) -> None:
        """What may stand elsewhere; among the rows nothing is passed over that could have been one."""
        if name == "rPh":
            self._phonetic = True
        elif self._in_data and not (name in IN_CELL if self._in_cell else self._inside and name in IN_ROW):
            raise Refused("file-damaged", "", self._number or 1)
        elif name == "sheetData":
            self._in_data = True
        elif name == "mergeCell":
            self.merged.append(said.get("ref", ""))
        elif name == "dimension":
            last = said.get("ref", "").rpartition(":")[2].strip("$" + LETTERS)
            if last.isdecimal() and int(last) > ROWS_MAX:
                raise Refused("file-limits", f"超过 {ROWS_MAX} 行", ROWS_MAX)

    def _start_row(self, said: Attributes) -> None:
        if self._inside or not self._in_data:
            raise Refused("file-damaged", "", self._number or 1)
        written = said.get("r")
        number = int(written) if written else self._number + 1
        if number <= self._number:
            raise Refused("file-damaged", "行号没有递增", self._number)
        if number > ROWS_MAX:
            raise Refused("file-limits", f"超过 {ROWS_MAX} 行", ROWS_MAX)
        self._number = number
        self._begin_row(said.get("hidden", "0") in ("1", "true") or said.get("ht") in ("0", "0.0"))
        self._inside = True

    def _place(self, ref: str | None) -> int:
        if ref is None:
            column = self._column + 1
        else:
            letters = ref.rstrip(DIGITS)
            found = self._columns.get(letters)
            column = self._columns.setdefault(letters, column_of(letters)) if found is None else found
            if ref[len(letters) :] != self._digits or column <= self._column:
                raise Refused("file-damaged", "单元格的位置不对", self._number, column + 1)
        if column >= WIDTH_MAX:
            raise Refused("file-too-wide", "", self._number, WIDTH_MAX)
        return column

    def _end(self, name: str) -> None:
        if name not in ("c", "v", "row"):
            name = local(name)
        if name == "v" or name == "t":
            self._taking = False
        elif name == "c":
            self._end_cell()
            self._in_cell = False
        elif name == "row" and self._inside:
            natures = "".join(self._natures)
            natures = natures if natures.strip(TEXT) else ""
            self._rows.append(Row(self._number, self._hidden, self._cells, natures, self._long))
            self._inside = False
        elif name == "rPh":
            self._phonetic = False
        elif name == "sheetData":
            self._in_data = False

    def _end_cell(self) -> None:
        text, nature = self._value(self._parts[0] if len(self._parts) == 1 else "".join(self._parts))
        if text or nature != TEXT:
            gap = self._column - len(self._cells)
            if gap:
                self._cells.extend([""] * gap)
                self._natures.extend(TEXT * gap)
            self._cells.append(text)
            self._natures.append(nature)

    def _text(self, text: str) -> None:
        if self._taking:
            self._length += len(text)
            if self._length > STRING_MAX:
                self._long = True
            else:
                self._parts.append(text)

    def _value(self, written: str) -> tuple[str, str]:
        kind = self._kind
        if kind == "s":
            text = self._strings[self._index(written)] if written.strip() else ""
            self._length += len(text)
            if self._length > STRING_MAX:
                self._long, text = True, ""
            return text, TEXT
        if kind == "inlineStr":
            return unescaped(written), TEXT
        if kind == "str":
            return (unescaped(written), TEXT) if self._valued or not self._formula else ("", FORMULA)
        written = written.strip()
        if not written:
            return "", FORMULA if self._formula else TEXT
        if kind == "e":
            return written, ERROR
        if kind == "b":
            return ("TRUE", BOOL) if written in ("1", "true") else ("FALSE", BOOL)
        if kind == "d":
            return written.removesuffix("T00:00:00"), DATE
        return self._numeric(written)

    def _numeric(self, written: str) -> tuple[str, str]:
        if self._kind != "n":
            raise Refused("file-damaged", "不认识的单元格类型", self._number, self._column + 1)
        text = number_text(written)
        if text is None:
            return written, ERROR
        if self._dated and (day := date_text(float(written), from_1904=self._workbook.from_1904)):
            return day, DATE
        return text, NUMBER

    def _index(self, written: str) -> int:
        if not written.strip().isdecimal():
            raise Refused("file-damaged", "", self._number, self._column + 1)
        return int(written)
