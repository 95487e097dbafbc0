"""A file that is not taken at all, with everything that speaks against it.

The only exception that reading raises for what a sender may do. No message quotes a cell of the data.
"""

from __future__ import annotations

from jixiang.imports.faults import FAULTS
from jixiang.values.problem import Place, Problem


class FileRefused(Exception):
    """Raised on opening or, where it shows only then, while rows are read: then those read before don't count either."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{p.place.file}: {p.message}" for p in problems))
        self.problems = problems


def problem(code: str, file: str, detail: str = "", *, line: int = 1, column: int = 1, sheet: str = "") -> Problem:
    """The fault `code` of a file. `line` and `column` are those of a sheet, or of a text file in characters."""
    fault = FAULTS[code]
    message = f"{fault.message}:{detail}" if detail else fault.message
    return Problem(code, Place(file, line, column, source=sheet), message, fault.suggestion)
