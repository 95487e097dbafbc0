"""Schooling and the union: degrees held, union membership, and the enrolments of those who study beside their work."""

from __future__ import annotations

import numpy as np

from jixiang.synthetic.arrival import Later
from jixiang.synthetic.days import END, NONE, START, Column, day, first_day, from_yyyymm, month_of, shift_months
from jixiang.synthetic.draws import Stream, between, chance, pick, sample
from jixiang.synthetic.firms import Firms
from jixiang.synthetic.people import People
from jixiang.synthetic.town import Town
from jixiang.synthetic.work import Spells

TABLE = "enrolment"
RECENT = day(2016, 1, 1)
MEMBER_MONTHS = 6


def record_education(town: Town, people: People) -> None:
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
    rows = {
        "education_id": np.arange(int(done.sum()), dtype=np.int32),
        "person_id": adults[done],
        "level": level[done],
        "graduated_on": graduated[done].astype(np.int32),
    }
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


def record_members(town: Town, members: dict[str, Column]) -> None:
    rows = {name: column for name, column in members.items() if name != "job"}
    rows["membership_id"] = np.arange(len(members["job"]), dtype=np.int32)
    ends = Later(rows["left_on"], ("left_on",))
    town.recorder.record("membership", rows, rows["joined_on"], ends, wrong="joined_on")


def record_enrolments(town: Town, firms: Firms, spells: Spells, members: dict[str, Column]) -> None:
    """Those who meet what a study grant asks, as many as there were, and others who miss it, narrowly or not."""
    figures = town.figures
    industrial = np.isin(firms.industry, town.codes("employer", "industry", figures["union.study_industries"]))
    person, days, verified = [], [], []
    for month, share in figures["union.study_intakes"]:
        rng = town.rng(TABLE, month)
        start = int(first_day(np.array([from_yyyymm(month)], dtype=np.int32))[0])
        count = town.count(figures.number("union.study_grants") * share)
        fitting = sample(rng, _fitting(spells, members, industrial, start), count)
        misses = _missing(town, rng, spells, members, start, round(count * figures.number("union.study_others")))
        person.append(np.concatenate([members["person_id"][fitting], misses]))
        days.append(start + np.where(chance(rng, 0.7, len(person[-1])), 0, between(rng, 0, 14, len(person[-1]))))
        unverified = (np.arange(len(person[-1])) >= len(fitting)) & chance(rng, 0.15, len(person[-1]))
        verified.append(~unverified)
    rng = town.rng(TABLE)
    everyone, on, checked = np.concatenate(person), np.concatenate(days), np.concatenate(verified)
    order = np.lexsort((on, everyone))
    codes = figures["training.check_codes"]
    passed, failed = (town.code(TABLE, "verification", codes[name]) for name in ("passed", "failed"))
    rows = {
        "enrolment_id": np.arange(len(order), dtype=np.int32),
        "person_id": everyone[order].astype(np.int32),
        "level": _levels(town, rng, checked[order]),
        "enrolled_on": on[order].astype(np.int32),
        "verification": np.where(checked[order], passed, failed).astype(np.int32),
    }
    town.recorder.record(TABLE, rows, rows["enrolled_on"])


def _fitting(spells: Spells, members: dict[str, Column], industrial: Column, on: int) -> Column:
    """Members for half a year, at work in industry for as long."""
    job = members["job"]
    ready = shift_months(members["joined_on"].astype(np.int32), MEMBER_MONTHS) <= on
    there = (members["left_on"] == NONE) | (members["left_on"] > on + 30)
    at_work = (spells.hired[job] < on - 180) & ((spells.left[job] == NONE) | (spells.left[job] > on + 30))
    return np.flatnonzero(ready & there & at_work & industrial[spells.firm[job]]).astype(np.int32)


def _missing(town: Town, rng: Stream, spells: Spells, members: dict[str, Column], on: int, count: int) -> Column:
    """Half of them joined less than half a year before, the others are anybody at work."""
    late = shift_months(members["joined_on"].astype(np.int32), MEMBER_MONTHS)
    close = np.flatnonzero((late > on) & (late < on + 60)).astype(np.int32)
    near = members["person_id"][sample(rng, close, count // 2)]
    anybody = spells.person[sample(rng, np.flatnonzero(spells.during(on, on + 30)).astype(np.int32), count - len(near))]
    return np.concatenate([near, anybody])


def _levels(town: Town, rng: Stream, verified: Column) -> Column:
    """A level that no grant is for falls to none of those counted as fitting more than by chance."""
    shares = town.figures.share("union.study_levels")
    return town.codes(TABLE, "level", list(shares))[pick(rng, list(shares.values()), len(verified))]
