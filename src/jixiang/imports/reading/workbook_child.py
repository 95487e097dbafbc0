"""The process that parses a workbook, so that the one that started it never does. Standard library only, to start quickly.

It has limits of memory and time, no environment, one open file, and ends with whoever started it. What it says are lines
of JSON on standard output. It writes nothing anywhere else.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import zipfile
import zlib
from itertools import islice
from xml.parsers.expat import ExpatError

from jixiang.imports.reading.workbook_parts import Refused, Strings, merged_in, read_workbook
from jixiang.imports.reading.workbook_sheet import ROWS_MAX, SheetRows

OUT = 1
ROWS_AT_ONCE = 512
LENGTH_AT_ONCE = 1 << 18
OUT_OF_MEMORY = 1  # of expat
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ExpatError,
    EOFError,
    LookupError,
    ValueError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
)


def main() -> None:
    """Arguments: the file's descriptor, bytes of memory, seconds, and which sheet to read ("" to look at all)."""
    descriptor, memory, seconds, sheet = sys.argv[1:5]
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        threading.Thread(target=_end_with_parent, daemon=True).start()
        with open(int(descriptor), "rb") as file, zipfile.ZipFile(file) as archive:
            if sheet:
                _rows(archive, int(sheet))
            else:
                _look(archive)
    except Refused as refused:
        _say({"refused": refused.said})
    except DAMAGE as error:
        if _no_room(error):
            os._exit(3)
        _say({"refused": ["file-damaged", "", 1, 1]})


def _no_room(error: Exception) -> bool:
    """Whether memory was the trouble, however each library says so."""
    if isinstance(error, ExpatError):
        return error.code == OUT_OF_MEMORY
    return isinstance(error, MemoryError) or str(error).startswith(("can't start new thread", "Error -4"))


def _end_with_parent() -> None:
    """Standard input is a pipe that nobody writes to: it ends when the parent does."""
    os.read(0, 1)
    os._exit(4)


def _look(archive: zipfile.ZipFile) -> None:
    """Each visible sheet: its first two rows that are not blank, and what is merged."""
    workbook = read_workbook(archive)
    strings = Strings(archive, workbook.strings)
    found = []
    for n, sheet in enumerate(workbook.sheets):
        if not sheet.visible:
            found.append({"number": n, "name": sheet.name, "visible": False, "rows": [], "merged": []})
            continue
        filled = (
            row for row in SheetRows(workbook, strings).walk(archive, sheet.part) if any(map(str.strip, row.cells))
        )
        first = [(row.number, row.hidden, row.cells) for row in islice(filled, 2)]
        merged = merged_in(archive, sheet.part, ROWS_MAX) if first else []
        found.append({"number": n, "name": sheet.name, "visible": True, "rows": first, "merged": merged})
    _say({"sheets": found})


def _rows(archive: zipfile.ZipFile, number: int) -> None:
    workbook = read_workbook(archive)
    sheet = SheetRows(workbook, Strings(archive, workbook.strings))
    batch, length, total = [], 0, 0
    for row in sheet.walk(archive, workbook.sheets[number].part):
        batch.append(row)
        length += sum(map(len, row.cells))
        total += 1
        if len(batch) >= ROWS_AT_ONCE or length > LENGTH_AT_ONCE:
            _say({"rows": batch})
            batch, length = [], 0
    _say({"rows": batch})
    _say({"end": total, "merged": sheet.merged[:100]})


def _say(message: object) -> None:
    data = memoryview(json.dumps(message, separators=(",", ":")).encode() + b"\n")
    while data:
        data = data[os.write(OUT, data) :]


if __name__ == "__main__":
    main()
