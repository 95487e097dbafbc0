"""One line of an input file, and the places on it. Knows nothing of what the line says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jixiang.values.problem import Place

_LINE_END = re.compile("\r\n?|\n")
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(wide): ord(narrow)
    for wide, narrow in zip("　\u00a0\u200b\ufeff\t“”〝〞【】〖〗−–∗≧≦", " " * 5 + '"' * 4 + "[][]--*≥≤", strict=True)
}


@dataclass(frozen=True, slots=True)
class Line:
    """`number` counts from 1; `text` is the line as written, without its end; `article` the heading it stands under.

    A part of a line (a table cell) is a Line too: `offset` characters into `source`, the whole line.
    """

    file: str
    number: int
    text: str
    article: str = ""
    offset: int = 0
    source: str = ""

    @classmethod
    def within(cls, place: Place, text: str) -> Line:
        """The part of a line that stands at a place."""
        return cls(place.file, place.line, text, place.article, place.column - 1, place.source)

    def place(self, start: int = 0, end: int | None = None) -> Place:
        """The place from character `start` up to `end` (both from 0; the whole line unless said)."""
        stop = len(self.text) if end is None else end
        column, length = start + 1 + self.offset, max(1, stop - start)
        return Place(self.file, self.number, column, length, self.article, self.source or self.text)

    @property
    def indent(self) -> int:
        return len(self.text) - len(fold(self.text).lstrip())

    @property
    def blank(self) -> bool:
        return not fold(self.text).strip()


def split_lines(text: str) -> list[str]:
    """As Markdown splits: at line feeds and carriage returns, nowhere else."""
    return _LINE_END.split(text)


def fold(text: str) -> str:
    """Full-width punctuation, letters and digits as their half-width counterparts, one character for one."""
    return text.translate(_HALF_WIDTH)
