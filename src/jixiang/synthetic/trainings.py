"""Trainings of every mode, and what was learnt online."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jixiang.synthetic.arrival import Later
from jixiang.synthetic.certificates import FROM_YEAR as CERTIFICATES_FROM
from jixiang.synthetic.certificates import Certificates
from jixiang.synthetic.columns import Drawn, codes_of, words
from jixiang.synthetic.days import END, NONE, START, Column, half_year, shift_months
from jixiang.synthetic.draws import Stream, between, chance, pick, sample
from jixiang.synthetic.firms import Firms
from jixiang.synthetic.people import People
from jixiang.synthetic.town import Town
from jixiang.synthetic.work import Spells

FROM_YEAR = 2019
EARLIER = (FROM_YEAR - CERTIFICATES_FROM) * 2  # half-years of certificates before the first of trainings
TABLE = "training"


@dataclass(frozen=True)
class Scene:
    """Whom trainings are drawn from. `needy`: was ever registered as unemployed, as `unemployment` has it by rows."""

    people: People
    firms: Firms
    spells: Spells
    certificates: Certificates
    needy: Column
    unemployment: dict[str, Column]


Group = dict[str, Column]


def draw_trainings(town: Town, scene: Scene) -> Group:
    """All modes and half-years together, as columns of the table in its order: a row's number is its key."""
    draws = {
        "catalogue": _catalogue,
        "work_based": _work_based,
        "upskilling": _upskilling,
        "projects": _projects,
        "startups": _startups,
    }
    groups = []
    for mode, code in town.figures["training.modes"].items():
        for n, whole in enumerate(town.figures[f"training.{mode}"]):
            rng, count = town.rng(TABLE, mode, n), town.count(whole)
            group = draws[mode](town, rng, scene, n, count)
            size = len(group["person_id"])
            mode_of = np.full(size, town.code(TABLE, "mode", code))
            groups.append({**_blank(size), **group, "mode": mode_of, "half": np.full(size, n)})
    joined = {name: np.concatenate([group[name] for group in groups]).astype(np.int32) for name in groups[0]}
    order = np.lexsort((joined["started_on"], joined["person_id"]))
    trainings = {name: column[order] for name, column in joined.items()}
    _into_half(trainings)
    return trainings


def _into_half(trainings: Group) -> None:
    """Moves what began some days outside the half-year that it is counted in to the nearest day of it."""
    halves = [half_year(n, FROM_YEAR) for n in range(int(trainings["half"].max(initial=0)) + 1)]
    first, last = (np.array(days, dtype=np.int32)[trainings["half"]] for days in zip(*halves, strict=True))
    started = np.clip(trainings["started_on"], first, last)
    trainings["enrolled_on"] += started - trainings["started_on"]
    trainings["started_on"] = started
    trainings["ended_on"] = np.maximum(trainings["ended_on"], started)


def _blank(count: int) -> Group:
    names = (
        "employer_id provider_id course occupation level enrolled_on ended_on hours passed free certificate_id "
        "training_class_id training_project_id days off_job"
    )
    return {name: np.full(count, NONE, dtype=np.int32) for name in names.split()}


def _catalogue(town: Town, rng: Stream, scene: Scene, n: int, count: int) -> Group:
    """Courses that lead to a certificate, mostly of people in need of one; some fail, some get another one."""
    certificates, figures = scene.certificates, town.figures
    certified = round(count * float(figures["training.certified"]["catalogue"]))
    lean = 1.0 + 2.0 * scene.people.rural + 6.0 * scene.needy
    lower = np.isin(certificates.level, town.codes("certificate", "level", [*figures["certificates.low_levels"], "3"]))
    free = np.flatnonzero((certificates.half == n + EARLIER) & ~certificates.taken & lower).astype(np.int32)
    got = sample(rng, free, certified, lean[certificates.person[free]])
    certificates.taken[got] = True
    adults = np.flatnonzero((scene.people.birth < START - 18 * 365) & (scene.people.birth > START - 55 * 365))
    failing = sample(rng, adults.astype(np.int32), count - len(got), lean[adults])
    ended = np.concatenate([certificates.issued[got] - between(rng, 10, 60, len(got)), _days(rng, n, len(failing))])
    started = ended - between(rng, 15, 60, len(ended))
    kind = np.concatenate([certificates.occupation[got], _occupations(town, rng, len(failing))])
    levels = town.draw(rng, TABLE, "level", figures.share("certificates.low_levels"), len(failing))
    size = len(ended)
    return {
        "person_id": np.concatenate([certificates.person[got], failing]),
        "provider_id": _providers(rng, scene, size),
        "course": offered(town) + kind,
        "occupation": _mismatched(town, rng, kind),
        "level": np.concatenate([certificates.level[got], levels]),
        "enrolled_on": started - between(rng, 1, 30, size),
        "started_on": started,
        "ended_on": ended,
        "hours": between(rng, 40, 160, size),
        "passed": np.arange(size) < len(got),
        "free": chance(rng, figures.number("training.free"), size),
        "certificate_id": np.concatenate([got, np.full(len(failing), NONE)]),
    }


def _work_based(town: Town, rng: Stream, scene: Scene, n: int, count: int) -> Group:
    """At small firms: some begin with their hiring, most others are at work already. Key groups are likelier."""
    figures, spells = town.figures, scene.spells
    start, end = half_year(n, FROM_YEAR)
    fits = np.isin(scene.firms.size, town.codes("employer", "size", figures["training.work_based_sizes"]))
    there = np.flatnonzero(spells.during(start, end) & fits[spells.firm])
    fresh = spells.hired[there] >= start
    lean = np.where(scene.needy[spells.person[there]], figures.number("training.work_based_key_groups"), 1.0)
    newcomers = round(count * figures.number("training.work_based_new_hires"))
    hired = sample(rng, there[fresh].astype(np.int32), newcomers, lean[fresh])
    settled = sample(rng, there[~fresh].astype(np.int32), count - len(hired), lean[~fresh])
    job = np.concatenate([hired, settled])
    begins = np.concatenate([spells.hired[hired] + between(rng, 0, 20, len(hired)), _days(rng, n, len(settled))])
    months = 1 + pick(rng, figures.numbers("training.work_based_months"), len(job))
    ended = shift_months(begins.astype(np.int32), months) - 1
    leaves = (spells.left[job] != NONE) & (spells.left[job] < ended) & chance(rng, 0.9, len(job))
    return {
        "person_id": spells.person[job],
        "employer_id": spells.firm[job],
        "occupation": _occupations(town, rng, len(job)),
        "enrolled_on": begins,
        "started_on": begins,
        "ended_on": np.maximum(np.where(leaves, spells.left[job], ended), begins),
        "hours": months * 20,
        "passed": np.ones(len(job), dtype=bool),
        "free": np.ones(len(job), dtype=bool),
    }


def _upskilling(town: Town, rng: Stream, scene: Scene, n: int, count: int) -> Group:
    """At any firm, for those at work; few lead to a certificate."""
    figures, spells, certificates = town.figures, scene.spells, scene.certificates
    certified = round(count * float(figures["training.certified"]["upskilling"]))
    free = np.flatnonzero((certificates.half == n + EARLIER) & ~certificates.taken & (certificates.spell != NONE))
    got = sample(rng, free.astype(np.int32), certified)
    certificates.taken[got] = True
    start, end = half_year(n, FROM_YEAR)
    there = np.flatnonzero(spells.during(start, end)).astype(np.int32)
    job = np.concatenate([certificates.spell[got], sample(rng, there, count - len(got))])
    size, none = len(job), np.full(len(job) - len(got), NONE)
    ended = np.concatenate([certificates.issued[got] - between(rng, 3, 40, len(got)), _days(rng, n, len(none))])
    started = ended - between(rng, 3, 30, size)
    return {
        "person_id": np.concatenate([certificates.person[got], spells.person[job[len(got) :]]]),
        "employer_id": spells.firm[job],
        "course": pick(rng, [1.0] * len(figures["training.courses"]), size),
        "occupation": np.concatenate([certificates.occupation[got], none]),
        "level": np.concatenate([certificates.level[got], none]),
        "enrolled_on": started - between(rng, 0, 15, size),
        "started_on": started,
        "ended_on": ended,
        "hours": between(rng, 12, 80, size),
        "passed": chance(rng, figures.number("training.passed"), size) | (np.arange(size) < len(got)),
        "free": np.ones(size, dtype=bool),
        "certificate_id": np.concatenate([got, none]),
    }


def _projects(town: Town, rng: Stream, scene: Scene, n: int, count: int) -> Group:
    """Whole courses that are bought from a provider, in an occupation."""
    group = _without_certificate(town, rng, scene, n, count)
    occupation = _occupations(town, rng, len(group["person_id"]))
    return {**group, "occupation": occupation, "course": offered(town) + occupation}


def _startups(town: Town, rng: Stream, scene: Scene, n: int, count: int) -> Group:
    """Courses for founders."""
    group, figures = _without_certificate(town, rng, scene, n, count), town.figures
    modules = len(figures["training.startup_courses"])
    course = len(figures["training.courses"]) + pick(rng, [1.0] * modules, len(group["person_id"]))
    return {**group, "course": course}


def _without_certificate(town: Town, rng: Stream, scene: Scene, n: int, count: int) -> Group:
    people, figures = scene.people, town.figures
    adults = np.flatnonzero((people.birth < START - 20 * 365) & (people.birth > START - 55 * 365)).astype(np.int32)
    person = sample(rng, adults, count, (1.0 + 6.0 * scene.needy + people.rural)[adults])
    started, size = _days(rng, n, len(person)), len(person)
    return {
        "person_id": person,
        "provider_id": _providers(rng, scene, size),
        "enrolled_on": started - between(rng, 1, 20, size),
        "started_on": started,
        "ended_on": started + between(rng, 5, 25, size),
        "hours": between(rng, 24, 80, size),
        "passed": chance(rng, figures.number("training.passed"), size),
        "free": np.ones(size, dtype=bool),
    }


def _courses(town: Town) -> list[str]:
    """General courses, courses for founders, and one course an occupation, in the order of its list."""
    occupations = codes_of(town.vocabulary, TABLE, "occupation").codes
    general = [*town.figures["training.courses"], *town.figures["training.startup_courses"]]
    return general + [code.name for code in occupations]


def offered(town: Town) -> int:
    """Where the courses of occupations begin."""
    return len(town.figures["training.courses"]) + len(town.figures["training.startup_courses"])


def _days(rng: Stream, n: int, count: int) -> Column:
    start, end = half_year(n, FROM_YEAR)
    return between(rng, start, end, count)


def _providers(rng: Stream, scene: Scene, count: int) -> Column:
    numbers = scene.firms.provider_numbers
    return numbers[between(rng, 0, len(numbers) - 1, count)]


def _occupations(town: Town, rng: Stream, count: int) -> Column:
    return town.draw(rng, TABLE, "occupation", town.figures.share("occupations.weights"), count)


def _mismatched(town: Town, rng: Stream, occupation: Column) -> Column:
    other = chance(rng, town.figures.number("training.mismatched"), len(occupation))
    return np.where(other, _occupations(town, rng, len(occupation)), occupation).astype(np.int32)


def record_trainings(town: Town, trainings: Group, certificates: Certificates) -> None:
    """A row when it starts, one when it ends, one when the certificate comes."""
    link = trainings["certificate_id"]
    issued = np.where(link == NONE, NONE, certificates.issued[np.maximum(link, 0)]).astype(np.int32)
    rows: dict[str, Drawn] = {
        **trainings,
        "training_id": np.arange(len(link), dtype=np.int32),
        "course": words(trainings["course"], _courses(town)),
    }
    town.recorder.record(
        TABLE,
        rows,
        trainings["started_on"],
        Later(trainings["ended_on"], ("ended_on", "hours", "days", "passed")),
        Later(issued, ("certificate_id",)),
        wrong="hours",
        sure=town.published(trainings["started_on"], "started_on"),
    )


def first_filings(firms: Firms, trainings: Group, mode: int) -> Column:
    """Per firm a month after its first training of that mode began; `NONE` for the others."""
    first = np.full(len(firms), END + 1, dtype=np.int32)
    chosen = (trainings["mode"] == mode) & (trainings["employer_id"] != NONE)
    np.minimum.at(first, trainings["employer_id"][chosen], trainings["started_on"][chosen] + 30)
    return np.where(first > END, NONE, first).astype(np.int32)
