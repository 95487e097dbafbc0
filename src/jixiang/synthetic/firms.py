"""Firms: size, kind, industry, when they opened and closed; training providers; the windows of the self-employed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jixiang.synthetic.days import END, NONE, START, Column, Mask, day
from jixiang.synthetic.draws import Stream, apportion, between, chance, waits
from jixiang.synthetic.town import Town

OLDEST = day(1985, 1, 1)
YEARS = 3


@dataclass(frozen=True)
class Firms:
    """One entry a firm: `regular` firms first, then providers, then one window a district.

    `weight` is the share of the city's workers. `closed` and `shock` (the day of a large dismissal) may be `NONE`.
    """

    kind: Column
    size: Column
    industry: Column
    district: Column
    founded: Column
    closed: Column
    shock: Column
    weight: Column
    regular: int
    providers: int

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def provider_numbers(self) -> Column:
        return np.arange(self.regular, self.regular + self.providers, dtype=np.int32)

    @property
    def window_numbers(self) -> Column:
        """The window of each district, by the district's position in its list."""
        return np.arange(self.regular + self.providers, len(self), dtype=np.int32)


def draw_firms(town: Town) -> Firms:
    figures, rng = town.figures, town.rng("firms")
    regular = town.count(figures.number("firms.count"), least=10)
    providers = town.count(figures.number("firms.providers"), least=2)
    listed = town.codes("employer", "district", list(figures.share("people.district")))
    districts = np.arange(int(listed.max()) + 1, dtype=np.int32)
    size, weight = _sizes(town, rng, regular)
    smallest = int(town.codes("employer", "size", list(figures["firms.sizes"])).min())
    others = providers + len(districts)
    industry = town.draw(rng, "employer", "industry", figures.share("firms.industries"), regular)
    founded, closed = _lives(town, rng, regular)
    old = np.full(others, OLDEST + 5000, dtype=np.int32)
    provider_kind, window_kind = (
        town.code("employer", "employer_kind", figures[f"firms.{which}_kind"]) for which in ("provider", "flexible")
    )
    none = np.full(others, NONE, dtype=np.int32)
    here = town.draw(rng, "employer", "district", figures.share("people.district"), regular + providers)
    return Firms(
        kind=np.concatenate(
            [
                _kinds(town, rng, size),
                np.repeat(np.array([provider_kind, window_kind], dtype=np.int32), [providers, len(districts)]),
            ]
        ),
        size=np.concatenate([size, np.full(others, smallest, dtype=np.int32)]),
        industry=np.concatenate([industry, none]),
        district=np.concatenate([here, districts]),
        founded=np.concatenate([founded, old]),
        closed=np.concatenate([closed, none]),
        shock=np.concatenate([_shocks(town, rng, industry), none]),
        weight=np.concatenate([weight, np.zeros(others)]),
        regular=regular,
        providers=providers,
    )


def _sizes(town: Town, rng: Stream, count: int) -> tuple[Column, Column]:
    """Sizes by share, at least one of each; the workers of a size divided by drawn head counts."""
    classes = town.figures["firms.sizes"]
    numbers = [max(1, number) for number in apportion(count, [share for share, *_ in classes.values()])]
    numbers[0] -= sum(numbers) - count
    size, weight = [], []
    for (code, (_, workers, low, high)), number in zip(classes.items(), numbers, strict=True):
        heads = np.exp(np.log(low) + rng.random(number) * np.log(high / low))
        size.append(np.full(number, town.code("employer", "size", code), dtype=np.int32))
        weight.append(heads / heads.sum() * workers)
    mixed = rng.permutation(count)
    return np.concatenate(size)[mixed], np.concatenate(weight)[mixed]


def _kinds(town: Town, rng: Stream, size: Column) -> Column:
    """Kinds by share; a kind that is always small gives way to the commonest kind in a larger firm."""
    shares = town.figures.share("firms.kinds")
    drawn = town.draw(rng, "employer", "employer_kind", shares, len(size))
    small_kinds = town.codes("employer", "employer_kind", town.figures["firms.small_kinds"])
    small = np.isin(size, town.codes("employer", "size", list(town.figures["firms.sizes"])[:2]))
    usual = town.code("employer", "employer_kind", max(shares, key=lambda code: shares[code]))
    return np.where(np.isin(drawn, small_kinds) & ~small, usual, drawn).astype(np.int32)


def _lives(town: Town, rng: Stream, count: int) -> tuple[Column, Column]:
    founded = np.maximum(START - waits(rng, 8 * 365, count), OLDEST)
    young = chance(rng, town.figures.number("firms.founded_in_window"), count)
    founded = np.where(young, between(rng, START, END - 60, count), founded).astype(np.int32)
    closes = chance(rng, town.figures.number("firms.closed_a_year") * YEARS, count)
    closed = np.maximum(between(rng, START + 30, END, count), founded + 180)
    return founded, np.where(closes & (closed <= END), closed, NONE).astype(np.int32)


def _shocks(town: Town, rng: Stream, industry: Column) -> Column:
    usual, hit, _ = town.figures.numbers("firms.shocks")
    hard = np.isin(industry, town.codes("employer", "industry", town.figures["firms.hit_industries"]))
    struck = chance(rng, np.where(hard, hit, usual), len(industry))
    return np.where(struck, between(rng, day(2020, 2, 10), day(2020, 11, 30), len(industry)), NONE).astype(np.int32)


def lasting(firms: Firms) -> Mask:
    """Firms that stood before the first day and are still there at the end."""
    stays: Mask = (firms.founded < START) & (firms.closed == NONE) & (firms.weight > 0)
    return stays
