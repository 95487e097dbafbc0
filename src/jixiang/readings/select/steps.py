"""One run over what stands and who is new, in five steps that each only add (docs/selection.md, 4).

1. What stands is judged again, each at its own date: it stays, moves, is held as unknown, or falls.
2. Who asks for no place it did not hold keeps them all. Nobody else's facts can cost it anything.
3. Who moves into another place must find room there: whose fact changed bears it.
4. What was cut, or has grown, is raised as far as there is room.
5. All others stand in line.

It never judges: verdicts come with the standing grants and the newcomers. It never looks at money that is there; see
`funds`.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from jixiang.readings.select.claims import Asked, Claim, ClaimId, Fall, Grant, Outcome, Standing, Yielded
from jixiang.readings.select.line import order, select, turn_of
from jixiang.readings.select.room import Room


class _Run:
    """What is settled so far."""

    __slots__ = ("fallen", "grants", "on_hold", "room")

    def __init__(self) -> None:
        self.room = Room()
        self.grants: dict[ClaimId, Grant] = {}
        self.fallen: dict[ClaimId, Fall] = {}
        self.on_hold: set[ClaimId] = set()

    def settle(self, grant: Grant) -> None:
        self.grants[grant.claim.id] = grant
        self.room.take(grant.claim, grant.amount)


@contextmanager
def collector_paused() -> Iterator[None]:
    """A run makes millions of small tuples that all live to its end, and no cycle. Looking for cycles among them nearly
    halves its speed (38,000 claims a second instead of 68,000)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@collector_paused()
def redecide(standing: Iterable[Standing], newcomers: Iterable[tuple[date, Claim]], *, run: int) -> Outcome:
    """The run numbered `run` (1, 2, …: larger than any that stands).

    `newcomers`: the first run date on which it holds, and the claim of that date, for each claim that does not stand. One
    that does stand may be given too: it is read only if its grant falls. `Grant.funded` is left as it was; `fund` is next.
    """
    books = _Run()
    in_turn = sorted(standing, key=lambda one: (one.grant.turn, one.grant.claim.id))
    keep, move = judge_again(books, in_turn)
    keep_places(books, keep)
    move_in(books, move)
    raise_amounts(books)
    losers = line_up(books, waiting(books, in_turn, newcomers), run)
    yielded = {
        claim.id: Yielded(claim, day, books.room.full(claim)) for day, claim in losers
    }  # as it stands at the end
    return Outcome(books.grants, yielded, books.fallen, frozenset(books.on_hold))


def judge_again(books: _Run, in_turn: Iterable[Standing]) -> tuple[list[Grant], list[Grant]]:
    """1: those that stay where they are, and those that move. Unknown is no reason to take anything back."""
    keep: list[Grant] = []
    move: list[Grant] = []
    for grant, now, first in in_turn:
        if now is None:
            books.on_hold.add(grant.claim.id)
            keep.append(grant)
        elif now:
            to = grant._replace(claim=now)
            (keep if stays(grant.claim, now) else move).append(to)
        elif first:
            to = grant._replace(claim=first[1], decision_date=first[0])
            (keep if stays(grant.claim, first[1]) else move).append(to)
        else:
            books.fallen[grant.claim.id] = Fall.FAILS
    return keep, move


def stays(was: Claim, now: Claim) -> bool:
    """Does the claim ask for nothing that it did not hold?"""
    return seats(now) <= seats(was) and not shrank_beside_top_up(was, now)


def seats(claim: Claim) -> set[tuple[str, str, int]]:
    """What a claim occupies: its places, and within a place that counts by spans its day."""
    return {(asked.rule, asked.key, claim.event if asked.spans else 0) for asked in claim.places}


def shrank_beside_top_up(was: Claim, now: Claim) -> bool:
    """A difference (补差) is measured on the whole amount, so who is worth less must find room anew."""
    return now.amount < was.amount and any(asked.top_up for asked in (*was.places, *now.places))


def keep_places(books: _Run, keep: Iterable[Grant]) -> None:
    """2"""
    for grant in keep:
        books.settle(grant._replace(amount=min(grant.amount, grant.claim.amount)))


def move_in(books: _Run, move: Iterable[Grant]) -> None:
    """3: in the order in which they were accepted."""
    for grant in move:
        if fen := min(grant.amount, books.room.offer(grant.claim)):
            books.settle(grant._replace(amount=fen))
        else:
            books.fallen[grant.claim.id] = Fall.NO_ROOM


def raise_amounts(books: _Run) -> None:
    """4: first in line first. Only places that cut can hold a raise back; in the others the claim already sits."""
    short = [grant for grant in books.grants.values() if grant.amount < grant.claim.amount]
    for grant in sorted(short, key=lambda grant: order(grant.claim, grant.claim.amount)):
        if grant.claim.id not in books.on_hold:
            offer = books.room.offer(grant.claim, flexible(grant.claim))
            if offer > grant.amount:
                books.settle(grant._replace(amount=offer))


def flexible(claim: Claim) -> list[Asked]:
    """The places where an amount may be less than the whole, and rise later."""
    return [asked for asked in claim.places if asked.kind == "money" or asked.top_up]


def waiting(
    books: _Run, in_turn: Iterable[Standing], newcomers: Iterable[tuple[date, Claim]]
) -> dict[ClaimId, tuple[date, Claim]]:
    """Who stands in line: all that hold on some run date and have no grant, a standing one that has just fallen included."""
    line = {claim.id: (day, claim) for day, claim in newcomers if claim.id not in books.grants}
    for grant, now, first in in_turn:
        if books.fallen.get(grant.claim.id) is Fall.NO_ROOM and grant.claim.id not in line:
            if first:
                line[grant.claim.id] = first
            elif now:
                line[grant.claim.id] = (grant.decision_date, now)
    return line


def line_up(books: _Run, line: dict[ClaimId, tuple[date, Claim]], run: int) -> list[tuple[date, Claim]]:
    """5: accepts in order; gives back who yields."""
    losers = []
    for claim, fen in select(books.room, [claim for _, claim in line.values()]):
        claim_id = claim.id
        if fen:
            books.grants[claim_id] = Grant(claim, line[claim_id][0], fen, turn_of(run, claim, fen))
            books.fallen.pop(claim_id, None)
        else:
            losers.append(line[claim_id])
    return losers
