"""Which claims are granted: the reference model. Plain, slow, exact; nothing is added up before it is needed.

It speaks in the same data as `jixiang.readings.select` and shares none of its code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from heapq import heapify, heappop, heappush

from jixiang.readings.select.claims import Asked, Claim, ClaimId, Fall, Full, Grant, Yielded
from jixiang.values.dates import add_days, add_months

Judge = Callable[[ClaimId, date], Claim | bool | None]  # Claim: holds · False: fails · None: unknown
Holder = tuple[Claim, Asked, int]


@dataclass(frozen=True)
class State:
    run: int = 0
    dates: tuple[date, ...] = ()  # the dates runs have been made for
    grants: dict[ClaimId, Grant] = field(default_factory=dict)
    yielded: dict[ClaimId, Yielded] = field(default_factory=dict)
    fallen: dict[ClaimId, Fall] = field(default_factory=dict)  # only of this run
    on_hold: frozenset[ClaimId] = frozenset()


def span_end(day: int, asked: Asked) -> int:
    start = date.fromordinal(day)
    end = add_months(start, asked.span_months) if asked.span_months else add_days(start, asked.span_days)
    return end.toordinal()


def windows(event: int, asked: Asked) -> Iterator[tuple[int, int]]:
    """Every span of the length asked for with this day in it; for a rule without spans the whole of time."""
    if not asked.spans:
        yield 0, 10**9
        return
    for start in range(event - 31 * asked.span_months - asked.span_days, event + 1):
        if event < span_end(start, asked):
            yield start, span_end(start, asked)


class Room:
    """Who holds which place, and what is left there."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], dict[ClaimId, Holder]] = defaultdict(dict)

    def others(self, claim: Claim, asked: Asked) -> list[Holder]:
        return [held for key, held in self.held[asked.place].items() if key != claim.id]

    def left(self, claim: Claim, asked: Asked) -> int:
        others = self.others(claim, asked)
        return min(
            self.left_in(claim, asked, [held for held in others if start <= held[0].event < end])
            for start, end in windows(claim.event, asked)
        )

    def left_in(self, claim: Claim, asked: Asked, others: list[Holder]) -> int:
        paid = sum(fen for _, _, fen in others)
        match asked.kind:
            case "money":
                return min(claim.amount, max(0, asked.most - paid))
            case "count":
                free = len(others) < asked.most
            case "months":
                free = len({other.period for other, _, _ in others} - {claim.period}) < asked.most
            case "exclude":
                free = all(other.policy == claim.policy for other, _, _ in others)
            case "ladder":
                free = all(theirs.level <= asked.level for _, theirs, _ in others)
        if asked.top_up and not free:
            return max(0, claim.amount - paid)
        return claim.amount if free else 0

    def offer(self, claim: Claim, places: Iterable[Asked] | None = None) -> int:
        places = claim.places if places is None else places
        return min([claim.amount, *(self.left(claim, asked) for asked in places)])

    def take(self, claim: Claim, fen: int) -> None:
        for asked in claim.places:
            self.held[asked.place][claim.id] = (claim, asked, fen)

    def full(self, claim: Claim) -> tuple[Full, ...]:
        return tuple(
            Full(asked.rule, asked.key, asked.most, self.holders(claim, asked))
            for asked in sorted(claim.places)
            if not self.left(claim, asked)
        )

    def holders(self, claim: Claim, asked: Asked) -> tuple[ClaimId, ...]:
        days = {other.id: other.event for other, _, _ in self.others(claim, asked)}
        near = list(windows(claim.event, asked))
        return tuple(sorted(key for key, day in days.items() if any(start <= day < end for start, end in near)))


def order(claim: Claim, offer: int) -> tuple:
    first = (claim.event, -offer) if claim.early else (-offer, claim.event)
    return claim.rank, *first, claim.id


def select(room: Room, claims: Iterable[Claim]) -> Iterator[tuple[Claim, int]]:
    """Of the undecided claims decide the first, by what each could still get now; again, until none is left."""
    line = [(order(c, o), o, c) for c in claims for o in [room.offer(c)]]
    heapify(line)
    while line:
        _, offer, claim = heappop(line)
        now = room.offer(claim)
        if 0 < now < offer:
            heappush(line, (order(claim, now), now, claim))
            continue
        if now:
            room.take(claim, now)
        yield claim, now


def judged(judge: Judge, key: ClaimId, dates: Iterable[date]) -> tuple[date, Claim] | None:
    """The first run date on which the claim holds, with today's knowledge."""
    return next(((d, c) for d in dates for c in [judge(key, d)] if c), None)


def seats(claim: Claim) -> set:
    """The places, and for a rule that counts by spans the day in it."""
    return {(*asked.place, claim.event if asked.spans else 0) for asked in claim.places}


def decide(state: State, day: date, ids: Iterable[ClaimId], judge: Judge, ceilings=None) -> State:
    run, dates = state.run + 1, tuple(sorted({*state.dates, day}))
    room, new, fallen = Room(), {}, {}

    # 1 What stands is judged again as of its own date. Unknown is no reason to take anything back.
    keep, move, unknown = [], [], set()
    for grant in sorted(state.grants.values(), key=lambda g: g.turn):
        claim = grant.claim
        if judge(claim.id, grant.decision_date) is None:
            unknown.add(claim.id)
            keep.append(grant)
        elif hit := judged(judge, claim.id, (grant.decision_date, *dates)):
            shrank = hit[1].amount < claim.amount and any(asked.top_up for asked in claim.places)
            stays = seats(hit[1]) <= seats(claim) and not shrank
            (keep if stays else move).append(grant._replace(decision_date=hit[0], claim=hit[1]))
        else:
            fallen[claim.id] = Fall.FAILS

    # 2 Who stays in places it already held keeps them. 3 Who moves into another must find room there.
    for grant in keep:
        new[grant.claim.id] = grant._replace(amount=min(grant.amount, grant.claim.amount))
        room.take(grant.claim, new[grant.claim.id].amount)
    for grant in move:
        if fen := min(grant.amount, room.offer(grant.claim)):
            new[grant.claim.id] = grant._replace(amount=fen)
            room.take(grant.claim, fen)
        else:
            fallen[grant.claim.id] = Fall.NO_ROOM

    # 4 What was cut, or has grown, is raised as far as there is room. 5 Then the others, in order.
    for grant in sorted(new.values(), key=lambda g: order(g.claim, g.claim.amount)):
        if grant.claim.id not in unknown:
            flexible = [asked for asked in grant.claim.places if asked.kind == "money" or asked.top_up]
            new[grant.claim.id] = grant._replace(amount=max(grant.amount, room.offer(grant.claim, flexible)))
            room.take(grant.claim, new[grant.claim.id].amount)
    found = {key: judged(judge, key, dates) for key in sorted(set(ids) - set(new))}
    when = {key: hit[0] for key, hit in found.items() if hit}
    losers = []
    for turn, (claim, fen) in enumerate(select(room, [hit[1] for hit in found.values() if hit])):
        if fen:
            new[claim.id] = Grant(claim, when[claim.id], fen, (run, turn))
            fallen.pop(claim.id, None)
        else:
            losers.append(claim)
    yielded = {c.id: Yielded(c, when[c.id], room.full(c)) for c in losers}  # as it stands at the end
    return State(run, dates, fund(new, ceilings), yielded, fallen, frozenset(unknown))


def fund(grants: Mapping[ClaimId, Grant], ceilings: Mapping[tuple[str, int], int] | None) -> dict[ClaimId, Grant]:
    """The queue: who is covered stays covered; the rest in order, and nobody overtakes. 候补 keeps its places."""
    if ceilings is None:
        return {key: g._replace(funded=g.amount) for key, g in grants.items()}
    out = {key: g._replace(funded=min(g.funded, g.amount)) for key, g in grants.items()}
    shut = set()
    for g in sorted(out.values(), key=lambda g: (g.claim.rank, g.decision_date, g.claim.event, g.claim.id)):
        purse = (g.claim.fund, g.decision_date.year)
        spent = sum(o.funded for o in out.values() if (o.claim.fund, o.decision_date.year) == purse)
        if not g.claim.fund or (purse not in shut and spent + g.amount - g.funded <= ceilings.get(purse, 0)):
            out[g.claim.id] = g._replace(funded=g.amount)
        elif g.funded < g.amount:
            shut.add(purse)
    return out
