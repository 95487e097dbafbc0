"""The fund's queue: who is covered stays covered, the others in order, and nobody overtakes.

With a strict queue more money can cost nobody his coverage. A grant that waits (候补) keeps its right and its places.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from jixiang.readings.select.claims import ClaimId, Grant

FundYear = tuple[str, int]
LAST = 2**62  # the turn of a policy that the budget does not name
NO_TURNS: Mapping[str, int] = MappingProxyType({})


def fund(
    grants: Mapping[ClaimId, Grant], ceilings: Mapping[FundYear, int] | None, turns: Mapping[str, int] = NO_TURNS
) -> dict[ClaimId, Grant]:
    """The same grants with `funded` filled in. `ceilings`: (fund, calendar year of the decision date) → fen; None: all
    is covered. The fund "" covers all; a fund and year that the ceilings do not name have nothing. `turns`: policy → its
    place among those of its fund, smaller first; who is not named comes last."""
    if ceilings is None:
        return {key: _covered(grant) for key, grant in grants.items()}
    out = {key: grant._replace(funded=min(grant.funded, grant.amount)) for key, grant in grants.items()}
    left = dict(ceilings)
    for grant in out.values():
        left[_purse(grant)] = left.get(_purse(grant), 0) - grant.funded
    shut: set[FundYear] = set()
    for grant in sorted(out.values(), key=lambda grant: _place_in_queue(grant, turns)):
        purse, need = _purse(grant), grant.amount - grant.funded
        if not need or purse in shut:
            continue
        if not grant.claim.fund:
            out[grant.claim.id] = _covered(grant)
        elif need <= left[purse]:
            left[purse] -= need
            out[grant.claim.id] = _covered(grant)
        else:
            shut.add(purse)
    return out


def _covered(grant: Grant) -> Grant:
    return grant._replace(funded=grant.amount)


def _purse(grant: Grant) -> FundYear:
    return grant.claim.fund, grant.decision_date.year


def _place_in_queue(grant: Grant, turns: Mapping[str, int]) -> tuple[int, tuple[int, ...], int, int, ClaimId]:
    """The policy's turn, 次序, decision date, 适用日, key."""
    claim = grant.claim
    return turns.get(claim.policy, LAST), claim.rank, grant.decision_date.toordinal(), claim.event, claim.id
