"""Innovations of workers: lists of ten in each category and edition, others without a rank, and who made them.

The lists are of one length at any scale.
"""

from __future__ import annotations

import numpy as np

from jixiang.synthetic.columns import Drawn, codes_of, words
from jixiang.synthetic.contests import Contests
from jixiang.synthetic.days import NONE, Column, day
from jixiang.synthetic.draws import Stream, pick, sample
from jixiang.synthetic.town import Town
from jixiang.synthetic.work import Spells

TABLE = "innovation"
AUTHOR = "innovation_author"

Authors = dict[str, Column]


def record_innovations(town: Town, spells: Spells, contests: Contests) -> None:
    """The authors of an edition are different people, at work on the day, none of them a winner of a contest.

    A medal is not given to a person twice within some years: the published lists bring ten medals each.
    """
    rng, figures = town.rng(TABLE), town.figures
    editions = [(int(number), day(on.year, on.month, on.day)) for number, on in figures["innovations.editions"]]
    rank, category = _lists(town)
    size, count = len(rank), len(rank) * len(editions)
    published = np.repeat(np.array([on for _, on in editions], dtype=np.int32), size)
    winners = contests.entries["person_id"][contests.entries["rank"] == 1]
    authors = [_authors(town, rng, spells, winners, on, n * size, size) for n, (_, on) in enumerate(editions)]
    subjects = figures["innovations.subjects"]
    names = [f"{subjects[n % len(subjects)]} {n // len(subjects) + 1}" for n in range(count)]
    rows: dict[str, Drawn] = {
        "innovation_id": np.arange(count, dtype=np.int32),
        "category": np.tile(category, len(editions)),
        "name": words(rng.permutation(count).astype(np.int32), names),
        "edition": np.repeat(np.array([number for number, _ in editions], dtype=np.int32), size),
        "rank": np.tile(rank, len(editions)),
        "published_on": published,
    }
    town.recorder.record(TABLE, rows, published, prompt=True)
    _record_authors(town, authors, published)


def _lists(town: Town) -> tuple[Column, Column]:
    """Rank and category of each innovation of one edition."""
    categories = np.arange(len(codes_of(town.vocabulary, TABLE, "category").codes), dtype=np.int32)
    ranked, others = (int(town.figures[f"innovations.{name}"]) for name in ("ranked", "unranked"))
    ranks = np.append(np.arange(1, ranked + 1), np.full(others, NONE)).astype(np.int32)
    return np.tile(ranks, len(categories)), np.repeat(categories, ranked + others)


def _authors(town: Town, rng: Stream, spells: Spells, winners: Column, on: int, first: int, count: int) -> Authors:
    """One to five each, or as many as there are people at work."""
    numbers = 1 + pick(rng, town.figures.numbers("innovations.authors"), count)
    at_work = np.setdiff1d(spells.person[spells.during(on, on)], winners)
    person = rng.permutation(sample(rng, at_work, int(numbers.sum())))
    innovation = np.repeat(np.arange(count, dtype=np.int32), numbers)
    position = np.arange(len(innovation)) - np.repeat(np.cumsum(numbers) - numbers, numbers) + 1
    by_position = np.argsort(position, kind="stable")[: len(person)]  # where people are few, first authors come first
    return {"innovation_id": innovation[by_position] + first, "position": position[by_position], "person_id": person}


def _record_authors(town: Town, editions: list[Authors], published: Column) -> None:
    joined = {name: np.concatenate([authors[name] for authors in editions]) for name in editions[0]}
    order = np.lexsort((joined["person_id"], joined["position"], joined["innovation_id"]))
    rows = {name: column[order].astype(np.int32) for name, column in joined.items()}
    rows["innovation_author_id"] = np.arange(len(order), dtype=np.int32)
    town.recorder.record(AUTHOR, rows, published[rows["innovation_id"]], prompt=True)
