"""People whom only planted rows know: numbers that nobody in the city has, names that nobody in the city bears."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow.compute as pc

from jixiang.synthetic.extracts.identities import Identities, numbers_of, strings
from jixiang.values.resident_id import check_digit

LAST_SEQUENCE = 999


@dataclass
class Strangers:
    """Deals them in turn. `numbers`: all that were dealt; `accepted`: those that an accepted row has."""

    people: Identities
    numbers: set[str] = field(default_factory=set, repr=False)
    accepted: set[str] = field(default_factory=set, repr=False)
    _named: int = 0

    def number(self, like: str) -> str:
        """One more number of the same birth date and sex."""
        born = (date.fromisoformat(f"{like[6:10]}-{like[10:12]}-{like[12:14]}") - date(1970, 1, 1)).days
        for sequence in range(LAST_SEQUENCE - (int(like[16]) % 2 == 0), 0, -2):
            births, places = np.array([born], dtype=np.int32), np.array([sequence])
            number = str(strings(numbers_of(like[:6], births, places))[0].as_py())
            if number not in self.numbers and pc.index(self.people.numbers, number).as_py() < 0:
                self.numbers.add(number)
                return number
        raise ValueError("no number of that birth date is left")

    def name(self) -> str:
        """One more name."""
        settings = self.people.settings["names"]
        surnames, given = settings["strangers"], "".join(settings["given"].split())
        self._named += 1
        rest, surname = divmod(self._named, len(surnames))
        second, first = divmod(rest, len(given))
        return str(surnames[surname]) + given[first] + given[second % len(given)]


def with_check(body: str) -> str:
    return body + check_digit(body)
