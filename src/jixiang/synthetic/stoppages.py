"""Stoppages: firms that had to halt, when, for how long, and whether they pledged to train their workers meanwhile.

Most are firms whose workers were in work-based training: the stoppage begins about when that did.
"""

from __future__ import annotations

import numpy as np

from jixiang.synthetic.arrival import Later
from jixiang.synthetic.days import END, NONE, Column, day
from jixiang.synthetic.draws import Stream, between, chance, sample
from jixiang.synthetic.firms import Firms
from jixiang.synthetic.town import Town
from jixiang.synthetic.trainings import TABLE as TRAINING
from jixiang.synthetic.trainings import Group

TABLE = "stoppage"


def draw_stoppages(town: Town, firms: Firms, trainings: Group) -> dict[str, Column]:
    rng, figures = town.rng(TABLE), town.figures
    low, high = (day(d.year, d.month, d.day) for d in figures["stoppages.between"])
    total = town.count(figures.number("stoppages.count"), least=4)
    hit = np.isin(firms.industry, town.codes("employer", "industry", figures["firms.hit_industries"]))
    small = np.isin(firms.size, town.codes("employer", "size", figures["training.work_based_sizes"]))
    lean = np.where(hit, figures.number("stoppages.hit_industries"), 1.0)
    mode = town.code(TRAINING, "mode", figures["training.modes"]["work_based"])
    trained = np.flatnonzero((trainings["mode"] == mode) & (trainings["started_on"] < high))
    training = rng.permutation(trained)
    firm, at = np.unique(trainings["employer_id"][training], return_index=True)
    of_firm = np.full(len(firms), NONE, dtype=np.int64)
    of_firm[firm] = training[at]
    with_training = round(total * figures.number("stoppages.training"))
    halted = sample(rng, firm.astype(np.int32), with_training, lean[firm])
    others = small & (of_firm == NONE) & (firms.weight > 0)
    rest = sample(rng, np.flatnonzero(others).astype(np.int32), total - len(halted), lean[others])
    began = np.concatenate(
        [
            trainings["started_on"][of_firm[halted]] - between(rng, 0, 40, len(halted)),
            between(rng, low, high, len(rest)),
        ]
    )
    return _stretches(town, rng, firms, np.concatenate([halted, rest]), np.clip(began, low, high))


def _stretches(town: Town, rng: Stream, firms: Firms, firm: Column, began: Column) -> dict[str, Column]:
    """Two weeks to eight months, seldom the longest; no longer than the firm lived."""
    figures, count = town.figures, len(firm)
    shortest, longest = figures.numbers("stoppages.days")
    lasted = np.exp(np.log(shortest) + rng.random(count) * np.log(longest / shortest)).astype(np.int32)
    began = np.maximum(began, firms.founded[firm])
    ended = began + lasted - 1
    shut = (firms.closed[firm] != NONE) & (firms.closed[firm] < ended)
    ended = np.where(shut, np.maximum(firms.closed[firm], began), ended)
    going = chance(rng, figures.number("stoppages.ongoing"), count) & ~shut & (began > END - 365)
    pledged = began + between(rng, -2, 25, count)
    order = np.lexsort((began, firm))
    rows = {
        "employer_id": firm,
        "started_on": began,
        "ended_on": np.where(going | (ended > END), NONE, ended),
        "pledged_on": np.where(chance(rng, figures.number("stoppages.pledged"), count), pledged, NONE),
    }
    return {name: column[order].astype(np.int32) for name, column in rows.items()}


def record_stoppages(town: Town, stoppages: dict[str, Column]) -> None:
    rows = {**stoppages, "stoppage_id": np.arange(len(stoppages["started_on"]), dtype=np.int32)}
    ends = Later(rows["ended_on"], ("ended_on",))
    town.recorder.record(TABLE, rows, rows["started_on"], ends, wrong="started_on")
