"""The line: who asks for the same places is decided one after the other, by what each could still get.

Claims of several families may stand in one line, as they share no place; half a family may not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush

from jixiang.readings.select.claims import Claim, ClaimId
from jixiang.readings.select.room import Room

Order = tuple[tuple[int, ...], int, int, ClaimId]


def order(claim: Claim, offer: int) -> Order:
    """Where a claim stands in the line while it could get `offer`: 次序, then day and amount, then its key."""
    if claim.early:
        return claim.rank, claim.event, -offer, claim.id
    return claim.rank, -offer, claim.event, claim.id


def turn_of(run: int, claim: Claim, amount: int) -> tuple[int, ...]:
    """`Grant.turn` of a claim accepted in this run for this amount: the same however the line is divided."""
    rank, first, second, _ = order(claim, amount)
    return (run, *rank, first, second)


def select(room: Room, claims: Iterable[Claim]) -> Iterator[tuple[Claim, int]]:
    """Each claim in the order in which it is decided, with what it is granted (0: it yields, and takes no place).

    What a claim could get only shrinks, so one whose offer has shrunk goes back into the line and can only come later.
    """
    line = [(order(claim, offer), offer, claim) for claim in claims for offer in (room.offer(claim),)]
    line.sort(reverse=True)  # sorted once, the first at the end; those that go back wait in a heap
    back: list[tuple[Order, int, Claim]] = []
    while line or back:
        _, offer, claim = heappop(back) if back and (not line or back[0] < line[-1]) else line.pop()
        now = room.offer(claim)
        if 0 < now < offer:
            heappush(back, (order(claim, now), now, claim))
            continue
        if now:
            room.take(claim, now)
        yield claim, now
