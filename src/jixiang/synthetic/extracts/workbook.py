"""Excel workbooks of one sheet, written in whole columns: numbers and dates as such, everything else as text cells.

Also with what real ones have wrong: cells that are errors, formulas nobody has computed, hidden rows. Same rows, same bytes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jixiang.imports.rows import DATE, ERROR, FORMULA, NUMBER, TEXT
from jixiang.synthetic.extracts.spelling import Spelt
from jixiang.synthetic.extracts.text_file import content

SHEET = "xl/worksheets/sheet1.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SECOND_OF_ALL = (1980, 1, 1, 0, 0, 0)
_BEFORE = {  # nature → what stands between a cell's address and its text
    TEXT: '" s="1" t="inlineStr"><is><t xml:space="preserve">',
    NUMBER: '"><v>',
    DATE: '" s="2"><v>',
    ERROR: '" t="e"><v>',
    FORMULA: '"><f>',
}
_AFTER = {TEXT: "</t></is></c>", NUMBER: "</v></c>", DATE: "</v></c>", ERROR: "</v></c>", FORMULA: "</f></c>"}


@dataclass(frozen=True)
class PlantedRow:
    """A row given cell by cell; a cell that is not in `natures` is text."""

    cells: Sequence[str]
    natures: Mapping[int, int] = field(default_factory=dict)
    hidden: bool = False


class Workbook:
    """Open from the heading on; `line` is the row of the sheet that comes next."""

    def __init__(self, path: Path, headings: Sequence[str], sheet: str = "") -> None:
        self.path, self.line = path, 1
        self._letters = [_letters(n) for n in range(len(headings))]
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        for name, text in parts(sheet or "Sheet1").items():
            add_part(self._zip, name, text)
        info = zipfile.ZipInfo(SHEET, _SECOND_OF_ALL)
        info.compress_type = zipfile.ZIP_DEFLATED
        self._sheet = self._zip.open(info, "w", force_zip64=True)
        self._sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
        self.row(PlantedRow(headings))

    def __enter__(self) -> Workbook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()
        self._zip.close()

    def spelled(self, columns: Sequence[Spelt], places: Sequence[int] = ()) -> pa.Array:
        """Good rows as rows of the sheet, to be `put` in turn with other rows; `places`: before which good row each of
        those stands."""
        count = len(columns[0].texts)
        at = np.arange(count)
        numbers = pa.array(self.line + at + np.searchsorted(np.asarray(places), at, side="right")).cast(pa.string())
        pieces = [pc.binary_join_element_wise('<row r="', numbers, '">', "")]
        pieces += [_cells(letter, numbers, column) for letter, column in zip(self._letters, columns, strict=True)]
        return pc.binary_join_element_wise(*pieces, "</row>", "")

    def put(self, lines: pa.Array) -> None:
        self._sheet.write(content(lines))
        self.line += len(lines)

    def row(self, row: PlantedRow) -> int:
        """One row, cell by cell; where it stands."""
        at = self.line
        hidden = ' hidden="1"' if row.hidden else ""
        cells = "".join(self._cell(at, n, text, row.natures.get(n, TEXT)) for n, text in enumerate(row.cells))
        self._sheet.write(f'<row r="{at}"{hidden}>{cells}</row>'.encode())
        self.line += 1
        return at

    def _cell(self, line: int, column: int, text: str, nature: int) -> str:
        if not text:
            return ""
        return f'<c r="{_letters(column)}{line}{_BEFORE[nature]}{escape(text)}{_AFTER[nature]}'


def _cells(letter: str, numbers: pa.Array, column: Spelt) -> pa.Array:
    texts = column.texts
    if column.nature == TEXT:
        for plain, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            texts = pc.replace_substring(texts, plain, safe)
    before, after = _BEFORE[column.nature], _AFTER[column.nature]
    written = pc.binary_join_element_wise(f'<c r="{letter}', numbers, before, texts, after, "")
    return pc.if_else(pc.equal(texts, ""), "", written)


def _letters(column: int) -> str:
    """0 is A, 26 is AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def add_part(archive: zipfile.ZipFile, name: str, text: str | bytes) -> None:
    info = zipfile.ZipInfo(name, _SECOND_OF_ALL)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, text)


def parts(*sheets: str, macros: bool = False) -> dict[str, str]:
    """Everything of a workbook but its sheets."""
    workbook = f"{_TYPE}.sheet.main+xml"
    if macros:
        workbook = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    overrides = [("/xl/workbook.xml", workbook), ("/xl/styles.xml", f"{_TYPE}.styles+xml")]
    overrides += [(f"/xl/worksheets/sheet{n}.xml", f"{_TYPE}.worksheet+xml") for n in range(1, len(sheets) + 1)]
    return {
        "[Content_Types].xml": "".join(_content_types(overrides, macros)),
        "_rels/.rels": _relations([("rId1", f"{_OFFICE}/officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(sheets),
        "xl/_rels/workbook.xml.rels": _relations(
            [
                *((f"rId{n}", f"{_OFFICE}/worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)),
                (f"rId{len(sheets) + 1}", f"{_OFFICE}/styles", "styles.xml"),
            ]
        ),
        "xl/styles.xml": _STYLES,
    }


def _content_types(overrides: Sequence[tuple[str, str]], macros: bool) -> Iterator[str]:
    yield f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    yield '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    yield '<Default Extension="xml" ContentType="application/xml"/>'
    if macros:
        yield '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    for name, type_ in overrides:
        yield f'<Override PartName="{name}" ContentType="{type_}"/>'
    yield "</Types>"


def _relations(listed: Sequence[tuple[str, str, str]]) -> str:
    lines = "".join(f'<Relationship Id="{id_}" Type="{type_}" Target="{to}"/>' for id_, type_, to in listed)
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _workbook(sheets: Sequence[str]) -> str:
    listed = "".join(f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(sheets, 1))
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'


_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>'
)
