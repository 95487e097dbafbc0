"""Where the time goes: which part of the work a step of a run belongs to.

A view costs nothing where it is made and is computed by the table that reads it, so a table's time includes its views'.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from benchmarks.clock import Spent

OURS = (
    ("start: Python and imports", r"start"),
    ("documents read and checked", r"documents"),
    ("plan compiled", r"plan"),
    ("what is kept takes in the new month", r"new facts taken in"),
    ("facts as known", r"raw_.*|fact_.*|past_.*"),
    ("months as bits", r"months_.*"),
    ("shared aggregates", r"s\d+_.*"),
    ("who is considered", r"p\d+_[a-z]+\d+_[soqenc]_\d+"),
    ("joined aggregates", r"p\d+_.*b\d+_.*"),
    ("verdicts", r"p\d+_.*_verdicts"),
    ("claims in one form", r"verdicts"),
    ("outcomes written (for this page)", r"outcomes written"),
    ("fund", r"funded|ceilings"),
    ("snapshot: hashes of all files", r"snapshot"),
    ("decision files", r"writing"),
    ("line: limits, exclusions, instalments", r".*"),
)
BY_HAND = (
    ("start: Python and imports", r"start"),
    ("facts as known", r"facts offered|1_.*|2_.*"),
    ("contributions into sets of months", r"3_.*"),
    ("groups on a day", r"4_.*"),
    ("policies", r"5_.*|6_.*"),
    ("outcomes written", r"written"),
)


def by_room(spent: Mapping[str, Spent], rooms: tuple[tuple[str, str], ...]) -> dict[str, Spent]:
    """The laps added up, in the order of the rooms."""
    found = {name: (0.0, 0.0) for name, _ in rooms}
    for step, (wall, processor) in spent.items():
        name = next(name for name, pattern in rooms if re.fullmatch(pattern, step))
        found[name] = (found[name][0] + wall, found[name][1] + processor)
    return found


def seconds(spent: Mapping[str, Spent]) -> Spent:
    return sum(wall for wall, _ in spent.values()), sum(processor for _, processor in spent.values())
