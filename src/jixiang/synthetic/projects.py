"""Projects: whole courses that a provider was paid to hold, with those who were taught in them.

Trainings of that mode are dealt out to projects of their two months and get its provider and occupation.
"""

from __future__ import annotations

import numpy as np

from jixiang.synthetic.arrival import Later
from jixiang.synthetic.days import END, NONE, Column, month_of
from jixiang.synthetic.draws import Stream, apportion, between, chance, sample
from jixiang.synthetic.town import Town
from jixiang.synthetic.trainings import TABLE as TRAINING
from jixiang.synthetic.trainings import Group, Scene, offered

TABLE = "training_project"
BLOCK = 2  # months
YEAR = 365
STEP = 5000  # fen by which prices differ


def draw_projects(town: Town, scene: Scene, trainings: Group) -> Group:
    """Columns of the table; gives the trainings their project, and its trainees, mostly of key groups."""
    rng, figures = town.rng(TABLE), town.figures
    mode = town.code(TRAINING, "mode", figures["training.modes"]["projects"])
    at = np.flatnonzero(trainings["mode"] == mode)
    _of_key_groups(town, scene, trainings, at)
    number = _dealt(town, rng, month_of(trainings["started_on"][at]) // BLOCK)
    count = int(number.max(initial=-1)) + 1
    begun, last, over = (np.full(count, day, dtype=np.int32) for day in (END * 2, 0, 0))
    np.minimum.at(begun, number, trainings["started_on"][at])
    np.maximum.at(last, number, trainings["started_on"][at])
    np.maximum.at(over, number, trainings["ended_on"][at])
    providers = scene.firms.provider_numbers
    rows = {
        "provider_id": providers[between(rng, 0, len(providers) - 1, count)],
        "occupation": _occupations(town, rng, trainings, at, number, count),
        **_terms(town, begun, last, over, np.bincount(number, minlength=count)),
    }
    trainings["training_project_id"][at] = number
    elsewhere = chance(rng, figures.number("training.project_elsewhere"), len(at))
    trainings["provider_id"][at] = np.where(elsewhere, trainings["provider_id"][at], rows["provider_id"][number])
    weak, failing = figures.numbers("training.project_weak")
    fails = chance(rng, weak, count)[number] & chance(rng, failing, len(at))
    trainings["passed"][at] = np.where(fails, 0, trainings["passed"][at])
    trainings["occupation"][at] = rows["occupation"][number]
    trainings["course"][at] = offered(town) + rows["occupation"][number]
    return rows


def _of_key_groups(town: Town, scene: Scene, trainings: Group, at: Column) -> None:
    """Most trainees become people who are registered as unemployed, rural workers, or veterans, as they enrol."""
    rng, rows = town.rng(TABLE, "trainees"), scene.unemployment
    shares = town.figures.numbers("training.project_groups")
    block = month_of(trainings["started_on"][at]) // BLOCK
    for n in np.unique(block):
        mine = rng.permutation(at[block == n])
        since, until = int(trainings["enrolled_on"][mine].min()), int(trainings["enrolled_on"][mine].max())
        registered = (rows["registered_on"] <= since) & (
            (rows["cancelled_on"] == NONE) | (rows["cancelled_on"] >= until)
        )
        jobs = scene.spells
        steady = (jobs.hired < since - YEAR) & ((jobs.left == NONE) | (jobs.left > until))
        working_age = (scene.people.birth < since - 18 * YEAR) & (scene.people.birth > since - 58 * YEAR)
        pools = (
            rows["person_id"][registered],
            jobs.person[steady & scene.people.rural[jobs.person]],
            np.flatnonzero(scene.people.veteran & working_age),
        )
        for pool, count in zip(pools, apportion(len(mine), [*shares, 1 - sum(shares)])[:-1], strict=True):
            chosen = sample(rng, np.unique(pool).astype(np.int32), count)
            trainings["person_id"][mine[: len(chosen)]] = chosen
            mine = mine[len(chosen) :]


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


def _terms(town: Town, begun: Column, last: Column, over: Column, taught: Column) -> Group:
    """Signed before the first day; some took people in past the agreed end, or more than planned; most were accepted.

    `begun` and `last`: when the first and the last trainee began; `over`: when the last was done.
    """
    rng, figures, count = town.rng(TABLE, "terms"), town.figures, len(begun)
    low, high = figures["training.project_price"]
    overran = chance(rng, figures.number("training.project_overruns"), count)
    ended = np.where(overran, last - between(rng, 1, 4, count), over + between(rng, 0, 10, count))
    accepted = np.maximum(over, ended) + between(rng, 10, 70, count)
    refused = chance(rng, figures.number("training.project_refused"), count)
    overfull = chance(rng, figures.number("training.project_overfull"), count)
    planned = np.where(overfull, np.ceil(taught * 0.7), taught + between(rng, 0, 4, count))
    return {
        "signed_on": (begun - between(rng, 10, 60, count)).astype(np.int32),
        "started_on": (begun - between(rng, 0, 5, count)).astype(np.int32),
        "ended_on": np.maximum(ended, begun).astype(np.int32),
        "price": between(rng, low * 100 // STEP, high * 100 // STEP, count) * STEP,
        "planned_count": np.maximum(planned, 1).astype(np.int32),
        "accepted_on": np.where(refused | (accepted > END), NONE, accepted).astype(np.int32),
    }


def record_projects(town: Town, projects: Group) -> None:
    keys = np.arange(len(projects["signed_on"]), dtype=np.int32)
    accepted = Later(projects["accepted_on"], ("accepted_on",))
    town.recorder.record(TABLE, {**projects, "training_project_id": keys}, projects["signed_on"], accepted, prompt=True)
