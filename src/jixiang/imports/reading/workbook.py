"""A workbook as rows. All parsing is done by another process (see `workbook_child`), which ends at limits of memory and time.

What that process says is not trusted: every line has to be rows in order, as many as it says at the end.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

import jixiang
from jixiang.imports.reading.refused import FileRefused, problem
from jixiang.imports.reading.tally import CONTROLS, Sheetful, Tally, kind_of_row, set_aside, sheetful
from jixiang.imports.rows import FORMULA, Positions

START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from jixiang.imports.reading import workbook_child as c; c.main()"
)
MESSAGE_MAX = 16 << 20
ROWS_AT_ONCE = 20_000
CODES = ("file-damaged", "file-bomb", "file-limits", "file-too-wide")


@dataclass(frozen=True)
class Limits:
    memory: int = 1536 << 20  # bytes of address space
    seconds: int = 300  # of processor time, and of waiting for an answer


@dataclass(frozen=True)
class Look:
    """A sheet at first sight: its first two rows that are not blank (line, hidden, cells), and its merged ranges."""

    number: int
    name: str
    visible: bool
    rows: tuple[tuple[int, bool, tuple[str, ...]], ...]
    merged: tuple[str, ...]


def look(path: Path, limits: Limits) -> tuple[Look, ...]:
    with _messages(path, "", limits) as messages:
        for message in messages:
            return tuple(_look(one, path.name) for one in message.get("sheets", ()))
    raise FileRefused(problem("file-damaged", path.name))


def _look(said: Any, file: str) -> Look:
    try:
        rows = tuple((int(line), bool(hidden), tuple(str(c) for c in cells)) for line, hidden, cells in said["rows"])
        return Look(
            int(said["number"]), str(said["name"]), bool(said["visible"]), rows, tuple(map(str, said["merged"]))
        )
    except (KeyError, TypeError, ValueError):
        raise FileRefused(problem("file-damaged", file)) from None


@dataclass(frozen=True)
class WorkbookRows:
    """The rows of one sheet below its headings. `merged`: rows in which cells are merged, allowed in totals only."""

    path: Path
    sheet: Look
    headings: Sequence[str]
    totals: Sequence[str]
    merged: frozenset[int]
    limits: Limits

    def walk(self, tally: Tally, wanted: Positions | None) -> Iterator[Sheetful]:
        head = self.sheet.rows[0][0]
        last = total = 0
        waiting = _Waiting(self, tally)
        with _messages(self.path, str(self.sheet.number), self.limits) as messages:
            for message in messages:
                if "end" in message:
                    if message["end"] != total or set(message["merged"]) != set(self.sheet.merged):
                        break
                    yield waiting.take()
                    return
                for row in message.get("rows", ()):
                    line, hidden, cells, natures, long = self._checked(row, last)
                    last, total = line, total + 1
                    if line != head:
                        waiting.add(line, hidden, cells, natures, long)
                if waiting.full:
                    yield waiting.take()
        raise FileRefused(problem("file-damaged", self.path.name, sheet=self.sheet.name))

    def _checked(self, row: Any, last: int) -> tuple[int, bool, list[str], str, bool]:
        match row:
            case [int(line), bool(hidden), list(cells), str(natures), bool(long)]:
                digits = natures.strip("012345") == "" and len(natures) in (0, len(cells))
                if line > last and digits and set(map(type, cells)) <= {str}:
                    return line, hidden, cells, natures, long
        raise FileRefused(problem("file-damaged", self.path.name, line=last, sheet=self.sheet.name))


class _Waiting:
    """Rows that have come and are not given on yet."""

    def __init__(self, of: WorkbookRows, tally: Tally) -> None:
        self._of = of
        self._tally = tally
        self._width = len(of.headings)
        self._begin()

    def _begin(self) -> None:
        self._rows: list[list[str]] = []
        self._lines: list[int] = []
        self._natures: list[str] = []
        self._seen = 0

    @property
    def full(self) -> bool:
        return self._seen >= ROWS_AT_ONCE

    def add(self, line: int, hidden: bool, cells: list[str], natures: str, long: bool) -> None:
        self._seen += 1
        ignored = "" if str(FORMULA) in natures else kind_of_row(cells, self._of.totals)
        if ignored == "row-blank" or (ignored and not hidden):
            self._tally.ignore(ignored)
            return
        if line in self._of.merged:
            raise FileRefused(problem("cells-merged", self._of.path.name, line=line, sheet=self._of.sheet.name))
        reasons = []
        if hidden:
            reasons.append("row-hidden")
        if long:
            reasons.append("cell-long")
        if CONTROLS.search("\t".join(cells)):
            reasons.append("row-control")
        if len(cells) > self._width and any(cell.strip() for cell in cells[self._width :]):
            reasons.append("row-ragged")
        cells = [*cells[: self._width], *[""] * (self._width - len(cells))] if "row-ragged" not in reasons else cells
        if reasons:
            self._tally.refuse(line, self._by_heading(cells), *reasons)
            return
        self._rows.append(cells)
        self._lines.append(line)
        self._natures.append(natures)

    def _by_heading(self, cells: Sequence[str]) -> dict[str, str]:
        if len(cells) != self._width or any(cell and not h for cell, h in zip(cells, self._of.headings, strict=True)):
            return {"": "\t".join(cells)}
        return {heading: cell for heading, cell in zip(self._of.headings, cells, strict=True) if heading}

    def take(self) -> Sheetful:
        try:
            rows = sheetful(self._rows, self._lines, self._width)
        except (UnicodeError, pa.ArrowInvalid):
            raise FileRefused(problem("file-damaged", self._of.path.name, sheet=self._of.sheet.name)) from None
        codes = np.zeros((len(self._lines), self._width), np.uint8)
        for n, natures in enumerate(self._natures):
            if natures:
                found = np.frombuffer(natures.encode(), np.uint8)[: self._width] - ord("0")
                codes[n, : len(found)] = found
        natures_of = {n: codes[:, n] for n in range(self._width) if codes[:, n].any()}
        self._begin()
        full = Sheetful(rows.cells, rows.lines, natures_of)
        return set_aside(full, headings=self._of.headings, totals=(), tally=self._tally, blank_known=True)


@contextmanager
def _messages(path: Path, sheet: str, limits: Limits) -> Iterator[Iterator[dict[str, Any]]]:
    """What the other process says; it is ended in any case."""
    root = str(Path(jixiang.__file__).parent.parent)
    with path.open("rb") as file:
        command = [sys.executable, "-I", "-S", "-B", "-c", START, root, str(file.fileno())]
        process = subprocess.Popen(
            [*command, str(limits.memory), str(limits.seconds), sheet],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(file.fileno(),),
            env={},
            bufsize=0,
        )
        try:
            yield _said(process, path.name, limits)
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()


def _said(process: subprocess.Popen[bytes], file: str, limits: Limits) -> Iterator[dict[str, Any]]:
    buffer = bytearray()
    for data in _pieces(process, file, limits):
        seen = len(buffer)
        buffer += data
        if len(buffer) > MESSAGE_MAX:
            raise FileRefused(problem("file-limits", file))
        if data.find(b"\n") < 0:
            continue
        end = buffer.rfind(b"\n", seen)
        lines, buffer = bytes(buffer[:end]).split(b"\n"), buffer[end + 1 :]
        for line in lines:
            yield _message(line, file)
    ended = process.wait()
    raise FileRefused(problem("file-limits" if ended < 0 or ended == 3 else "file-damaged", file))


def _pieces(process: subprocess.Popen[bytes], file: str, limits: Limits) -> Iterator[bytes]:
    """Output as it comes. Only the time of waiting counts: whoever reads may take its own."""
    assert process.stdout
    left = float(limits.seconds)
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            began = time.monotonic()
            ready = selector.select(left)
            left -= time.monotonic() - began
            if not ready or left <= 0:
                raise FileRefused(problem("file-limits", file))
            data = os.read(process.stdout.fileno(), 1 << 18)
            if not data:
                return
            yield data


def _message(line: bytes, file: str) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        message = None
    match message:
        case {"refused": [str(code), str(detail), int(row), int(column)]} if code in CODES:
            raise FileRefused(problem(code, file, detail, line=row, column=column))
        case {"sheets": list()} | {"rows": list()} | {"end": int(), "merged": list()}:
            return dict(message)
    raise FileRefused(problem("file-damaged", file))
