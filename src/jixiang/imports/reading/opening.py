"""Opens a file as one of some layouts, or says everything that speaks against it.

What a file is follows from its content, never from its name. A file that is refused here has given no row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jixiang.imports.kinds import Column, Layout
from jixiang.imports.reading.container import OLE, ZIP, ole_problem, zip_problems
from jixiang.imports.reading.headings import COLUMNS_MAX, Fit, fit, misfits, tidy
from jixiang.imports.reading.refused import FileRefused, problem
from jixiang.imports.reading.source import SourceFile, sha256_of
from jixiang.imports.reading.tally import Sheetful, Tally
from jixiang.imports.reading.text import TextHead, TextRows
from jixiang.imports.reading.text_head import HEAD, looks_like_text, text_head
from jixiang.imports.reading.workbook import Limits, Look, WorkbookRows, look
from jixiang.imports.rows import Positions
from jixiang.values.problem import Problem

MERGES_MAX = 50
RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")


def open_file(
    path: Path,
    layouts: Sequence[Layout],
    *,
    columns: Mapping[str, Column],
    chosen: str = "",
    limits: Limits | None = None,
    block: int = 0,
) -> SourceFile:
    """The file in the one layout that its headings fit exactly; raises FileRefused with every problem found.

    `chosen` names a layout, which then has to fit. `block`: bytes of a text file taken at once, 0 for the usual.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
        size = path.stat().st_size
        if not head:
            raise FileRefused(problem("file-empty", path.name))
        if head.startswith(OLE):
            raise FileRefused(ole_problem(file, path.name))
        zipped = head.startswith(ZIP)
        if zipped and (found := zip_problems(file, path.name, size)):
            raise FileRefused(*found)
    if chosen:
        layouts = [layout for layout in layouts if layout.name == chosen]
    if not layouts:
        raise FileRefused(problem("layout-unknown", path.name, f"没有名为“{chosen}”的约定"))
    if zipped:
        return _open_workbook(path, layouts, columns, limits or Limits())
    if not looks_like_text(head):
        raise FileRefused(problem("file-not-table", path.name))
    return _open_text(path, head, layouts, columns, block)


# Text ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _TextBody:
    path: Path
    head: TextHead
    headings: tuple[str, ...]
    totals: tuple[str, ...]
    block: int

    def walk(self, tally: Tally, wanted: Positions | None) -> Iterator[Sheetful]:
        rows = TextRows(
            self.head, headings=self.headings, totals=self.totals, tally=tally, wanted=wanted, block=self.block
        )
        with self.path.open("rb") as file:
            yield from rows.walk(file)


def _open_text(
    path: Path, head: bytes, layouts: Sequence[Layout], columns: Mapping[str, Column], block: int
) -> SourceFile:
    fits: list[tuple[Fit, TextHead]] = []
    wrong: list[Problem] = []
    for layout in layouts:
        found = text_head(path.name, head, layout)
        if isinstance(found, Problem):
            wrong.append(found)
        else:
            fits.append((fit(tidy(found.cells), layout, columns), found))
    exact = [(one, text) for one, text in fits if one.exact]
    if len(exact) != 1:
        lines = [text.line for _, text in fits]
        more = misfits(path.name, [one for one, _ in fits], line=min(lines)) if fits else ()
        raise FileRefused(*dict.fromkeys([*more, *(wrong if not exact else ())]))
    one, text = exact[0]
    headings = tidy(text.cells)
    body = _TextBody(path, text, headings, one.layout.totals, block)
    return SourceFile(path, one.layout, headings, sha256_of(path), body)


# Workbooks -------------------------------------------------------------------------------------------------------


def _open_workbook(path: Path, layouts: Sequence[Layout], columns: Mapping[str, Column], limits: Limits) -> SourceFile:
    sha256 = sha256_of(path)
    sheets = look(path, limits)
    fits: list[tuple[Fit, Look]] = []
    wrong: list[Problem] = []
    for layout in layouts:
        sheet = _sheet(path.name, sheets, layout)
        if isinstance(sheet, Problem):
            wrong.append(sheet)
        else:
            fits.append((fit(_headings(sheet, 0), layout, columns), sheet))
    exact = [(one, sheet) for one, sheet in fits if one.exact]
    if len(exact) != 1:
        raise FileRefused(*dict.fromkeys([*_misfits(path.name, fits, columns), *(wrong if not exact else ())]))
    one, sheet = exact[0]
    merged = _checked(path.name, sheet, [one for one, _ in fits], columns)
    headings = _headings(sheet, 0)
    body = WorkbookRows(path, sheet, headings, one.layout.totals, merged, limits)
    return SourceFile(path, one.layout, headings, sha256, body)


def _sheet(file: str, sheets: Sequence[Look], layout: Layout) -> Look | Problem:
    """The sheet that a layout reads: the one it names, else the only visible one with anything in it."""
    visible = [sheet for sheet in sheets if sheet.visible]
    if layout.sheet:
        named = [sheet for sheet in visible if sheet.name == layout.sheet]
        if not named:
            return problem("sheet-missing", file, f"约定的是“{layout.sheet}”", sheet=layout.sheet)
        return named[0] if named[0].rows else problem("file-empty", file, sheet=layout.sheet)
    filled = [sheet for sheet in visible if sheet.rows]
    if len(filled) > 1:
        return problem("sheet-several", file, "、".join(sheet.name[:31] for sheet in filled[:5]))
    return filled[0] if filled else problem("file-empty", file)


def _headings(sheet: Look, row: int) -> tuple[str, ...]:
    return tidy(sheet.rows[row][2])


def _misfits(file: str, fits: Sequence[tuple[Fit, Look]], columns: Mapping[str, Column]) -> tuple[Problem, ...]:
    if not fits:
        return ()
    sheet = fits[0][1]
    line = sheet.rows[0][0]
    found = misfits(file, [one for one, _ in fits], line=line, sheet=sheet.name)
    if any(len(one.rows[0][2]) > COLUMNS_MAX for _, one in fits):
        return (problem("file-too-wide", file, f"表头有 {len(sheet.rows[0][2])} 列", line=line, sheet=sheet.name),)
    merged = tuple(_merged(file, one) for _, one in fits[:1] if one.merged)
    below = [one for one, at in fits if len(at.rows) > 1 and fit(_headings(at, 1), one.layout, columns).exact]
    if below:
        detail = f"第 {sheet.rows[1][0]} 行才像是表头,请删去它上面的行"
        return (*merged, problem("layout-unknown", file, detail, line=line, sheet=sheet.name))
    return (*merged, *found)


def _checked(file: str, sheet: Look, fits: Sequence[Fit], columns: Mapping[str, Column]) -> frozenset[int]:
    """Refuses what is merged or said twice; the rows in which cells are merged that may turn out to be totals."""
    line, hidden, cells = sheet.rows[0]
    found: list[Problem] = []
    if len(cells) > COLUMNS_MAX:
        found.append(problem("file-too-wide", file, f"表头有 {len(cells)} 列", line=line, sheet=sheet.name))
    if hidden:
        found.append(problem("layout-unknown", file, "表头所在的行是隐藏的", line=line, sheet=sheet.name))
    if len(sheet.rows) > 1 and _is_heading(_headings(sheet, 1), fits, columns):
        detail = f"第 {line} 行和第 {sheet.rows[1][0]} 行都是表头,请只保留一行"
        found.append(problem("layout-unknown", file, detail, line=sheet.rows[1][0], sheet=sheet.name))
    single = [rows[0] for ref in sheet.merged if (rows := _rows_of(ref)) and rows[0] == rows[1] and rows[0] > line]
    if len(single) < len(sheet.merged) or len(single) > MERGES_MAX:
        found.append(_merged(file, sheet))
    if found:
        raise FileRefused(*found)
    return frozenset(single)


def _is_heading(cells: Sequence[str], fits: Sequence[Fit], columns: Mapping[str, Column]) -> bool:
    """Whether most cells of a row are names of columns."""
    known = set(columns).union(*(one.layout.columns for one in fits))
    filled = [cell for cell in cells if cell]
    return len(filled) > 1 and sum(cell in known for cell in filled) * 2 > len(filled)


def _merged(file: str, sheet: Look) -> Problem:
    ref = next(iter(sheet.merged))
    rows = _rows_of(ref) or (1, 1)
    return problem("cells-merged", file, "、".join(sheet.merged[:5]), line=rows[0], sheet=sheet.name)


def _rows_of(ref: str) -> tuple[int, int] | None:
    found = RANGE.fullmatch(ref)
    return (int(found[2]), int(found[4] or found[2])) if found else None
