"""Upright bars: side by side to compare, or one on another to add up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from jixiang.charts.picture import SMALL, WIDTH, Picture, Say, Series, cut, spread, steps, wide

HEIGHT, FOOT, TOP = 220, 40, 34


@dataclass(frozen=True)
class Columns:
    """`labels` stand under the bars; each series has a value for each of them. Nothing is negative in a stack."""

    title: str
    describe: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    say: Say
    stacked: bool = False
    width: int = WIDTH

    def svg(self) -> str:
        picture = Picture(self.title, self.describe, self.width)
        totals = [value for one in self.series for value in one.values if value is not None]
        if self.stacked:
            totals = [sum(v or 0 for v in column) for column in zip(*(s.values for s in self.series), strict=True)]
        ticks = steps(min([0, *totals]), max([0, *totals]))
        marks = [self.say(tick) for tick in ticks]
        left = 28 + max(wide(mark, SMALL) for mark in marks)
        top, right = picture.top + TOP, self.width - 20
        bottom = top + HEIGHT
        self._names(picture, left, picture.top + 8)
        for tick, mark in zip(ticks, marks, strict=True):
            y = spread(tick, ticks[0], ticks[-1], bottom, top)
            picture.rule(left, y, right, y, "pale" if tick == 0 else "line")
            picture.text(left - 8, y + 4, mark, tone="quiet", size=SMALL, at="end")
        room = Fraction(right - left, max(len(self.labels), 1))
        self._labels(picture, left, room, bottom)
        for x, width, low, high, tone, said in self._bars(left, room):
            y1 = spread(high, ticks[0], ticks[-1], bottom, top)
            y2 = spread(low, ticks[0], ticks[-1], bottom, top)
            picture.bar(x, y1, width, max(y2 - y1, Fraction(1, 2)) if high != low else 0, tone, said)
        return picture.svg(bottom + FOOT)

    def _names(self, picture: Picture, left: int, y: int) -> None:
        """Beside each name a piece of its colour, in one line above the bars. One series needs no name."""
        x = left
        for one in self.series if len(self.series) > 1 else ():
            picture.bar(x, y, 12, 12, one.tone, one.name)
            picture.text(x + 18, y + 11, one.name)
            x += 18 + wide(one.name) + 24

    def _labels(self, picture: Picture, left: int, room: Fraction, bottom: int) -> None:
        """Every label, or every second, third … where they would run into each other."""
        widest = max((wide(label, SMALL) for label in self.labels), default=0)
        every = max(1, -(-(min(widest, 120) + 8) // max(int(room), 1)))
        for number, label in enumerate(self.labels):
            if number % every == 0:
                x = left + room * number + room / 2
                shown = cut(label, max(int(room * every) - 6, 24), SMALL)
                picture.text(x, bottom + 20, shown, tone="quiet", size=SMALL, at="middle")

    def _bars(self, left: int, room: Fraction) -> Iterator[tuple[Fraction, Fraction, int, int, str, str]]:
        """Of each bar where it begins, how wide it is, from which value to which, its colour and what it says."""
        count = 1 if self.stacked else max(len(self.series), 1)
        width = min(room * Fraction(7, 10) / count, Fraction(46))
        for place, label in enumerate(self.labels):
            start = left + room * place + (room - width * count) / 2
            base = 0
            for number, one in enumerate(self.series):
                value = one.values[place]
                if value is None:
                    continue
                said = f"{label} {one.name} {self.say(value)}"
                if self.stacked:
                    yield start, width, base, base + value, one.tone, said
                    base += value
                else:
                    yield start + width * number, width - 1, min(value, 0), max(value, 0), one.tone, said
