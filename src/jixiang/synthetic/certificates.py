"""Certificates of skill: how many of which level in each half-year, and whose.

They are drawn before the trainings and apprenticeships that lead to them, so that the published numbers come out
exactly; a training then takes one of them for its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jixiang.language.vocabulary import Code
from jixiang.synthetic.columns import Drawn, Text, codes_of, words
from jixiang.synthetic.days import NONE, START, Column, half_year, month_of
from jixiang.synthetic.draws import Stream, between, chance, pick, sample
from jixiang.synthetic.figures import Figures
from jixiang.synthetic.keys import numbered
from jixiang.synthetic.people import People
from jixiang.synthetic.town import Town
from jixiang.synthetic.work import Spells

FROM_YEAR = 2018
NUMBER_WIDTH = 22


@dataclass
class Certificates:
    """One entry a certificate, in order of half-years. `spell`: the job its holder then had, or `NONE`.

    `taken`: a training or an apprenticeship has led to it. Stages may give a certificate another holder.
    """

    person: Column
    spell: Column
    occupation: Column
    level: Column
    issued: Column
    half: Column
    taken: Column

    def __len__(self) -> int:
        return len(self.person)


def draw_certificates(town: Town, people: People, spells: Spells) -> Certificates:
    rng, figures = town.rng("certificates"), town.figures
    halves = [
        _half(town, rng, people, spells, n, int(issued), int(high))
        for n, (issued, high) in enumerate(
            zip(figures["certificates.issued"], figures["certificates.high"], strict=True)
        )
    ]
    person, spell, level, issued, half = (np.concatenate(columns) for columns in zip(*halves, strict=True))
    occupation = town.draw(rng, "certificate", "occupation", figures.share("occupations.weights"), len(person))
    certificates = Certificates(person, spell, occupation, level, issued, half, np.zeros(len(person), dtype=bool))
    _again(town, rng, certificates)
    return certificates


def _half(
    town: Town, rng: Stream, people: People, spells: Spells, n: int, issued: int, high: int
) -> tuple[Column, Column, Column, Column, Column]:
    figures = town.figures
    total, upper = town.count(issued), town.count(high)
    level = np.concatenate(
        [
            town.deal(rng, "certificate", "level", figures.share("certificates.high_levels"), upper),
            town.deal(rng, "certificate", "level", figures.share("certificates.low_levels"), total - upper),
        ]
    )
    start, end = half_year(n, FROM_YEAR)
    at_work = sample(rng, np.flatnonzero(spells.during(start, end)).astype(np.int32), _part(figures, total))
    low = np.maximum(spells.insured_from[at_work], start)
    high_day = np.where(spells.left[at_work] == NONE, end, np.minimum(spells.left[at_work], end))
    day = low + (rng.random(len(at_work)) * (np.maximum(high_day - low, 0) + 1)).astype(np.int32)
    adults = np.flatnonzero((people.birth < start - 18 * 365) & (people.birth > start - 60 * 365)).astype(np.int32)
    others = sample(rng, adults, total - len(at_work))
    mixed = rng.permutation(len(at_work) + len(others))
    return (
        np.concatenate([spells.person[at_work], others])[mixed],
        np.concatenate([at_work, np.full(len(others), NONE, dtype=np.int32)])[mixed],
        level[: len(mixed)],
        np.concatenate([day, between(rng, start, end, len(others))]).astype(np.int32)[mixed],
        np.full(len(mixed), n, dtype=np.int32),
    )


def _part(figures: Figures, total: int) -> int:
    share = figures.number("certificates.insured")
    return round(total * share)


def _again(town: Town, rng: Stream, certificates: Certificates) -> None:
    """Some holders had one before, of the same occupation: the next level, or the same or a lower one once more."""
    count = len(certificates)
    later = np.flatnonzero(chance(rng, town.figures.number("certificates.again"), count) & (np.arange(count) > 0))
    earlier = (rng.random(len(later)) * later).astype(np.int32)
    for column in (certificates.person, certificates.occupation, certificates.spell):
        column[later] = column[earlier]


def record_certificates(town: Town, certificates: Certificates) -> None:
    rng, figures, count = town.rng("certificates", "record"), town.figures, len(certificates)
    bodies = figures["certificates.bodies"]
    obtained = town.draw(rng, "certificate", "obtained_by", figures.share("certificates.obtained_by"), count)
    body = pick(rng, figures.numbers("certificates.body_weights"), count)
    sure = town.published(certificates.issued, "issued_on", "level", "valid")
    rows: dict[str, Drawn] = {
        "certificate_id": np.arange(count, dtype=np.int32),
        "person_id": certificates.person,
        "number": _numbers(town, certificates),
        "occupation": certificates.occupation,
        "level": certificates.level,
        "issued_on": certificates.issued,
        "obtained_by": obtained,
        "body": words(body, bodies),
        "valid": ~chance(rng, figures.number("certificates.invalid"), count) | sure.rows,
        "fee": _fees(town, certificates.level, body),
    }
    known = np.maximum(certificates.issued, START)
    town.recorder.record("certificate", rows, known, wrong="issued_on", sure=sure)


def _fees(town: Town, level: Column, body: Column) -> Column:
    """Fen: what the level costs, nothing where it was free, mostly with one body; now and then another sum."""
    rng, figures = town.rng("certificates", "fees"), town.figures
    by_level = np.zeros(len(_levels(town)), dtype=np.int64)
    for code, yuan in figures.share("certificates.fees").items():
        by_level[town.code("certificate", "level", code)] = round(yuan * 100)
    usually, seldom, other = figures.numbers("certificates.fees_otherwise")
    free = np.where(body == figures["certificates.bodies"].index(figures["certificates.free_body"]), usually, seldom)
    unusual = by_level[level] * between(rng, 5, 14, len(level)) // 10
    fee = np.where(chance(rng, other, len(level)), unusual, by_level[level])
    return np.where(chance(rng, free, len(level)), 0, fee)


def _numbers(town: Town, certificates: Certificates) -> Text:
    """Prefix, year of two digits, level, running number: twenty-two characters."""
    prefix = str(town.figures["certificates.number_prefix"])
    year = 1970 + month_of(certificates.issued) // 12
    digits = [code.value if len(code.value) == 1 and code.value.isdigit() else "0" for code in _levels(town)]
    level = np.array([int(digit) for digit in digits], dtype=np.int64)[certificates.level]
    return Text(
        np.arange(len(certificates), dtype=np.int32),
        lambda at: numbered(prefix, NUMBER_WIDTH - len(prefix), _dated(year, level, at)),
    )


def _levels(town: Town) -> tuple[Code, ...]:
    return codes_of(town.vocabulary, "certificate", "level").codes


def _dated(year: Column, level: Column, at: Column) -> Column:
    known = np.minimum(at, len(year) - 1)  # a row that never was has a number past the last
    return ((year[known] % 100).astype(np.int64) * 10 + level[known]) * 1_000_000 + at
