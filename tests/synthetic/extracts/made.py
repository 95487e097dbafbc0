"""A village and its extracts, made once a test session, and a reader of its own: only the standard library, cell by cell."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from xml.etree import ElementTree

from tests.synthetic.facts import PACK, vocabulary

from jixiang.imports.kind_reader import read_kinds
from jixiang.imports.kinds import Kind, Layout
from jixiang.synthetic.city import make_city
from jixiang.synthetic.extracts.identities import Identities, give_identities
from jixiang.synthetic.extracts.planted import ExtractFile, Planted
from jixiang.synthetic.extracts.write import write_extracts
from jixiang.tables.store import FactStore

EXTRACTED = date(2021, 6, 30)
SEED = 5
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@cache
def village() -> Path:
    folder = Path(mkdtemp(prefix="jixiang-village-")) / "facts"
    assert make_city(folder, 0.0003, 7, PACK, lambda stage, done: None) == []
    return folder


@cache
def store() -> FactStore:
    return FactStore(village())


@cache
def kinds() -> dict[str, Kind]:
    found, problems = read_kinds(PACK, vocabulary())
    assert not problems
    return found


@cache
def people() -> Identities:
    return give_identities(village(), PACK, SEED)


def write(folder: Path, **given: object) -> Planted:
    asked = {"extracted": EXTRACTED, "since": None, "seed": SEED, "faults": True, **given}
    return write_extracts(village(), folder, PACK, progress=lambda what, done: None, **asked)


@cache
def extracts() -> tuple[Path, Planted]:
    folder = Path(mkdtemp(prefix="jixiang-extracts-"))
    return folder, write(folder, each=1)


def layout_of(file: ExtractFile) -> Layout:
    return next(layout for layout in kinds()[file.kind].layouts if layout.name == file.layout)


def rows_of(path: Path, layout: Layout) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and cells by heading; of a row that can't be taken apart nothing but its line."""
    read = _text(path, layout) if path.suffix == ".csv" else _sheet(path)
    _, headings = next(read)
    for line, cells in read:
        yield line, dict(zip(headings, cells, strict=True)) if len(cells) == len(headings) else {}


def _text(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    text = path.read_bytes().decode(layout.encoding, "replace").removeprefix("\ufeff")
    for line, row in enumerate(re.split("\r?\n", text)[:-1], 1):
        yield line, next(csv.reader(io.StringIO(row), delimiter=layout.delimiter), [])


def _sheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    with zipfile.ZipFile(path) as archive:
        root = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    width = 0
    for row in root.iter(f"{SHEET}row"):
        cells: dict[int, str] = {}
        for cell in row.iter(f"{SHEET}c"):
            at = 0
            for letter in cell.get("r", "").rstrip("0123456789"):
                at = at * 26 + ord(letter) - 64
            text = "".join(cell.itertext())
            if cell.get("s") == "2":
                text = f"serial {text}"
            cells[at - 1] = text
        width = width or max(cells) + 1
        yield int(row.get("r", "0")), [cells.get(n, "") for n in range(width)]
