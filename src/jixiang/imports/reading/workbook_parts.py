"""The parts of a workbook's archive: which sheets there are, what its cells share. Standard library only: it runs in the child.

XML is read as a stream; a declaration of entities ends it at once.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from jixiang.imports.reading.workbook_cells import is_date_format, unescaped

READ_AT_ONCE = 1 << 18
STRING_MAX = 1 << 20
MERGES_MAX = 50
TAG_MAX = 4096
MERGE = re.compile(rb"<(?:[\w.-]+:)?mergeCell\s[^<>]*?\bref\s*=\s*[\"']([A-Za-z0-9:$]+)[\"']")
ROW = re.compile(rb"<row r=[\"'](\d{1,9})[\"']")

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]


class Refused(Exception):
    """The workbook is not taken: the code of the fault, what is said beside it, and the place."""

    def __init__(self, code: str, detail: str = "", row: int = 1, column: int = 1) -> None:
        super().__init__(code)
        self.said = [code, detail, row, column]


@dataclass(frozen=True)
class Sheet:
    name: str
    part: str
    visible: bool


@dataclass(frozen=True)
class Workbook:
    sheets: tuple[Sheet, ...]
    from_1904: bool
    dates: frozenset[int]  # the cell styles that show a day
    strings: str  # the part, "" if there is none


def local(name: str) -> str:
    return name.rpartition(":")[2]


def parser(start: Start) -> expat.XMLParserType:
    def declared(*_: object) -> None:
        raise Refused("file-bomb")

    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartDoctypeDeclHandler = declared
    made.EntityDeclHandler = declared
    made.StartElementHandler = start
    return made


def feed(made: expat.XMLParserType, file: IO[bytes]) -> Iterator[None]:
    """Parses a part, stopping after each piece."""
    while data := file.read(READ_AT_ONCE):
        made.Parse(data, False)
        yield
    made.Parse(b"", True)


def elements(archive: zipfile.ZipFile, part: str) -> list[tuple[str, Attributes]]:
    """All elements of a small part, in order, by their local names."""
    found: list[tuple[str, Attributes]] = []
    made = parser(lambda name, said: found.append((local(name), {local(key): text for key, text in said.items()})))
    with archive.open(part) as file:
        for _ in feed(made, file):
            if len(found) > 500_000:
                raise Refused("file-bomb")
    return found


def read_workbook(archive: zipfile.ZipFile) -> Workbook:
    main = next((target for kind, _, target in _relations(archive, "") if kind == "officeDocument"), "xl/workbook.xml")
    relations = _relations(archive, main)
    worksheets = {key: target for kind, key, target in relations if kind == "worksheet"}
    sheets: list[Sheet] = []
    from_1904 = False
    for name, said in elements(archive, main):
        if name == "sheet" and said.get("id") in worksheets:
            visible = said.get("state", "visible") == "visible"
            sheets.append(Sheet(said.get("name", ""), worksheets[said["id"]], visible))
        elif name == "workbookPr":
            from_1904 = said.get("date1904", "0").lower() in ("1", "true", "on")
    others = {kind: target for kind, _, target in relations}
    dates = _date_styles(archive, others["styles"]) if others.get("styles") else frozenset()
    return Workbook(tuple(sheets), from_1904, dates, others.get("sharedStrings", ""))


def _relations(archive: zipfile.ZipFile, part: str) -> list[tuple[str, str, str]]:
    """Kind, key and target of each relation within the archive; only targets that are there."""
    folder, name = posixpath.split(part)
    where = posixpath.join(folder, "_rels", f"{name}.rels")
    names = set(archive.namelist())
    found = []
    for element, said in elements(archive, where) if where in names else ():
        if element == "Relationship" and said.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, said.get("Target", ""))).lstrip("/")
            if target in names:
                found.append((said.get("Type", "").rpartition("/")[2], said.get("Id", ""), target))
    return found


def _date_styles(archive: zipfile.ZipFile, part: str) -> frozenset[int]:
    formats: dict[int, str] = {}
    styles: list[int] = []
    within = False
    for name, said in elements(archive, part):
        if name == "numFmt":
            formats.setdefault(int(said.get("numFmtId", "0")), said.get("formatCode", ""))
        elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            within = name == "cellXfs"
        elif name == "xf" and within:
            styles.append(int(said.get("numFmtId", "0")))
    return frozenset(n for n, number in enumerate(styles) if is_date_format(number, formats.get(number)))


class Strings:
    """The texts that cells share, read only as far as they are asked for."""

    def __init__(self, archive: zipfile.ZipFile, part: str) -> None:
        self._texts: list[str] = []
        self._parts: list[str] = []
        self._length = 0
        self._taking = self._phonetic = False
        self._more: Iterator[None] = iter(())
        if part:
            made = parser(self._start)
            made.EndElementHandler = self._end
            made.CharacterDataHandler = self._text
            self._more = feed(made, archive.open(part))

    def __getitem__(self, number: int) -> str:
        while number >= len(self._texts):
            try:
                next(self._more)
            except StopIteration:
                raise Refused("file-damaged") from None
        return self._texts[number]

    def _start(self, name: str, _: Attributes) -> None:
        name = local(name)
        if name == "si":
            self._parts, self._length = [], 0
        elif name == "rPh":
            self._phonetic = True
        elif name == "t":
            self._taking = not self._phonetic

    def _end(self, name: str) -> None:
        name = local(name)
        if name == "si":
            self._texts.append(unescaped("".join(self._parts)))
        elif name == "rPh":
            self._phonetic = False
        elif name == "t":
            self._taking = False

    def _text(self, text: str) -> None:
        if self._taking:
            self._length += len(text)
            if self._length > STRING_MAX:
                raise Refused("file-limits")
            self._parts.append(text)


def merged_in(archive: zipfile.ZipFile, part: str, rows_max: int) -> list[str]:
    """The ranges of merged cells, which stand behind all rows: found without parsing them. Reads the part to its end.

    Too many rows show here too, long before they are parsed.
    """
    found: dict[str, None] = {}
    tail = b""
    with archive.open(part) as file:
        while data := file.read(READ_AT_ONCE * 4):
            data = tail + data
            if b"mergeCell" in data:
                found.update(dict.fromkeys(ref.decode() for ref in MERGE.findall(data)))
            if len(found) > MERGES_MAX:
                break
            row = ROW.match(data, max(0, data.rfind(b"<row ")))
            if row and int(row[1]) > rows_max:
                raise Refused("file-limits", f"超过 {rows_max} 行", rows_max)
            last = data.rfind(b"<")
            tail = data[last:] if last >= max(0, len(data) - TAG_MAX) else b""
    return list(found)
