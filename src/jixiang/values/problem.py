"""What may be wrong in an input, as a value: found together, shown together, never thrown one at a time.

A problem says where (file, line, column, the article it stands in), what is wrong and what to write instead, in
Chinese, for the person who wrote the input. What a programmer got wrong is an exception and never comes here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A stretch of one line of a text file. `line` and `column` count from 1, in characters."""

    file: str
    line: int
    column: int = 1
    length: int = 1
    article: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `code` names the kind (stable, English, kebab-case); `suggestion` is the way out."""

    code: str
    place: Place
    message: str
    suggestion: str = ""
    severity: Severity = "error"
