"""What selection speaks of: claims, the places they ask for, and what became of them. Data only.

Named tuples rather than dataclasses: a city has hundreds of thousands of contested claims, and making a tuple is what
costs least. Days of claims are ordinals (`date.toordinal`), money is fen.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal, NamedTuple

ClaimId = tuple[str, str, str, str]  # policy, subject, period, title: natural, never a row number
PlaceKey = tuple[str, str]  # rule, key
Kind = Literal["count", "months", "money", "exclude", "ladder"]


class Asked(NamedTuple):
    """One place a claim wants. `rule` must tell rules apart among all claims given together.

    `most` is the claim's own limit (grants, months or fen; an exclusion and a ladder have none), `level` is read by a
    ladder only. `span_months` or `span_days`, one of them at most: the limit counts within any span of that length.
    `top_up`: where the place is taken there is still room for what the claim exceeds it by (就高补差).
    """

    rule: str
    kind: Kind
    key: str
    most: int = 0
    level: int = 0
    top_up: bool = False
    span_months: int = 0
    span_days: int = 0

    @property
    def place(self) -> PlaceKey:
        return (self.rule, self.key)

    @property
    def spans(self) -> bool:
        return bool(self.span_months or self.span_days)


class Claim(NamedTuple):
    """All conditions hold. `amount` > 0 (an honour or a service counts 1), `event` is the 适用日, `rank` the 次序 with the
    family's precedence in front, smaller first; `early` is the family's order: 先到先得, else 高额优先."""

    policy: str
    subject: str
    period: str
    title: str
    amount: int
    event: int
    places: tuple[Asked, ...] = ()
    fund: str = ""
    rank: tuple[int, ...] = ()
    early: bool = False

    @property
    def id(self) -> ClaimId:
        return self[:4]


class Grant(NamedTuple):
    """Accepted, whether its money is there or not: 0 < amount ≤ claim.amount, 0 ≤ funded ≤ amount.

    `decision_date` is the date it was judged on, and keeps. `turn` is (run, …): of two grants the one with the smaller
    (turn, claim.id) was accepted first.
    """

    claim: Claim
    decision_date: date
    amount: int
    turn: tuple[int, ...]
    funded: int = 0


class Standing(NamedTuple):
    """A grant of an earlier run and how it is judged today.

    `now`: its verdict on its own decision date: a claim, None for unknown, False for a claim that fails.
    `first`: the first run date on which it holds with today's knowledge. Needed when `now` is False; when `now` is a
    claim it is read only if the grant must move and finds no room (None: its own date then).
    """

    grant: Grant
    now: Claim | Literal[False] | None
    first: tuple[date, Claim] | None = None


class Full(NamedTuple):
    """A place that has no room, and who of those that stand at the end of the run hold it."""

    rule: str
    key: str
    limit: int
    holders: tuple[ClaimId, ...]


class Yielded(NamedTuple):
    """All conditions hold, and at least one place is full."""

    claim: Claim
    decision_date: date
    because: tuple[Full, ...]


class Fall(StrEnum):
    """Why a standing grant no longer stands."""

    FAILS = "不再符合"
    NO_ROOM = "改到的位置已满"


class Outcome(NamedTuple):
    """One run. `fallen` are those that stood and no longer do; `on_hold` stand, but their verdict has become unknown."""

    grants: dict[ClaimId, Grant]
    yielded: dict[ClaimId, Yielded]
    fallen: dict[ClaimId, Fall]
    on_hold: frozenset[ClaimId]
