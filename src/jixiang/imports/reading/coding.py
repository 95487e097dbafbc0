"""Bytes of a text file in its declared encoding, as UTF-8 in whole lines; strictly, in bounded memory.

A line that does not decode is marked, and shown with its bytes written out (\\xb0); nothing is ever replaced or dropped.
A line ends with LF, CRLF or CR. Codecs are only those in which no part of a character can look like a line end or a quote.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

import numpy as np
import pyarrow as pa

BLOCK = 8 << 20  # larger ones are slower: they leave the processor's cache
LINE_MAX = 1 << 20  # bytes of a row; a longer one is refused
SHOWN_OF_GIANT = 1000
LINES_AT_ONCE = 1 << 16
LF, CR = 10, 13

CODECS = ("utf-8", "utf-8-sig", "ascii", "gbk", "gb2312", "gb18030", "big5", "utf-16", "utf-16-le", "utf-16-be")
MARKS = (
    (b"\xef\xbb\xbf", "utf-8", ("utf-8", "utf-8-sig")),
    (b"\xff\xfe", "utf-16-le", ("utf-16", "utf-16-le")),
    (b"\xfe\xff", "utf-16-be", ("utf-16", "utf-16-be")),
    (b"\x84\x31\x95\x33", "gb18030", ("gb18030",)),
)


@dataclass(frozen=True, slots=True)
class Coding:
    """An encoding as this file uses it: `mark` is the length of its byte order mark, `unit` the bytes of an LF."""

    codec: str
    mark: int = 0

    @property
    def unit(self) -> int:
        return 2 if self.codec.startswith("utf-16") else 1

    def cut(self, raw: bytes) -> int:
        """The bytes up to the end of the last line that surely ends here: a CR at the end may be half of a CRLF."""
        if self.unit == 2:
            ends = self._ends(raw)
            if len(ends) and self._half(raw, int(ends[-1])):
                ends = ends[:-1]
            return int(ends[-1]) if len(ends) else 0
        near = raw.rfind(b"\n", max(0, len(raw) - LINE_MAX))
        if near >= 0:
            return near + 1
        return max(raw.rfind(b"\n"), raw.rfind(b"\r", 0, max(0, len(raw) - 1))) + 1

    def first_end(self, raw: bytes) -> int:
        """The bytes up to the end of the first line; 0 if it does not surely end here."""
        if self.unit == 2:
            ends = self._ends(raw)
            end = int(ends[0]) if len(ends) else 0
        else:
            found = [at for at in (raw.find(b"\n"), raw.find(b"\r")) if at >= 0]
            end = min(found) + 1 if found else 0
            end += raw[end - 1 : end + 1] == b"\r\n" if end else 0
        return 0 if end and self._half(raw, end) else end

    def _half(self, raw: bytes, end: int) -> bool:
        """Whether a line ends with a CR behind which an LF may follow that has not been read."""
        return len(raw) - end < self.unit and raw[end - self.unit : end] == "\r".encode(self.codec)

    def lines(self, raw: bytes) -> list[bytes]:
        """Each physical line with its end."""
        if self.unit == 1:
            return raw.splitlines(keepends=True)
        bounds = [0, *self._ends(raw).tolist()]
        if bounds[-1] < len(raw):
            bounds.append(len(raw))
        return [raw[start:end] for start, end in pairwise(bounds)]

    def _ends(self, raw: bytes) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Where lines end, of two-byte encodings."""
        order = "<" if self.codec == "utf-16-le" else ">"
        units = np.frombuffer(raw, f"{order}u2", count=len(raw) // 2)
        ends = (units == 10) | (units == 13)
        ends[:-1] &= ~((units[:-1] == 13) & (units[1:] == 10))
        return (np.flatnonzero(ends).astype(np.int64) + 1) * 2

    def quotes(self, raw: bytes) -> int:
        return raw.count('"'.encode(self.codec))

    def shown(self, raw: bytes) -> str:
        return raw.decode(self.codec, "backslashreplace")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole lines in UTF-8. `bad`: which of them, from 0, did not decode.

    `giant`: this is a single line far over the limit, of which `data` is only the beginning; `odd` if the number of quotes in
    all of it was odd.
    """

    data: bytes
    bad: tuple[int, ...] = ()
    giant: bool = False
    odd: bool = False


def coding_of(declared: str, head: bytes) -> Coding | None:
    """None if the byte order mark contradicts what was declared, or UTF-16 has none to say its order."""
    name = codecs.lookup(declared).name
    if name not in CODECS:
        raise ValueError(f"{declared} is no encoding that can be read line by line")
    for mark, codec, names in MARKS:
        if head.startswith(mark):
            return Coding(codec, len(mark)) if name in names else None
    return None if name == "utf-16" else Coding("utf-8" if name == "utf-8-sig" else name)


def count_of(data: bytes, byte: int) -> int:
    """How often a frequent byte is there; several times faster than `bytes.count`."""
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == byte))


def lines_in(data: bytes) -> int:
    """How many lines UTF-8 text has."""
    ended = data.endswith((b"\n", b"\r"))
    return count_of(data, LF) + bare_returns(data) + (1 if data and not ended else 0)


def bare_returns(data: bytes) -> int:
    """CRs that are no part of a CRLF."""
    if b"\r" not in data:
        return 0
    content = np.frombuffer(data, np.uint8)
    returns = content == CR
    return int(np.count_nonzero(returns)) - int(np.count_nonzero(returns[:-1] & (content[1:] == LF)))


def chunks(file: BinaryIO, coding: Coding, block: int = BLOCK) -> Iterator[Chunk]:
    """The rest of `file`, from where it stands (the beginning of a line)."""
    carry = b""
    while data := file.read(block):
        raw = carry + data
        cut = coding.cut(raw)
        if not cut and len(raw) > LINE_MAX:
            giant, carry = _giant(file, coding, raw, block)
            yield giant
        else:
            carry = raw[cut:]
            if cut:
                yield _decoded(raw[:cut], coding)
    if carry:
        yield _decoded(carry, coding)


def _giant(file: BinaryIO, coding: Coding, raw: bytes, block: int) -> tuple[Chunk, bytes]:
    """Passes over a line that has not ended within the limit; what comes after it."""
    shown = coding.shown(raw[:SHOWN_OF_GIANT]).replace("\r", " ").encode()
    quotes, rest, last = coding.quotes(raw), b"", raw[-coding.unit :]
    while data := file.read(block):
        raw = last + data  # what came last may be a CR, and half of a CRLF
        end = coding.first_end(raw)
        if end:
            quotes += coding.quotes(raw[len(last) : end])
            rest = raw[end:]
            break
        quotes += coding.quotes(data)
        last = raw[-coding.unit :]
    return Chunk(shown, giant=True, odd=bool(quotes % 2)), rest


def _decoded(raw: bytes, coding: Coding) -> Chunk:
    try:
        return Chunk(_utf8(raw, coding))
    except UnicodeDecodeError:
        data, bad = _by_lines(raw, coding)
        return Chunk(data, tuple(bad))


def _utf8(raw: bytes, coding: Coding) -> bytes:
    if coding.unit == 1 and raw.isascii():
        return raw
    if coding.codec == "utf-8" and _is_utf8(raw):
        return raw
    text = raw.decode(coding.codec)
    return raw if coding.codec == "utf-8" else text.encode()


def _is_utf8(raw: bytes) -> bool:
    """The same as decoding it, several times faster."""
    bounds = pa.py_buffer(np.array([0, len(raw)], np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, bounds, pa.py_buffer(raw)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _by_lines(raw: bytes, coding: Coding) -> tuple[bytes, list[int]]:
    """Halves at line ends until only what does not decode is looked at line by line."""
    try:
        return _utf8(raw, coding), []
    except UnicodeDecodeError:
        middle = coding.cut(raw[: len(raw) // 4 * 2]) if len(raw) > LINES_AT_ONCE else 0
    if middle:
        first, bad = _by_lines(raw[:middle], coding)
        second, more = _by_lines(raw[middle:], coding)
        before = lines_in(first)
        return first + second, [*bad, *(n + before for n in more)]
    parts, bad = [], []
    for n, line in enumerate(coding.lines(raw)):
        try:
            parts.append(_utf8(line, coding))
        except UnicodeDecodeError:
            parts.append(coding.shown(line).encode())
            bad.append(n)
    return b"".join(parts), bad
