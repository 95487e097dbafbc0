"""Who left everything else for a course, mostly people without work, and on how many days everybody came."""

from __future__ import annotations

import numpy as np

from jixiang.synthetic.classes import HOURS_A_DAY
from jixiang.synthetic.days import END, NONE, Column, Mask, first_day, month_of
from jixiang.synthetic.draws import between, chance
from jixiang.synthetic.town import Town
from jixiang.synthetic.trainings import TABLE, Group, Scene
from jixiang.synthetic.work import Spells


def draw_off_job(town: Town, scene: Scene, trainings: Group) -> dict[str, Column]:
    """Marks the trainings; hands back the recognised hardship of many of those people, from before they enrolled."""
    rng, figures, count = town.rng(TABLE, "off job"), town.figures, len(trainings["mode"])
    off_job = np.zeros(count, dtype=bool)
    idle = np.zeros(count, dtype=bool)
    for name, (jobless, working) in figures["training.off_job"].items():
        at = np.flatnonzero(trainings["mode"] == town.code(TABLE, "mode", figures["training.modes"][name]))
        idle[at] = ~_at_work(scene.spells, trainings, at)
        off_job[at] = chance(rng, np.where(idle[at], jobless, working), len(at))
    trainings["off_job"] = off_job.astype(np.int32)
    jobless, working = figures.numbers("training.off_job_hardship")
    needy = off_job & chance(rng, np.where(idle, jobless, working), count)
    person, firsts = np.unique(trainings["person_id"][needy], return_index=True)
    enrolled = trainings["enrolled_on"][needy][firsts]
    ended = enrolled + between(rng, 120, 900, len(person))
    return {
        "person_id": person,
        "category": town.draw(rng, "hardship", "category", figures.share("groups.hardship_categories"), len(person)),
        "recognised_on": (enrolled - between(rng, 5, 300, len(person))).astype(np.int32),
        "ended_on": np.where(ended > END, NONE, ended).astype(np.int32),
    }


def _at_work(spells: Spells, trainings: Group, at: Column) -> Mask:
    """Which of those trainings fall, with their whole first month, into an insured job of the trainee."""
    person = trainings["person_id"][at]
    start, end = first_day(month_of(trainings["started_on"][at])), trainings["ended_on"][at]
    first = np.searchsorted(spells.person, person, side="left")
    last = np.searchsorted(spells.person, person, side="right")
    busy = np.zeros(len(at), dtype=bool)
    for n in range(int((last - first).max(initial=0))):
        job = np.minimum(first + n, len(spells) - 1)
        busy |= (first + n < last) & spells.of(job).during(start, end)
    return busy


def days_present(town: Town, trainings: Group) -> None:
    """Days on which somebody came, no more than the course has; whole days for those who left their post for it.

    Work-based training is work: it has no days of its own.
    """
    at_work = trainings["mode"] == town.code(TABLE, "mode", town.figures["training.modes"]["work_based"])
    a_day = np.where(trainings["off_job"] == 1, HOURS_A_DAY, HOURS_A_DAY // 2)
    span = trainings["ended_on"] - trainings["started_on"] + 1
    days = np.minimum(-(-trainings["hours"] // a_day), np.maximum(span, 1))
    trainings["days"] = np.where(at_work, NONE, days).astype(np.int32)
