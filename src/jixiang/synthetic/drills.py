"""Drills at the workplace: how many took part, firm by firm, so that the published numbers come out exactly."""

from __future__ import annotations

import numpy as np

from jixiang.synthetic.days import NONE, Column, half_year
from jixiang.synthetic.draws import apportion, between, sample
from jixiang.synthetic.firms import Firms
from jixiang.synthetic.town import Town
from jixiang.synthetic.trainings import FROM_YEAR

TABLE = "drill"


def record_drills(town: Town, firms: Firms) -> None:
    """Of each half-year the attendance is dealt out over drills, more of it to larger firms."""
    figures = town.figures
    firm, held, attended = [], [], []
    for n, whole in enumerate(figures["drills.attended"]):
        rng, (start, end) = town.rng(TABLE, n), half_year(n, FROM_YEAR)
        there = np.flatnonzero((firms.weight > 0) & (firms.founded < start) & (firms.closed == NONE)).astype(np.int32)
        count = town.count(figures.number("drills.held"), least=3)
        chosen = sample(rng, there, count, np.sqrt(firms.weight[there]))
        weights: Column = np.sqrt(firms.weight[chosen]) * (0.5 + rng.random(len(chosen)))
        firm.append(chosen)
        held.append(between(rng, start, end, len(chosen)))
        attended.append(np.array(apportion(town.count(whole), weights.tolist()), dtype=np.int32))
    numbers, days = np.concatenate(firm), np.concatenate(held)
    order = np.lexsort((days, numbers))
    rng = town.rng(TABLE, "occupations")
    rows = {
        "drill_id": np.arange(len(order), dtype=np.int32),
        "employer_id": numbers[order],
        "occupation": town.draw(rng, TABLE, "occupation", figures.share("occupations.weights"), len(order)),
        "held_on": days[order],
        "attended": np.concatenate(attended)[order],
    }
    town.recorder.record(TABLE, rows, rows["held_on"])
