"""Classes: trainings at one firm, or of one module for founders, that began together; who came how often.

A class begins with the first of its trainings, so that none leaves its half-year: counts stay what they are.
"""

from __future__ import annotations

import numpy as np

from jixiang.synthetic.days import NONE, Column, month_of
from jixiang.synthetic.draws import Stream, apportion, between, chance, pick, sample
from jixiang.synthetic.town import Town
from jixiang.synthetic.trainings import TABLE as TRAINING
from jixiang.synthetic.trainings import Group

TABLE = "training_class"
BLOCK = 2  # months of which a firm's trainings make one class
HOURS_A_DAY = 7


def draw_classes(town: Town, trainings: Group) -> Group:
    """Columns of the table; gives the trainings their class, its first day, and hours out of those it planned."""
    modes = town.figures["training.modes"]
    of = {name: trainings["mode"] == town.code(TRAINING, "mode", code) for name, code in modes.items()}
    firms = _firm_classes(trainings, np.flatnonzero(of["upskilling"]))
    founders = _founder_classes(town, trainings, np.flatnonzero(of["startups"]))
    number = np.full(len(trainings["mode"]), NONE, dtype=np.int32)
    number[of["upskilling"]] = firms
    first = int(firms.max(initial=-1)) + 1
    number[of["startups"]] = founders + first
    count = int(number.max(initial=-1)) + 1
    rng = town.rng(TABLE)
    module = np.full(count, NONE, dtype=np.int32)
    modules = town.figures["training.startup_modules"]
    module[first:] = pick(rng, [1.0] * len(modules), count - first)
    rows = _classes(town, rng, trainings, number, module)
    _attend(town, rng, trainings, number, rows, module)
    codes = np.append(town.codes(TABLE, "module", modules), NONE).astype(np.int32)
    return {**rows, "module": codes[np.where(module == NONE, len(modules), module)]}


def _firm_classes(trainings: Group, at: Column) -> Column:
    """Per training the number of its class: one firm, two months, and the same certificate in view or none."""
    block = month_of(trainings["started_on"][at]) // BLOCK
    parts = trainings["employer_id"][at], block, trainings["occupation"][at], trainings["level"][at]
    return _numbered(np.stack(parts, axis=1))


def _numbered(rows: Column) -> Column:
    """Equal rows have one number, from nought on."""
    order = np.lexsort(rows.T)
    new = np.append(False, (rows[order][1:] != rows[order][:-1]).any(axis=1))
    numbers = np.empty(len(rows), dtype=np.int32)
    numbers[order] = np.cumsum(new)
    return numbers


def _founder_classes(town: Town, trainings: Group, at: Column) -> Column:
    """Those who began one after the other in one half-year make a class of the usual size, or of one that is not."""
    rng = town.rng(TABLE, "founders")
    numbers, first = np.zeros(len(at), dtype=np.int32), 0
    half = month_of(trainings["started_on"][at]) // 6
    for n in np.unique(half):
        mine = np.flatnonzero(half == n)
        mine = mine[np.argsort(trainings["started_on"][at][mine], kind="stable")]
        sizes = _sizes(town, rng, len(mine))
        numbers[mine] = first + np.repeat(np.arange(len(sizes)), sizes)
        first += len(sizes)
    return numbers


def _sizes(town: Town, rng: Stream, count: int) -> Column:
    """Sizes that add up to `count`: too small, usual, too large, by share."""
    kinds_of = town.figures["training.startup_sizes"]
    shares, bounds = [kind[0] for kind in kinds_of], [tuple(kind[1:]) for kind in kinds_of]
    mean = sum(share * (low + high) / 2 for share, (low, high) in zip(shares, bounds, strict=True)) / sum(shares)
    kinds = np.repeat(np.arange(len(shares)), apportion(max(1, round(count / mean)), shares))
    low, high = (np.array(column)[rng.permutation(kinds)] for column in zip(*bounds, strict=True))
    sizes = low + (rng.random(len(low)) * (high - low + 1)).astype(np.int64)
    return np.array(apportion(count, sizes.tolist()), dtype=np.int64)


def _classes(town: Town, rng: Stream, trainings: Group, number: Column, module: Column) -> Group:
    count, figures = len(module), town.figures
    started = np.full(count, np.iinfo(np.int32).max, dtype=np.int32)
    inside = np.flatnonzero(number != NONE)
    np.minimum.at(started, number[inside], trainings["started_on"][inside])
    low, high, late = figures["training.filed_before"]
    early = started - between(rng, int(low), int(high), count)
    tardy = np.zeros(count, dtype=bool)
    for kind in (module == NONE, module != NONE):
        tardy[sample(rng, np.flatnonzero(kind).astype(np.int32), int(np.ceil(late * int(kind.sum()))))] = True
    least = np.where(module == NONE, between(rng, -5, int(low) - 1, count), -between(rng, 0, 5, count))
    filed = np.where(tardy, started - least, early)
    choices = figures["training.planned_hours"]
    planned = np.array([hours for hours, _ in choices])[pick(rng, [share for _, share in choices], count)]
    by_module = np.array(figures["training.startup_hours"])[np.maximum(module, 0)]
    return {
        "filed_on": filed.astype(np.int32),
        "started_on": started,
        "planned_hours": np.where(module == NONE, planned, by_module).astype(np.int32),
    }


def _attend(town: Town, rng: Stream, trainings: Group, number: Column, classes: Group, module: Column) -> None:
    """Moves the trainings to the days of their class; a few come too seldom."""
    inside = np.flatnonzero(number != NONE)
    mine, count = number[inside], len(inside)
    started, planned = classes["started_on"][mine], classes["planned_hours"][mine]
    before = trainings["started_on"][inside] - started
    trainings["enrolled_on"][inside] -= before
    trainings["started_on"][inside] = started
    founders = module[mine] != NONE
    lasts = started + np.ceil(planned / HOURS_A_DAY * 1.5).astype(np.int32)
    trainings["ended_on"][inside] = np.where(founders, lasts, trainings["ended_on"][inside])
    usual, seldom = town.figures.numbers("training.attendance")
    share = np.where(
        chance(rng, seldom, count), 0.4 + rng.random(count) * (usual - 0.4), 1 - rng.random(count) * (1 - usual)
    )
    trainings["hours"][inside] = np.floor(planned * np.minimum(share, 1) + 0.5)
    course = len(town.figures["training.courses"]) + np.maximum(module[mine], 0)
    trainings["course"][inside] = np.where(founders, course, trainings["course"][inside])
    trainings["training_class_id"][inside] = mine


def record_classes(town: Town, classes: Group) -> None:
    keys = np.arange(len(classes["started_on"]), dtype=np.int32)
    known = np.minimum(classes["filed_on"], classes["started_on"])
    town.recorder.record(TABLE, {**classes, "training_class_id": keys}, known, wrong="filed_on", prompt=True)
