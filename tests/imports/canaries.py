"""People whose numbers, names and accounts must turn up nowhere, and the search for them: in bytes, archives and tables."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

from jixiang.values.resident_id import synthetic

NUMBERS = [synthetic(date(1980, 2, 1), n).text for n in range(901, 909)]
BROKEN = [n[:17] + ("1" if n[17] != "1" else "2") for n in (synthetic(date(1980, 2, 1), n).text for n in (911, 912))]
NAMES = ["欧阳雀鸣", "诸葛金丝", "司徒画眉", "上官百灵", "Canary Bird", "尉迟杜鹃"]
ACCOUNTS = ["6217998877665544332", "6217112233445566778", "6217000011112222333"]
CODES = ("utf-8", "utf-16-le", "utf-16-be", "gbk")


def spellings(text: str) -> set[bytes]:
    """A text as it might lie in a file: without its spaces, capital, of numbers the part that fifteen digits share too."""
    forms = {text, text.replace(" ", "").upper()}
    if text[0].isdigit():
        forms |= {text[6:17], text[:6] + text[8:17]} if len(text) == 18 else {text[4:]}
    return {form.encode(code) for form in forms for code in CODES}


FORMS = {text: spellings(text) for text in (*NUMBERS, *BROKEN, *NAMES, *ACCOUNTS)}


def leaks(blob: bytes) -> set[str]:
    return {text for text, forms in FORMS.items() if any(form in blob for form in forms)}


def lying_in(*folders: Path) -> dict[str, set[str]]:
    """File → the canaries in it."""
    found: dict[str, set[str]] = {}
    for folder in folders:
        for path in folder.rglob("*"):
            with suppress(FileNotFoundError):  # gone meanwhile
                state = path.stat()
                if path.is_file() and (leaked := _searched(path, state.st_ino, state.st_size, state.st_mtime_ns)):
                    found[str(path.relative_to(folder))] = leaked
    return found


@cache
def _searched(path: Path, *state: int) -> set[str]:
    """Once for every state that a file was found in."""
    return set().union(*map(leaks, contents(path)))


def contents(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and what is packed in them."""
    content = path.read_bytes()
    yield content
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    for tables in (_parquet, _arrow):
        yield from (values(table) for table in tables(content))


def values(table: pa.Table) -> bytes:
    """Every value of a table, one after the other."""
    return "\0".join(str(value) for column in table.columns for value in column.to_pylist()).encode()


def _parquet(content: bytes) -> Iterable[pa.Table]:
    return [pq.read_table(io.BytesIO(content))] if content[:4] == b"PAR1" and content[-4:] == b"PAR1" else []


def _arrow(content: bytes) -> Iterator[pa.Table]:
    """Streams, one after the other, as long as there are any."""
    file = pa.BufferReader(content)
    while content[:4] == b"\xff\xff\xff\xff" and file.tell() < file.size():
        try:
            with ipc.open_stream(file) as reader:
                yield reader.read_all()
        except (pa.ArrowInvalid, OSError):  # half written
            return
