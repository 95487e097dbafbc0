"""Apprentices: filed, confirmed, trained for a year or more, certified or not."""

from __future__ import annotations

import numpy as np

from jixiang.synthetic.arrival import Later
from jixiang.synthetic.certificates import FROM_YEAR as CERTIFICATES_FROM
from jixiang.synthetic.days import END, NONE, Column, half_year, shift_months
from jixiang.synthetic.draws import Stream, between, chance, pick, sample
from jixiang.synthetic.town import Town
from jixiang.synthetic.trainings import Scene

FROM_YEAR = 2019
TABLE = "apprenticeship"
CERTIFIED = 0.8  # of those whose course is over


def draw_apprentices(town: Town, scene: Scene) -> dict[str, Column]:
    """Hired within a year before; dates near the edges of what is asked for; `job` is the stretch of work.

    Takes over certificates for the successful.
    """
    figures, spells, jobs, starts = town.figures, scene.spells, [], []
    for n, whole in enumerate(figures["apprentices.started"]):
        rng = town.rng(TABLE, n)
        start, end = half_year(n, FROM_YEAR)
        recent = spells.during(start, end) & (spells.hired > start - 365) & (spells.hired < end - 30)
        job = sample(rng, np.flatnonzero(recent).astype(np.int32), town.count(whole))
        jobs.append(job)
        starts.append(np.maximum(between(rng, start, end, len(job)), spells.hired[job] + between(rng, 5, 40, len(job))))
    rng = town.rng(TABLE)
    job, started = np.concatenate(jobs), np.concatenate(starts).astype(np.int32)
    count = len(job)
    choices = figures["apprentices.months"]
    months = np.array([n for n, _ in choices], dtype=np.int32)[pick(rng, [share for _, share in choices], count)]
    rows = {
        "job": job,
        "person_id": spells.person[job],
        "employer_id": spells.firm[job],
        "occupation": town.draw(rng, TABLE, "occupation", figures.share("occupations.weights"), count),
        "target_level": town.draw(rng, TABLE, "target_level", figures.share("apprentices.levels"), count),
        "filed_on": started
        - np.where(chance(rng, 0.05, count), -between(rng, 1, 3, count), between(rng, 0, 30, count)),
        "contract_from": spells.hired[job],
        "contract_to": _contract_ends(rng, spells.hired[job]),
        "started_on": started,
        "confirmed_on": np.where(chance(rng, 0.97, count), started + between(rng, 2, 20, count), NONE),
        "planned_end_on": shift_months(started, months) - 1,
    }
    rows["ended_on"] = _ends(rng, rows["planned_end_on"], started, spells.left[job])
    _certify(town, rng, scene, rows, job)
    return {name: column.astype(np.int32) for name, column in rows.items()}


def _contract_ends(rng: Stream, hired: Column) -> Column:
    """Last days: open-ended, one to three years, or a little under a year."""
    kind = pick(rng, [0.25, 0.30, 0.10, 0.30, 0.05], len(hired))
    full = shift_months(hired, np.array([0, 12, 24, 36, 12], dtype=np.int32)[kind]) - 1
    short = full - between(rng, 1, 45, len(hired))
    return np.where(kind == 0, NONE, np.where(kind == 4, short, full)).astype(np.int32)


def _ends(rng: Stream, planned: Column, started: Column, left: Column) -> Column:
    """As planned, somewhat early, or when the apprentice leaves; nothing yet for those still at it."""
    early = chance(rng, 0.12, len(planned))
    ended = np.where(early, planned - between(rng, 1, 120, len(planned)), planned)
    ended = np.where((left != NONE) & (left < ended), np.maximum(left, started), ended)
    return np.where(ended > END, NONE, ended).astype(np.int32)


def _certify(town: Town, rng: Stream, scene: Scene, rows: dict[str, Column], job: Column) -> None:
    """Gives certificates of the right level and half-year to most whose planned course is over, as far as there are any."""
    certificates = scene.certificates
    over = np.flatnonzero((rows["planned_end_on"] <= END - 30) & (rows["ended_on"] != NONE))
    over = over[chance(rng, CERTIFIED, len(over))]
    issued = rows["planned_end_on"][over] + between(rng, -20, 150, len(over))
    for n in range(int(certificates.half.max(initial=0)) + 1):
        start, end = half_year(n, CERTIFICATES_FROM)
        for level in np.unique(rows["target_level"]):
            due = over[(issued >= start) & (issued <= end) & (rows["target_level"][over] == level)]
            free = np.flatnonzero((certificates.half == n) & (certificates.level == level) & ~certificates.taken)
            got = sample(rng, free.astype(np.int32), len(due))
            lucky = due[: len(got)]
            certificates.taken[got] = True
            certificates.person[got], certificates.spell[got] = rows["person_id"][lucky], job[lucky]
            certificates.occupation[got] = rows["occupation"][lucky]
            certificates.issued[got] = issued[np.searchsorted(over, lucky)]


def record_apprentices(town: Town, rows: dict[str, Column]) -> None:
    order = np.lexsort((rows["started_on"], rows["person_id"]))
    sorted_rows = {name: column[order] for name, column in rows.items()}
    sorted_rows["apprenticeship_id"] = np.arange(len(order), dtype=np.int32)
    known = np.minimum(sorted_rows["filed_on"], sorted_rows["started_on"])
    town.recorder.record(
        TABLE,
        sorted_rows,
        known,
        Later(sorted_rows["confirmed_on"], ("confirmed_on",)),
        Later(sorted_rows["ended_on"], ("ended_on",)),
        wrong="contract_from",
    )
