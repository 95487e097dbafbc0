"""What a line of rules is made of, and how it is spelled.

`spell` writes tokens with the language's own spacing: the formatter writes documents with it, the diagnostics their
suggestions, so an official who takes a suggestion gets what the formatter would have written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from jixiang.language.source import Line
from jixiang.values.month import Month
from jixiang.values.problem import Place

Kind = Literal["name", "keyword", "literal", "within", "document", "symbol", "remark", "end"]
LiteralValue = date | Month | Fraction | bool | str | int

_NO_SPACE_BEFORE = frozenset(",;:、)]}.[")
_NO_SPACE_AFTER = frozenset("([{.、")


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is the token as the language spells it (half width); `start` and `end` count its characters from 0.

    literal: `value` and `unit` as in `surface.Literal_`. within (5 年内): `value` is the number, `unit` 年, 个月 or 天.
    document: `value` is the name between 《》 as written. remark: `text` runs to the end of the line.
    """

    kind: Kind
    text: str
    line: Line
    start: int
    end: int
    value: LiteralValue | None = None
    unit: str = ""

    @property
    def place(self) -> Place:
        return self.line.place(self.start, self.end)

    @property
    def wordlike(self) -> bool:
        """Must it stand apart from a neighbour that is wordlike too?"""
        return self.kind in ("name", "keyword", "literal", "within")

    def says(self, *texts: str) -> bool:
        """Is it one of these keywords or symbols?"""
        return self.kind in ("keyword", "symbol") and self.text in texts


def stretch(first: Token, last: Token) -> Place:
    """The place from one token to another; where they stand on different lines, what lies on the first one."""
    if first.line.number == last.line.number:
        return first.line.place(first.start, last.end)
    return first.line.place(first.start, len(first.line.text.rstrip()))


def spell(tokens: Sequence[Token]) -> str:
    """The tokens on one line, with the spaces that the language has between them."""
    written = ""
    previous: Token | None = None
    for token in tokens:
        if previous is not None and _apart(previous, token):
            written += " "
        written += token.text
        previous = token
    return written


def _apart(left: Token, right: Token) -> bool:
    """Does a space stand between two neighbours?"""
    if left.kind == "symbol" and left.text in _NO_SPACE_AFTER:
        return False
    if right.kind == "symbol" and right.text in _NO_SPACE_BEFORE:
        return False
    if right.says("("):
        return left.kind != "name"
    if right.kind == "document":
        return not (left.kind == "document" or left.says("与", "仍按"))
    if left.kind == "document":
        return not right.says("合计")
    return True
