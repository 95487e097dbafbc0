"""Rows of a kind with every logical column filled, still as stored values; people by their numbers and names.

What a file could not say as it is true is left out here and counted: never a row that an import would refuse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jixiang.imports.kinds import Key
from jixiang.synthetic.days import Mask
from jixiang.synthetic.draws import Stream
from jixiang.synthetic.extracts.backwards import Route, Trace
from jixiang.synthetic.extracts.identities import Identities
from jixiang.synthetic.extracts.known import REPEATED, Known, alias

Values = Mapping[str, pa.Array]

UNREQUIRED, PARTIAL, REPEATS, DIFFERS = "cell-required", "key-partial", "row-repeated", "fact-differs"


@dataclass(frozen=True)
class Filled:
    """`values`: logical column → stored values. `sums`: what columns add up to, to be split by who writes them.

    `ordinals` number the rows of the kind from 0.
    """

    values: Values
    sums: Mapping[tuple[str, ...], pa.Array]
    ordinals: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ordinals)

    def take(self, rows: npt.NDArray[np.int64]) -> Filled:
        if len(rows) == len(self):
            return self
        at = pa.array(rows)
        return Filled(
            {name: column.take(at) for name, column in self.values.items()},
            {names: total.take(at) for names, total in self.sums.items()},
            self.ordinals[rows],
        )


def fill(route: Route, known: Known, people: Identities, left_out: Counter[str]) -> Iterator[Filled]:
    """Stretch by stretch, in the order of the main fact's table."""
    traces, done = route.traces(), 0
    for rows in known.stretches(route):
        cells = {trace: rows[alias(traces, trace)].combine_chunks() for trace in traces}
        positions: dict[tuple[object, str], pa.Array] = {}
        values = {name: _value(trace, cells[trace], people, positions) for name, trace in route.fills.items()}
        sums = {names: cells[trace] for names, trace in route.sums.items()}
        good = _good(route, rows, values, cells, sums, left_out)
        kept = Filled(values, sums, np.arange(len(rows), dtype=np.int64)).take(np.flatnonzero(good))
        yield Filled(kept.values, kept.sums, np.arange(done, done + len(kept), dtype=np.int64))
        done += len(kept)


def _value(
    trace: Trace, cells: pa.Array, people: Identities, positions: dict[tuple[object, str], pa.Array]
) -> pa.Array:
    if trace.nature == "value":
        return cells
    if trace.nature == "invented":
        return pc.replace_substring_regex(cells, "^[^0-9]*", "")
    person = (trace.hops, trace.column)
    if person not in positions:
        positions[person] = people.positions(cells)
    if trace.nature == "account":
        return people.accounts(positions[person])
    return (people.numbers if trace.nature == "number" else people.names).take(positions[person])


def _good(
    route: Route,
    rows: pa.Table,
    values: Values,
    cells: Mapping[Trace, pa.Array],
    sums: Mapping[tuple[str, ...], pa.Array],
    left_out: Counter[str],
) -> Mask:
    """Rows that every layout can say truly. The reasons are counted in turn, a row once."""
    good = np.ones(len(rows), dtype=bool)

    def leave(reason: str, where: Mask) -> None:
        nonlocal good
        left_out[reason] += int((good & where).sum())
        good &= ~where

    for name, column in route.kind.columns.items():
        if column.required:
            total = next((total for names, total in sums.items() if name in names), None)
            leave(UNREQUIRED, _flags(pc.is_null(values.get(name, total))))
    for source in (source for fact in route.kind.facts for source in fact.cells.values()):
        if isinstance(source, Key) and len(source.columns) > 1 and all(name in values for name in source.columns):
            empty = np.array([_flags(pc.is_null(values[name])) for name in source.columns])
            leave(PARTIAL, np.asarray(empty.any(axis=0) & ~empty.all(axis=0)))
    leave(REPEATS, _flags(rows[REPEATED].combine_chunks()))
    for one, other, row in route.same:
        alike = pc.fill_null(pc.equal(cells[one], cells[other]), False)
        both_empty = pc.and_(pc.is_null(cells[one]), pc.is_null(cells[other]))
        leave(DIFFERS, ~_flags(pc.or_(pc.or_(alike, both_empty), pc.is_null(cells[row]))))
    return good


def _flags(flags: pa.Array) -> Mask:
    found: Mask = flags.to_numpy(zero_copy_only=False).astype(bool)
    return found


def split(rng: Stream, total: pa.Array, parts: int) -> list[pa.Array]:
    """Whole numbers that add up to the total, row by row, none on the other side of zero; all empty where it is."""
    empty = _flags(pc.is_null(total))
    rest = pc.fill_null(total, 0).to_numpy(zero_copy_only=False).astype(np.int64)
    found = []
    for number in range(parts, 1, -1):
        share = np.trunc(rest * (rng.random(len(rest)) * 2 / number)).astype(np.int64)
        share = np.where(np.abs(share) > np.abs(rest), rest, share)
        found.append(pa.array(share, pa.int64(), mask=empty))
        rest = rest - share
    return [*found, pa.array(rest, pa.int64(), mask=empty)]
