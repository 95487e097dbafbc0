"""People: age, sex, household, where they live and moved to, who died."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jixiang.synthetic.arrival import Later
from jixiang.synthetic.days import END, NONE, START, Column, Mask, day, shift_months
from jixiang.synthetic.draws import Stream, between, chance, pick
from jixiang.synthetic.town import Town

CENSUS = day(2020, 11, 1)
YEARS = 3


@dataclass(frozen=True)
class People:
    """One entry a person. Codes are positions in their lists; `died` is `NONE` for the living."""

    birth: Column
    sex: Column
    local: Mask
    household: Column
    rural: Mask
    district: Column
    veteran: Mask
    died: Column

    def __len__(self) -> int:
        return len(self.birth)

    def birthday(self, years: int | Column) -> Column:
        """The day on which each reaches that age."""
        return shift_months(self.birth, np.asarray(years, dtype=np.int32) * 12)


def draw_people(town: Town) -> People:
    figures, rng = town.figures, town.rng("people")
    count = town.count(figures.number("people.count"), least=50)
    bands = np.array(figures["people.ages"], dtype=np.float64)
    band = pick(rng, bands[:, 2], count)
    birth = _births(rng, bands, band)
    sex = town.draw(rng, "person", "sex", figures.share("people.sex"), count)
    local = ~chance(rng, _migrants(town, bands)[band], count)
    settled = town.draw(rng, "person", "household_kind", figures.share("people.household_local"), count)
    migrant = town.draw(rng, "person", "household_kind", figures.share("people.household_migrant"), count)
    household = np.where(local, settled, migrant).astype(np.int32)
    return People(
        birth=birth,
        sex=sex,
        local=local,
        household=household,
        rural=household == town.code("person", "household_kind", figures["people.rural"]),
        district=town.draw(rng, "person", "district", figures.share("people.district"), count),
        veteran=_veterans(town, rng, birth, sex),
        died=_deaths(town, rng, birth, band),
    )


def _births(rng: Stream, bands: Column, band: Column) -> Column:
    low, high = bands[band, 0], bands[band, 1]
    age_days = low * 365.2425 + rng.random(len(band)) * (high - low + 1) * 365.2425
    births: Column = (CENSUS - age_days).astype(np.int32)
    return births


def _migrants(town: Town, bands: Column) -> Column:
    """The share of migrants in each age band, so that the city's share comes out."""
    leaning = np.array(town.figures.numbers("people.migrant_by_age"))
    usual = (leaning * bands[:, 2]).sum() / bands[:, 2].sum()
    rates: Column = leaning * town.figures.number("people.migrants") / usual
    return rates


def _veterans(town: Town, rng: Stream, birth: Column, sex: Column) -> Mask:
    rates = np.zeros(int(sex.max()) + 1)
    for code, rate in town.figures.share("people.veterans").items():
        position = town.code("person", "sex", code)
        if position < len(rates):
            rates[position] = rate
    adult = (birth < CENSUS - 18 * 365) & (birth > CENSUS - 60 * 365)
    return chance(rng, rates[sex], len(birth)) & adult


def _deaths(town: Town, rng: Stream, birth: Column, band: Column) -> Column:
    rates = np.array(town.figures.numbers("people.deaths_a_year"))
    dies = chance(rng, np.minimum(rates * YEARS, 1)[band], len(birth))
    days = np.maximum(between(rng, START, END, len(birth)), birth)
    return np.where(dies, days, NONE).astype(np.int32)


def record_people(town: Town, people: People) -> None:
    numbers = np.arange(len(people), dtype=np.int32)
    rows = {
        "person_id": numbers,
        "sex": people.sex,
        "birth_date": people.birth,
        "household_kind": people.household,
        "local_register": people.local,
        "veteran": people.veteran,
        "died_on": people.died,
    }
    town.recorder.record("person", rows, people.birth, Later(people.died, ("died_on",)))
    _record_districts(town, people, numbers)


def _record_districts(town: Town, people: People, numbers: Column) -> None:
    """Where each has lived since birth or arrival; a few have moved once."""
    rng = town.rng("districts")
    moving = np.flatnonzero(chance(rng, town.figures.number("people.moves_a_year") * YEARS, len(people)))
    moved = np.full(len(people), NONE, dtype=np.int32)
    moved[moving] = np.maximum(between(rng, START + 1, END, len(moving)), people.birth[moving] + 1)
    there = town.draw(rng, "person", "district", town.figures.share("people.district"), len(moving))
    elsewhere = there != people.district[moving]
    moving, there = moving[elsewhere], there[elsewhere]
    ends = np.full(len(people), NONE, dtype=np.int32)
    ends[moving] = moved[moving] - 1
    rows = {
        "person_id": np.concatenate([numbers, moving.astype(np.int32)]),
        "district": np.concatenate([people.district, there]),
        "valid_from": np.concatenate([people.birth, moved[moving]]),
        "valid_to": np.concatenate([ends, np.full(len(moving), NONE, dtype=np.int32)]),
    }
    town.recorder.record("person_district", rows, rows["valid_from"], Later(rows["valid_to"], ("valid_to",)))
