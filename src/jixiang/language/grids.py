"""Pipe tables: their cells with their places, and what is wrong with their shape. What a cell says is not read here."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jixiang.language.parts import Grid, Text
from jixiang.language.source import Line, fold
from jixiang.values.problem import Problem

_PIPES = "|｜"
_BLANKS = " \t　\u00a0"
_RULER = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_REMARK = re.compile(r"\s*注\s*:")


def is_ruler(text: str) -> bool:
    """Is it the line of dashes between a table's heading and its rows?"""
    return "-" in fold(text) and _RULER.fullmatch(fold(text)) is not None


def has_pipe(text: str) -> bool:
    return any(pipe in text for pipe in _PIPES)


def is_pasted(text: str) -> bool:
    """Is it a row as a spreadsheet hands it over, its cells apart by tabs?"""
    return "\t" in text.strip() and not has_pipe(text)


def is_row(text: str) -> bool:
    return has_pipe(text) or is_pasted(text)


def is_remark(text: str) -> bool:
    return _REMARK.match(fold(text)) is not None


def cell_bounds(text: str) -> list[tuple[int, int]]:
    """Where the cells of a row start and end, without the blanks around them. `\\|` is no border."""
    if is_pasted(text):
        return _between([at for at, character in enumerate(text) if character == "\t"], 0, len(text), text)
    start = len(text) - len(text.lstrip(_BLANKS))
    end = len(text.rstrip(_BLANKS))
    if start < end and text[start] in _PIPES:
        start += 1
    borders = [at for at in range(start, end) if text[at] in _PIPES and (at == 0 or text[at - 1] != "\\")]
    if borders and borders[-1] == end - 1:
        end = borders.pop()
    return _between(borders, start, end, text)


def _between(borders: Sequence[int], start: int, end: int, text: str) -> list[tuple[int, int]]:
    bounds = []
    for left, right in zip([start, *(at + 1 for at in borders)], [*borders, end], strict=True):
        inner = text[left:right]
        if not inner.strip(_BLANKS):
            middle = min(left + 1, right) if right - left > 1 else left
            bounds.append((middle, middle))
        else:
            bounds.append((left + len(inner) - len(inner.lstrip(_BLANKS)), left + len(inner.rstrip(_BLANKS))))
    return bounds


def read_cells(line: Line) -> tuple[Text, ...]:
    return tuple(
        Text(line.text[start:end].replace("\\|", "|").replace("\\｜", "｜"), line.place(start, end))
        for start, end in cell_bounds(line.text)
    )


def read_grid(lines: Sequence[Line], problems: list[Problem]) -> Grid | None:
    """The table that these lines are. Blank lines and remarks between rows are passed over; None where there is none."""
    rows = [line for line in lines if not line.blank and not is_remark(line.text)]
    strange = [line for line in rows if not is_row(line.text)]
    for line in strange:
        message = "表格里每一行都要用 '|' 隔开各格;说明写在 '注:' 后面"
        problems.append(Problem("not-a-row", line.place(line.indent), message))
    rows = [line for line in rows if is_row(line.text)]
    if not rows:
        return None
    pasted = [line for line in rows if is_pasted(line.text)]
    for line in pasted[:1]:
        which = f"从这一行起有 {len(pasted)} 行" if len(pasted) > 1 else "这一行"
        message = f"{which}像是从电子表格粘贴来的,各格之间要用 '|' 隔开;用 jixiang format 可以一次改好"
        problems.append(Problem("needs-pipes", line.place(line.indent), message, piped(read_cells(line))))
    header = read_cells(rows[0])
    _check_header(header, problems)
    body = _below_ruler(rows, len(header), problems)
    cells = tuple(_row(line, header, problems) for line in body)
    return Grid(header, cells, rows[0].place(rows[0].indent))


def piped(cells: Sequence[Text]) -> str:
    """| 自 | 等级 | 标准 |"""
    return f"| {' | '.join(cell.text for cell in cells)} |"


def _check_header(header: Sequence[Text], problems: list[Problem]) -> None:
    seen: set[str] = set()
    for cell in header:
        if not cell.text:
            problems.append(Problem("empty-heading", cell.place, "表头不能有空格子"))
        elif cell.text in seen:
            problems.append(Problem("duplicate-heading", cell.place, f"表头里 '{cell.text}' 写了两次"))
        seen.add(cell.text)


def _below_ruler(rows: Sequence[Line], width: int, problems: list[Problem]) -> list[Line]:
    """The rows under the line of dashes; a missing or wrong one is reported."""
    ruler = "|" + "---|" * width
    second = rows[1] if len(rows) > 1 else rows[0]
    if is_pasted(rows[0].text) and not is_ruler(second.text):
        return list(rows[1:])
    if len(rows) < 2 or not is_ruler(second.text):
        message = "表头下面要有一行 '|---|---|'"
        problems.append(Problem("missing-ruler", second.place(second.indent), message, ruler))
        return list(rows[1:])
    if len(cell_bounds(second.text)) != width:
        message = f"表头有 {width} 列,这一行横线是 {len(cell_bounds(second.text))} 列"
        problems.append(Problem("ruler-width", second.place(second.indent), message, ruler))
    body = []
    for line in rows[2:]:
        if is_ruler(line.text):
            message = "一个块里只能有一张表;另一张表另写一个块"
            problems.append(Problem("second-table", line.place(line.indent), message))
        else:
            body.append(line)
    return body


def _row(line: Line, header: Sequence[Text], problems: list[Problem]) -> tuple[Text, ...]:
    """The cells of a row, as many as the header has."""
    cells = read_cells(line)
    width = len(header)
    if len(cells) > width:
        extra = cells[width]
        message = f"这一行有 {len(cells)} 格,表头只有 {width} 列"
        way = "删去多出的格子,或在表头加一列"
        problems.append(Problem("extra-cells", extra.place, message, way))
    elif len(cells) < width:
        message = f"这一行只有 {len(cells)} 格,表头有 {width} 列;'{header[len(cells)].text}' 起当作空格子"
        problems.append(Problem("short-row", line.place(line.indent), message, severity="warning"))
    end = len(line.text)
    missing = tuple(Text("", line.place(end, end)) for _ in range(width - len(cells)))
    return cells[:width] + missing
