"""Degrees that workers take beside their work, above all where major hazards of chemicals ask for them."""

from __future__ import annotations

import numpy as np

from jixiang.synthetic.days import NONE, Column, Mask, day
from jixiang.synthetic.draws import Stream, apportion, between, chance, sample
from jixiang.synthetic.people import People
from jixiang.synthetic.town import Town
from jixiang.synthetic.work import Spells

ADULT = 20 * 366


def draw_degrees(
    town: Town, people: People, spells: Spells, degrees: dict[str, Column], hazard: Mask, studying: Mask
) -> dict[str, Column]:
    """Further degrees of people who hold a lower one. `hazard`: per firm; `studying`: who has an enrolment.

    Most work at such a firm on the day, some before or after, and some at any firm; nobody with an enrolment.
    """
    rng, figures = town.rng("degrees"), town.figures
    total = town.count(figures.number("degrees.count"), least=3)
    held = np.full(len(people), NONE, dtype=np.int32)
    held[degrees["person_id"]] = degrees["level"]
    sessions = np.array([day(d.year, d.month, d.day) for d in figures["degrees.sessions"]], dtype=np.int32)
    used, persons, levels, days = studying.copy(), [], [], []
    ladder = list(zip(figures["degrees.from"], figures["degrees.to"], strict=True))
    for (low, high), count in zip(ladder, apportion(total, figures.numbers("degrees.weights")), strict=True):
        start, adult = int(sessions[0]), people.birth < sessions[0] - ADULT
        fits = (held == town.code("education", "level", low)) & adult & ~used & (people.died == NONE)
        there = np.flatnonzero(spells.during(start, int(sessions[-1])) & fits[spells.person])
        at_hazard = hazard[spells.firm[there]]
        elsewhere = round(count * figures.number("degrees.elsewhere"))
        jobs = np.concatenate(
            [sample(rng, there[at_hazard], count - elsewhere), sample(rng, there[~at_hazard], elsewhere)]
        )
        person, firsts = np.unique(spells.person[jobs], return_index=True)
        used[person] = True
        persons.append(person)
        levels.append(np.full(len(person), town.code("education", "level", high), dtype=np.int32))
        days.append(_days(town, rng, spells.of(jobs[firsts]), sessions))
    return {"person_id": np.concatenate(persons), "level": np.concatenate(levels), "graduated_on": np.concatenate(days)}


def _days(town: Town, rng: Stream, jobs: Spells, sessions: Column) -> Column:
    """Some days after the end of a term; for most one in which the job lasts, if there is one."""
    spread = int(sessions[1] - sessions[0]) // 6 if len(sessions) > 1 else 20
    drawn = sessions[between(rng, 0, len(sessions) - 1, len(jobs))]
    for session in np.flip(sessions):
        lasts = (jobs.hired < session) & ((jobs.left == NONE) | (jobs.left > session + spread))
        now = (jobs.hired < drawn) & ((jobs.left == NONE) | (jobs.left > drawn + spread))
        move = lasts & ~now & ~chance(rng, town.figures.number("degrees.outside"), len(jobs))
        drawn = np.where(move, session, drawn)
    return (drawn + between(rng, 0, spread, len(jobs))).astype(np.int32)
