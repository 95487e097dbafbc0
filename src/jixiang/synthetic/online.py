"""What people at work learnt online: courses, hours and marks, many of them close to what policies ask."""

from __future__ import annotations

import numpy as np

from jixiang.synthetic.columns import Drawn, words
from jixiang.synthetic.days import NONE, half_year
from jixiang.synthetic.draws import chance, pick, sample
from jixiang.synthetic.town import Town
from jixiang.synthetic.trainings import FROM_YEAR
from jixiang.synthetic.work import Spells


def record_online(town: Town, spells: Spells) -> None:
    """Finished on a day of an insured job."""
    figures = town.figures
    jobs, days = [], []
    for n, whole in enumerate(figures["training.online"]):
        rng = town.rng("online", n)
        start, end = half_year(n, FROM_YEAR)
        job = sample(rng, np.flatnonzero(spells.during(start, end)).astype(np.int32), town.count(whole))
        until = np.where(spells.left[job] == NONE, end, np.minimum(spells.left[job], end))
        since = np.maximum(spells.insured_from[job], start)
        jobs.append(job)
        days.append((since + rng.random(len(job)) * (np.maximum(until - since, 0) + 1)).astype(np.int32))
    job, day = np.concatenate(jobs), np.concatenate(days)
    order = np.lexsort((day, spells.person[job]))
    job, day, rng = job[order], day[order], town.rng("online", "marks")
    mean, spread = figures.numbers("training.online_hours")
    codes = figures["training.check_codes"]
    passed, failed = (town.code("online_study", "face_check", codes[name]) for name in ("passed", "failed"))
    rows: dict[str, Drawn] = {
        "online_study_id": np.arange(len(job), dtype=np.int32),
        "person_id": spells.person[job],
        "employer_id": spells.firm[job],
        "course": words(pick(rng, [1.0] * len(figures["training.courses"]), len(job)), figures["training.courses"]),
        "completed_on": day,
        "effective_hours": np.clip(np.round(rng.normal(mean, spread, len(job))), 1, 60).astype(np.int32),
        "score": np.clip(np.round(rng.normal(76, 12, len(job))), 0, 100).astype(np.int32),
        "face_check": np.where(chance(rng, figures.number("training.face_check_failed"), len(job)), failed, passed),
    }
    town.recorder.record("online_study", rows, day, wrong="effective_hours", sure=town.published(day, "completed_on"))
