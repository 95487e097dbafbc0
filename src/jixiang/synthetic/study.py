"""Those who study beside their work: as many who meet what a study grant asks as there were, and others who do not.

The number of grants is published, so nothing that they rest on is missing or changes, and the others miss it for sure:
too short a member, never one, not at work in industry, or an enrolment that could not be verified.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jixiang.synthetic.arrival import Sure
from jixiang.synthetic.days import NONE, Column, Mask, first_day, from_yyyymm, shift_months
from jixiang.synthetic.draws import Stream, apportion, between, chance, sample
from jixiang.synthetic.firms import Firms
from jixiang.synthetic.people import People
from jixiang.synthetic.town import Town
from jixiang.synthetic.work import Spells

TABLE = "enrolment"
MEMBER_MONTHS = 6
FORTNIGHT = 14  # enrolments come within two weeks of an intake


@dataclass(frozen=True)
class Study:
    """Columns of the table in its order, and what the grants rest on: rows, people, jobs and firms."""

    rows: dict[str, Column]
    granted: Mask
    people: Mask
    jobs: Mask
    firms: Mask


def draw_study(town: Town, people: People, firms: Firms, spells: Spells, members: dict[str, Column]) -> Study:
    """Nobody has two enrolments."""
    drawn = _Drawing(town, people, firms, spells, members)
    for (month, _), count in zip(town.figures["union.study_intakes"], _intakes(town), strict=True):
        drawn.intake(month, count)
    return drawn.study()


def _intakes(town: Town) -> list[int]:
    """How many fit in each intake; the shares of the years that the published number is of add up to one."""
    shares = np.cumsum([share for _, share in town.figures["union.study_intakes"]])
    until = [town.count(town.figures.number("union.study_grants") * round(float(share), 9)) for share in shares]
    return [int(count) for count in np.diff([0, *until])]


class _Drawing:
    """Gathers enrolments intake by intake. `used`: people who have one."""

    def __init__(self, town: Town, people: People, firms: Firms, spells: Spells, members: dict[str, Column]) -> None:
        industries = town.codes("employer", "industry", town.figures["union.study_industries"])
        self.town, self.people, self.firms, self.spells, self.members = town, people, firms, spells, members
        self.industrial = np.isin(firms.industry, industries)[spells.firm] & ~spells.flexible
        self.used = np.zeros(len(people), dtype=bool)
        self.member = np.zeros(len(people), dtype=bool)
        self.member[members["person_id"]] = True
        self.rested_on: list[Column] = []  # jobs
        self.persons: list[Column] = []
        self.days: list[Column] = []
        self.verified: list[Mask] = []
        self.granted: list[Mask] = []

    def intake(self, month: int, count: int) -> None:
        town, rng = self.town, self.town.rng(TABLE, month)
        start = int(first_day(np.array([from_yyyymm(month)], dtype=np.int32))[0])
        self._add(rng, start, self._members(rng, self._fitting(start), count), granted=True)
        others = round(count * town.figures.number("union.study_others"))
        short, unverified, strangers, elsewhere = apportion(others, town.figures.numbers("union.study_misses"))
        self._add(rng, start, self._members(rng, self._short(start), short))
        self._add(rng, start, self._members(rng, self._fitting(start), unverified), verified=False)
        self._add(rng, start, self._members(rng, self._elsewhere(start), elsewhere))
        at_work = np.unique(self.spells.person[self.spells.during(start, start + 30)])
        free = at_work[~self.member[at_work] & ~self.used[at_work]]
        self._add(rng, start, sample(rng, free, strangers))

    def _add(self, rng: Stream, start: int, person: Column, *, granted: bool = False, verified: bool = True) -> None:
        count = len(person)
        self.used[person] = True
        self.persons.append(person)
        self.days.append(start + np.where(chance(rng, 0.7, count), 0, between(rng, 0, FORTNIGHT, count)))
        self.verified.append(np.full(count, verified))
        self.granted.append(np.full(count, granted))

    def _members(self, rng: Stream, rows: Column, count: int) -> Column:
        """Some of those members who have no enrolment yet."""
        chosen = sample(rng, rows[~self.used[self.members["person_id"][rows]]], count)
        self.rested_on.append(self.members["job"][chosen])
        return self.members["person_id"][chosen]

    def _ready(self, on: int) -> Mask:
        """Members for half a year, and for some weeks more."""
        joined, left = self.members["joined_on"].astype(np.int32), self.members["left_on"]
        ready: Mask = (shift_months(joined, MEMBER_MONTHS) <= on) & ((left == NONE) | (left > on + 30))
        return ready

    def _fitting(self, on: int) -> Column:
        """Members for half a year, at work in industry for as long."""
        job, spells = self.members["job"], self.spells
        at_work = (spells.hired[job] < on - 180) & ((spells.left[job] == NONE) | (spells.left[job] > on + 30))
        return np.flatnonzero(self._ready(on) & at_work & self.industrial[job]).astype(np.int32)

    def _short(self, on: int) -> Column:
        """Half a year a member only some days or weeks too late."""
        late = shift_months(self.members["joined_on"].astype(np.int32), MEMBER_MONTHS)
        return np.flatnonzero((late > on + FORTNIGHT) & (late < on + 75)).astype(np.int32)

    def _elsewhere(self, on: int) -> Column:
        """Members for long enough, of a town household, with no job in industry about then."""
        spells, person = self.spells, self.members["person_id"]
        there = spells.during(on - 30, on + 30)
        industrial = np.zeros(len(self.people), dtype=bool)
        industrial[spells.person[there & self.industrial]] = True
        fits = self._ready(on) & there[self.members["job"]] & ~industrial[person] & ~self.people.rural[person]
        return np.flatnonzero(fits).astype(np.int32)

    def study(self) -> Study:
        town, rng = self.town, self.town.rng(TABLE)
        person, on = np.concatenate(self.persons), np.concatenate(self.days)
        order = np.lexsort((on, person))
        granted, verified = np.concatenate(self.granted)[order], np.concatenate(self.verified)[order]
        codes = town.figures["training.check_codes"]
        passed, failed = (town.code(TABLE, "verification", codes[name]) for name in ("passed", "failed"))
        rows = {
            "enrolment_id": np.arange(len(order), dtype=np.int32),
            "person_id": person[order].astype(np.int32),
            "level": np.where(granted, self._levels(rng, granted, True), self._levels(rng, granted, False)),
            "enrolled_on": on[order].astype(np.int32),
            "verification": np.where(verified, passed, failed).astype(np.int32),
        }
        people, jobs, firms = (np.zeros(len(whole), dtype=bool) for whole in (self.people, self.spells, self.firms))
        people[rows["person_id"][granted]] = True
        jobs[np.concatenate(self.rested_on)] = True
        firms[self.spells.firm[jobs]] = True
        return Study(rows, granted, people, jobs, firms)

    def _levels(self, rng: Stream, rows: Mask, granted: bool) -> Column:
        """Levels by share; for a grant only those that there is one for."""
        shares = self.town.figures.share("union.study_levels")
        if granted:
            shares = {code: share for code, share in shares.items() if code in self.town.figures["union.study_granted"]}
        return self.town.draw(rng, TABLE, "level", shares, len(rows))


def record_study(town: Town, study: Study) -> None:
    town.recorder.record(TABLE, study.rows, study.rows["enrolled_on"], sure=Sure(study.granted))
