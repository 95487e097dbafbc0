"""Studios of master craftsmen, and what the yearly reviews said of them."""

from __future__ import annotations

import numpy as np

from jixiang.synthetic.arrival import Later
from jixiang.synthetic.days import END, NONE, Column, day, first_day, last_day, month_of, shift_months
from jixiang.synthetic.draws import between, chance
from jixiang.synthetic.mastery import Masters, few
from jixiang.synthetic.town import Town

TABLE = "master_studio"
REVIEW = "studio_review"


def draw_studios(town: Town, masters: Masters, people: int) -> dict[str, Column]:
    """Opened in any of the years; the leader works there then, mostly with a certificate of an upper level."""
    rng, figures = town.rng(TABLE), town.figures
    years, used = figures["studios.years"], np.zeros(people, dtype=bool)
    entries, opened = [], []
    for _ in range(few(town, "studios.count")):
        begun = int(between(rng, day(years[0], 9, 1), day(years[1], 11, 30), 1)[0])
        lower = rng.random() < figures.number("studios.leader_lower")
        entries.append(masters.on(rng, begun, 1, ~masters.upper if lower else masters.upper, used))
        opened.append(np.full(len(entries[-1]), begun))
    entry, on = np.concatenate(entries), np.concatenate(opened).astype(np.int32)
    firm = masters.firm(entry)
    again = np.flatnonzero(chance(rng, figures.number("studios.second"), len(firm)))
    firm[again] = firm[(again + 1) % max(1, len(firm))]
    closed = shift_months(on, between(rng, 8, 30, len(on)))
    closes = chance(rng, figures.number("studios.closed"), len(on)) & (closed <= END)
    order = np.lexsort((on, firm))
    rows = {
        "employer_id": firm,
        "leader_id": masters.person(entry),
        "class": town.deal(rng, TABLE, "class", figures.share("studios.classes"), len(on)),
        "occupation": masters.occupation(entry),
        "opened_on": on,
        "closed_on": np.where(closes, closed, NONE),
    }
    return {name: column[order].astype(np.int32) for name, column in rows.items()}


def record_studios(town: Town, studios: dict[str, Column]) -> None:
    rows = {**studios, "master_studio_id": np.arange(len(studios["opened_on"]), dtype=np.int32)}
    town.recorder.record(TABLE, rows, rows["opened_on"], Later(rows["closed_on"], ("closed_on",)), prompt=True)
    _record_reviews(town, studios)


def _record_reviews(town: Town, studios: dict[str, Column]) -> None:
    """About a year after the opening, and every year from then on until it closed."""
    rng, figures = town.rng(REVIEW), town.figures
    opened, closed = studios["opened_on"], studios["closed_on"]
    times = int(figures["studios.reviews"])
    studio = np.tile(np.arange(len(opened), dtype=np.int32), times)
    nth = np.repeat(np.arange(1, times + 1), len(opened))
    reviewed = shift_months(opened[studio], nth * 12) + between(rng, -20, 45, len(studio))
    year = month_of(opened[studio]) // 12 + nth
    reviewed = np.clip(reviewed, first_day(year * 12), last_day(year * 12 + 11))  # once in each year
    held = (reviewed <= END) & ((closed[studio] == NONE) | (reviewed < closed[studio]))
    held &= ~chance(rng, figures.number("studios.not_reviewed"), len(studio))
    failed = chance(rng, figures.number("studios.failed"), int(held.sum()))
    codes = figures["training.check_codes"]
    good, bad = (town.code(REVIEW, "result", codes[name]) for name in ("passed", "failed"))
    order = np.lexsort((reviewed[held], studio[held]))
    rows = {
        "studio_review_id": np.arange(len(order), dtype=np.int32),
        "master_studio_id": studio[held][order],
        "reviewed_on": reviewed[held][order].astype(np.int32),
        "result": np.where(failed, bad, good)[order].astype(np.int32),
    }
    town.recorder.record(REVIEW, rows, rows["reviewed_on"])
