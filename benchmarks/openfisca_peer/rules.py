"""A1 and B3 as OpenFisca says rules: variables of a person, by month or for ever, and formulas over them.

There is one value a person and month, and it is never unknown. B3 counts its months by itself, from a variable of each month.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
from openfisca_core.entities import Entity
from openfisca_core.periods import ETERNITY, MONTH, Period, period
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERSON = Entity("person", "persons", "A person of the city", "")
FIRST_MONTH = "2019-01"  # of which contributions are known
INPUTS: dict[str, tuple[type, str]] = {
    "birth": (date, ETERNITY),
    "female": (bool, ETERNITY),
    "trained": (bool, MONTH),
    "small_firm": (bool, MONTH),
    "listed": (bool, MONTH),
    "key_group": (bool, MONTH),
    "legal_person": (bool, MONTH),
    "insured_there": (bool, MONTH),
    "counted": (bool, MONTH),
    "insured": (bool, MONTH),
    "certified": (date, ETERNITY),
    "certificate_valid": (bool, ETERNITY),
    "by_examination": (bool, ETERNITY),
    "level": (int, ETERNITY),
}


class a1(Variable):
    """以工代训补贴(新吸纳重点群体): 500 yuan a month, in fen."""

    value_type = int
    entity = PERSON
    definition_period = MONTH
    label = "A1"

    def formula(person: Any, period: Period) -> Any:
        months_old = number(period) - month_numbers(person("birth", period))
        of_age = (months_old >= 192) & (months_old < np.where(person("female", period), 600, 720))
        holds = (
            of_age
            & person("trained", period)
            & person("small_firm", period)
            & ~person("listed", period)
            & person("key_group", period)
            & ~person("legal_person", period)
            & person("insured_there", period)
            & person("counted", period)
        )
        return holds * 50000


class b3(Variable):
    """失业保险技能提升补贴 of the one certificate, in fen, as of the last day of the month."""

    value_type = int
    entity = PERSON
    definition_period = MONTH
    label = "B3"

    def formula(person: Any, period: Period) -> Any:
        certified = person("certified", period)
        issued_in = month_numbers(certified)
        insured, insured_then = 0, False
        for month in months_up_to(period):
            then = person("insured", month)
            insured_then = insured_then | (then & (issued_in == number(month)))
            insured = insured + (then if month != period else 0)
        last = period.stop
        level = person("level", period)
        holds = (
            (insured >= 12)
            & insured_then
            & (certified >= np.datetime64(str(last.offset(-12, "month"))))
            & (certified <= np.datetime64(str(last)))
            & person("certificate_valid", period)
            & person("by_examination", period)
        )
        return holds * np.select([level == 5, level == 4, level == 3], [100000, 150000, 200000], 0)


def system() -> TaxBenefitSystem:
    made = TaxBenefitSystem([PERSON])
    for name, (kind, per) in INPUTS.items():
        body = {"value_type": kind, "entity": PERSON, "definition_period": per, "label": name}
        made.add_variable(type(name, (Variable,), body))
    made.add_variable(a1)
    made.add_variable(b3)
    return made


def months_up_to(last: Period) -> Iterator[Period]:
    month = period(FIRST_MONTH)
    while month.start <= last.start:
        yield month
        month = month.offset(1)


def number(month: Period) -> int:
    """Months since the year 0."""
    return month.start.year * 12 + month.start.month - 1


def month_numbers(days: Any) -> Any:
    return days.astype("datetime64[M]").astype(np.int64) + 1970 * 12
