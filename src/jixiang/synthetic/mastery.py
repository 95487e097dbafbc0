"""Who has mastered a trade: skilled people at work on a day, for studios, appointments and titles.

Their numbers are small and published, so they do not shrink below what a demonstration can be seen by.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jixiang.synthetic.certificates import Certificates
from jixiang.synthetic.days import NONE, Column, Mask
from jixiang.synthetic.draws import Stream, sample
from jixiang.synthetic.town import Town
from jixiang.synthetic.work import Spells


@dataclass(frozen=True)
class Masters:
    """Certificates of people at work, one entry each. `upper`: of the levels that a master must hold."""

    certificate: Column
    job: Column
    upper: Mask
    spells: Spells
    certificates: Certificates

    def on(self, rng: Stream, day: int, count: int, upper: Mask, used: Mask) -> Column:
        """Entries of that many different people who are at work on the day and held the certificate before it.

        `upper`: which entries may be taken; `used`: people who may not, to whom the chosen are added.
        """
        spells, certificates = self.spells.of(self.job), self.certificates
        fits = spells.during(day, day) & (certificates.issued[self.certificate] < day - 30) & upper
        fits &= ~used[spells.person]
        _, firsts = np.unique(spells.person[fits], return_index=True)
        chosen = sample(rng, np.flatnonzero(fits)[firsts].astype(np.int32), count)
        used[spells.person[chosen]] = True
        return chosen

    def not_at_work(self, day: int) -> Column:
        """People who have mastered a trade and have no job on the day."""
        jobs = self.spells
        return np.setdiff1d(self.person(np.arange(len(self.job))), jobs.person[jobs.during(day - 60, day + 60)])

    def person(self, entries: Column) -> Column:
        return self.spells.person[self.job[entries]]

    def firm(self, entries: Column) -> Column:
        return self.spells.firm[self.job[entries]]

    def occupation(self, entries: Column) -> Column:
        return self.certificates.occupation[self.certificate[entries]]


def find_masters(town: Town, spells: Spells, certificates: Certificates) -> Masters:
    """`high` certificates whose holder was at work when it was issued."""
    figures = town.figures
    high = town.codes("certificate", "level", list(figures.share("certificates.high_levels")))
    upper = town.codes("certificate", "level", figures["masters.levels"])
    at = np.flatnonzero(np.isin(certificates.level, high) & (certificates.spell != NONE)).astype(np.int32)
    at = at[spells.person[certificates.spell[at]] == certificates.person[at]]
    return Masters(at, certificates.spell[at], np.isin(certificates.level[at], upper), spells, certificates)


def few(town: Town, name: str) -> int:
    """A small number that does not vanish: the figure gives it for the whole city, and the least there is anywhere."""
    whole, least = town.figures[name]
    return town.count(whole, least=int(least))
