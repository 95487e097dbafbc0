"""One TOML file of a city's imports: what it holds, where each key stands, and what is wrong with it.

A TOML reader tells no places, so the lines are looked through once more for headings and keys; a place is the best line
that can be given, never a wrong file. Knows nothing of kinds.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from jixiang.language.nearness import perhaps
from jixiang.values.problem import Place, Problem, Severity

Spot: TypeAlias = tuple[str | int, ...]  # ("fact", 0, "fields", "参保人")

_KEY = r"(?:\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+)"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*\]")
_LINE = re.compile(rf"\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*=")
_ONE = re.compile(_KEY)
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")
_TYPES: dict[type, str] = {str: "一段文字", bool: " true 或 false", list: "一列文字", dict: "一张表", int: "一个整数"}


class TomlText:
    """The content, {} where it cannot be read; problems gather in `problems`."""

    def __init__(self, path: Path) -> None:
        self.name = f"imports/{path.name}"
        self.problems: list[Problem] = []
        self.content: dict[str, Any] = {}
        self._lines: list[str] = []
        try:
            text = path.read_text(encoding="utf-8-sig")
            self._lines = text.splitlines()
            self.content = tomllib.loads(text)
        except UnicodeDecodeError:
            self._problem("bad-toml", Place(self.name, 1), "文件不是 UTF-8 编码", "另存为 UTF-8")
        except tomllib.TOMLDecodeError as error:
            self._unreadable(str(error))
        self._spots = _spots(self._lines)

    def _unreadable(self, message: str) -> None:
        found = _AT.search(message)
        line, column = (int(found[1]), int(found[2])) if found else (max(len(self._lines), 1), 1)
        place = Place(self.name, line, column, 1, "", self._line(line))
        self._problem("bad-toml", place, "这里不是正确的 TOML", "中文的键和所有文字要加引号,一行写一项,括号成对")

    def _problem(self, code: str, place: Place, message: str, suggestion: str, severity: Severity = "error") -> None:
        self.problems.append(Problem(code, place, message, suggestion, severity))

    def _line(self, number: int) -> str:
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""

    def place(self, spot: Spot, text: str = "") -> Place:
        """Where `text` stands in what is under `spot`, or the key itself, or the nearest heading above it."""
        known = spot
        while known and known not in self._spots:
            known = known[:-1]
        first = self._spots.get(known, 1)
        word = text or next((str(part) for part in reversed(spot) if isinstance(part, str)), "")
        for number in (first, *range(first + 1, self._end(known, first))):
            if word and word in self._line(number):
                return self._at(number, self._line(number).find(word), len(word))
        return self._at(first, 0, 1)

    def _end(self, spot: Spot, first: int) -> int:
        """The line after what is under `spot`."""
        after = [line for other, line in self._spots.items() if line > first and other[: len(spot)] != spot]
        return min(after, default=len(self._lines) + 1)

    def _at(self, number: int, column: int, length: int) -> Place:
        return Place(self.name, number, column + 1, length, "", self._line(number))

    def wrong(self, code: str, spot: Spot, message: str, suggestion: str = "", *, text: str = "") -> None:
        self._problem(code, self.place(spot, text), message, suggestion)

    def unknown(
        self, spot: Spot, name: str, what: str, known: Iterable[str], code: str = "unknown-name", *, of: str = ""
    ) -> None:
        """`what` there is none of by this name; `of`: among those of which thing."""
        names = list(known)
        listed = f"有:{'、'.join(names)}" if 0 < len(names) <= 12 else ""
        owner = f"'{of}' " if of else ""
        message = f"{owner}没有名为 '{name}' 的{what}"
        self.wrong(code, spot, message, perhaps(name, names) or listed, text=name)

    def check_keys(self, table: Mapping[str, Any], spot: Spot, known: Iterable[str]) -> None:
        """Every key that is not known is a problem: a slip must not be passed over."""
        names = tuple(known)
        for key in table:
            if key not in names:
                hint = perhaps(key, names) or f"可以写的有:{'、'.join(names)}"
                self.wrong("unknown-key", (*spot, key), f"不认识的 '{key}'", hint)

    def wrong_type(self, spot: Spot, wanted: str) -> None:
        self.wrong("wrong-type", spot, f"'{spot[-1]}' 应当是{wanted}")

    # What a table holds; a wrong type is a problem and reads as if nothing were there ------------------------------

    def text(self, table: Mapping[str, Any], key: str, spot: Spot, default: str = "") -> str:
        value = table.get(key, default)
        if isinstance(value, str):
            return value
        self.wrong_type((*spot, key), _TYPES[str])
        return default

    def flag(self, table: Mapping[str, Any], key: str, spot: Spot) -> bool:
        value = table.get(key, False)
        if isinstance(value, bool):
            return value
        self.wrong_type((*spot, key), _TYPES[bool])
        return False

    def texts(self, table: Mapping[str, Any], key: str, spot: Spot, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = table.get(key, default)
        if isinstance(value, tuple):
            return value
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.wrong_type((*spot, key), _TYPES[list])
            return default
        for one in sorted({one for one in value if value.count(one) > 1}):
            self.wrong("twice", (*spot, key), f"'{one}' 写了两次", "删去一个", text=one)
        return tuple(dict.fromkeys(value))

    def table(self, table: Mapping[str, Any], key: str, spot: Spot = ()) -> dict[str, Any]:
        value = table.get(key, {})
        if isinstance(value, dict):
            return value
        self.wrong_type((*spot, key), _TYPES[dict])
        return {}

    def tables(self, key: str) -> list[dict[str, Any]]:
        """The tables under [[key]] headings."""
        value = self.content.get(key, [])
        if isinstance(value, list) and all(isinstance(one, dict) for one in value):
            return value
        self.wrong("wrong-type", (key,), f"'{key}' 应当写成 [[{key}]]")
        return []


def _spots(lines: list[str]) -> dict[Spot, int]:
    """Every heading and key with its line; of arrays of tables each by its number."""
    found: dict[Spot, int] = {}
    counts: dict[str, int] = {}
    above: Spot = ()
    for number, line in enumerate(lines, 1):
        if header := _HEADER.match(line):
            first, *rest = _parts(header[2])
            if header[1] == "[[":
                counts[first] = counts.get(first, -1) + 1
            above = (first, counts[first], *rest) if first in counts else (first, *rest)
            found.setdefault(above, number)
        elif key := _LINE.match(line):
            found.setdefault((*above, *_parts(key[1])), number)
    return found


def _parts(text: str) -> list[str]:
    return [part.strip("\"'") for part in _ONE.findall(text)]
