"""Names: when two are the same, and which of the names that came with a number stand.

A number should come with one name. Where several came, the register of persons (its oldest extract) says which stands, or
the desk; where neither has spoken, none of them does and nothing that is said of the number is taken. That depends only
on what came, never on its order. No name is kept here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

NameVerdict: TypeAlias = Literal["right-name", "new-name", "former-name", "wrong-name"]
DOT = "·"
_DOTS = re.compile("[•‧∙⋅・·᛫]")
_PLAIN = re.compile("[\u4e00-\u9fff]+")  # its own canonical form; nearly every name
_SPACE = re.compile(r"\s+")
_LOOSE = re.compile("(?<![A-Za-zÀ-ɏ.,]) | (?![A-Za-zÀ-ɏ])")  # a space that does not part Latin words


@dataclass(frozen=True, slots=True)
class Claim:
    """One of the names of a number. `registered`: oldest extract of the register with it, yyyymmdd, 0 for none.

    `decision` is the number of the desk's decision about it, 0 for none.
    """

    no: int
    registered: int = 0
    verdict: NameVerdict | None = None
    decision: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """`current` is the name to write to; `accepted` are those that rows may come with."""

    current: int | None
    accepted: frozenset[int]
    contested: bool


def standing(claims: Sequence[Claim]) -> Standing:
    """Which names stand.

    1. Names that the desk called right, new or former are accepted; the last of the right and new ones is current.
    2. Of names that the desk has not judged, one stands: the one with the oldest register, else the only one.
    3. `right-name` says that the name known before was wrong, so none but judged names stand then.
    4. Without a current name the number is contested, and none is accepted.
    """
    chosen = sorted((c.decision, c.no) for c in claims if c.verdict in ("right-name", "new-name"))
    judged = {c.no for c in claims if c.verdict in ("right-name", "new-name", "former-name")}
    unjudged = None if any(c.verdict == "right-name" for c in claims) else _unjudged(claims)
    current = chosen[-1][1] if chosen else unjudged
    if current is None:
        return Standing(None, frozenset(), bool(claims))
    return Standing(current, frozenset(judged | ({unjudged} if unjudged is not None else set())), False)


def _unjudged(claims: Sequence[Claim]) -> int | None:
    open_claims = [c for c in claims if c.verdict is None]
    registers = sorted((c.registered, c.no) for c in open_claims if c.registered)
    if registers:
        return registers[0][1] if len(registers) == 1 or registers[0][0] < registers[1][0] else None
    return open_claims[0].no if len(open_claims) == 1 else None


def tidy_name(text: str) -> str:
    """As it is written on a letter: half width, spaces between Latin words only, one kind of middle dot."""
    if _PLAIN.fullmatch(text):
        return text
    dotted = _DOTS.sub(DOT, _SPACE.sub(" ", unicodedata.normalize("NFKC", _visible(text))).strip())
    return unicodedata.normalize("NFKC", _LOOSE.sub("", dotted))


def canonical_name(text: str) -> str:
    """What is compared: tidied, without spaces, capital letters."""
    if _PLAIN.fullmatch(text):
        return text
    return unicodedata.normalize("NFKC", tidy_name(text).replace(" ", "")).upper()


def canonical_account(text: str) -> str:
    """An account number without the spaces and hyphens of printed cards."""
    if text.isascii() and text.isdigit():
        return text
    return "".join(c for c in canonical_name(text) if unicodedata.category(c) != "Pd")


def _visible(text: str) -> str:
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def masked_name(text: str) -> str:
    """What a list may show of a name: 张*, 欧**."""
    return text[:1] + "*" * min(len(text) - 1, 2) if len(text) > 1 else "*"


def masked_number(text: str) -> str:
    return f"{text[:6]}********{text[14:]}"
