"""Chief technicians whom firms appoint for some years, and titles that the city gives to the skilled."""

from __future__ import annotations

import numpy as np

from jixiang.synthetic.arrival import Later
from jixiang.synthetic.days import END, NONE, Column, Mask, day, first_day, month_of, shift_months
from jixiang.synthetic.draws import Stream, between, chance, pick, sample
from jixiang.synthetic.mastery import Masters, few
from jixiang.synthetic.town import Town

TABLE = "appointment"
TITLE = "talent_title"
SOON = (60, 500)  # days after which what was given is taken back


def draw_appointments(town: Town, masters: Masters, people: int) -> dict[str, Column]:
    """So many a year; some of those who will leave the firm, some of a lower level, some dismissed before the end."""
    rng, figures = town.rng(TABLE), town.figures
    used, entries, began = np.zeros(people, dtype=bool), [], []
    for year in figures["appointments.years"]:
        starts = _starts(rng, year, few(town, "appointments.a_year"))
        leaving = chance(rng, figures.number("appointments.leaving"), len(starts))
        lower = chance(rng, figures.number("appointments.lower"), len(starts))
        for on, leaves, low in zip(starts, leaving, lower, strict=True):
            fits = (~masters.upper if low else masters.upper) & (_leaves(masters, int(on)) == leaves)
            entries.append(masters.on(rng, int(on), 1, fits, used))
            began.append(np.full(len(entries[-1]), on))
    entry, since = np.concatenate(entries), np.concatenate(began).astype(np.int32)
    terms = figures["appointments.months"]
    months = np.array([n for n, _ in terms], dtype=np.int32)[pick(rng, [share for _, share in terms], len(since))]
    until = shift_months(since, months) - 1
    ended = _cut_short(rng, figures.number("appointments.dismissed"), since)
    order = np.lexsort((since, masters.person(entry)))
    rows = {
        "person_id": masters.person(entry),
        "employer_id": masters.firm(entry),
        "occupation": masters.occupation(entry),
        "appointed_from": since,
        "appointed_to": until,
        "ended_on": ended,
    }
    return {name: column[order].astype(np.int32) for name, column in rows.items()}


def _cut_short(rng: Stream, rate: float, since: Column) -> Column:
    """Of that share, one at least, the day on which it ended before its time; `NONE` for the others."""
    old = np.flatnonzero(since < END - SOON[0]).astype(np.int32)
    chosen = sample(rng, old, int(np.ceil(rate * len(old))))
    days = np.full(len(since), NONE, dtype=np.int32)
    days[chosen] = np.minimum(since[chosen] + between(rng, *SOON, len(chosen)), END)
    return days


def _starts(rng: Stream, year: int, count: int) -> Column:
    """Mostly the first of a month."""
    days = between(rng, day(year, 1, 1), day(year, 12, 20), count)
    return np.where(chance(rng, 0.7, count), first_day(month_of(days)), days).astype(np.int32)


def _leaves(masters: Masters, on: int) -> Mask:
    """Whose job ends within three years."""
    left = masters.spells.left[masters.job]
    leaves: Mask = (left != NONE) & (left < on + 1095)
    return leaves


def record_appointments(town: Town, rows: dict[str, Column]) -> None:
    numbered = {**rows, "appointment_id": np.arange(len(rows["person_id"]), dtype=np.int32)}
    ends = Later(rows["ended_on"], ("ended_on",))
    town.recorder.record(TABLE, numbered, rows["appointed_from"], ends)


def record_titles(town: Town, masters: Masters, appointments: dict[str, Column], people: int) -> None:
    """So many a year: some of chief technicians, some a second time, some of people gone, a few taken back."""
    rng, figures = town.rng(TITLE), town.figures
    used = np.zeros(people, dtype=bool)
    persons: list[Column] = []
    days: list[Column] = []
    for year in figures["titles.years"]:
        on = day(year, *figures["titles.decided"])
        count = few(town, "titles.a_year")
        chief = appointments["person_id"][(appointments["appointed_from"] < on) & (appointments["appointed_to"] > on)]
        earlier = np.concatenate([*persons, chief[:0]])
        chosen = [
            sample(rng, np.unique(chief), round(count * figures.number("titles.chiefs"))),
            sample(rng, np.unique(earlier), round(count * figures.number("titles.again"))),
        ]
        person = np.unique(np.concatenate(chosen))
        used[person] = True
        gone = round(count * figures.number("titles.elsewhere"))
        others = masters.on(rng, on, count - len(person) - gone, np.ones(len(masters.job), dtype=bool), used)
        away = np.setdiff1d(masters.not_at_work(on), np.flatnonzero(used))
        persons.append(np.concatenate([person, masters.person(others), sample(rng, away, gone)]))
        days.append(np.full(len(persons[-1]), on))
    person, decided = np.concatenate(persons), np.concatenate(days)
    order = np.lexsort((decided, person))
    person, decided = person[order].astype(np.int32), decided[order].astype(np.int32)
    rows = {
        "talent_title_id": np.arange(len(person), dtype=np.int32),
        "person_id": person,
        "title": town.draw(rng, TITLE, "title", figures.share("titles.shares"), len(person)),
        "decided_on": decided,
        "revoked_on": _cut_short(rng, figures.number("titles.revoked"), decided),
    }
    town.recorder.record(TITLE, rows, decided, Later(rows["revoked_on"], ("revoked_on",)))
