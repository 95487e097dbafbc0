"""Who gets it when not all can: the exact line, on plain data. It knows no policy, no expression and no engine.

`redecide` is one run over what stands and who is new; `fund` then covers the grants; `contested` names the only places
for which a line is needed at all. See docs/selection.md for the rule and why it is so.
"""

from jixiang.readings.select.claims import (
    Asked,
    Claim,
    ClaimId,
    Fall,
    Full,
    Grant,
    Kind,
    Outcome,
    PlaceKey,
    Standing,
    Yielded,
)
from jixiang.readings.select.contest import contested
from jixiang.readings.select.funds import fund
from jixiang.readings.select.line import order, select, turn_of
from jixiang.readings.select.room import Room
from jixiang.readings.select.steps import redecide

__all__ = [
    "Asked",
    "Claim",
    "ClaimId",
    "Fall",
    "Full",
    "Grant",
    "Kind",
    "Outcome",
    "PlaceKey",
    "Room",
    "Standing",
    "Yielded",
    "contested",
    "fund",
    "order",
    "redecide",
    "select",
    "turn_of",
]
