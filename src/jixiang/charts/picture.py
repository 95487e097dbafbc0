"""What every chart is made of: the sheet with its title and description, the colours, words, scales. Coordinates are whole
tenths of a pixel, so that the same numbers give the same bytes everywhere."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from itertools import count
from zlib import crc32

FONT = "PingFang SC, HarmonyOS Sans SC, Noto Sans CJK SC, Noto Sans SC, Microsoft YaHei, sans-serif"
TONES = {
    "ink": ("#1b2430", "#e8edf3"),
    "quiet": ("#56616d", "#a3afbb"),
    "paper": ("#ffffff", "#1a2129"),
    "line": ("#dfe3e8", "#2c3640"),
    "accent": ("#0b5c7a", "#63b8d6"),
    "granted": ("#1f7a4d", "#6cc795"),
    "waiting": ("#8a5a00", "#e0b15c"),
    "refused": ("#a33b2e", "#e58e82"),
    "notice": ("#5a4a9c", "#ab9ee6"),
    "pale": ("#9aa6b2", "#6b7885"),
}
SIZE, SMALL, HEAD = 13, 12, 17  # pixels of type
LINE_HEIGHT = 24
WIDTH = 760

Say = Callable[[int], str]


@dataclass(frozen=True)
class Series:
    """One line or one colour of bars. A value that is not known is None. `tone`: a name of `TONES`."""

    name: str
    values: tuple[int | None, ...]
    tone: str = "accent"


@dataclass
class Picture:
    """An SVG that is being drawn. `top` is where the drawing under the title begins."""

    title: str
    describe: str
    width: int = WIDTH
    parts: list[str] = field(default_factory=list)
    top: int = 0

    def __post_init__(self) -> None:
        y = 16 + HEAD
        for line in balanced(self.title, self.width - 40, HEAD):
            self.text(20, y, line, size=HEAD, bold=True)
            y += LINE_HEIGHT
        self.top = y

    def text(
        self, x: Fraction | int, y: Fraction | int, said: str, *, tone: str = "ink", size: int = SIZE, at: str = "start",
        bold: bool = False,
    ) -> None:  # fmt: skip
        """Words; `y` is their base line, `at` which end stands at `x`: start, middle or end."""
        weight = ' font-weight="600"' if bold else ""
        anchor = "" if at == "start" else f' text-anchor="{at}"'
        place = f'x="{_number(x)}" y="{_number(y)}"'
        self.parts.append(f'<text class="jx-{tone}" {place} font-size="{size}"{anchor}{weight}>{escape(said)}</text>')

    def bar(
        self, x: Fraction | int, y: Fraction | int, width: Fraction | int, height: Fraction | int, tone: str, said: str
    ) -> None:
        """A filled box; `said` is what a pointer that rests on it reads."""
        box = f'x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}"'
        self.parts.append(f'<rect class="jx-{tone}" {box}><title>{escape(said)}</title></rect>')

    def rule(
        self, x1: Fraction | int, y1: Fraction | int, x2: Fraction | int, y2: Fraction | int, tone: str = "line",
        *, dashed: bool = False,
    ) -> None:  # fmt: skip
        ends = f'x1="{_number(x1)}" y1="{_number(y1)}" x2="{_number(x2)}" y2="{_number(y2)}"'
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.parts.append(f'<line class="jx-{tone} jx-stroke" {ends}{dash}/>')

    def path(self, points: Sequence[tuple[Fraction | int, Fraction | int]], tone: str, *, dashed: bool = False) -> None:
        dash = ' stroke-dasharray="6 4"' if dashed else ""
        self.parts.append(f'<polyline class="jx-{tone} jx-stroke jx-thick" points="{_points(points)}"{dash}/>')

    def area(self, points: Sequence[tuple[Fraction | int, Fraction | int]], tone: str) -> None:
        self.parts.append(f'<polygon class="jx-{tone} jx-faint" points="{_points(points)}"/>')

    def dot(self, x: Fraction | int, y: Fraction | int, tone: str, said: str) -> None:
        place = f'cx="{_number(x)}" cy="{_number(y)}"'
        self.parts.append(f'<circle class="jx-{tone}" {place} r="3.5"><title>{escape(said)}</title></circle>')

    def svg(self, height: int) -> str:
        """The whole file; its last line ends with a line feed."""
        own = f"jx{crc32(f'{self.title}|{self.describe}'.encode()):08x}"
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{own}t {own}d" lang="zh-CN" '
            f'viewBox="0 0 {self.width} {height}" width="{self.width}" height="{height}" font-family="{FONT}" '
            'style="font-variant-numeric:tabular-nums">'
        )
        said = f'<title id="{own}t">{escape(self.title)}</title>\n<desc id="{own}d">{escape(self.describe)}</desc>'
        paper = f'<rect class="jx-paper" width="{self.width}" height="{height}" rx="8"/>'
        return "\n".join([head, said, f"<style>{_style()}</style>", paper, *self.parts, "</svg>", ""])


def _style() -> str:
    light = "".join(f".jx-{name}{{fill:{tone[0]}}}" for name, tone in TONES.items())
    dark = "".join(f".jx-{name}{{fill:{tone[1]}}}" for name, tone in TONES.items())
    lines = "".join(f".jx-{name}.jx-stroke{{stroke:{tone[0]};fill:none}}" for name, tone in TONES.items())
    dark_lines = "".join(f".jx-{name}.jx-stroke{{stroke:{tone[1]};fill:none}}" for name, tone in TONES.items())
    fixed = ".jx-thick{stroke-width:2.5;stroke-linejoin:round}.jx-faint{opacity:.18}"
    return f"{light}{lines}{fixed}@media (prefers-color-scheme:dark){{{dark}{dark_lines}}}"


def _points(points: Iterable[tuple[Fraction | int, Fraction | int]]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _number(value: Fraction | int) -> str:
    """To a tenth, without a needless point."""
    tenths = round(Fraction(value) * 10)
    whole, rest = divmod(abs(tenths), 10)
    return f"{'-' if tenths < 0 else ''}{whole}{f'.{rest}' if rest else ''}"


# Words -----------------------------------------------------------------------------------------------------------


def wide(text: str, size: int = SIZE) -> int:
    """About how many pixels a text takes: a Chinese character is as wide as the type is high, others a little over half."""
    halves = sum(20 if unicodedata.east_asian_width(c) in "WFA" else 12 for c in text)
    return -(-halves * size // 20)


def wrapped(text: str, width: int, size: int) -> list[str]:
    """Lines that fit, broken where a Chinese line may break."""
    lines, line = [], ""
    for character in text:
        if line and wide(line + character, size) > width and character not in ",，。;；:：、)）》%":
            lines.append(line)
            line = ""
        line += character
    return [*lines, line] if line else lines or [""]


def balanced(text: str, width: int, size: int) -> list[str]:
    """As few lines as `wrapped`, of about the same length: the last holds more than a word."""
    lines = len(wrapped(text, width, size))
    narrow = wide(text, size) // lines + 2 * size
    return found if len(found := wrapped(text, min(narrow, width), size)) == lines else wrapped(text, width, size)


def cut(text: str, width: int, size: int = SIZE) -> str:
    """The text, or as much of it as fits, with …"""
    if wide(text, size) <= width:
        return text
    while text and wide(text + "…", size) > width:
        text = text[:-1]
    return text + "…"


# Scales ----------------------------------------------------------------------------------------------------------


def steps(low: int, high: int, about: int = 5) -> tuple[int, ...]:
    """Round numbers from at most `low` to at least `high`, some `about` of them, zero among them where it lies between."""
    span = max(high - low, 1)
    sizes = (lead * 10**zeros for zeros in count() for lead in (1, 2, 5))
    size = next(size for size in sizes if size * about >= span)
    first, last = low // size, -(-high // size)
    return tuple(n * size for n in range(first, max(last, first + 1) + 1))


def spread(value: int, low: int, high: int, start: int, end: int) -> Fraction:
    """Where a value stands between two pixels."""
    return start + Fraction((value - low) * (end - start), max(high - low, 1))
