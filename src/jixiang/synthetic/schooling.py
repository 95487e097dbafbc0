"""Schooling and the union: degrees held, and union membership."""

from __future__ import annotations

import numpy as np

from jixiang.synthetic.arrival import Later, Sure
from jixiang.synthetic.days import END, NONE, START, Column, Mask, day, first_day, month_of
from jixiang.synthetic.draws import between, chance
from jixiang.synthetic.firms import Firms
from jixiang.synthetic.people import People
from jixiang.synthetic.town import Town
from jixiang.synthetic.work import Spells

RECENT = day(2016, 1, 1)


def draw_education(town: Town, people: People) -> dict[str, Column]:
    """The highest degree of everybody between sixteen and sixty-five: the young have better ones."""
    rng, figures = town.rng("education"), town.figures
    adults = np.flatnonzero((people.birth < END - 16 * 365) & (people.birth > START - 65 * 365)).astype(np.int32)
    young = people.birth[adults] + 21 * 365 > RECENT
    shares = figures.share("people.education"), figures.share("people.young_education")
    older, younger = (town.draw(rng, "education", "level", share, len(adults)) for share in shares)
    level = np.where(young, younger, older).astype(np.int32)
    ages = np.zeros(int(level.max(initial=0)) + 1, dtype=np.int32)
    for code, years in figures["people.graduation_age"].items():
        position = town.code("education", "level", code)
        if position < len(ages):
            ages[position] = years
    summer = (month_of(people.birth[adults]) // 12 + ages[level]) * 12 + 5
    graduated = first_day(summer.astype(np.int32)) + between(rng, 9, 45, len(adults))
    done = graduated <= END
    return {
        "person_id": adults[done],
        "level": level[done],
        "graduated_on": graduated[done].astype(np.int32),
    }


def record_education(town: Town, degrees: dict[str, Column]) -> None:
    """May be called again with further degrees."""
    first = town.recorder.next_key("education")
    keys = np.arange(first, first + len(degrees["person_id"]), dtype=np.int32)
    rows = {**degrees, "education_id": keys}
    town.recorder.record("education", rows, rows["graduated_on"], wrong="graduated_on")


def draw_members(town: Town, firms: Firms, spells: Spells) -> dict[str, Column]:
    """Who joined the union in the course of a job, some months after being hired; `job` is that job."""
    rng = town.rng("members")
    rates = np.zeros(int(firms.size.max()) + 1)
    for code, rate in town.figures.share("union.members").items():
        rates[town.code("employer", "size", code)] = rate
    joins = chance(rng, rates[firms.size[spells.firm]], len(spells)) & ~spells.flexible
    at = np.flatnonzero(joins)
    _, firsts = np.unique(spells.person[at], return_index=True)
    at = at[firsts].astype(np.int32)
    joined = spells.hired[at] + between(rng, 20, 400, len(at))
    stayed = (spells.left[at] == NONE) | (joined < spells.left[at])
    at, joined = at[stayed & (joined <= END)], joined[stayed & (joined <= END)]
    leaves = (spells.left[at] != NONE) & chance(rng, 0.4, len(at))
    left = np.where(leaves, spells.left[at], NONE)
    return {"job": at, "person_id": spells.person[at], "joined_on": joined, "left_on": left.astype(np.int32)}


def record_members(town: Town, members: dict[str, Column], whole: Mask) -> None:
    """`whole`: people of whom nothing is missing."""
    rows = {name: column for name, column in members.items() if name != "job"}
    rows["membership_id"] = np.arange(len(members["job"]), dtype=np.int32)
    ends = Later(rows["left_on"], ("left_on",))
    sure = Sure(whole[rows["person_id"]])
    town.recorder.record("membership", rows, rows["joined_on"], ends, wrong="joined_on", sure=sure)
