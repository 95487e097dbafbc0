"""The fund's queue: who is covered stays covered, the others in order, and nobody overtakes.

With a strict queue more money can cost nobody his coverage. A grant that waits (候补) keeps its right and its places.
"""

from __future__ import annotations

from collections.abc import Mapping

from jixiang.readings.select.claims import ClaimId, Grant

FundYear = tuple[str, int]


def fund(grants: Mapping[ClaimId, Grant], ceilings: Mapping[FundYear, int] | None) -> dict[ClaimId, Grant]:
    """The same grants with `funded` filled in. `ceilings`: (fund, calendar year of the decision date) → fen; None: all
    is covered. The fund "" covers all; a fund and year that the ceilings do not name have nothing."""
    if ceilings is None:
        return {key: _covered(grant) for key, grant in grants.items()}
    out = {key: grant._replace(funded=min(grant.funded, grant.amount)) for key, grant in grants.items()}
    left = dict(ceilings)
    for grant in out.values():
        left[_purse(grant)] = left.get(_purse(grant), 0) - grant.funded
    shut: set[FundYear] = set()
    for grant in sorted(out.values(), key=_place_in_queue):
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


def _place_in_queue(grant: Grant) -> tuple[tuple[int, ...], int, int, ClaimId]:
    """次序, decision date, 适用日, key."""
    return grant.claim.rank, grant.decision_date.toordinal(), grant.claim.event, grant.claim.id
