"""Random facts with holes, and what becomes of them from one run to the next.

Drawn from a seed with a plain generator: a hundred cells need no hundred choices, and fewer rows are smaller facts.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import strategies as st
from tests.agreement.town import (
    DAYS,
    FEN,
    MONTHS,
    NUMBERS,
    RUN_DATES,
    SIGNED_FEN,
    SPANS,
    TEXTS,
    VOCABULARY,
    YEARS,
)

from jixiang.language.typed import Value
from jixiang.language.types import Type
from jixiang.language.vocabulary import Attribute, Entity
from jixiang.readings.world import Span, World

NOWHERE = "无此"


@dataclass(frozen=True)
class Life:
    """The run dates, and what was known on each. `ceilings`: (fund, year) → fen, or None; `turns`: policy → its turn."""

    dates: tuple[date, ...]
    worlds: tuple[World, ...]
    ceilings: dict[tuple[str, int], int] | None
    turns: dict[str, int] = field(default_factory=dict)


def lives(runs: int = 3, rows: int = 5, *, crowded: bool = False, steady: bool = False) -> st.SearchStrategy[Life]:
    """Facts on one to `runs` run dates, at most `rows` rows of an entity; `crowded`: two people share them all; `steady`: little
    changes from one run to the next, and extracts reach as far as they did."""
    return st.integers(0, 2**48).map(lambda seed: a_life(seed, runs, rows, crowded, steady))


def a_life(seed: int, runs: int, rows: int, crowded: bool = False, steady: bool = False) -> Life:
    dice = random.Random(seed)
    number = dice.randint(1 + steady, runs)
    dates = sorted(dice.sample(RUN_DATES, number))
    maker = _Maker(dice, dice.choice((0.0, 0.05) if crowded else (0.15, 0.05, 0.0, 0.4)), rows, crowded, steady)
    worlds = [maker.world(dates[0])]
    for day in dates[1:]:
        worlds.append(maker.later(worlds[-1], day))
    ceilings = None
    if dice.random() < 0.3:
        ceilings = {(f, y): dice.choice((0, 10000, 30000, 100000)) for f in ("基金甲", "基金乙") for y in (2020, 2021)}
    turns = {code: dice.randint(1, 2) for code in ("P1", "P2", "P3") if ceilings and dice.random() < 0.6}
    return Life(tuple(dates), tuple(worlds), ceilings, turns)


@dataclass
class _Maker:
    """`holes`: how often a cell is empty."""

    chance: random.Random
    holes: float
    rows: int
    crowded: bool
    steady: bool = False

    def world(self, day: date) -> World:
        made = World(VOCABULARY)
        keys = {entity.name: self._keys(entity) for entity in VOCABULARY.entities.values()}
        for entity in VOCABULARY.entities.values():
            for key in keys[entity.name]:
                made.rows.setdefault(entity.name, {})[key] = self._row(entity, keys)
                self._histories(made, entity, key)
        self._cutoffs(made, day)
        return made

    def later(self, before: World, day: date) -> World:
        """The next run's facts: some cells corrected, some rows gone, some new."""
        made = World(VOCABULARY, cutoffs=dict(before.cutoffs))
        made.rows = {e: {k: dict(r) for k, r in rows.items()} for e, rows in before.rows.items()}
        made.histories = {a: {k: list(s) for k, s in of.items()} for a, of in before.histories.items()}
        keys = {e: list(made.rows.get(e, {})) for e in VOCABULARY.entities}
        change = 0.015 if self.steady else 0.2 if self.crowded else 0.12
        for entity in VOCABULARY.entities.values():
            rows = made.rows.setdefault(entity.name, {})
            for key in list(rows):
                if self.chance.random() < 0.04 and not entity.single:
                    del rows[key]
                    continue
                for name, attribute in entity.attributes.items():
                    if not attribute.varies and self.chance.random() < change:
                        rows[key][name] = self._cell(attribute, keys)
                if self.chance.random() < (0.04 if self.steady else 0.2):
                    self._histories(made, entity, key)
            new = 0.15 if self.steady else 0.8 if self.crowded else 0.5
            if self.chance.random() < new and not entity.single:
                key = f"{entity.table[:2]}{len(keys[entity.name]) + 7}"
                rows[key] = self._row(entity, keys)
                self._histories(made, entity, key)
        if not self.steady or self.chance.random() < 0.2:
            self._cutoffs(made, day)
        return made

    def _keys(self, entity: Entity) -> list[str]:
        if entity.single:
            return ["无锡"] * (self.chance.random() < 0.9)
        names = [f"{entity.table[:2]}{n}" for n in ("1", "|\\", *range(2, self.rows))]
        if self.crowded:
            return names[:2] if entity.name in ("人员", "单位") else names
        return names[: self.chance.randint(1 if entity.name == "人员" else 0, self.rows)]

    def _row(self, entity: Entity, keys: dict[str, list[str]]) -> dict[str, Value]:
        return {n: self._cell(a, keys) for n, a in entity.attributes.items() if not a.varies}

    def _cell(self, attribute: Attribute, keys: dict[str, list[str]]) -> Value:
        if not attribute.required and self.chance.random() < self.holes:
            return None
        if attribute.type.kind == "ref":
            return self.chance.choice(keys[attribute.type.of] * 3 + [NOWHERE])
        return self._value(attribute.type, signed=attribute.signed)

    def _value(self, of: Type, *, signed: bool = False) -> Value:
        pick = self.chance.choice
        match of.kind:
            case "date":
                return pick(DAYS)
            case "month":
                return pick(MONTHS)
            case "year":
                return pick(YEARS)
            case "number":
                return pick(NUMBERS)
            case "money":
                return pick(SIGNED_FEN if signed else FEN)
            case "months" | "days":
                return pick(SPANS)
            case "bool":
                return pick((True, True, False))
            case "code":
                return pick([code.value for code in VOCABULARY.codes[of.of].codes])
            case _:
                return pick(TEXTS)

    def _histories(self, made: World, entity: Entity, key: str) -> None:
        """Stretches that may overlap, leave gaps, say nothing or end before they begin."""
        for attribute in entity.attributes.values():
            if attribute.varies:
                starts = self.chance.sample(DAYS, self.chance.randint(0, 3))
                spans: list[Span] = []
                for start in starts:
                    end = self.chance.choice((None, None, start + timedelta(days=180), *DAYS[:3]))
                    value = None if self.chance.random() < self.holes else self._value(attribute.type)
                    spans.append((start, end, value))
                made.histories.setdefault((entity.name, attribute.name), {})[key] = spans

    def _cutoffs(self, made: World, day: date) -> None:
        for entity in VOCABULARY.entities.values():
            if entity.time:
                late = (
                    day,
                    day - timedelta(days=1),
                    day - timedelta(days=40),
                    date(2020, 3, 31),
                    day + timedelta(days=9),
                )
                chosen = self.chance.choice((None, *late))
                if chosen is not None:
                    made.cutoffs[entity.name] = chosen
