"""Key groups: spells of registered unemployment, and recognised hardship, each with a start and an end."""

from __future__ import annotations

import numpy as np

from jixiang.synthetic.arrival import Later
from jixiang.synthetic.days import END, NONE, START, Column, day
from jixiang.synthetic.draws import Stream, between, chance, sample
from jixiang.synthetic.people import People
from jixiang.synthetic.town import Town
from jixiang.synthetic.work import Spells

SHORTEST_GAP = 15


def draw_unemployment(town: Town, people: People, spells: Spells) -> dict[str, Column]:
    """Between two jobs, before a first one, after a last one, and of people who had none."""
    rng, rate = town.rng("unemployment"), town.figures.number("groups.registers")
    following = np.append(spells.person[1:] == spells.person[:-1], False)
    next_hired = np.append(spells.hired[1:], END + 1)
    left = spells.left != NONE
    between_jobs = left & following & (next_hired - spells.left > SHORTEST_GAP)
    after = left & ~following & (spells.left < END - 30)
    first = np.append(True, spells.person[1:] != spells.person[:-1]) & (spells.hired > START + 40)
    without = np.setdiff1d(_of_age(people, END), spells.person)
    idle = sample(rng, without.astype(np.int32), round(len(without) * town.figures.number("groups.jobless")))
    registered, cancelled, person = [], [], []
    for rows, ends in ((between_jobs, next_hired), (after, None)):
        at = np.flatnonzero(rows & chance(rng, rate, len(spells)))
        person.append(spells.person[at])
        registered.append(spells.left[at] + between(rng, 1, 14, len(at)))
        cancelled.append(_cancelled(rng, registered[-1], None if ends is None else ends[at]))
    at = np.flatnonzero(first & chance(rng, rate, len(spells)))
    person += [spells.person[at], idle]
    registered += [spells.hired[at] - between(rng, 20, 300, len(at)), between(rng, START - 300, END, len(idle))]
    cancelled += [_cancelled(rng, registered[2], spells.hired[at]), _cancelled(rng, registered[3], None)]
    rows = np.concatenate(person), np.concatenate(registered), np.concatenate(cancelled)
    order = np.lexsort((rows[1], rows[0]))
    names = ("person_id", "registered_on", "cancelled_on")
    return {name: column[order].astype(np.int32) for name, column in zip(names, rows, strict=True)}


def _cancelled(rng: Stream, registered: Column, hired: Column | None) -> Column:
    """At about the day of hiring, a few just before it; without a hiring after a while or not yet."""
    count = len(registered)
    if hired is not None:
        days = hired + np.where(chance(rng, 0.06, count), -between(rng, 1, 3, count), between(rng, 0, 20, count))
        return np.asarray(np.maximum(days, registered), dtype=np.int32)
    days = registered + between(rng, 90, 720, count)
    return np.where(days > END, NONE, days).astype(np.int32)


def _of_age(people: People, on: int) -> Column:
    living = (people.died == NONE) | (people.died > on)
    return np.flatnonzero((people.birth < on - 18 * 366) & (people.birth > on - 58 * 365) & living).astype(np.int32)


def record_unemployment(town: Town, rows: dict[str, Column]) -> None:
    numbered = {**rows, "unemployment_id": np.arange(len(rows["person_id"]), dtype=np.int32)}
    ends = Later(rows["cancelled_on"], ("cancelled_on",))
    town.recorder.record("unemployment", numbered, rows["registered_on"], ends, wrong="registered_on")


def draw_hardship(town: Town, people: People, needy: Column) -> dict[str, Column]:
    rng, figures = town.rng("hardship"), town.figures
    adults = _of_age(people, END)
    lean = np.where(needy[adults], figures.number("groups.hardship_jobless"), 1.0)
    person = sample(rng, adults, round(len(adults) * figures.number("groups.hardship")), lean)
    since = between(rng, day(2018, 6, 1), END, len(person))
    until = since + between(rng, 180, 1400, len(person))
    return {
        "person_id": person,
        "category": town.draw(rng, "hardship", "category", figures.share("groups.hardship_categories"), len(person)),
        "recognised_on": since,
        "ended_on": np.where(until > END, NONE, until).astype(np.int32),
    }


def record_hardship(town: Town, rows: dict[str, Column]) -> None:
    """May be called again with further recognitions."""
    first = town.recorder.next_key("hardship")
    numbered = {**rows, "hardship_id": np.arange(first, first + len(rows["person_id"]), dtype=np.int32)}
    ends = Later(rows["ended_on"], ("ended_on",))
    town.recorder.record("hardship", numbered, rows["recognised_on"], ends, wrong="recognised_on")
