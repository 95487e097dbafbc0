"""Projects: whole courses that a provider was paid to hold, with those who were taught in them.

Trainings of that mode are dealt out to projects of their two months and get its provider and occupation.
"""

from __future__ import annotations

import numpy as np

from jixiang.synthetic.arrival import Later
from jixiang.synthetic.days import END, NONE, Column, month_of
from jixiang.synthetic.draws import Stream, between, chance, pick
from jixiang.synthetic.firms import Firms
from jixiang.synthetic.town import Town
from jixiang.synthetic.trainings import TABLE as TRAINING
from jixiang.synthetic.trainings import Group, offered

TABLE = "training_project"
BLOCK = 2  # months
STEP = 5000  # fen by which prices differ


def draw_projects(town: Town, firms: Firms, trainings: Group) -> Group:
    """Columns of the table; gives the trainings their project."""
    rng, figures = town.rng(TABLE), town.figures
    mode = town.code(TRAINING, "mode", figures["training.modes"]["projects"])
    at = np.flatnonzero(trainings["mode"] == mode)
    number = _dealt(town, rng, month_of(trainings["started_on"][at]) // BLOCK)
    count = int(number.max(initial=-1)) + 1
    begun, over = np.full(count, END * 2, dtype=np.int32), np.zeros(count, dtype=np.int32)
    np.minimum.at(begun, number, trainings["started_on"][at])
    np.maximum.at(over, number, trainings["ended_on"][at])
    providers = firms.provider_numbers
    rows = {
        "provider_id": providers[between(rng, 0, len(providers) - 1, count)],
        "occupation": _occupations(town, rng, trainings, at, number, count),
        **_terms(town, begun, over, np.bincount(number, minlength=count)),
    }
    trainings["training_project_id"][at] = number
    trainings["provider_id"][at] = rows["provider_id"][number]
    trainings["occupation"][at] = rows["occupation"][number]
    trainings["course"][at] = offered(town) + rows["occupation"][number]
    return rows


def _dealt(town: Town, rng: Stream, block: Column) -> Column:
    """Per training the number of its project; some are larger than others."""
    number, first = np.zeros(len(block), dtype=np.int64), 0
    for n in np.unique(block):
        mine = np.flatnonzero(block == n)
        projects = max(1, round(len(mine) / town.figures.number("training.project_size")))
        number[mine] = first + np.minimum((rng.random(len(mine)) ** 1.3 * projects).astype(np.int64), projects - 1)
        first += projects
    _, numbers = np.unique(number, return_inverse=True)
    return numbers.astype(np.int32)


def _occupations(town: Town, rng: Stream, trainings: Group, at: Column, number: Column, count: int) -> Column:
    """By share; some projects teach what one of their trainees learns in another course too."""
    figures = town.figures
    drawn = town.draw(rng, TABLE, "occupation", figures.share("occupations.weights"), count)
    catalogue = np.flatnonzero(trainings["mode"] == town.code(TRAINING, "mode", figures["training.modes"]["catalogue"]))
    person, firsts = np.unique(trainings["person_id"][catalogue], return_index=True)
    twice = np.flatnonzero(np.isin(trainings["person_id"][at], person))
    twice = twice[chance(rng, figures.number("training.project_twice"), len(twice))]
    same = catalogue[firsts[np.searchsorted(person, trainings["person_id"][at[twice]])]]
    drawn[number[twice]] = trainings["course"][same] - offered(town)
    return drawn


def _terms(town: Town, begun: Column, over: Column, taught: Column) -> Group:
    """Signed before the first day; a few overran what was agreed; most were accepted some weeks after."""
    rng, figures, count = town.rng(TABLE, "terms"), town.figures, len(begun)
    low, high = figures["training.project_price"]
    overran = chance(rng, figures.number("training.project_overruns"), count)
    ended = over + np.where(overran, -between(rng, 1, 15, count), between(rng, 0, 10, count))
    accepted = np.maximum(over, ended) + between(rng, 10, 70, count)
    refused = chance(rng, figures.number("training.project_refused"), count)
    fuller = np.array([0, 0, 2, 5, -3])[pick(rng, [0.4, 0.2, 0.2, 0.1, 0.1], count)]
    return {
        "signed_on": (begun - between(rng, 10, 60, count)).astype(np.int32),
        "started_on": (begun - between(rng, 0, 5, count)).astype(np.int32),
        "ended_on": np.maximum(ended, begun).astype(np.int32),
        "price": between(rng, low * 100 // STEP, high * 100 // STEP, count) * STEP,
        "planned_count": np.maximum(taught + fuller, 1).astype(np.int32),
        "accepted_on": np.where(refused | (accepted > END), NONE, accepted).astype(np.int32),
    }


def record_projects(town: Town, projects: Group) -> None:
    keys = np.arange(len(projects["signed_on"]), dtype=np.int32)
    accepted = Later(projects["accepted_on"], ("accepted_on",))
    town.recorder.record(TABLE, {**projects, "training_project_id": keys}, projects["signed_on"], accepted)
