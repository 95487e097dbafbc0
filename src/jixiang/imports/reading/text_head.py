"""The first row of a text file as a layout would read it, and where what follows begins."""

from __future__ import annotations

from jixiang.imports.kinds import Layout
from jixiang.imports.reading.coding import LINE_MAX, coding_of
from jixiang.imports.reading.headings import COLUMNS_MAX
from jixiang.imports.reading.quoted import Parsed, Records
from jixiang.imports.reading.refused import problem
from jixiang.imports.reading.tally import CONTROLS
from jixiang.imports.reading.text import TextHead
from jixiang.values.problem import Problem

HEAD = LINE_MAX + 4
MARKUP = (b"<", b"{\\rtf")
BINARY = (b"MZ", b"\x7fELF", b"%PDF", b"PAR1", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\x89PNG", b"SQLite format 3")


def looks_like_text(head: bytes) -> bool:
    """Whether it is worth trying an encoding at all: no program, picture, archive or web page."""
    return not head.startswith(BINARY) and not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(MARKUP)


def text_head(file: str, head: bytes, layout: Layout) -> TextHead | Problem:
    """`head`: the first `HEAD` bytes of the file, or all of it."""
    coding = coding_of(layout.encoding, head)
    if coding is None:
        return problem("encoding-wrong", file, f"约定的是 {layout.encoding}")
    records, offset, line, blank = Records(layout.delimiter), coding.mark, 0, 0
    for raw in coding.lines(head[coding.mark :]):
        try:
            text = raw.decode(coding.codec)
        except UnicodeDecodeError:
            if len(head) >= HEAD and offset + len(raw) >= len(head):
                break
            if b"\0" in raw and coding.unit == 1:
                return problem("file-not-table", file)
            return problem("encoding-wrong", file, f"约定的是 {layout.encoding}", line=line + 1)
        line, offset = line + 1, offset + len(raw)
        rows = records.feed(line, text)
        if rows and not rows[0].text.strip():
            blank += 1
        elif rows:
            cells = _cells(file, rows[0])
            return (
                cells
                if isinstance(cells, Problem)
                else TextHead(coding, layout.delimiter, cells, rows[0].line, offset, line + 1, blank)
            )
    if len(head) >= HEAD:
        return problem("file-too-wide", file, "表头太长", line=line + 1)
    if records.open:
        return problem("layout-unknown", file, "表头的引号没有成对", line=line)
    return problem("file-empty", file)


def _cells(file: str, row: Parsed) -> tuple[str, ...] | Problem:
    if CONTROLS.search(row.text):
        return problem("file-not-table", file, line=row.line)
    if row.cells is None or row.reasons:
        return problem("layout-unknown", file, "表头的引号没有成对", line=row.line)
    if len(row.cells) > COLUMNS_MAX:
        return problem("file-too-wide", file, f"表头有 {len(row.cells)} 列", line=row.line)
    return tuple(row.cells)
