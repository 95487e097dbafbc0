"""Between columns and claims: what the exact line reads, and what it has decided, without a dictionary a row.

A city has hundreds of thousands of contested claims; reading and writing them column by column costs a third of what rows
would.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain
from typing import Any, TypeVar

import pyarrow as pa

from jixiang.language.typed import Rule, Within_
from jixiang.readings.select import Asked, Claim, ClaimId, Outcome
from jixiang.tables.decisions import PLACE

T = TypeVar("T")
NUMBERED = 5  # digits before a rule's name: they keep rules of one name apart


@contextmanager
def collector_resting() -> Iterator[None]:
    """Many small tuples that all stay: looking through them for garbage again and again would take half the time."""
    resting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if resting:
            gc.enable()


@dataclass(frozen=True)
class Reader:
    """Claims of arrow tables. `early`: policy → whether its family puts the earlier first."""

    rules: Sequence[Rule]
    early: Mapping[str, bool]

    @cached_property
    def _fixed(self) -> list[tuple[Any, ...]]:
        """What is the same for all places of a rule."""
        spans = [rule.per if isinstance(rule.per, Within_) else Within_() for rule in self.rules]
        return [
            (f"{n:0{NUMBERED}d}{rule.name}", rule.kind, rule.top_up, span.months, span.days)
            for n, (rule, span) in enumerate(zip(self.rules, spans, strict=True))
        ]

    def asked(self, number: int, key: str, most: int, level: int) -> Asked:
        name, kind, top_up, months, days = self._fixed[number]
        return Asked(name, kind, key, most, level, top_up, months, days)

    def claims(self, rows: pa.Table) -> Iterator[Claim]:
        """`rows` has the columns of `claims`: the key, amount, event, asked, fund, rank."""
        names = ("policy", "subject", "period", "title", "amount", "event", "fund", "rank")
        columns = [rows[name].to_pylist() for name in names]
        places = lists(rows["asked"], ("rule", "key", "most", "level"), self.asked)
        for policy, subject, period, title, amount, event, fund, rank, asked in zip(*columns, places, strict=True):
            yield Claim(
                policy,
                subject,
                period,
                title,
                amount,
                event.toordinal(),
                tuple(asked),
                fund,
                tuple(rank),
                self.early[policy],
            )


def lists(column: pa.ChunkedArray, names: Sequence[str], make: Callable[..., T]) -> Iterator[list[T]]:
    """A column of lists of structures, each item made from its members."""
    for chunk in column.chunks:
        flat = chunk.flatten()
        items = [make(*members) for members in zip(*(flat.field(name).to_pylist() for name in names), strict=True)]
        lengths = chunk.value_lengths().to_pylist()
        ends = list(accumulate(length or 0 for length in lengths))
        yield from (items[end - (length or 0) : end] for length, end in zip(lengths, ends, strict=True))


def settled_table(outcome: Outcome, schema: pa.Schema) -> pa.Table:
    """What the line has decided: grants with the places they hold, and who yields with the full ones."""
    granted, lost = list(outcome.grants.values()), list(outcome.yielded.values())
    claims = [one.claim for one in granted] + [one.claim for one in lost]
    held = [[(p.rule, p.key, p.most + p.level, ()) for p in one.claim.places] for one in granted]
    full = [[(p.rule, p.key, p.limit, p.holders) for p in one.because] for one in lost]
    nothing = [None] * len(lost)
    columns = {
        "policy": [claim.policy for claim in claims],
        "subject": [claim.subject for claim in claims],
        "period": [claim.period for claim in claims],
        "title": [claim.title for claim in claims],
        "day": [one.decision_date for one in granted] + [one.decision_date for one in lost],
        "outcome": ["granted"] * len(granted) + ["yielded"] * len(lost),
        "amount": [one.amount for one in granted] + nothing,
        "on_hold": [one.claim.id in outcome.on_hold for one in granted] + [False] * len(lost),
        "turn": [list(one.turn) for one in granted] + nothing,
        "places": _places([*held, *full]),
    }
    return pa.table({name: columns[name] for name in schema.names}, schema=schema)


def _places(rows: Iterable[Iterable[tuple[str, str, int, Sequence[ClaimId]]]]) -> pa.ListArray:
    """Each row's places as decisions show them."""
    listed = [list(row) for row in rows]
    flat = list(chain.from_iterable(listed))
    holders = [["|".join(holder) for holder in place[3]] for place in flat]
    members = [
        pa.array([place[0][NUMBERED:] for place in flat], pa.string()),
        pa.array([place[1] for place in flat], pa.string()),
        pa.array([place[2] for place in flat], pa.int64()),
        pa.array(holders, pa.list_(pa.string())),
    ]
    offsets = pa.array([0, *accumulate(len(row) for row in listed)], pa.int32())
    return pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(members, fields=list(PLACE)))
