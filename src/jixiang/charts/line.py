"""Lines over time: what was and, behind a mark, what may come, with the band in which it may lie; levels not to be crossed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from jixiang.charts.picture import SMALL, WIDTH, Picture, Say, Series, spread, steps, wide

HEIGHT, FOOT, TOP = 240, 40, 30
APART = 18  # pixels between two names at the right edge


@dataclass(frozen=True)
class Line:
    """`labels` stand under the points. Of `series` the values behind the `known`-th point are a forecast, drawn dashed. `band`: the
    lowest and the highest of each point of the last series (None before it begins). `levels`: (name, value), drawn across."""

    title: str
    describe: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    say: Say
    known: int
    band: tuple[tuple[int | None, ...], tuple[int | None, ...]] | None = None
    levels: tuple[tuple[str, int], ...] = ()
    width: int = WIDTH

    def svg(self) -> str:
        picture = Picture(self.title, self.describe, self.width)
        values = [v for one in self.series for v in one.values if v is not None]
        values += [v for side in self.band or () for v in side if v is not None]
        values += [value for _, value in self.levels]
        ticks = steps(min([0, *values]), max([0, *values]))
        marks = [self.say(tick) for tick in ticks]
        names = list(self._named())
        left = 28 + max(wide(mark, SMALL) for mark in marks)
        right = self.width - 24 - max([wide(name) for name, _, _ in names], default=0)
        top = picture.top + TOP
        bottom = top + HEIGHT
        frame = _Frame(left, right, top, bottom, ticks[0], ticks[-1], len(self.labels))
        for tick, mark in zip(ticks, marks, strict=True):
            y = frame.y(tick)
            picture.rule(left, y, right, y, "pale" if tick == 0 else "line")
            picture.text(left - 8, y + 4, mark, tone="quiet", size=SMALL, at="end")
        self._months(picture, frame)
        self._band(picture, frame)
        for name, value in self.levels:
            picture.rule(left, frame.y(value), right, frame.y(value), "refused", dashed=True)
            picture.text(left + 6, frame.y(value) - 6, f"{name} {self.say(value)}", tone="refused", size=SMALL)
        self._series(picture, frame)
        for name, tone, y in _apart([(n, t, frame.y(v)) for n, t, v in names]):
            picture.text(right + 10, y + 4, name, tone=tone)
        return picture.svg(bottom + FOOT)

    def _named(self) -> Iterator[tuple[str, str, int]]:
        """Each line's name with its last value, to stand beside its end."""
        for one in self.series:
            last = [value for value in one.values if value is not None]
            if last:
                yield f"{one.name} {self.say(last[-1])}", "quiet" if one.tone == "pale" else one.tone, last[-1]

    def _months(self, picture: Picture, frame: _Frame) -> None:
        room = Fraction(frame.right - frame.left, max(len(self.labels) - 1, 1))
        widest = max((wide(label, SMALL) for label in self.labels), default=0)
        every = max(1, -(-(widest + 8) // max(int(room), 1)))
        for number, label in enumerate(self.labels):
            if number % every == 0:
                picture.text(frame.x(number), frame.bottom + 20, label, tone="quiet", size=SMALL, at="middle")
        if 0 < self.known < len(self.labels):
            x = frame.x(self.known - 1)
            picture.rule(x, frame.top - 4, x, frame.bottom, "pale", dashed=True)
            picture.text(x, frame.top - 10, "以后是预测", tone="quiet", size=SMALL, at="middle")

    def _band(self, picture: Picture, frame: _Frame) -> None:
        if self.band is None:
            return
        low, high = ([(frame.x(n), frame.y(v)) for n, v in enumerate(side) if v is not None] for side in self.band)
        picture.area([*high, *reversed(low)], self.series[-1].tone if self.series else "accent")

    def _series(self, picture: Picture, frame: _Frame) -> None:
        for one in self.series:
            points = [(n, frame.x(n), frame.y(v)) for n, v in enumerate(one.values) if v is not None]
            was = [(x, y) for n, x, y in points if n < self.known]
            comes = [(x, y) for n, x, y in points if n >= self.known - 1]
            if len(was) > 1:
                picture.path(was, one.tone)
            if len(comes) > 1:
                picture.path(comes, one.tone, dashed=True)
            for n, x, y in points:
                value = one.values[n]
                if n < self.known and value is not None:
                    picture.dot(x, y, one.tone, f"{self.labels[n]} {one.name} {self.say(value)}")


@dataclass(frozen=True)
class _Frame:
    """Where the drawing lies, and which values its lower and upper edges stand for."""

    left: int
    right: int
    top: int
    bottom: int
    low: int
    high: int
    count: int

    def x(self, number: int) -> Fraction:
        return self.left + Fraction((self.right - self.left) * number, max(self.count - 1, 1))

    def y(self, value: int) -> Fraction:
        return spread(value, self.low, self.high, self.bottom, self.top)


def _apart(names: list[tuple[str, str, Fraction]]) -> list[tuple[str, str, Fraction]]:
    """The names from the lowest line upwards, so far apart that none covers another."""
    placed: list[tuple[str, str, Fraction]] = []
    for name, tone, y in sorted(names, key=lambda one: -one[2]):
        above = min(y, placed[-1][2] - APART) if placed else y
        placed.append((name, tone, above))
    return placed
