"""Who holds which place, and what is left there.

A place only gets fuller while claims are accepted; every guarantee of selection rests on this. So each limit is read as
"do those who hold it leave room for this claim", by the claim's own limit and never by theirs.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

from jixiang.readings.select.claims import Asked, Claim, ClaimId, Full, PlaceKey
from jixiang.readings.select.spans import first_sharing, span_end

Unit = str | int | None
Held = tuple[int, Unit, int]  # what one claim holds in one place: fen, what the rule counts, day


def held_by(claim: Claim, asked: Asked, fen: int) -> Held:
    """Besides grants and money a rule counts different periods, different policies, or the levels held."""
    match asked.kind:
        case "months":
            return fen, claim.period, claim.event
        case "exclude":
            return fen, claim.policy, claim.event
        case "ladder":
            return fen, asked.level, claim.event
        case _:
            return fen, None, claim.event


class Tally:
    """Holders added up: how many, how many for each unit, how much money."""

    __slots__ = ("fen", "size", "units")

    def __init__(self) -> None:
        self.size = 0
        self.fen = 0
        self.units: dict[Unit, int] = {}

    def count(self, held: Held) -> None:
        fen, unit, _ = held
        self.size += 1
        self.fen += fen
        if unit is not None:
            self.units[unit] = self.units.get(unit, 0) + 1

    def uncount(self, held: Held) -> None:
        fen, unit, _ = held
        self.size -= 1
        self.fen -= fen
        if unit is not None:
            self.units[unit] -= 1
            if not self.units[unit]:
                del self.units[unit]

    def leaves(self, claim: Claim, asked: Asked) -> int:
        """What is left for a claim that is not among the holders.

        Months: a period already held takes no room, so only the *other* periods count against the limit. Said this way a
        place that is full stays full, even where a lowered limit finds more months standing than it allows.
        """
        match asked.kind:
            case "money":
                return max(0, min(claim.amount, asked.most - self.fen))
            case "count":
                free = self.size < asked.most
            case "months":
                free = len(self.units) - (claim.period in self.units) < asked.most
            case "exclude":
                free = len(self.units) == (claim.policy in self.units)
            case _:
                free = not self.units or max(self.units) <= asked.level  # type: ignore[type-var,operator]
        if free:
            return claim.amount
        return max(0, claim.amount - self.fen) if asked.top_up else 0


class Place(Tally):
    """The holders of one (rule, key)."""

    __slots__ = ("holders", "names")

    def __init__(self) -> None:
        super().__init__()
        self.holders: dict[ClaimId, Held] = {}
        self.names: tuple[ClaimId, ...] | None = None  # sorted, made when asked for: thousands may lose to the same few

    def add(self, claim_id: ClaimId, held: Held) -> None:
        self.holders[claim_id] = held
        self.count(held)
        self.names = None

    def remove(self, claim_id: ClaimId) -> Held:
        held = self.holders.pop(claim_id)
        self.uncount(held)
        self.names = None
        return held

    def holders_against(self, claim: Claim, asked: Asked) -> tuple[ClaimId, ...]:
        """Who holds what the claim asks for."""
        if self.names is None:
            self.names = tuple(sorted(self.holders))
        return self.names


class SpanPlace(Place):
    """A place of a rule that counts within any span of n months or days. Also knows its holders by day."""

    __slots__ = ("days", "shut")

    def __init__(self) -> None:
        super().__init__()
        self.days: list[tuple[int, ClaimId]] = []
        self.shut: set[tuple[int, str, int, Asked]] = set()  # for whom nothing is left, until somebody leaves

    def add(self, claim_id: ClaimId, held: Held) -> None:
        super().add(claim_id, held)
        insort(self.days, (held[2], claim_id))

    def remove(self, claim_id: ClaimId) -> Held:
        held = super().remove(claim_id)
        del self.days[bisect_left(self.days, (held[2], claim_id))]
        self.shut.clear()
        return held

    def leaves(self, claim: Claim, asked: Asked) -> int:
        """The least that any span with the claim in it leaves."""
        like_it = (claim.event, claim.period, claim.amount, asked)
        if like_it in self.shut:
            return 0
        least = min(window.leaves(claim, asked) for window in self.windows(claim.event, asked))
        if not least:
            self.shut.add(like_it)
        return least

    def windows(self, day: int, asked: Asked) -> Iterator[Tally]:
        """The fullest spans with this day in it: they begin on the day of a holder, or on the day itself. One tally, slid
        over the holders in order."""
        here = bisect_left(self.days, (day,))
        first = end = first_sharing(self.days, day, asked)
        window = Tally()
        for start in range(first, here + 1):
            until = span_end(self.days[start][0] if start < here else day, asked)
            while end < len(self.days) and self.days[end][0] < until:
                window.count(self.holders[self.days[end][1]])
                end += 1
            yield window
            if start < here:
                window.uncount(self.holders[self.days[start][1]])

    def holders_against(self, claim: Claim, asked: Asked) -> tuple[ClaimId, ...]:
        """Who shares a span with the claim."""
        first = first_sharing(self.days, claim.event, asked)
        end = bisect_left(self.days, (span_end(claim.event, asked),))
        return tuple(sorted(claim_id for _, claim_id in self.days[first:end]))


_EMPTY = Place()


class Room:
    """All places and who holds them."""

    __slots__ = ("holding", "places")

    def __init__(self) -> None:
        self.places: dict[PlaceKey, Place] = {}
        self.holding: set[ClaimId] = set()

    def left(self, claim: Claim, asked: Asked) -> int:
        """How much of the claim's amount this place has room for, whatever the claim itself may hold there."""
        return self.offer(claim, (asked,))

    def offer(self, claim: Claim, places: Iterable[Asked] | None = None) -> int:
        """What the claim could get now: all its places (or these) must have room."""
        offer, claim_id, get = claim.amount, claim.id, self.places.get
        holds = claim_id in self.holding
        for asked in claim.places if places is None else places:
            place = get((asked.rule, asked.key), _EMPTY)
            if holds and claim_id in place.holders:
                own = place.remove(claim_id)
                left = place.leaves(claim, asked)
                place.add(claim_id, own)
            else:
                left = place.leaves(claim, asked)
            if not left:
                return 0
            if left < offer:
                offer = left
        return offer

    def take(self, claim: Claim, fen: int) -> None:
        """The claim holds its places, with this amount. Again: the new amount replaces the old."""
        claim_id = claim.id
        self.holding.add(claim_id)
        for asked in claim.places:
            place = self.places.get((asked.rule, asked.key))
            if place is None:
                place = self.places[(asked.rule, asked.key)] = SpanPlace() if asked.spans else Place()
            elif claim_id in place.holders:
                place.remove(claim_id)
            place.add(claim_id, held_by(claim, asked, fen))

    def full(self, claim: Claim) -> tuple[Full, ...]:
        """The places that have nothing left for the claim, each with who holds it."""
        full = [asked for asked in claim.places if not self.left(claim, asked)]
        full.sort()
        return tuple(
            Full(asked.rule, asked.key, asked.most, self.places.get(asked.place, _EMPTY).holders_against(claim, asked))
            for asked in full
        )
