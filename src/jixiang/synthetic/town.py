"""What every stage of a synthetic city has at hand: figures, code lists, streams of chance, and the recorder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from jixiang.language.vocabulary import Vocabulary
from jixiang.synthetic.arrival import Recorder, Sure
from jixiang.synthetic.columns import codes_of
from jixiang.synthetic.days import Column, day
from jixiang.synthetic.draws import Stream, apportion, pick, stream
from jixiang.synthetic.figures import Figures


@dataclass(frozen=True)
class Town:
    scale: float
    seed: int
    figures: Figures
    vocabulary: Vocabulary
    recorder: Recorder

    def rng(self, *names: object) -> Stream:
        return stream(self.seed, *names)

    def count(self, whole: float, least: int = 0) -> int:
        """A number given for the whole city, at this scale."""
        return max(least, round(float(whole) * self.scale))

    def code(self, table: str, column: str, value: object) -> int:
        """A stored code as its position in the column's list."""
        return codes_of(self.vocabulary, table, column).rank[str(value)]

    def codes(self, table: str, column: str, values: list[str]) -> Column:
        return np.array([self.code(table, column, value) for value in values], dtype=np.int32)

    def published(self, days: Column, *columns: str) -> Sure:
        """Rows of the time of which numbers are published; `columns` are what those numbers count by."""
        first, last = (day(d.year, d.month, d.day) for d in self.figures["arrival.published"])
        return Sure((days >= first) & (days <= last), columns)

    def draw(self, rng: Stream, table: str, column: str, shares: Mapping[str, float], count: int) -> Column:
        """Codes of a column drawn by share, as positions in its list."""
        return self.codes(table, column, list(shares))[pick(rng, list(shares.values()), count)]

    def deal(self, rng: Stream, table: str, column: str, shares: Mapping[str, float], count: int) -> Column:
        """Like `draw`, but each code exactly as often as its share says, in random order."""
        dealt = np.repeat(self.codes(table, column, list(shares)), apportion(count, list(shares.values())))
        return rng.permutation(dealt).astype(np.int32)
