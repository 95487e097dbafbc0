"""Text files as other systems write them: encodings, delimiters, quotes, marks and line ends, written in whole columns.

Good rows come as columns; planted rows as the bytes of their lines, each to stand after a given good row.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jixiang.imports.kinds import Layout
from jixiang.synthetic.extracts.spelling import Spelt


@dataclass(frozen=True)
class Style:
    """How the lines of one file look."""

    encoding: str
    delimiter: str
    mark: bool
    end: str
    quoted: bool

    @classmethod
    def of(cls, kind: str, layout: Layout) -> Style:
        """Each source has habits of its own, the same every time."""
        habit = crc32(f"{kind}/{layout.name}".encode())
        unicode = codecs.lookup(layout.encoding).name == "utf-8"
        mark, end, quoted = unicode and bool(habit & 4), ("\n", "\r\n")[habit >> 4 & 1], bool(habit & 64)
        return cls(layout.encoding, layout.delimiter, mark, end, quoted)

    def line(self, cells: Iterable[str]) -> str:
        """One row without its end."""
        return self.delimiter.join(self.cell(text) for text in cells)

    def cell(self, text: str) -> str:
        if not self.quoted and not any(c in text for c in (self.delimiter, '"', "\r", "\n")):
            return text
        return '"' + text.replace('"', '""') + '"'


class TextFile:
    """Open from the heading on; `line` is the physical line that comes next."""

    def __init__(self, path: Path, style: Style, headings: Sequence[str]) -> None:
        self.path, self.style, self.line = path, style, 1
        self._unicode = codecs.lookup(style.encoding).name == "utf-8"
        self._file = path.open("wb")
        if style.mark:
            self._file.write(codecs.BOM_UTF8)
        self.raw(style.line(headings).encode(style.encoding))

    def __enter__(self) -> TextFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def spelled(self, columns: Sequence[Spelt], places: Sequence[int] = ()) -> pa.Array:
        """Good rows as lines, to be `put`. None of their cells holds a line end; `places` matters to workbooks only."""
        cells = [self._bytes(column.texts) for column in columns]
        style = self.style
        lines = pc.binary_join_element_wise(*cells, pa.scalar(style.delimiter.encode(style.encoding)))
        return pc.binary_join_element_wise(lines, pa.scalar(style.end.encode()), pa.scalar(b""))

    def put(self, lines: pa.Array) -> None:
        self._file.write(content(lines))
        self.line += len(lines)

    def raw(self, line: bytes) -> int:
        """One line as it is; where it stands."""
        self._file.write(line + self.style.end.encode())
        self.line += 1 + line.count(b"\n")
        return self.line - 1 - line.count(b"\n")

    def _bytes(self, texts: pa.Array) -> pa.Array:
        raw = content(texts).to_pybytes()
        if self.style.quoted or any(c.encode() in raw for c in ('"', "\r", "\n", self.style.delimiter)):
            texts = self._quoted(texts)
        if self._unicode or raw.isascii():
            return texts.cast(pa.binary())
        encoded = texts.dictionary_encode()
        words = [word.encode(self.style.encoding) for word in encoded.dictionary.to_pylist()]
        return pa.array(words, pa.binary()).take(encoded.indices)

    def _quoted(self, texts: pa.Array) -> pa.Array:
        doubled = pc.replace_substring(texts, '"', '""')
        quoted = pc.binary_join_element_wise('"', doubled, '"', "")
        if self.style.quoted:
            return quoted
        special = pc.match_substring_regex(texts, f'["\\r\\n]|\\x{{{ord(self.style.delimiter):x}}}')
        return pc.if_else(special, quoted, texts)


def content(texts: pa.Array) -> pa.Buffer:
    """All texts of a column in a row, as they lie in memory."""
    _, offsets, data = texts.buffers()
    if not len(texts) or data is None:
        return pa.py_buffer(b"")
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return data.slice(int(ends[0]), int(ends[-1] - ends[0]))
