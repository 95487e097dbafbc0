"""Many lines of a text file at once: what has no unusual byte in it, and whose quotes are all where they may be.

It gives exactly the rows that the careful way would; whatever it is not sure of it leaves to that one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from jixiang.imports.reading.coding import CR, LF, LINE_MAX, bare_returns, count_of
from jixiang.imports.rows import Positions

ODD_ROWS_MAX = 10_000
PARSED_AT_ONCE = 2 * LINE_MAX  # small enough for the processor's cache; a row is never longer
MARK = b"\xef\xbb\xbf"
LATE_CONTROLS = re.compile(b"\xc2[\x80-\x9f]")
QUOTE, TAB, DELETE, BEFORE_LATE_CONTROLS = 34, 9, 0x7F, 0xC2


@dataclass(frozen=True)
class Stretch:
    """The part of some text that consists of whole rows: its length, and the line of each row's beginning, from 0."""

    length: int
    starts: Positions
    over_lines: bool  # some row goes over several lines


@dataclass(frozen=True)
class Taken:
    """Rows with the right number of cells, and the others: the number of the row, from 0, and its text."""

    cells: pa.Table
    odd: tuple[tuple[int, str], ...]


def plain(data: bytes) -> bool:
    """No control characters, no line that is too long, nothing that the parser would take for a mark."""
    low = int(np.count_nonzero(np.frombuffer(data, np.uint8) < 32))
    known = count_of(data, LF) + sum(count_of(data, byte) for byte in (CR, TAB) if byte in data)
    if low != known or DELETE in data:
        return False
    if BEFORE_LATE_CONTROLS in data and LATE_CONTROLS.search(data):
        return False
    return not data.startswith(MARK)


def unquoted(data: bytes) -> tuple[bytes, Stretch] | None:
    """Text without any quote: a row is a line. Bare CRs become LFs."""
    if bare_returns(data):
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    at = 0
    while len(data) - at > LINE_MAX:
        end = data.rfind(b"\n", at, at + LINE_MAX)
        if end < 0:
            return None
        at = end + 1
    rows = count_of(data, LF) + (not data.endswith(b"\n"))
    return data, Stretch(len(data), np.arange(rows, dtype=np.int64), over_lines=False)


def quoted(data: bytes, delimiter: str) -> Stretch | None:
    """None if some quote is where none may be, or it can't be said."""
    if bare_returns(data):
        return None
    content = np.frombuffer(data, np.uint8)
    if rows := _all_quoted(data, content, delimiter):
        return Stretch(len(data), np.arange(rows, dtype=np.int64), over_lines=False)
    quotes = np.flatnonzero(content == QUOTE)
    ends = np.flatnonzero(content == LF)
    row_ends = np.flatnonzero(np.searchsorted(quotes, ends) % 2 == 0)
    if not len(row_ends):
        return Stretch(0, np.zeros(0, np.int64), over_lines=False)
    length = int(ends[row_ends[-1]]) + 1
    quotes = quotes[: np.searchsorted(quotes, length)]
    before = content[quotes[0::2] - 1]
    if len(quotes) and quotes[0] == 0:
        before = np.concatenate((np.array([LF], np.uint8), before[1:]))
    after = content[quotes[1::2] + 1]
    near = (ord(delimiter), LF, QUOTE)
    if not (np.isin(before, near).all() and np.isin(after, (*near, CR)).all()):
        return None
    if np.diff(ends[row_ends], prepend=-1).max() > LINE_MAX:
        return None
    starts = np.concatenate((np.zeros(1, np.int64), row_ends[:-1].astype(np.int64) + 1))
    return Stretch(length, starts, over_lines=len(row_ends) < int(row_ends[-1]) + 1)


def _all_quoted(data: bytes, content: npt.NDArray[np.uint8], delimiter: str) -> int:
    """The number of rows if every line is cells in quotes with no quote in any of them; 0 if it is not, or can't be said.

    Then every quote is the first of its line, the last of it, or beside a delimiter that has another one on its other side,
    and in one of these places only.
    """
    ends = np.flatnonzero(content == LF)
    if not len(ends) or not data.endswith(b"\n"):
        return 0
    first = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
    last = np.where(content[ends - 1] == CR, ends - 2, ends - 1)
    if (last - first < 3).any() or np.diff(ends, prepend=-1).max() > LINE_MAX:
        return 0
    apart = ord(delimiter)
    if (content[first] != QUOTE).any() or ((content[first + 1] == apart) & (content[first + 2] == QUOTE)).any():
        return 0
    if (content[last] != QUOTE).any() or ((content[last - 1] == apart) & (content[last - 2] == QUOTE)).any():
        return 0
    between = data.count(f'"{delimiter}"'.encode())
    return len(ends) if count_of(data, QUOTE) == 2 * (len(ends) + between) else 0


def parse(data: bytes, *, delimiter: str, width: int, rows: int, quotes: bool, over_lines: bool) -> Taken | None:
    """All cells as text. None if the parser finds something else than `rows` rows, or too many odd ones."""
    odd: list[tuple[int, str]] = []

    def keep(row: csv.InvalidRow) -> str:
        odd.append((row.number - 1, row.text))
        return "skip" if len(odd) <= ODD_ROWS_MAX else "error"

    names = [str(n) for n in range(width)]
    try:
        table = csv.read_csv(
            pa.BufferReader(data),
            csv.ReadOptions(use_threads=False, block_size=PARSED_AT_ONCE, column_names=names),
            csv.ParseOptions(
                delimiter=delimiter,
                quote_char='"' if quotes else False,
                double_quote=quotes,
                escape_char=False,
                newlines_in_values=over_lines,
                ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            csv.ConvertOptions(
                column_types={name: pa.string() for name in names},
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return Taken(table, tuple(odd)) if table.num_rows + len(odd) == rows else None
