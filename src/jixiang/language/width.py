"""How wide a text is on a screen of fixed-width letters: a Chinese character is as wide as two letters."""

from __future__ import annotations

import unicodedata


def display_width(text: str) -> int:
    return sum(_width(character) for character in text)


def padded(text: str, width: int) -> str:
    """The text with spaces behind it, up to a display width."""
    return text + " " * max(0, width - display_width(text))


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
