"""What can be said of a workbook before any of it is parsed: from its first bytes and the directory of its zip archive.

Passwords, macros, bombs, entries that would lie elsewhere and XML with declarations end here. Nothing is unpacked but the
first bytes of each XML part.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from typing import BinaryIO

from jixiang.imports.reading.refused import problem
from jixiang.values.problem import Problem

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

FILE_MAX = 512 << 20
DIRECTORY_MAX = 2 << 20  # bytes of the zip directory: more than 10,000 parts
UNPACKED_MAX = 2 << 30
RATIO_MAX = 200  # a sheet of equal rows comes to about 60
RATIO_FREE = 32 << 20  # unpacked sizes that no ratio makes dangerous
PEEK = 4096
DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
ELSEWHERE = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)|[\x00-\x1f]")


def ole_problem(file: BinaryIO, name: str) -> Problem:
    """A file in the older container: an encrypted workbook, an old one, or something else."""
    words = {
        "EncryptedPackage": "file-password",
        "Workbook": "file-old-excel",
        "Book": "file-old-excel",
    }
    marks = {word.encode("utf-16-le"): code for word, code in words.items()}
    found = set()
    tail = b""
    file.seek(0)
    while data := file.read(1 << 20):
        found |= {code for mark, code in marks.items() if mark in tail + data}
        tail = data[-64:]
    for code in ("file-password", "file-old-excel"):
        if code in found:
            return problem(code, name)
    return problem("file-not-table", name)


def zip_problems(file: BinaryIO, name: str, size: int) -> list[Problem]:
    """All that speaks against opening this archive as a workbook."""
    if size > FILE_MAX:
        return [problem("file-limits", name)]
    if _directory_bytes(file, size) > DIRECTORY_MAX:
        return [problem("file-bomb", name, "压缩包里的部件过多")]
    try:
        with zipfile.ZipFile(file) as archive:
            return _entry_problems(archive, name, size)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError, struct.error):
        return [problem("file-damaged", name)]
    except RuntimeError:  # what zipfile raises for an encrypted entry
        return [problem("file-password", name)]


def _directory_bytes(file: BinaryIO, size: int) -> int:
    """How large the zip directory says it is; 0 where there is none (zipfile then finds the damage)."""
    start = max(0, size - (1 << 16) - 22 - 20)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(tail):
        return 0
    length = int(struct.unpack_from("<L", tail, at + 12)[0])
    if at >= 20 and tail[at - 20 : at - 16] == b"PK\x06\x07":
        where = struct.unpack_from("<Q", tail, at - 12)[0]
        if where + 56 <= size:
            file.seek(where)
            length = max(length & 0xFFFFFFFF if length != 0xFFFFFFFF else 0, struct.unpack("<40xQ8x", file.read(56))[0])
    return length


def _entry_problems(archive: zipfile.ZipFile, name: str, size: int) -> list[Problem]:
    entries = archive.infolist()
    names = [entry.orig_filename for entry in entries]
    lower = [text.lower() for text in names]
    if any(entry.flag_bits & 0x1 for entry in entries):
        return [problem("file-password", name)]
    found = []
    if any(ELSEWHERE.search(text) for text in names) or len(set(lower)) < len(lower):
        found.append(problem("file-damaged", name, "压缩包里的部件名称不正常"))
    if any(text.endswith("vbaproject.bin") or "/macrosheets/" in text for text in lower):
        found.append(problem("file-macros", name))
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > UNPACKED_MAX or (unpacked > RATIO_FREE and unpacked > RATIO_MAX * size):
        found.append(problem("file-bomb", name))
    if found:
        return found
    if "[content_types].xml" not in lower or not any(text.startswith("xl/") for text in lower):
        return [problem("file-not-table", name)]
    return _content_problems(archive, name)


def _content_problems(archive: zipfile.ZipFile, name: str) -> list[Problem]:
    types = b""
    for entry in archive.infolist():
        lower = entry.orig_filename.lower()
        if not lower.endswith((".xml", ".rels")):
            continue
        with archive.open(entry) as part:
            content = part.read(PEEK if lower != "[content_types].xml" else DIRECTORY_MAX)
        if DECLARATION.search(content.replace(b"\0", b"")):
            return [problem("file-bomb", name)]
        if lower == "[content_types].xml":
            types = content.replace(b"\0", b"").lower()
    if b"macroenabled" in types:
        return [problem("file-macros", name)]
    if b"spreadsheetml" not in types:
        return [problem("file-not-table", name)]
    return []
