"""Lying bars: many names with one number each, to the right what is more, to the left what is less."""

from __future__ import annotations

from dataclasses import dataclass

from jixiang.charts.picture import SMALL, WIDTH, Picture, Say, cut, spread, wide

ROW, BAR = 28, 16
NAME_MAX = 220


@dataclass(frozen=True)
class Row:
    """`note` stands behind the number, in small type."""

    name: str
    value: int
    note: str = ""


@dataclass(frozen=True)
class Rows:
    """Values below zero are drawn to the left in the colour of what is lost."""

    title: str
    describe: str
    rows: tuple[Row, ...]
    say: Say
    tone: str = "accent"
    below: str = "refused"
    width: int = WIDTH

    def svg(self) -> str:
        picture = Picture(self.title, self.describe, self.width)
        names = min(max((wide(row.name) for row in self.rows), default=0), NAME_MAX)
        less = max((wide(self._said(row), SMALL) for row in self.rows if row.value < 0), default=0)
        more = max((wide(self._said(row), SMALL) for row in self.rows if row.value >= 0), default=0)
        values = [row.value for row in self.rows]
        low, high = min([0, *values]), max([0, *values])
        left = 20 + names + 14 + (less + 8 if low < 0 else 0)
        right = self.width - 20 - more - 8
        top = picture.top + 4
        zero = spread(0, low, high, left, right)
        for number, row in enumerate(self.rows):
            middle = top + ROW * number + ROW // 2
            end = spread(row.value, low, high, left, right)
            picture.text(20 + names, middle + 5, cut(row.name, NAME_MAX), at="end")
            tone = self.below if row.value < 0 else self.tone
            picture.bar(min(zero, end), middle - BAR // 2, abs(end - zero), BAR, tone, f"{row.name} {self._said(row)}")
            if row.value < 0:
                picture.text(end - 8, middle + 5, self._said(row), size=SMALL, at="end")
            else:
                picture.text(end + 8, middle + 5, self._said(row), size=SMALL)
        bottom = top + ROW * len(self.rows)
        picture.rule(zero, top, zero, bottom, "pale")
        return picture.svg(bottom + 20)

    def _said(self, row: Row) -> str:
        return self.say(row.value) + (f" · {row.note}" if row.note else "")
