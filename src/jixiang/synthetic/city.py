"""A whole synthetic city, stage by stage, into Delta tables.

Order matters only where one thing follows from another: people and firms, then work, then what comes of work. Memory:
people and jobs are held as columns of four bytes; contributions pass through in pieces.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from jixiang.language.vocabulary_reader import read_vocabulary
from jixiang.synthetic.appointments import draw_appointments, record_appointments, record_titles
from jixiang.synthetic.apprentices import draw_apprentices, record_apprentices
from jixiang.synthetic.arrival import Later, Recorder
from jixiang.synthetic.certificates import draw_certificates, record_certificates
from jixiang.synthetic.classes import draw_classes, record_classes
from jixiang.synthetic.columns import Drawn, words
from jixiang.synthetic.contests import Contests, draw_contests, record_contests
from jixiang.synthetic.contributions import record_contributions
from jixiang.synthetic.days import NONE, START, Column, Mask, day
from jixiang.synthetic.degrees import draw_degrees
from jixiang.synthetic.drills import record_drills
from jixiang.synthetic.figures import check_codes, read_figures
from jixiang.synthetic.firms import Firms, draw_firms
from jixiang.synthetic.founders import draw_founders
from jixiang.synthetic.groups import draw_hardship, draw_unemployment, record_hardship, record_unemployment
from jixiang.synthetic.innovations import record_innovations
from jixiang.synthetic.listings import Listings, draw_listings
from jixiang.synthetic.mastery import find_masters
from jixiang.synthetic.off_job import days_present, draw_off_job
from jixiang.synthetic.online import record_online
from jixiang.synthetic.people import People, draw_people, record_people
from jixiang.synthetic.projects import draw_projects, record_projects
from jixiang.synthetic.registers import Known, head_counts, record_blacklist, record_firms, record_head_counts
from jixiang.synthetic.schooling import draw_education, draw_members, record_education, record_members
from jixiang.synthetic.stoppages import draw_stoppages, record_stoppages
from jixiang.synthetic.studios import draw_studios, record_studios
from jixiang.synthetic.study import Study, draw_study, record_study
from jixiang.synthetic.town import Town
from jixiang.synthetic.trainings import (
    Scene,
    draw_trainings,
    first_filings,
    record_trainings,
)
from jixiang.synthetic.work import Spells, contract_ends, draw_spells, record_work
from jixiang.tables.store import FactStore
from jixiang.values.problem import Problem

Progress = Callable[[str, float], None]

BEFORE_CONTRIBUTIONS = 0.3  # share of the time that everything else takes


def make_city(folder: Path, scale: float, seed: int, city_folder: Path, progress: Progress) -> list[Problem]:
    """Writes the facts of an invented city of `scale` times the city's people into `folder`, which must be empty.

    Reads `vocabulary.md` and `figures.toml` of the city pack; what is wrong with them is returned, and then nothing is
    written. `progress` hears what is being drawn and how much of the whole is done. Same arguments, same bytes.
    """
    vocabulary, problems = read_vocabulary(city_folder / "vocabulary.md")
    figures, more = read_figures(city_folder / "figures.toml")
    problems = [problem for problem in [*problems, *more] if problem.severity == "error"]
    problems = problems or check_codes("figures.toml", figures, vocabulary)
    if problems:
        return problems
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    folder.mkdir(parents=True, exist_ok=True)
    town = Town(scale, seed, figures, vocabulary, Recorder(FactStore(folder), vocabulary, figures, seed))
    _make(town, progress)
    return []


def _make(town: Town, progress: Progress) -> None:
    progress("人口与单位", 0.0)
    people, firms = draw_people(town), draw_firms(town)
    record_people(town, people)
    progress("用工", 0.05)
    spells = draw_spells(town, people, firms)
    listings = draw_listings(town, firms)
    progress("工会与学历", 0.08)
    study = _record_schooling(town, people, firms, spells, listings)
    progress("重点群体", 0.12)
    unemployment, needy = _record_groups(town, people, spells)
    progress("证书与培训", 0.15)
    scene = Scene(people, firms, spells, draw_certificates(town, people, spells), needy, unemployment)
    _record_skills(town, scene, study, listings)
    progress("竞赛与人才", 0.22)
    contests = draw_contests(town, spells)
    record_contests(town, contests)
    _record_honours(town, scene, contests)
    progress("月报", 0.25)
    record_head_counts(town, firms, head_counts(firms, spells))
    record_blacklist(town, firms)
    _record_city(town)
    town.recorder.record_cutoffs()
    entrants = _jobs_of(spells, contests.drawn, len(people))
    left = 1 - BEFORE_CONTRIBUTIONS
    record_contributions(
        town, firms, spells, entrants, lambda done: progress("缴费", BEFORE_CONTRIBUTIONS + left * done)
    )
    progress("完成", 1.0)


def _record_groups(town: Town, people: People, spells: Spells) -> tuple[dict[str, Column], Mask]:
    """Registrations of the unemployed, and who ever had one."""
    unemployment = draw_unemployment(town, people, spells)
    record_unemployment(town, unemployment)
    needy = np.zeros(len(people), dtype=bool)
    needy[unemployment["person_id"]] = True
    record_hardship(town, draw_hardship(town, people, needy))
    return unemployment, needy


def _record_schooling(town: Town, people: People, firms: Firms, spells: Spells, listings: Listings) -> Study:
    members = draw_members(town, firms, spells)
    study = draw_study(town, people, firms, spells, members)
    record_members(town, members, study.people)
    record_study(town, study)
    education = draw_education(town, people)
    record_education(town, education)
    studying = np.zeros(len(people), dtype=bool)
    studying[study.rows["person_id"]] = True
    record_education(town, draw_degrees(town, people, spells, education, listings.hazard, studying))
    return study


def _record_skills(town: Town, scene: Scene, study: Study, listings: Listings) -> None:
    apprentices = draw_apprentices(town, scene)
    record_apprentices(town, apprentices)
    record_work(town, scene.spells, contract_ends(town, scene.spells, apprentices), study.jobs)
    trainings = draw_trainings(town, scene)
    record_classes(town, draw_classes(town, trainings))
    record_projects(town, draw_projects(town, scene, trainings))
    record_hardship(town, draw_off_job(town, scene, trainings))
    days_present(town, trainings)
    record_trainings(town, trainings, scene.certificates)
    record_stoppages(town, draw_stoppages(town, scene.firms, trainings))
    record_certificates(town, scene.certificates)
    record_online(town, scene.spells)
    work_based = town.code("training", "mode", town.figures["training.modes"]["work_based"])
    filed = first_filings(scene.firms, trainings, work_based)
    founder = draw_founders(town, scene.firms, trainings)
    record_firms(town, scene.people, scene.firms, scene.spells, Known(filed, founder, listings, study.firms))


def _record_honours(town: Town, scene: Scene, contests: Contests) -> None:
    """What a city gives to few: studios, appointments, titles, lists of innovations; and the drills of many."""
    people = len(scene.people)
    masters = find_masters(town, scene.spells, scene.certificates)
    record_studios(town, draw_studios(town, masters, people))
    appointments = draw_appointments(town, masters, people)
    record_appointments(town, appointments)
    record_titles(town, masters, appointments, people)
    record_innovations(town, scene.spells, contests)
    record_drills(town, scene.firms)


def _record_city(town: Town) -> None:
    """The one row of the city, and how long its unemployment fund would last."""
    key = str(town.figures["city.key"])
    none = np.zeros(1, dtype=np.int32)
    town.recorder.record("city", {"city_id": words(none, [key])}, none + START)
    stretches = town.figures["city.reserve_months"]
    since = np.array([day(d.year, d.month, d.day) for d, _ in stretches], dtype=np.int32)
    until = np.append(since[1:] - 1, NONE).astype(np.int32)
    rows: dict[str, Drawn] = {
        "city_id": words(np.zeros(len(stretches), dtype=np.int32), [key]),
        "reserve_months": np.array([months for _, months in stretches], dtype=np.int32),
        "valid_from": since,
        "valid_to": until,
    }
    town.recorder.record("city_reserve_months", rows, since, Later(until, ("valid_to",)))


def _jobs_of(spells: Spells, person: Column, people: int) -> Mask:
    """Jobs of those persons that are insured against unemployment."""
    chosen = np.zeros(people, dtype=bool)
    chosen[person] = True
    return chosen[spells.person] & ~spells.flexible
