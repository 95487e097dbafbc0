"""Files that an import must not take at all: each with one thing wrong, made small from good rows of a kind.

They stand beside the good files and are imported after them. Of each is known what has to be said about it; of headings
that fit no layout an import may say more.
"""

from __future__ import annotations

import shutil
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jixiang.synthetic.extracts.files import Sheet
from jixiang.synthetic.extracts.planted import Expected, ExtractFile, Weight
from jixiang.synthetic.extracts.text_file import TextFile
from jixiang.synthetic.extracts.workbook import SHEET, PlantedRow, Workbook, add_part, parts

ROWS = 20
TOO_MANY_COLUMNS = 1500
BOMB_BLOCK, BOMB_BLOCKS = b" " * (4 << 20), 80
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(range(256)) * 8
OTHER_SHEET = "xl/worksheets/sheet2.xml"


@dataclass(frozen=True)
class Small:
    """Some good rows of one file under its headings, as they are spelled there."""

    sheet: Sheet
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    def text(self, path: Path, encoding: str = "") -> None:
        style = replace(self.sheet.style, encoding=encoding or self.sheet.style.encoding, mark=False)
        with TextFile(path, style, self.headings) as file:
            for row in self.rows:
                file.raw(style.line(row).encode(style.encoding))

    def workbook(self, path: Path, *, name: str = "") -> None:
        with Workbook(path, self.headings, name or self.sheet.layout.sheet) as book:
            for row in self.rows:
                book.row(PlantedRow(row))


def write_bad_files(sheets: Iterable[Sheet]) -> tuple[list[ExtractFile], list[Expected]]:
    """One file a fault, each of another kind as far as there are enough."""
    there = [sheet for sheet in sheets if len(sheet.sample) and sheet.layout.headings]
    files, expected = [], []
    for number, (code, (ending, fits, make)) in enumerate(MAKERS.items()):
        fitting = [sheet for sheet in there if fits(sheet)]
        if not fitting:
            continue
        sheet = fitting[(number * 5) % len(fitting)] if code != "file-known" else min(fitting, key=lambda s: s.rows)
        name = f"{sheet.kind.code}_{code}_{sheet.order.extracted:%Y%m%d}.{ending}"
        headings = [*sheet.layout.headings.values(), *sheet.layout.ignored]
        make(Small(sheet, headings, sheet.sample[:ROWS]), sheet.order.folder / name)
        files.append(ExtractFile(sheet.kind.code, sheet.layout.name, name, 0))
        weight: Weight = "ignored" if code == "file-known" else "file"
        expected.append(Expected(name, 0, (code,), weight))
    return files, expected


# Text ------------------------------------------------------------------------------------------------------------


def _wrong_encoding(small: Small, path: Path) -> None:
    small.text(path, "gb18030" if small.sheet.style.encoding == "utf-8" else "utf-8")


def _required(small: Small) -> int:
    columns = list(small.sheet.layout.headings)
    return next(n for n, name in enumerate(columns) if small.sheet.kind.columns[name].required)


def _without_column(small: Small, path: Path) -> None:
    at = _required(small)
    rows = [[*row[:at], *row[at + 1 :]] for row in small.rows]
    Small(small.sheet, [*small.headings[:at], *small.headings[at + 1 :]], rows).text(path)


def _with_column(heading: Callable[[Small], str]) -> Callable[[Small, Path], None]:
    def make(small: Small, path: Path) -> None:
        rows = [[*row, ""] for row in small.rows]
        Small(small.sheet, [*small.headings, heading(small)], rows).text(path)

    return make


def _too_wide(small: Small, path: Path) -> None:
    more = [f"R{n}" for n in range(TOO_MANY_COLUMNS)]
    Small(small.sheet, [*small.headings, *more], [[*row, *[""] * len(more)] for row in small.rows]).text(path)


# Workbooks -------------------------------------------------------------------------------------------------------


def _rebuilt(change: Callable[[dict[str, str | bytes]], None]) -> Callable[[Small, Path], None]:
    """A good workbook with some of its parts changed."""

    def make(small: Small, path: Path) -> None:
        small.workbook(path)
        with zipfile.ZipFile(path) as good:
            content: dict[str, str | bytes] = {name: good.read(name) for name in good.namelist()}
        change(content)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bad:
            for name, part in content.items():
                add_part(bad, name, part)

    return make


def _macros(content: dict[str, str | bytes]) -> None:
    content["xl/vbaProject.bin"] = PROGRAM


def _merged(content: dict[str, str | bytes]) -> None:
    sheet = content[SHEET]
    assert isinstance(sheet, bytes)
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A2:A4"/></mergeCells>'
    content[SHEET] = sheet.replace(b"</sheetData>", merged)


def _two_sheets(content: dict[str, str | bytes]) -> None:
    content.update(parts("Sheet1", "Sheet2"))
    content[OTHER_SHEET] = content[SHEET]


def _bomb(small: Small, path: Path) -> None:
    """A sheet that is small on disk and hundreds of megabytes once unpacked."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts("Sheet1").items():
            add_part(archive, name, text)
        info = zipfile.ZipInfo(SHEET, (1980, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(info, "w", force_zip64=True) as part:
            part.write(b"<worksheet><sheetData>")
            for _ in range(BOMB_BLOCKS):
                part.write(BOMB_BLOCK)
            part.write(b"</sheetData></worksheet>")


def _cut_off(small: Small, path: Path) -> None:
    small.workbook(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])


def _container(stream: str) -> Callable[[Small, Path], None]:
    """The older container of office files with one stream of that name: an old workbook, or an encrypted one."""

    def make(small: Small, path: Path) -> None:
        free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
        head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        head += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<I", 0)
        head = head.ljust(512, b"\xff")
        sectors = [table, end, *range(3, 10), end]
        chain = b"".join(struct.pack("<I", one) for one in sectors).ljust(512, b"\xff")
        root, entry = _entry("Root Entry", 5, 1, end, 0), _entry(stream, 2, free, 2, 4096)
        path.write_bytes(head + chain + (root + entry).ljust(512, b"\0") + PROGRAM[16:272] * 16)

    return make


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    free = 0xFFFFFFFF
    beginning = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, free, free, child)
    return beginning + bytes(36) + struct.pack("<IQ", start, size)


# Which -----------------------------------------------------------------------------------------------------------


def _is_text(sheet: Sheet) -> bool:
    return not sheet.workbook


def _is_named(sheet: Sheet) -> bool:
    return sheet.workbook and bool(sheet.layout.sheet)


def _is_nameless(sheet: Sheet) -> bool:
    return sheet.workbook and not sheet.layout.sheet


def _is_workbook(sheet: Sheet) -> bool:
    return sheet.workbook


def _is_chinese(sheet: Sheet) -> bool:
    """Only where headings are no ASCII can a wrong encoding be told from them."""
    return not sheet.workbook and any(not heading.isascii() for heading in sheet.layout.headings.values())


def _just(content: bytes) -> Callable[[Small, Path], None]:
    def make(small: Small, path: Path) -> None:
        path.write_bytes(content)

    return make


def _again(small: Small, path: Path) -> None:
    shutil.copyfile(small.sheet.order.folder / small.sheet.name, path)


Maker = tuple[str, Callable[[Sheet], bool], Callable[[Small, Path], None]]
MAKERS: Mapping[str, Maker] = {
    "file-empty": ("csv", _is_text, _just(b"")),
    "file-not-table": ("xlsx", _is_workbook, _just(PROGRAM)),
    "file-old-excel": ("xls", _is_workbook, _container("Workbook")),
    "file-password": ("xlsx", _is_workbook, _container("EncryptedPackage")),
    "file-macros": ("xlsx", _is_workbook, _rebuilt(_macros)),
    "file-damaged": ("xlsx", _is_workbook, _cut_off),
    "file-bomb": ("xlsx", _is_workbook, _bomb),
    "file-too-wide": ("csv", _is_text, _too_wide),
    "sheet-missing": ("xlsx", _is_named, lambda small, path: small.workbook(path, name="别的")),
    "sheet-several": ("xlsx", _is_nameless, _rebuilt(_two_sheets)),
    "cells-merged": ("xlsx", _is_workbook, _rebuilt(_merged)),
    "encoding-wrong": ("csv", _is_chinese, _wrong_encoding),
    "heading-missing": ("csv", _is_text, _without_column),
    "heading-unknown": ("csv", _is_text, _with_column(lambda small: "不认识的列")),
    "heading-twice": ("csv", _is_text, _with_column(lambda small: small.headings[0])),
    "file-known": ("csv", _is_text, _again),
}
