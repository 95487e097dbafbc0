"""Which places cannot hold all who want them, in full. Only there does the order matter.

A claim that meets no contested place is granted in full whatever the order, since its places can never fill; so the line
is needed for the others only: all claims that touch a contested place, with what stands in those places.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from jixiang.readings.select.claims import Asked, Claim, Grant, PlaceKey
from jixiang.readings.select.room import Tally, held_by


class _Wanted:
    """Everybody who wants one place, and the smallest limit that one of them asks for."""

    __slots__ = ("asked", "least", "tally")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.least = asked.most
        self.tally = Tally()

    def add(self, claim: Claim, asked: Asked, fen: int) -> None:
        self.least = min(self.least, asked.most)
        self.tally.count(held_by(claim, asked, fen))

    def contested(self) -> bool:
        """A claim that stands twice (today's and the one of another date) counts twice: too many is safe, too few is not."""
        match self.asked.kind:
            case _ if self.asked.spans and self.tally.size > 1:
                return True
            case "count":
                return self.tally.size > self.least
            case "months":
                return len(self.tally.units) > self.least
            case "money":
                return self.tally.fen > self.least
            case "exclude":
                return len(self.tally.units) > 1
            case "ladder":
                return self.tally.size > 1


def contested(claims: Iterable[Claim], standing: Iterable[Grant] = ()) -> set[PlaceKey]:
    """The contested places. `standing`: each grant with the claim it has today (its old one if unknown), to be counted in
    full as it may be raised; `claims`: the newcomers, and the other claims that a moving grant may come to."""
    wanted: dict[PlaceKey, _Wanted] = {}
    wants = chain(
        ((one, one.amount) for one in claims), ((one.claim, max(one.amount, one.claim.amount)) for one in standing)
    )
    for claim, fen in wants:
        for asked in claim.places:
            place = wanted.get(asked.place)
            if place is None:
                place = wanted[asked.place] = _Wanted(asked)
            place.add(claim, asked, fen)
    return {key for key, place in wanted.items() if place.contested()}
