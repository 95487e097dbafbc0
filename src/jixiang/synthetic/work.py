"""Work: who worked where from when to when, why they left, and which months that makes insured."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from jixiang.synthetic.arrival import Later, Sure
from jixiang.synthetic.days import END, FIRST_MONTH, MONTHS, NONE, START, Column, Mask, month_of, shift_months
from jixiang.synthetic.draws import Stream, between, chance, pick, waits
from jixiang.synthetic.firms import Firms, lasting
from jixiang.synthetic.people import People
from jixiang.synthetic.town import Town

JOBS_MOST = 6
LEAVING_LATE_IN_MONTH = 10  # who leaves after the tenth is still insured for that month


@dataclass(frozen=True)
class Spells:
    """One entry a stretch of work, by person and day of hiring. `left` and `reason` are `NONE` while it lasts.

    `first` and `last` are the insured months since 1970, within the 36 months; none if `last` < `first`.
    """

    person: Column
    firm: Column
    hired: Column
    left: Column
    reason: Column
    insured_from: Column
    first: Column
    last: Column
    flexible: Mask

    def __len__(self) -> int:
        return len(self.person)

    def of(self, rows: Column) -> Spells:
        """Some of them, in that order."""
        return Spells(*(getattr(self, part.name)[rows] for part in fields(self)))

    def during(self, start: int | Column, end: int | Column) -> Mask:
        """Insured jobs that overlap with those days."""
        overlap: Mask = ~self.flexible & (self.insured_from <= end) & ((self.left == NONE) | (self.left >= start))
        return overlap


@dataclass(frozen=True)
class _Worker:
    """Workers who look for a next job: what does not change from job to job."""

    person: Column
    mobile: Mask
    stop: Column  # retirement or death
    stop_reason: Column


def draw_spells(town: Town, people: People, firms: Firms) -> Spells:
    rng = town.rng("work")
    worker, hired, begun = _workers(town, rng, people)
    flexible = chance(rng, town.figures.number("work.flexible"), len(worker.person))
    jobs = []
    for _ in range(JOBS_MOST):
        going = (hired <= END) & (hired < worker.stop)
        worker, hired, begun, flexible = _taken(worker, going), hired[going], begun[going], flexible[going]
        job = _job(town, rng, people, firms, worker, hired, begun, flexible)
        jobs.append(job)
        second = chance(rng, town.figures.number("work.second_job"), len(hired)) & ~flexible
        other = _any_firm(rng, firms, second)
        unfit = firms.founded[other] > hired[second]
        other[unfit] = np.flatnonzero(lasting(firms))[other[unfit] % int(lasting(firms).sum())]
        jobs.append({**{name: column[second] for name, column in job.items()}, "firm": other})
        hired, begun = _next_hiring(town, rng, job["left"], hired), np.zeros(len(hired), dtype=bool)
    joined = {name: np.concatenate([job[name] for job in jobs]) for name in jobs[0]}
    return _with_months(town, rng, joined)


def _workers(town: Town, rng: Stream, people: People) -> tuple[_Worker, Column, Mask]:
    """Those ever insured, the day of their first hiring, and whether they were already at work on the first day."""
    grown = people.birthday(between(rng, 17, 24, len(people)))
    retires = _retirement(town, rng, people)
    stop = np.where(people.died == NONE, retires, np.minimum(retires, people.died)).astype(np.int32)
    ever = (grown < END) & (stop > START) & chance(rng, town.figures.number("work.ever_insured"), len(people))
    person = np.flatnonzero(ever).astype(np.int32)
    figures, count = town.figures, len(person)
    mobile = chance(rng, figures.number("work.mobile"), count)
    begun = chance(rng, figures.number("work.employed_at_start"), count) & (grown[person] < START - 30)
    before = START - waits(rng, _stay(town, mobile) / 2, count) - 1
    hired = np.where(
        begun, np.maximum(before, grown[person]), np.maximum(between(rng, START, END, count), grown[person])
    )
    died = (people.died != NONE) & (people.died <= retires)
    reasons = figures["work.reasons"]
    retired_code, died_code = (town.code("departure", "reason", reasons[name]) for name in ("retired", "died"))
    why = np.where(died[person], died_code, retired_code).astype(np.int32)
    return _Worker(person, mobile, stop[person], why), hired.astype(np.int32), begun


def _retirement(town: Town, rng: Stream, people: People) -> Column:
    age = np.full(len(people), 60, dtype=np.int32)
    for code, choices in town.figures["work.retirement"].items():
        years, weights = zip(*choices, strict=True)
        drawn = np.array(years, dtype=np.int32)[pick(rng, weights, len(people))]
        age = np.where(people.sex == town.code("person", "sex", code), drawn, age)
    return people.birthday(age)


def _stay(town: Town, mobile: Mask) -> Column:
    steady, short = town.figures.numbers("work.stay_days")
    return np.where(mobile, short, steady)


def _job(
    town: Town, rng: Stream, people: People, firms: Firms, worker: _Worker, hired: Column, begun: Mask, flexible: Mask
) -> dict[str, Column]:
    count = len(hired)
    firm = _any_firm(rng, firms, np.ones(count, dtype=bool))
    unfit = (firms.founded[firm] > hired) | (
        (firms.closed[firm] != NONE) & (firms.closed[firm] <= np.maximum(hired, START))
    )
    firm[unfit] = np.flatnonzero(lasting(firms))[pick(rng, firms.weight[lasting(firms)], int(unfit.sum()))]
    firm = np.where(flexible, firms.window_numbers[people.district[worker.person]], firm).astype(np.int32)
    hired = np.where(begun, np.maximum(hired, firms.founded[firm]), hired).astype(np.int32)
    left = np.maximum(hired, START) + 15 + waits(rng, _stay(town, worker.mobile), count)
    reason = town.draw(rng, "departure", "reason", town.figures.share("work.leaving"), count)
    left, reason = _dismissed(town, rng, firms, firm, hired, left, reason)
    stopped = worker.stop <= left
    left, reason = np.where(stopped, worker.stop, left), np.where(stopped, worker.stop_reason, reason)
    ended = left <= END
    return {
        "person": worker.person,
        "firm": firm,
        "hired": hired,
        "left": np.where(ended, left, NONE).astype(np.int32),
        "reason": np.where(ended, reason, NONE).astype(np.int32),
        "flexible": flexible,
    }


def _any_firm(rng: Stream, firms: Firms, among: Mask) -> Column:
    return pick(rng, firms.weight[: firms.regular], int(among.sum()))


def _dismissed(
    town: Town, rng: Stream, firms: Firms, firm: Column, hired: Column, left: Column, reason: Column
) -> tuple[Column, Column]:
    """Closing ends every job at the firm, a shock ends some."""
    laid_off = town.code("departure", "reason", town.figures["work.reasons"]["laid_off"])
    shock, closed = firms.shock[firm], firms.closed[firm]
    struck = (shock != NONE) & (hired < shock) & (shock < left)
    struck &= chance(rng, town.figures.numbers("firms.shocks")[2], len(firm))
    left = np.where(struck, shock, left)
    shut = (closed != NONE) & (closed < left)
    return np.where(shut, closed, left).astype(np.int32), np.where(struck | shut, laid_off, reason).astype(np.int32)


def _next_hiring(town: Town, rng: Stream, left: Column, hired: Column) -> Column:
    figures, count = town.figures, len(left)
    soon = chance(rng, figures.number("work.no_gap"), count)
    wait = np.where(soon, between(rng, 1, 15, count), 15 + waits(rng, figures.number("work.gap_days"), count))
    over = (left == NONE) | chance(rng, figures.number("work.withdraw"), count)
    return np.where(over, END + 1, np.maximum(left, hired) + wait).astype(np.int32)


def _taken(worker: _Worker, rows: Mask) -> _Worker:
    return _Worker(*(getattr(worker, part.name)[rows] for part in fields(worker)))


def _with_months(town: Town, rng: Stream, jobs: dict[str, Column]) -> Spells:
    """In order of person and day; insured from the day of hiring or somewhat later."""
    order = np.lexsort((jobs["firm"], jobs["hired"], jobs["person"]))
    job = {name: column[order] for name, column in jobs.items()}
    soon, late = town.figures.numbers("work.insured_late")
    count = len(order)
    delay = np.where(chance(rng, soon, count), between(rng, 1, 30, count), 0)
    delay = np.where(chance(rng, late, count), between(rng, 31, 60, count), delay)
    insured_from = (job["hired"] + delay).astype(np.int32)
    first = np.maximum(month_of(insured_from), FIRST_MONTH)
    until = np.where(job["left"] == NONE, END, job["left"] - LEAVING_LATE_IN_MONTH)
    last = np.minimum(month_of(until.astype(np.int32)), FIRST_MONTH + MONTHS - 1)
    return Spells(**job, insured_from=insured_from, first=first.astype(np.int32), last=last.astype(np.int32))


def contract_ends(town: Town, spells: Spells, apprentices: dict[str, Column]) -> Column:
    """The last day of the contract signed on hiring, `NONE` if open-ended; an apprentice's is the one that was filed."""
    rng, figures, count = town.rng("contracts"), town.figures, len(spells)
    terms = figures["work.contracts"]
    months = np.array([n for n, _ in terms], dtype=np.int32)[pick(rng, [share for _, share in terms], count)]
    ends = shift_months(spells.hired, months) - 1
    ends = np.where(chance(rng, figures.number("work.contracts_short"), count), ends - between(rng, 1, 20, count), ends)
    ends = np.where(months == 0, NONE, ends).astype(np.int32)
    ends[apprentices["job"]] = apprentices["contract_to"]
    return ends


def record_work(town: Town, spells: Spells, contract_to: Column, whole: Mask) -> None:
    """`whole`: jobs of which nothing is missing."""
    rows = {
        "employment_id": np.arange(len(spells), dtype=np.int32),
        "person_id": spells.person,
        "employer_id": spells.firm,
        "hired_on": spells.hired,
        "left_on": spells.left,
        "insured_from": spells.insured_from,
        "contract_to": contract_to,
    }
    kept = ~spells.flexible
    rows = {name: column[kept] for name, column in rows.items()}
    ends = Later(rows["left_on"], ("left_on",))
    town.recorder.record("employment", rows, rows["hired_on"], ends, wrong="hired_on", sure=Sure(whole[kept]))
    gone = np.flatnonzero(kept & (spells.left != NONE) & (spells.left >= START))
    gone = gone[np.lexsort((spells.left[gone], spells.firm[gone]))]
    departures = {
        "departure_id": np.arange(len(gone), dtype=np.int32),
        "person_id": spells.person[gone],
        "employer_id": spells.firm[gone],
        "departed_on": spells.left[gone],
        "reason": spells.reason[gone],
    }
    town.recorder.record("departure", departures, departures["departed_on"], wrong="departed_on")
